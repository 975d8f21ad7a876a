"""Where people write to the bot: in private, a group, a topic of a supergroup, a chat linked to a channel.

Messages are raw JSON as Telegram sends it from there, service messages and forwarded posts included.
"""

from __future__ import annotations

from typing import Any

from tests.telegram_server import TelegramServer
from tests.telegram_world import BOT

GROUP: dict[str, Any] = {"id": -55, "type": "group", "title": "Friends", "all_members_are_administrators": True}
FORUM: dict[str, Any] = {"id": -1001, "type": "supergroup", "title": "Forum", "is_forum": True}
LINKED: dict[str, Any] = {"id": -1002, "type": "supergroup", "title": "Discussion"}
CHANNEL: dict[str, Any] = {"id": -1003, "type": "channel", "title": "News"}
TELEGRAM: dict[str, Any] = {"id": 777000, "is_bot": False, "first_name": "Telegram"}

OPENED: dict[str, Any] = {
    **{"message_id": 7, "date": 1_700_000_000, "chat": FORUM, "message_thread_id": 7, "is_topic_message": True},
    "from": {"id": 99, "is_bot": False, "first_name": "Person 99"},
    "forum_topic_created": {"name": "Visits", "icon_color": 7322096},
}
"""The message that opened the topic: all in it "reply" to this one."""
POST: dict[str, Any] = {
    **{"message_id": 42, "date": 1_700_000_000, "chat": LINKED, "from": TELEGRAM, "sender_chat": CHANNEL},
    **{"is_automatic_forward": True, "text": "News of the visit"},
}
"""A post of the channel's, as Telegram forwards it: comments on it are replies to this one."""

PLACES: dict[str, dict[str, Any]] = {
    "private": {},
    "group": {"chat": GROUP},
    "topic": {
        "chat": FORUM,
        "message_thread_id": 7,
        "is_topic_message": True,
        "reply_to_message": OPENED,
    },
    "linked": {"chat": LINKED, "message_thread_id": 42, "reply_to_message": POST},
}
GROUPS = [name for name in PLACES if name != "private"]


def written(
    server: TelegramServer, place: str, text: str, *, user: int = 11, lang: str = "en", **more: Any
) -> dict[str, Any]:
    """A message in a place; mentions and commands in it are marked as Telegram does."""
    message = server.message(user=user, lang=lang, text=text) | PLACES[place] | more
    entities = message.pop("entities", [])
    name = f"@{BOT['username']}"
    if name in text and not text.startswith("/"):
        at = len(text[: text.index(name)].encode("utf-16-le")) // 2
        entities.append({"type": "mention", "offset": at, "length": len(name)})
    return message | ({"entities": entities} if entities else {})


def addressed(place: str, text: str) -> str:
    """The text as one puts it to the bot there."""
    return text if place == "private" else f"@{BOT['username']} {text}"


def write(server: TelegramServer, place: str, text: str, **more: Any) -> dict[str, Any]:
    """Somebody writes in a place; returns the message."""
    message = written(server, place, text, **more)
    server.push({"message": message})
    return message
