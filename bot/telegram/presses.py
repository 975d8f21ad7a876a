"""Pressed buttons: each finds its way by its data, and who may not press it is told so.

Data begins with a word that names the way, then the language of what is shown; the rest is the way's own.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from telegram import Bot, CallbackQuery, Message, Update
from telegram.ext import CallbackQueryHandler

from bot.answering import as_lang
from bot.model import Lang
from bot.telegram.addressed import is_for
from bot.telegram.parts import App, Context, Parts
from bot.telegram.sending import Shown, acknowledge, edit

FACT = r"([A-Za-z0-9_-]{1,40})"


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed."""

    update: Update
    bot: Bot
    query: CallbackQuery
    lang: Lang
    """Of what the button is under."""
    values: tuple[str, ...]
    """What else its data says, in order."""

    @property
    def message(self) -> Message | None:
        """The message that it is under, or None where Telegram no longer shows it to us."""
        return self.query.message if isinstance(self.query.message, Message) else None

    async def show(self, content: Shown) -> None:
        """Puts the content in the place of the message."""
        if self.query.message:
            await edit(self.bot, self.query.message.chat.id, self.query.message.message_id, content)


@dataclass(frozen=True, slots=True)
class Way:
    """What the buttons of a kind do."""

    name: str
    """What their data begins with; then come a colon and the language."""
    rest: str
    """The rest of the data, as a regular expression; each group is a value."""
    act: Callable[[Press], Awaitable[None]]
    for_all: bool = False
    """Whether anyone in a group may press them, not only who asked."""


def add_presses(application: App, parts: Parts, ways: Iterable[Way]) -> None:
    """Ties presses to what happens. What no way knows, as a button of an earlier version, says that it is over."""
    patterns = [(re.compile(rf"{way.name}:([a-z]{{2}}){way.rest}"), way) for way in ways]

    async def on_press(update: Update, context: Context) -> None:
        query = update.callback_query
        if query is None:
            return
        for pattern, way in patterns:
            match = pattern.fullmatch(query.data or "")
            if match is None:
                continue
            if not way.for_all and not _is_for(query):
                await acknowledge(query, parts.sentence(update, "not_your_button"))
                return
            lang = as_lang(match[1]) or parts.language(update)
            await way.act(Press(update, context.bot, query, lang, match.groups()[1:]))
            return
        await acknowledge(query, parts.sentence(update, "fact_gone"))

    application.add_handler(CallbackQueryHandler(on_press))


def _is_for(query: CallbackQuery) -> bool:
    return not isinstance(query.message, Message) or is_for(query.message, query.from_user.id)
