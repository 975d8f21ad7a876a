"""What every handler needs, in one place: the core, the notes, the counters, who looks after the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telegram import Message, Update
from telegram.ext import Application, CallbackContext, ExtBot

from bot import wording
from bot.answering import as_lang
from bot.model import Lang
from bot.telegram.addressed import person_of, talk_of
from bot.telegram.core import Desk
from bot.telegram.health import Metrics
from bot.telegram.notes import Notes

App = Application[Any, Any, Any, Any, Any, Any]
Context = CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What handlers work with."""

    desk: Desk
    notes: Notes
    metrics: Metrics
    admins: frozenset[int]
    """Chats that look after the bot."""

    def language(self, update: Update) -> Lang:
        """The language of the interface for who sent this.

        Their choice, else Telegram's code for them, else that of the last reply to them, else English.
        """
        code = update.effective_user.language_code if update.effective_user else None
        chosen = self.notes.language(person_of(update))
        return chosen or as_lang(code) or self.desk.spoken(talk_of(update)) or "en"

    def sentence(self, update: Update, key: str, **values: object) -> str:
        """The sentence `key` in the language of who sent this."""
        return wording.sentence(key, self.language(update), **values)


def message_of(update: Update) -> Message:
    """The message of an update that a handler for messages got, changed ones included."""
    message = update.effective_message
    if not isinstance(message, Message):
        raise ValueError(f"update {update.update_id} has no message")
    return message
