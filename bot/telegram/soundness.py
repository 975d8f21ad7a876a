"""Whether a parsed update is what it seems: the library takes any type for any field, the handlers do not.

What is checked is what handlers, filters and the order of chats rely on. An unsound update is treated like
one that cannot be parsed.
"""

from __future__ import annotations

from collections.abc import Sequence

from telegram import CallbackQuery, Chat, ChatMemberUpdated, InlineQuery, Message, MessageEntity, Update, User

LARGEST_ID = 2**52
"""Of a chat, person or message: "at most 52 significant bits", core.telegram.org/bots/api#chat."""


def check_sound(update: Update) -> None:
    """Raises ValueError, which names the field, where something has the wrong type or size."""
    _check_chat(update.effective_chat)
    _check_user(update.effective_user)
    message = update.effective_message
    if message is not None:
        _check_number("message_id", message.message_id)
        _check_chat(message.chat, is_needed=True)
    if isinstance(message, Message):
        _check_message(message)
    if update.guest_message:
        _check_text("guest_query_id", update.guest_message.guest_query_id, is_needed=True)
    _check_press(update.callback_query)
    _check_inline(update.inline_query)
    _check_change(update.my_chat_member)


def _check_press(query: CallbackQuery | None) -> None:
    if query:
        _check_text("callback_query.id", query.id, is_needed=True)
        _check_text("callback_query.data", query.data)
        _check_user(query.from_user, is_needed=True)


def _check_inline(query: InlineQuery | None) -> None:
    if query:
        _check_text("inline_query.id", query.id, is_needed=True)
        _check_user(query.from_user, is_needed=True)
        for name, value in (("query", query.query), ("offset", query.offset)):
            if not isinstance(value, str):
                raise ValueError(f"inline_query.{name} is no text")


def _check_change(change: ChatMemberUpdated | None) -> None:
    if change:
        _check_chat(change.chat, is_needed=True)
        for member in (change.old_chat_member, change.new_chat_member):
            _check_text("my_chat_member.status", member.status if member else None, is_needed=True)


def _check_message(message: Message, is_quoted: bool = False) -> None:
    _check_text("text", message.text)
    _check_text("caption", message.caption)
    _check_number("message_thread_id", message.message_thread_id, is_needed=False)
    _check_entities("entities", message.text, message.entities)
    _check_entities("caption_entities", message.caption, message.caption_entities)
    _check_user(message.from_user)
    _check_chat(message.sender_chat)
    if isinstance(message.reply_to_message, Message) and not is_quoted:
        _check_message(message.reply_to_message, is_quoted=True)


def _check_entities(name: str, text: str | None, entities: Sequence[MessageEntity]) -> None:
    size = len((text or "").encode("utf-16-le", "surrogatepass")) // 2
    for entity in entities:
        _check_text(f"{name}.type", entity.type, is_needed=True)
        _check_number(f"{name}.offset", entity.offset)
        _check_number(f"{name}.length", entity.length)
        if entity.offset < 0 or entity.length < 0 or entity.offset + entity.length > size:
            raise ValueError(f"{name} is out of range")


def _check_chat(chat: Chat | None, is_needed: bool = False) -> None:
    if chat is None and not is_needed:
        return
    _check_number("chat.id", chat.id if chat else None)
    _check_text("chat.type", chat.type if chat else None, is_needed=True)


def _check_user(user: User | None, is_needed: bool = False) -> None:
    if user is None and not is_needed:
        return
    _check_number("from.id", user.id if user else None)
    _check_text("from.language_code", user.language_code if user else None)


def _check_number(name: str, value: object, is_needed: bool = True) -> None:
    if value is None and not is_needed:
        return
    if type(value) is not int or not -LARGEST_ID <= value <= LARGEST_ID:
        raise ValueError(f"{name} is no number of Telegram's")


def _check_text(name: str, value: object, is_needed: bool = False) -> None:
    if value is None and not is_needed:
        return
    if not isinstance(value, str) or (is_needed and not value):
        raise ValueError(f"{name} is no text")
