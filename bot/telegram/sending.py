"""Sending a reply or a sentence and putting it in the place of an earlier one; what is nobody's fault is no error.

HTML that Telegram can't parse goes as plain text, a keyboard that it refuses is left out: an answer is never lost.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar, cast

import structlog
from telegram import (
    Bot,
    CallbackQuery,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    Message,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot import wording
from bot.model import Reply
from bot.telegram.transport import ServiceBot

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

GONE = (
    "chat not found",
    "user is deactivated",
    "message to be replied not found",
    "message to edit not found",
    "message is not modified",
    "message can't be edited",
    "message_id_invalid",
    "query is too old",
    "thread not found",
    "topic_closed",
    "topic_deleted",
    "not enough rights",
    "have no rights",
    "chat_write_forbidden",
    "need administrator rights",
    "group chat was upgraded",
)
"""Refusals that are nobody's fault: the chat, the message or the moment is gone."""

T = TypeVar("T")
Act = Callable[[str, str | None, InlineKeyboardMarkup | None], Awaitable[T]]
"""Puts a text, its parse mode and its keyboard somewhere."""
log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message says: the same twice."""

    html: str
    plain: Callable[[], str]
    """Made when it is needed, which is hardly ever."""
    keyboard: InlineKeyboardMarkup | None = None


def shown(reply: Reply, keyboard: InlineKeyboardMarkup | None = None, *, brief: bool = False) -> Shown:
    """A reply as a message says it; `brief` suits a group."""
    return Shown(wording.to_html(reply, brief=brief), lambda: wording.to_text(reply), keyboard)


def said(text: str, keyboard: InlineKeyboardMarkup | None = None) -> Shown:
    """A sentence as a message says it."""
    return Shown(wording.escape(text), lambda: text, keyboard)


async def send(message: Message, content: Shown, *, quote: bool = True) -> int:
    """Sends a message to where `message` is, quoting that unless told otherwise; returns the id of what was sent."""
    bot, chat = cast(ServiceBot, message.get_bot()), message.chat.id  # the service has no other
    thread = message.message_thread_id if message.is_topic_message else None
    quoting = {"message_id": message.message_id, "allow_sending_without_reply": True} if quote else None

    async def act(text: str, mode: str | None, keyboard: InlineKeyboardMarkup | None) -> int:
        return await bot.post(
            chat,
            text,
            parse_mode=mode,
            message_thread_id=thread,
            reply_parameters=quoting,
            link_preview_options={"is_disabled": True},
            reply_markup=keyboard,
        )

    return await _deliver(act, content)


async def answer_guest(message: Message, content: Shown) -> None:
    """Answers a message that called the bot into a chat that it is not in; one that is too old stays unanswered."""
    bot = message.get_bot()

    async def act(text: str, mode: str | None, keyboard: InlineKeyboardMarkup | None) -> None:
        said = InputTextMessageContent(text, parse_mode=mode, link_preview_options=NO_PREVIEW)
        result = InlineQueryResultArticle("reply", bot.first_name, said, reply_markup=keyboard)
        await bot.answer_guest_query(message.guest_query_id or "", result)

    await _unless_gone(act, content, "a guest could not be answered")


async def edit(bot: Bot, chat: int, message: int, content: Shown) -> None:
    """Puts the content in the place of a message of the bot's; what can't be edited any more stays as it is."""

    async def act(text: str, mode: str | None, keyboard: InlineKeyboardMarkup | None) -> None:
        await bot.edit_message_text(
            text, chat, message, parse_mode=mode, link_preview_options=NO_PREVIEW, reply_markup=keyboard
        )

    await _unless_gone(act, content, "a message could not be edited")


async def say(message: Message, text: str, *, quote: bool = False) -> None:
    """Sends a sentence to where `message` is."""
    await send(message, said(text), quote=quote)


async def acknowledge(query: CallbackQuery, text: str = "", *, alert: bool = False) -> None:
    """Takes a button's waiting sign away, with a few words; a press too long ago is acted on all the same."""
    try:
        await query.answer(text or None, show_alert=alert)
    except TelegramError as error:
        if not is_gone(error):
            raise


def is_gone(error: BaseException | None) -> bool:
    """Whether Telegram refused because the chat, the message or the moment is gone."""
    if isinstance(error, BadRequest):
        return any(words in error.message.lower() for words in GONE)
    return isinstance(error, Forbidden | ChatMigrated)


async def _unless_gone(act: Act[None], content: Shown, trouble: str) -> None:
    """Delivers; where what it is for is gone, the log says `trouble`."""
    try:
        await _deliver(act, content)
    except TelegramError as error:
        if not is_gone(error):
            raise
        log.info(trouble, reason=error.message)


async def _deliver(act: Act[T], content: Shown) -> T:
    """Acts with the content, and again with less of it where Telegram can't take some."""
    text, keyboard = content.html, content.keyboard
    mode: str | None = ParseMode.HTML
    while True:
        try:
            return await act(text, mode, keyboard)
        except BadRequest as error:
            if mode and "parse entities" in error.message.lower():
                log.error("Telegram could not parse a reply; it is sent as plain text", reason=error.message)
                text, mode = content.plain(), None
            elif keyboard and "button" in error.message.lower():
                log.error("Telegram refuses a keyboard; the message goes without", reason=error.message)
                keyboard = None
            else:
                raise
