"""Whom a message is for, what it asks, and which talk it belongs to.

In private all is for the bot. In a group it is a question only when it mentions the bot, replies to it or begins
with /ask, whether or not the bot sees the other messages (privacy mode). Bots, channels' posts and what people sent
through the bot itself are never questions there.
"""

from __future__ import annotations

import re

from telegram import Chat, Message, MessageEntity, Update, User
from telegram.constants import ChatType

from bot.telegram.core import TalkKey

_AROUND = " \t\n,:;–—-"
"""What is left over where a mention was taken out."""


def asked_in(message: Message, bot: User) -> str | None:
    """The question that a message puts to the bot, empty where it only calls it; None where it is for others."""
    if message.chat.type == ChatType.PRIVATE:
        is_other = message.via_bot or command_of(message, bot) not in ("", "ask")
        return None if is_other else words_of(message, bot)
    if not _may_ask(message):
        return None
    if _is_ask(message, bot) or _mentions(message, bot):
        return words_of(message, bot) or _words_replied_to(message, bot)
    return words_of(message, bot) if _replies_to(message, bot) else None


def asked_by_guest(message: Message, bot: User) -> str | None:
    """As `asked_in`, for a message from a chat that the bot is not in: Telegram passes on only those that call it."""
    return words_of(message, bot) or _words_replied_to(message, bot) if _may_ask(message) else None


def words_of(message: Message, bot: User) -> str:
    """The text of a message, or what stands under its picture, without /ask and without the bot's name."""
    text = message.text or message.caption or ""
    units = text.encode("utf-16-le", "surrogatepass")
    for entity in reversed(_own_entities(message, bot)):
        units = units[: 2 * entity.offset] + units[2 * (entity.offset + entity.length) :]
    rest = units.decode("utf-16-le", "surrogatepass")
    return rest.strip(_AROUND) if rest != text else text


def command_of(message: Message, bot: User) -> str:
    """The command that a text begins with, without the slash, or empty; one for another bot is none."""
    begins = any(entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0 for entity in message.entities)
    match = re.match(r"/(\w+)(?:@(\w+))?", message.text or "")
    if not begins or not match or (match[2] and match[2].casefold() != (bot.username or "").casefold()):
        return ""
    return match[1].casefold()


def talk_of(update: Update) -> TalkKey:
    """Which conversation an update belongs to: a person's in a chat, or in a topic of it."""
    message, chat = update.effective_message, update.effective_chat
    thread = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    return (chat.id if chat else 0, thread, person_of(update))


def person_of(update: Update) -> int:
    """Who sent an update: a person's id, or that of the group or channel they write as; 0 for nobody."""
    sender = update.effective_sender
    return sender.id if isinstance(sender, User | Chat) else 0


def is_for(message: Message, person: int) -> bool:
    """Whether a message of the bot's replies to this person, or to nobody in particular."""
    asked = message.reply_to_message
    if message.chat.type == ChatType.PRIVATE or asked is None or asked.sender_chat or asked.from_user is None:
        return True
    return asked.from_user.id == person


def _may_ask(message: Message) -> bool:
    is_other_bot = bool(message.from_user and message.from_user.is_bot and not message.sender_chat)
    return not (message.via_bot or message.is_automatic_forward or is_other_bot)


def _is_ask(message: Message, bot: User) -> bool:
    return command_of(message, bot) == "ask"


def _mentions(message: Message, bot: User) -> bool:
    return any(entity.type != MessageEntity.BOT_COMMAND for entity in _own_entities(message, bot))


def _replies_to(message: Message, bot: User) -> bool:
    """Whether a message replies to one of the bot's; in a topic all "reply" to the message that opened it."""
    other = message.reply_to_message
    if other is None or other.forum_topic_created or other.from_user is None:
        return False
    return other.from_user.id == bot.id and not command_of(message, bot)


def _words_replied_to(message: Message, bot: User) -> str:
    """What somebody asked whom a call of the bot replies to; a channel's post is no question."""
    other = message.reply_to_message
    if other is None or other.is_automatic_forward or other.from_user is None or other.from_user.is_bot:
        return ""
    return words_of(other, bot)


def _own_entities(message: Message, bot: User) -> list[MessageEntity]:
    """The parts of a text that only call the bot, in order."""
    text = message.text or message.caption or ""
    units = text.encode("utf-16-le", "surrogatepass")
    name = f"@{bot.username or ''}".casefold()
    found = []
    for entity in message.entities or message.caption_entities:
        part = units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le", "replace").casefold()
        is_mention = entity.type == MessageEntity.MENTION and part == name
        is_named = entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == bot.id
        is_command = entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0 and part in ("/ask", f"/ask{name}")
        if is_mention or is_named or is_command:
            found.append(entity)
    return sorted(found, key=lambda entity: entity.offset)
