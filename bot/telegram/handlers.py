"""The chat: what happens when a person writes to the bot or presses a button; wired in `add_handlers`.

A handler asks the core (through Desk) and sends what wording makes of the reply; it knows no scores, no SQL
and no sentences. Groups and inline mode are not handled here.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Any

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
from telegram.ext import (
    Application,
    CallbackContext,
    CallbackQueryHandler,
    CommandHandler,
    ExtBot,
    MessageHandler,
    filters,
)

from bot import wording
from bot.answering import as_lang
from bot.model import Lang, Question, Reply, Suggestion
from bot.telegram.core import Desk, TalkKey
from bot.telegram.health import Metrics

App = Application[Any, Any, Any, Any, Any, Any]
Context = CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]

FACT_BUTTON = r"^fact:([a-z]{2}):([A-Za-z0-9_-]{1,40})$"
"""Callback data: the language and the id of a fact to show; at most 48 bytes of the 64 allowed."""
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

QUESTION = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND
KINDS = (
    ("photo", filters.PHOTO | filters.VIDEO | filters.ANIMATION),
    ("sticker", filters.Sticker.ALL),
    ("voice", filters.VOICE | filters.AUDIO | filters.VIDEO_NOTE),
    ("other_message", ~filters.StatusUpdate.ALL),
)
"""Messages without words, and the sentence that each gets."""

GONE = (
    "chat not found",
    "user is deactivated",
    "message to be replied not found",
    "message to edit not found",
    "message is not modified",
    "message can't be edited",
    "query is too old",
    "thread not found",
    "topic_closed",
    "not enough rights",
    "have no rights",
    "chat_write_forbidden",
)
"""Refusals that are nobody's fault: the chat, the message or the moment is gone."""

log = structlog.stdlib.get_logger(__name__)


class Chat:
    """The handlers of a private chat."""

    def __init__(self, desk: Desk, metrics: Metrics) -> None:
        """Answers from `desk`, counts in `metrics`."""
        self._desk = desk
        self._metrics = metrics

    async def start(self, update: Update, context: Context) -> None:
        """/start: hello, or the fact that a deep link names."""
        message = _message(update)
        lang = language(update)
        if context.args and (answer := await self._desk.show(context.args[0], lang, talk_of(update))):
            await send(message, answer)
            return
        await say(message, "start", lang)

    async def help(self, update: Update, context: Context) -> None:
        """/help: how to ask."""
        await say(_message(update), "help", language(update))

    async def unknown_command(self, update: Update, context: Context) -> None:
        """A command that there is not."""
        await say(_message(update), "unknown_command", language(update))

    async def on_question(self, update: Update, context: Context) -> None:
        """A text, or the words under a picture: the reply to it, quoting it."""
        message = _message(update)
        text = message.text or message.caption or ""
        hint = update.effective_user.language_code if update.effective_user else None
        question = Question(text, message.date or datetime.now(UTC), hint)
        started = time.perf_counter()
        reply = await self._desk.answer(question, talk_of(update))
        await send(message, reply)
        self._metrics.question(reply, time.perf_counter() - started)
        log.debug("question", update=update.update_id, kind=type(reply).__name__, text=text)

    def wordless(self, key: str) -> Any:
        """A handler that answers a message without words with the sentence `key`."""

        async def answer(update: Update, context: Context) -> None:
            await say(_message(update), key, language(update))

        return answer

    async def choose(self, update: Update, context: Context) -> None:
        """A suggestion's button: the fact takes the place of "did you mean", the buttons stay."""
        query = update.callback_query
        if not query or not isinstance(context.match, re.Match):  # a query without data passes any pattern
            await self.dead_button(update, context)
            return
        lang = as_lang(context.match[1]) or language(update)
        answer = await self._desk.show(context.match[2], lang, talk_of(update))
        if answer is None:
            await query.answer(wording.sentence("fact_gone", language(update)))
            return
        await query.answer()
        await edit(query.message, answer)

    async def dead_button(self, update: Update, context: Context) -> None:
        """A button of an earlier version: its waiting sign is taken away."""
        if update.callback_query:
            await update.callback_query.answer(wording.sentence("fact_gone", language(update)))

    async def on_error(self, update: object, context: Context) -> None:
        """A handler failed: into the log with the update's id, and the person is told."""
        error = context.error
        number = update.update_id if isinstance(update, Update) else None
        if is_gone(error):
            log.info("a reply could not be delivered", update=number, reason=str(error))
            return
        self._metrics.handler_failed()
        log.error("a handler failed", update=number, exc_info=error)
        if isinstance(update, Update):
            await apologise(update, "error")


