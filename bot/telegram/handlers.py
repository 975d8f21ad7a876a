"""The chat: what happens when a person writes to the bot, in private or in a group; wired in `add_handlers`.

A handler asks the core (through Desk) and sends what wording makes of the reply; it knows no scores, no SQL
and no sentences. Buttons, commands, inline mode and what admins may do have modules of their own.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import structlog
from telegram import Bot, ChatMember, Message, Update
from telegram.error import TelegramError
from telegram.ext import ChatMemberHandler, CommandHandler, MessageHandler, filters

from bot.answering import MOST_CHARACTERS
from bot.model import Lang, Question, Reply
from bot.telegram.addressed import asked_in, person_of, talk_of
from bot.telegram.buttons import under
from bot.telegram.core import TalkKey
from bot.telegram.parts import App, Context, Parts, message_of
from bot.telegram.sending import Shown, answer_guest, edit, is_gone, said, say, send, shown

QUESTION = filters.TEXT | filters.CAPTION
WORDLESS = (
    ("photo", filters.PHOTO | filters.VIDEO | filters.ANIMATION),
    ("sticker", filters.Sticker.ALL),
    ("voice", filters.VOICE | filters.AUDIO | filters.VIDEO_NOTE),
    ("other_message", ~filters.StatusUpdate.ALL),
)
"""Messages without words, and the sentence that each gets in private."""

REMEMBERED = 500
"""Replies whose message is kept, the latest; many ask the same."""

Ask = Callable[[Question, TalkKey, int, Lang | None], Awaitable[Reply]]
"""How the core is asked: a question of a talk, in a message, to be answered in a language."""

_HERE = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED)

log = structlog.stdlib.get_logger(__name__)


class Chat:
    """The handlers of questions."""

    def __init__(self, parts: Parts) -> None:
        """Works with these parts."""
        self._parts = parts
        self._shown = lru_cache(REMEMBERED)(self._show)

    async def on_question(self, update: Update, context: Context) -> None:
        """A text, or the words under a picture: the reply to it, quoting it; silence where it is for others."""
        message = message_of(update)
        text = asked_in(message, context.bot.bot)
        if text is None:
            return
        started = time.perf_counter()
        content, reply = await self._answer(update, text, self._parts.desk.answer)
        sent = await send(message, content)
        self._parts.notes.note_reply(message.chat.id, message.message_id, sent, person_of(update))
        if reply:
            self._parts.metrics.question(reply, time.perf_counter() - started)
            self._parts.notes.note_unknown(text, reply)
            log.debug("question", update=update.update_id, kind=type(reply).__name__, text=text)

    async def on_edited(self, update: Update, context: Context) -> None:
        """A question was changed: so is the reply to it, if it is known which that is."""
        message = message_of(update)
        text = asked_in(message, context.bot.bot)
        answered = self._parts.notes.reply_to(message.chat.id, message.message_id)
        if text is None or answered is None:
            return
        content, reply = await self._answer(update, text, self._parts.desk.answer_again)
        await edit(context.bot, message.chat.id, answered, content)
        if reply:
            self._parts.notes.note_unknown(text, reply)

    async def _answer(self, update: Update, text: str, ask: Ask) -> tuple[Shown, Reply | None]:
        """What is said to a message that asks `text`; None where that is no question to be answered."""
        message = message_of(update)
        if not text:
            return said(self._parts.sentence(update, "ask_prompt")), None
        if len(text) > MOST_CHARACTERS:
            return said(self._parts.sentence(update, "too_long", limit=MOST_CHARACTERS)), None
        lang = self._parts.notes.language(person_of(update))
        reply = await ask(_question(update, text, lang), talk_of(update), message.message_id, lang)
        return self._shown(reply, message.get_bot(), _is_group(message)), reply

    def _show(self, reply: Reply, bot: Bot, brief: bool) -> Shown:
        return shown(reply, under(reply, bot, self._parts.admins), brief=brief)

    async def unknown_command(self, update: Update, context: Context) -> None:
        """A command that there is not."""
        await say(message_of(update), self._parts.sentence(update, "unknown_command"))

    def wordless(self, key: str) -> Any:
        """A handler that answers a message without words with the sentence `key`."""

        async def answer(update: Update, context: Context) -> None:
            await say(message_of(update), self._parts.sentence(update, key))

        return answer

    async def on_membership(self, update: Update, context: Context) -> None:
        """The bot came into a group: it says how to be asked. Somebody blocked it: nothing is left to be said."""
        change = update.my_chat_member
        if change is None or change.chat.type not in ("group", "supergroup"):
            return
        if change.new_chat_member.status in _HERE and change.old_chat_member.status not in _HERE:
            await context.bot.send_message(change.chat.id, self._parts.sentence(update, "group_hello"))

    async def on_error(self, update: object, context: Context) -> None:
        """A handler failed: into the log with the update's id, and the person is told."""
        error = context.error
        number = update.update_id if isinstance(update, Update) else None
        if is_gone(error):
            log.info("a reply could not be delivered", update=number, reason=str(error))
            return
        self._parts.metrics.handler_failed()
        log.error("a handler failed", update=number, exc_info=error)
        if isinstance(update, Update):
            await self._apologise(update, "error")

    async def slow_down(self, update: Update) -> None:
        """Asks who floods the bot for patience; nothing of theirs is lost. Talk among others is no flood."""
        message = update.effective_message
        if not isinstance(message, Message) or message.guest_query_id:  # which can be answered once
            return
        if asked_in(message, message.get_bot().bot) is not None:
            await self._apologise(update, "slow_down")

    async def _apologise(self, update: Update, key: str) -> None:
        """Sends the sentence `key` if it can be sent; a failure is the log's business alone."""
        message = update.effective_message
        if not isinstance(message, Message):
            return
        try:
            if message.guest_query_id:
                await answer_guest(message, said(self._parts.sentence(update, key)))
            else:
                await say(message, self._parts.sentence(update, key))
        except TelegramError as error:
            log.info("a person could not be told", update=update.update_id, sentence=key, reason=error.message)


def add_chat(application: App, chat: Chat) -> None:
    """Ties what people write to what happens; commands that others handle must be added before."""
    new, private = filters.UpdateType.MESSAGE, filters.ChatType.PRIVATE
    application.add_handlers(
        [
            CommandHandler("ask", chat.on_question, new),
            MessageHandler(new & private & filters.COMMAND, chat.unknown_command),
            MessageHandler(new & QUESTION & ~filters.COMMAND, chat.on_question),
            MessageHandler(filters.UpdateType.EDITED_MESSAGE & QUESTION, chat.on_edited),
            *(MessageHandler(new & private & kind, chat.wordless(key)) for key, kind in WORDLESS),
            ChatMemberHandler(chat.on_membership, ChatMemberHandler.MY_CHAT_MEMBER),
        ]
    )
    application.add_error_handler(chat.on_error)


def _question(update: Update, text: str, chosen: Lang | None) -> Question:
    message = message_of(update)
    code = update.effective_user.language_code if update.effective_user else None
    return Question(text, message.edit_date or message.date or datetime.now(UTC), chosen or code)


def _is_group(message: Message) -> bool:
    return message.chat.type != "private"
