"""The buttons under a reply: which there are, and what happens when one is pressed.

All that a press needs stands in the button (64 bytes) and in the message, so that old messages work and a
restart changes nothing: the question is the message that the reply quotes. What is done once only is
taken away after.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError

from bot import wording
from bot.model import Answer, Fact, Lang, Reply, Suggestion
from bot.telegram.addressed import talk_of, words_of
from bot.telegram.parts import Parts
from bot.telegram.presses import FACT, Press, Way
from bot.telegram.sending import acknowledge, is_gone, send, shown

SHARED = re.compile(rf"#([a-z]{{2}}):{FACT}")
"""What "share" asks for in inline mode: a fact in a language."""
REMEMBERED = 10_000
"""Presses of what is done once only that are remembered, against a second before the button is gone."""

Row = list[InlineKeyboardButton]
log = structlog.stdlib.get_logger(__name__)


def under(reply: Reply, bot: Bot, admins: frozenset[int]) -> InlineKeyboardMarkup | None:
    """The buttons under the reply to a question."""
    if isinstance(reply, Suggestion):
        rows = _choices([match.fact for match in reply.facts], reply.lang)
        return keyboard([*rows, _not_it(reply.facts[0].fact, reply.lang)])
    if isinstance(reply, Answer):
        fact = (reply.matches or reply.facts)[0].fact
        more = f"{_data('more', fact, reply.lang)}:0"
        complaints = [*_not_it(fact, reply.lang), *wrong(fact, reply.lang, admins)]
        also = _choices([match.fact for match in reply.also], reply.lang)
        return keyboard([about(fact, reply.lang, bot, more=more), *also, complaints])
    return None


def about(fact: Fact, lang: Lang, bot: Bot, *, more: str = "") -> Row:
    """The row of a fact: its source, `more` (callback data) where there is any, sharing where that is possible."""
    row = source_button(fact, lang)
    if more:
        row.append(InlineKeyboardButton(wording.sentence("button_more", lang), callback_data=more))
    if bot.supports_inline_queries:  # else Telegram refuses the whole message
        query = f"#{lang}:{fact.id}"
        row.append(InlineKeyboardButton(wording.sentence("button_share", lang), switch_inline_query=query))
    return row


def source_button(fact: Fact, lang: Lang) -> Row:
    """The link to a fact's source, if it has an address."""
    where = wording.address(fact.source)
    return [InlineKeyboardButton(wording.sentence("button_source", lang), url=where)] if where else []


def wrong(fact: Fact, lang: Lang, admins: frozenset[int]) -> Row:
    """ "This fact is wrong", where there is somebody to tell."""
    label = wording.sentence("button_wrong_fact", lang)
    return [InlineKeyboardButton(label, callback_data=_data("bad", fact, lang))] if admins else []


