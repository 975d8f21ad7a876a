"""The chat: what happens when a person writes to the bot, in private or in a group; wired in `add_handlers`.

A handler asks the core (through Desk) and sends what wording makes of the reply; it knows no scores, no SQL
and no sentences. Buttons, commands, inline mode and what admins may do have modules of their own.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import structlog
from telegram import ChatMember, Message, Update
from telegram.error import TelegramError
from telegram.ext import ChatMemberHandler, CommandHandler, MessageHandler, filters

from bot.answering import MOST_CHARACTERS
from bot.model import Lang, Question
from bot.telegram.addressed import asked_in, person_of, talk_of
from bot.telegram.buttons import under
from bot.telegram.parts import App, Context, Parts, message_of
from bot.telegram.sending import edit, is_gone, say, send, shown

QUESTION = filters.TEXT | filters.CAPTION
WORDLESS = (
    ("photo", filters.PHOTO | filters.VIDEO | filters.ANIMATION),
    ("sticker", filters.Sticker.ALL),
    ("voice", filters.VOICE | filters.AUDIO | filters.VIDEO_NOTE),
    ("other_message", ~filters.StatusUpdate.ALL),
)
"""Messages without words, and the sentence that each gets in private."""

_HERE = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED)

log = structlog.stdlib.get_logger(__name__)


class Chat:
    """The handlers of questions."""

    def __init__(self, parts: Parts) -> None:
        """Works with these parts."""
        self._parts = parts

    async def on_question(self, update: Update, context: Context) -> None:
        """A text, or the words under a picture: the reply to it, quoting it; silence where it is for others."""
        message = message_of(update)
        text = asked_in(message, context.bot.bot)
        if text is None:
            return
        if not text:
            await say(message, self._parts.sentence(update, "ask_prompt"), quote=True)
        elif len(text) > MOST_CHARACTERS:
            await say(message, self._parts.sentence(update, "too_long", limit=MOST_CHARACTERS), quote=True)
        else:
            await self._answer(update, message, text)

    async def _answer(self, update: Update, message: Message, text: str) -> None:
        started = time.perf_counter()
        lang = self._parts.notes.language(person_of(update))
        reply = await self._parts.desk.answer(_question(update, text, lang), talk_of(update), message.message_id, lang)
        keyboard = under(reply, message.get_bot(), self._parts.admins)
        sent = await send(message, shown(reply, keyboard, brief=_is_group(message)))
        self._parts.metrics.question(reply, time.perf_counter() - started)
        self._parts.notes.note_reply(message.chat.id, message.message_id, sent.message_id, person_of(update))
        self._parts.notes.note_unknown(text, reply)
        log.debug("question", update=update.update_id, kind=type(reply).__name__, text=text)

    async def on_edited(self, update: Update, context: Context) -> None:
        """A question was changed: so is the reply to it, if it is known which that is."""
        message = message_of(update)
        text = asked_in(message, context.bot.bot)
        answered = self._parts.notes.reply_to(message.chat.id, message.message_id)
        if not text or len(text) > MOST_CHARACTERS or answered is None:
            return
        lang = self._parts.notes.language(person_of(update))
        question = _question(update, text, lang)
        reply = await self._parts.desk.answer_again(question, talk_of(update), message.message_id, lang)
        keyboard = under(reply, context.bot, self._parts.admins)
        await edit(context.bot, message.chat.id, answered, shown(reply, keyboard, brief=_is_group(message)))
        self._parts.notes.note_unknown(text, reply)

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
        if isinstance(message, Message) and asked_in(message, message.get_bot().bot) is not None:
            await self._apologise(update, "slow_down")

    async def _apologise(self, update: Update, key: str) -> None:
        """Sends the sentence `key` if it can be sent; a failure is the log's business alone."""
        if not isinstance(update.effective_message, Message):
            return
        try:
            await say(update.effective_message, self._parts.sentence(update, key))
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
