"""Finding one's way: hello and help, the table by topic, its sources, one's language, what is kept and forgetting it.

Lists that are long have pages, which take each other's place in one message; the buttons hold all that a page needs.
"""

from __future__ import annotations

from telegram import InlineKeyboardButton, Message, Update
from telegram.ext import CommandHandler, filters

from bot import wording
from bot.browsing import Topic
from bot.model import LANGS, Lang
from bot.telegram.addressed import person_of, talk_of
from bot.telegram.buttons import Row, about, keyboard, wrong
from bot.telegram.notes import IN_VAIN_DAYS, REPLIES_HOURS
from bot.telegram.parts import App, Context, Parts, message_of
from bot.telegram.presses import FACT, Press, Way
from bot.telegram.sending import Shown, acknowledge, said, send, shown

PAGE = 8
"""Topics or facts on a page."""
SOURCES = 10
"""Sources on a page."""

_KEY, _NUMBER = "([0-9a-f]{8})", r"(\d{1,4})"


class Pages:
    """The handlers of commands and of the buttons under their answers."""

    def __init__(self, parts: Parts) -> None:
        """Works with these parts."""
        self._parts = parts

    def ways(self) -> list[Way]:
        """The kinds of buttons that stand under lists."""
        return [
            Way("topics", f":{_NUMBER}", self.turn_topics),
            Way("topic", f":{_KEY}:{_NUMBER}", self.turn_topic),
            Way("of", f":{_KEY}:{_NUMBER}:{FACT}", self.show_fact),
            Way("sources", f":{_NUMBER}", self.turn_sources),
            Way("speak", "((?::auto)?)", self.choose_language),
        ]

    async def start(self, update: Update, context: Context) -> None:
        """/start: hello with examples, or the fact that a deep link names."""
        message, lang = message_of(update), self._parts.language(update)
        if _is_group(message):
            await _reply(update, said(wording.sentence("group_hello", lang)))
            return
        answer = await self._parts.desk.show(context.args[0], lang, talk_of(update)) if context.args else None
        if answer is None:
            await _reply(update, said(await self._with_examples("start", lang)))
            return
        fact = answer.facts[0].fact
        row = about(fact, lang, context.bot, more=f"more:{lang}:{fact.id}:0")
        await _reply(update, shown(answer, keyboard([row, wrong(fact, lang, self._parts.admins)])))

    async def help(self, update: Update, context: Context) -> None:
        """/help: how to ask, with real examples; a group gets one sentence."""
        lang = self._parts.language(update)
        is_group = _is_group(message_of(update))
        text = wording.sentence("group_hello", lang) if is_group else await self._with_examples("help", lang)
        await _reply(update, said(text))

    async def privacy(self, update: Update, context: Context) -> None:
        """/privacy: what is kept, and for how long."""
        text = self._parts.sentence(update, "privacy", hours=REPLIES_HOURS, days=IN_VAIN_DAYS)
        await _reply(update, said(text))

    async def forget(self, update: Update, context: Context) -> None:
        """/forget: all that is kept about this person goes, in every chat."""
        text = self._parts.sentence(update, "forgotten")
        self._parts.desk.forget(person_of(update))
        self._parts.notes.forget(person_of(update))
        await _reply(update, said(text))

    async def language(self, update: Update, context: Context) -> None:
        """/language: which one to speak."""
        lang = self._parts.language(update)
        chosen = self._parts.notes.language(person_of(update))
        choices = [(f"speak:{one}", wording.sentence("language_name", one), one == chosen) for one in LANGS]
        choices.append((f"speak:{lang}:auto", wording.sentence("language_auto", lang), chosen is None))
        rows = [[_button(f"✓ {label}" if is_chosen else label, data)] for data, label, is_chosen in choices]
        await _reply(update, said(wording.sentence("language", lang), keyboard(rows)))

    async def choose_language(self, press: Press) -> None:
        """A language, or that of each question."""
        chosen = None if press.values[0] else press.lang
        self._parts.notes.choose_language(press.query.from_user.id, chosen)
        await acknowledge(press.query)
        key = "language_set" if chosen else "language_auto_set"
        await press.show(said(wording.sentence(key, chosen or self._parts.language(press.update))))

    async def topics(self, update: Update, context: Context) -> None:
        """/topics: the table by topic."""
        await _reply(update, await self._topics(self._parts.language(update), 0))

    async def turn_topics(self, press: Press) -> None:
        """Another page of the topics."""
        await acknowledge(press.query)
        await press.show(await self._topics(press.lang, int(press.values[0])))

    async def turn_topic(self, press: Press) -> None:
        """A page of one topic's facts."""
        key, page = press.values
        topic = await self._topic(press.lang, key)
        if topic is None:
            await self.turn_topics(Press(press.update, press.bot, press.query, press.lang, ("0",)))
            return
        await acknowledge(press.query)
        facts = await self._parts.desk.by_topic(topic, press.lang, int(page) * PAGE, PAGE)
        labels = zip(wording.fact_labels(facts), facts, strict=True)
        rows = [[_button(label, f"of:{press.lang}:{key}:{page}:{fact.id}")] for label, fact in labels]
        rows.append(_turning(f"topic:{press.lang}:{key}", int(page), topic.facts, PAGE, press.lang))
        rows.append([_back(press.lang, f"topics:{press.lang}:0")])
        await press.show(said(wording.title(topic.name), keyboard(rows)))

    async def show_fact(self, press: Press) -> None:
        """One of a topic's facts."""
        key, page, fact_id = press.values
        answer = await self._parts.desk.show(fact_id, press.lang, talk_of(press.update))
        if answer is None:
            await acknowledge(press.query, self._parts.sentence(press.update, "fact_gone"))
            return
        await acknowledge(press.query)
        fact = answer.facts[0].fact
        rows = [about(fact, press.lang, press.bot), wrong(fact, press.lang, self._parts.admins)]
        await press.show(shown(answer, keyboard([*rows, [_back(press.lang, f"topic:{press.lang}:{key}:{page}")]])))

    async def sources(self, update: Update, context: Context) -> None:
        """/sources: where the facts come from."""
        await _reply(update, await self._sources(self._parts.language(update), 0))

    async def turn_sources(self, press: Press) -> None:
        """Another page of the sources."""
        await acknowledge(press.query)
        await press.show(await self._sources(press.lang, int(press.values[0])))

    async def _with_examples(self, key: str, lang: Lang) -> str:
        listed = wording.example_list(await self._parts.desk.examples(lang), lang)
        return "\n\n".join(filter(None, (wording.sentence(key, lang), listed)))

    async def _topics(self, lang: Lang, page: int) -> Shown:
        topics = await self._parts.desk.topics(lang)
        if not topics:
            return said(wording.sentence("no_topics", lang))
        page = min(page, (len(topics) - 1) // PAGE)
        rows = [
            [_button(wording.counted(topic.name, topic.facts, lang), f"topic:{lang}:{topic.key}:0")]
            for topic in topics[page * PAGE : (page + 1) * PAGE]
        ]
        rows.append(_turning(f"topics:{lang}", page, len(topics), PAGE, lang))
        return said(wording.sentence("topics", lang), keyboard(rows))

    async def _topic(self, lang: Lang, key: str) -> Topic | None:
        return next((topic for topic in await self._parts.desk.topics(lang) if topic.key == key), None)

    async def _sources(self, lang: Lang, page: int) -> Shown:
        found, count = await self._parts.desk.sources(page * SOURCES, SOURCES)
        rows = [_turning(f"sources:{lang}", page, count, SOURCES, lang)]
        return Shown(wording.sources_html(found, lang), lambda: wording.sources_text(found, lang), keyboard(rows))


def add_pages(application: App, pages: Pages) -> None:
    """Ties commands to what happens, in private and in groups."""
    handlers = {
        "start": pages.start,
        "help": pages.help,
        "topics": pages.topics,
        "sources": pages.sources,
        "language": pages.language,
        "privacy": pages.privacy,
        "forget": pages.forget,
    }
    new = filters.UpdateType.MESSAGE
    application.add_handlers([CommandHandler(name, handler, new) for name, handler in handlers.items()])


async def _reply(update: Update, content: Shown) -> None:
    """Answers a command; in a group the answer quotes it, which tells whose it is."""
    message = message_of(update)
    await send(message, content, quote=_is_group(message))


def _turning(way: str, page: int, count: int, size: int, lang: Lang) -> Row:
    """The row that turns pages: back, where one is, on; empty where there is one page only."""
    pages = (count + size - 1) // size
    if pages < 2:
        return []
    number = wording.sentence("page", lang, page=page + 1, pages=pages)
    steps = [("‹", (page - 1) % pages), (number, page), ("›", (page + 1) % pages)]
    return [_button(label, f"{way}:{to}") for label, to in steps]


def _back(lang: Lang, data: str) -> InlineKeyboardButton:
    return _button(f"‹ {wording.sentence('button_back', lang)}", data)


def _button(label: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=data)


def _is_group(message: Message) -> bool:
    return message.chat.type != "private"