class Buttons:
    """What presses do."""

    def __init__(self, parts: Parts) -> None:
        """Works with these parts."""
        self._parts = parts
        self._done: OrderedDict[tuple[int, int, str], None] = OrderedDict()

    def ways(self) -> list[Way]:
        """The kinds of buttons that stand under replies."""
        return [
            Way("fact", f":{FACT}", self.choose),
            Way("more", rf":{FACT}:(\d{{1,2}})", self.more, for_all=True),
            Way("not", f":{FACT}", self.not_it),
            Way("bad", f":{FACT}", self.is_wrong, for_all=True),
        ]

    async def choose(self, press: Press) -> None:
        """A suggestion: the fact takes the place of "did you mean", the others stay to be chosen."""
        answer = await self._parts.desk.show(press.values[0], press.lang, talk_of(press.update))
        if answer is None:
            await self._say(press, "fact_gone")
            return
        await acknowledge(press.query)
        fact = answer.facts[0].fact
        others = [row for row in _rows(press) if str(row[0].callback_data).startswith("fact:")]
        not_it = [one for row in _rows(press) for one in row if str(one.callback_data).startswith("not:")]
        complaints = [*not_it, *wrong(fact, press.lang, self._parts.admins)]
        await press.show(shown(answer, keyboard([about(fact, press.lang, press.bot), *others, complaints])))

    async def more(self, press: Press) -> None:
        """What else there is beside a fact, as a message of its own; the button goes."""
        fact_id, page = press.values
        if press.message is None or self._was_done(press):
            await acknowledge(press.query)
            return
        more = await self._parts.desk.more(fact_id, press.lang, int(page), talk_of(press.update))
        if more is None or not more.answer.facts:
            await self._say(press, "no_more" if more else "fact_gone")
            return
        await acknowledge(press.query)
        fact = more.answer.facts[0].fact
        following = f"more:{press.lang}:{fact_id}:{int(page) + 1}" if more.goes_on else ""
        rows = [about(fact, press.lang, press.bot, more=following), wrong(fact, press.lang, self._parts.admins)]
        await send(press.message, shown(more.answer, keyboard(rows)))
        await _take_away(press)

    async def not_it(self, press: Press) -> None:
        """ "Not what I asked": the question is noted without its asker; the button goes."""
        if self._was_done(press):
            await self._say(press, "already_noted")
            return
        asked = press.message.reply_to_message if press.message else None
        text = words_of(asked, press.bot.bot) if asked else ""
        if text:
            self._parts.notes.note_not_it(text, press.lang, press.values[0])
        # Where the question is gone, nothing can be noted.
        await self._say(press, "not_what_i_asked" if text else "apology", alert=True)
        await _take_away(press)

    async def is_wrong(self, press: Press) -> None:
        """ "This fact is wrong": those who look after the bot are told which; the button goes."""
        if self._was_done(press):
            await self._say(press, "already_noted")
            return
        answer = await self._parts.desk.show(press.values[0], press.lang, None)
        if answer is None:
            await self._say(press, "fact_gone")
            return
        await self._say(press, "thanks_for_report", alert=True)
        await self._report(press.bot, answer.facts[0].fact)
        await _take_away(press)

    async def _report(self, bot: Bot, fact: Fact) -> None:
        for admin in self._parts.admins:
            lang = self._parts.notes.language(admin) or "en"
            text = wording.sentence("report", lang, id=f"{fact.id} ({fact.lang})", text=fact.text)
            try:
                await bot.send_message(admin, text)
            except TelegramError as error:
                log.warning("an admin could not be told", reason=error.message)

    async def _say(self, press: Press, key: str, *, alert: bool = False) -> None:
        await acknowledge(press.query, self._parts.sentence(press.update, key), alert=alert)

    def _was_done(self, press: Press) -> bool:
        """Whether the same button was pressed before; from now on it was."""
        message = press.query.message
        if message is None:
            return False
        key = (message.chat.id, message.message_id, press.query.data or "")
        was = key in self._done
        self._done[key] = None
        if len(self._done) > REMEMBERED:
            self._done.popitem(last=False)
        return was


def keyboard(rows: Sequence[Row]) -> InlineKeyboardMarkup | None:
    """The rows that are not empty, or None where there are none."""
    kept = [row for row in rows if row]
    return InlineKeyboardMarkup(kept) if kept else None


def _choices(facts: Sequence[Fact], lang: Lang) -> list[Row]:
    """A row for each fact, with its question."""
    labels = wording.fact_labels(facts)
    return [
        [InlineKeyboardButton(label, callback_data=_data("fact", fact, lang))]
        for label, fact in zip(labels, facts, strict=True)
    ]


def _not_it(fact: Fact, lang: Lang) -> Row:
    label = wording.sentence("button_not_it", lang)
    return [InlineKeyboardButton(label, callback_data=_data("not", fact, lang))]


def _data(way: str, fact: Fact, lang: Lang) -> str:
    return f"{way}:{lang}:{fact.id}"


def _rows(press: Press) -> list[Row]:
    markup = press.message.reply_markup if press.message else None
    return [list(row) for row in markup.inline_keyboard] if markup else []


async def _take_away(press: Press) -> None:
    """Takes the pressed button away; where the message can't be changed any more, it stays."""
    rows = [[button for button in row if button.callback_data != press.query.data] for row in _rows(press)]
    if press.message is None or rows == _rows(press):
        return
    try:
        await press.message.edit_reply_markup(keyboard(rows))
    except TelegramError as error:
        if not is_gone(error):
            raise
