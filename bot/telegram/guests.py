"""Guest mode: somebody mentions the bot in a chat that it is not in, and it answers there with one message.

Chats of guests may bear the numbers of other chats, so that nothing is kept by them: each question stands alone, and
its answer is not edited. The answer's buttons are links, for presses would come without the message.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import MessageHandler, filters
from telegram.helpers import create_deep_linked_url

from bot import wording
from bot.answering import MOST_CHARACTERS
from bot.model import Answer, Question, Reply, Suggestion
from bot.telegram.addressed import asked_by_guest, person_of
from bot.telegram.buttons import about, keyboard
from bot.telegram.parts import App, Context, Parts, message_of
from bot.telegram.sending import answer_guest, said, shown


class Guests:
    """The handler of messages from chats that the bot is not in."""

    def __init__(self, parts: Parts) -> None:
        """Works with these parts."""
        self._parts = parts

    async def on_message(self, update: Update, context: Context) -> None:
        """A message that calls the bot: the reply to it, in brief."""
        message = message_of(update)
        text = asked_by_guest(message, context.bot.bot)
        if text is None:
            return
        if not text:
            await answer_guest(message, said(self._parts.sentence(update, "ask_prompt")))
        elif len(text) > MOST_CHARACTERS:
            await answer_guest(message, said(self._parts.sentence(update, "too_long", limit=MOST_CHARACTERS)))
        else:
            started = time.perf_counter()
            chosen = self._parts.notes.language(person_of(update))
            code = message.from_user.language_code if message.from_user else None
            reply = await self._parts.desk.find(Question(text, datetime.now(UTC), chosen or code), chosen)
            await answer_guest(message, shown(reply, _links(reply, context.bot), brief=True))
            self._parts.metrics.question(reply, time.perf_counter() - started)
            self._parts.notes.note_unknown(text, reply)


def add_guests(application: App, guests: Guests) -> None:
    """Ties messages of guests to what happens."""
    application.add_handler(MessageHandler(filters.UpdateType.GUEST_MESSAGE, guests.on_message))


def _links(reply: Reply, bot: Bot) -> InlineKeyboardMarkup | None:
    """The buttons under a reply; those of a Suggestion open the private chat with the fact."""
    if isinstance(reply, Answer):
        return keyboard([about((reply.matches or reply.facts)[0].fact, reply.lang, bot)])
    if isinstance(reply, Suggestion):
        links = [create_deep_linked_url(bot.username, match.fact.id) for match in reply.facts]
        labels = wording.offered_labels(reply)
        return keyboard([[InlineKeyboardButton(label, url=link)] for label, link in zip(labels, links, strict=True)])
    return None