def add_handlers(application: App, desk: Desk, metrics: Metrics) -> None:
    """Ties what people do to what happens."""
    chat = Chat(desk, metrics)
    private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    application.add_handlers(
        [
            CommandHandler("start", chat.start, private),
            CommandHandler("help", chat.help, private),
            MessageHandler(private & filters.COMMAND, chat.unknown_command),
            MessageHandler(private & QUESTION, chat.on_question),
            *(MessageHandler(private & kind, chat.wordless(key)) for key, kind in KINDS),
            CallbackQueryHandler(chat.choose, FACT_BUTTON),
            CallbackQueryHandler(chat.dead_button),
        ]
    )
    application.add_error_handler(chat.on_error)


async def send(message: Message, reply: Reply) -> None:
    """Sends a reply, quoting the message."""
    keyboard = keyboard_of(reply)
    try:
        await message.reply_text(
            wording.to_html(reply),
            parse_mode=ParseMode.HTML,
            do_quote=True,
            allow_sending_without_reply=True,
            link_preview_options=NO_PREVIEW,
            reply_markup=keyboard,
        )
    except BadRequest as error:
        if not _is_parse_error(error):
            raise
        log.error("Telegram could not parse a reply; it is sent as plain text", reason=error.message)
        await message.reply_text(
            wording.to_text(reply),
            do_quote=True,
            allow_sending_without_reply=True,
            link_preview_options=NO_PREVIEW,
            reply_markup=keyboard,
        )


async def edit(message: object, reply: Reply) -> None:
    """Shows a reply in the place of a message of the bot's; its buttons stay."""
    if not isinstance(message, Message):
        return
    await message.edit_text(
        wording.to_html(reply),
        parse_mode=ParseMode.HTML,
        link_preview_options=NO_PREVIEW,
        reply_markup=message.reply_markup,
    )


async def say(message: Message, key: str, lang: Lang) -> None:
    """Sends the sentence `key`."""
    await message.reply_text(
        wording.sentence(key, lang), allow_sending_without_reply=True, link_preview_options=NO_PREVIEW
    )


async def apologise(update: Update, key: str) -> None:
    """Sends the sentence `key` if it can be sent; a failure is the log's business alone."""
    if not isinstance(update.effective_message, Message):
        return
    try:
        await say(update.effective_message, key, language(update))
    except TelegramError as error:
        log.info("a person could not be told", update=update.update_id, sentence=key, reason=error.message)


async def slow_down(update: Update) -> None:
    """Asks who floods the bot for patience; nothing of theirs is lost."""
    await apologise(update, "slow_down")


def keyboard_of(reply: Reply) -> InlineKeyboardMarkup | None:
    """A suggestion's facts as buttons, one a row."""
    if not isinstance(reply, Suggestion):
        return None
    labels = wording.suggestion_labels(reply)
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(label, callback_data=f"fact:{reply.lang}:{match.fact.id}")]
            for label, match in zip(labels, reply.facts, strict=True)
        ]
    )


def language(update: Update) -> Lang:
    """The language of the interface for who sent this: Telegram's code for them, else English."""
    return as_lang(update.effective_user.language_code if update.effective_user else None) or "en"


def talk_of(update: Update) -> TalkKey:
    """Which conversation an update belongs to."""
    message, chat, user = update.effective_message, update.effective_chat, update.effective_user
    thread = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    return (chat.id if chat else 0, thread, user.id if user else 0)


def is_gone(error: BaseException | None) -> bool:
    """Whether Telegram refused because the chat, the message or the moment is gone."""
    if isinstance(error, BadRequest):
        return any(words in error.message.lower() for words in GONE)
    return isinstance(error, Forbidden | ChatMigrated)


def _is_parse_error(error: BadRequest) -> bool:
    return "parse entities" in error.message.lower()


def _message(update: Update) -> Message:
    """The message of an update that a handler for messages got."""
    if update.message is None:
        raise ValueError(f"update {update.update_id} has no message")
    return update.message
