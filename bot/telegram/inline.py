"""Inline mode: `@bot question` in any chat offers answers to choose from; nothing wrong is offered.

Below the confidence of an answer there is only a button that leads to the private chat.
"""

from __future__ import annotations

from datetime import UTC, datetime

from telegram import InlineQuery, InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import InlineQueryHandler

from bot import wording
from bot.answering import as_lang
from bot.model import Answer, Fact, Lang, Match, Question, Suggestion
from bot.telegram.buttons import SHARED, keyboard, source_button
from bot.telegram.parts import App, Context, Parts
from bot.telegram.sending import NO_PREVIEW, is_gone

MOST = 10
"""Results in all."""
PAGE = 5
"""Results at a time; more come as one scrolls."""
CACHE_SECONDS = 300
"""How long Telegram may give the same person the same results."""
LINE_UNITS = 200
"""Of a result's two lines of description."""
START = "ask"
"""What the button's deep link says; no fact, so the chat begins with hello."""


class Inline:
    """The handler of inline queries."""

    def __init__(self, parts: Parts) -> None:
        """Works with these parts."""
        self._parts = parts

    async def on_query(self, update: Update, context: Context) -> None:
        """Facts that answer what was typed, a page of them."""
        query = update.inline_query
        if query is None:
            return
        chosen = self._parts.notes.language(query.from_user.id)
        facts, sure, lang = await self._found(query, chosen)
        lang = lang or self._parts.language(update)
        first = _offset(query.offset)
        results = [_result(fact, lang) for fact in facts[first : first + PAGE]]
        button = InlineQueryResultsButton(wording.sentence("button_ask_private", lang), start_parameter=START)
        try:
            await query.answer(
                results,
                cache_time=CACHE_SECONDS,
                is_personal=True,  # the language is the asker's
                next_offset=str(first + PAGE) if len(facts) > first + PAGE else "",
                button=None if sure else button,
            )
        except TelegramError as error:
            if not is_gone(error):
                raise

    async def _found(self, query: InlineQuery, chosen: Lang | None) -> tuple[list[Fact], bool, Lang | None]:
        """The facts to choose from, best first, whether the first is an answer, and their language if there are any.

        For "share" that is the one that is shared.
        """
        typed = query.query.strip()
        if shared := SHARED.fullmatch(typed):
            answer = await self._parts.desk.show(shared[2], chosen or as_lang(shared[1]) or "en", None)
            return ([match.fact for match in answer.facts], True, answer.lang) if answer else ([], False, None)
        if not typed:
            return [], False, None
        question = Question(typed, datetime.now(UTC), chosen or query.from_user.language_code)
        reply = await self._parts.desk.find(question, chosen)
        if isinstance(reply, Answer):
            facts = {match.fact.id: match.fact for match in (*reply.facts, *reply.matches)}
            return list(facts.values())[:MOST], True, reply.lang
        facts = {match.fact.id: match.fact for match in reply.facts} if isinstance(reply, Suggestion) else {}
        return list(facts.values()), False, reply.lang


def add_inline(application: App, inline: Inline) -> None:
    """Ties inline queries to what happens."""
    application.add_handler(InlineQueryHandler(inline.on_query))


def _offset(said: str) -> int:
    """How many results were shown already, as we told Telegram ourselves; 0 for anything else."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 0


def _result(fact: Fact, lang: Lang) -> InlineQueryResultArticle:
    answer = Answer(lang, 1.0, (Match(fact, 0.0),))
    source = wording.source_line(fact.source, lang, fact.attribution)
    return InlineQueryResultArticle(
        f"{fact.lang}:{fact.id}",
        wording.fact_labels([fact])[0],
        InputTextMessageContent(wording.to_html(answer), parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW),
        description="\n".join(wording.clip(line, LINE_UNITS) for line in (wording.fact_text(fact, lang), source)),
        reply_markup=keyboard([source_button(fact, lang)]),
    )
