"""Telegram's side of the talk: its queue of updates, its chats and messages, and what the Bot API methods do.

Used by telegram_server.py, within its thread. Only what the bot uses is here.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests import telegram_rules as rules
from tests.telegram_rules import Refused

BOT = {
    "id": 123456789,
    "is_bot": True,
    "first_name": "Visit",
    "username": "visit_test_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}


@dataclass(slots=True)
class Talk:
    """What is known of a chat."""

    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    blocked: bool = False


class World:
    """See the module."""

    def __init__(self) -> None:
        self.offset = 0
        """The highest offset that getUpdates came with: what lies below is confirmed."""
        self.webhook: dict[str, str] = {}
        self.webhook_trouble: dict[str, Any] = {}
        self.talks: dict[int, Talk] = {}
        self.last_message = 501
        self._updates: deque[tuple[int, Any]] = deque()
        self._poll = 0
        self._news = asyncio.Event()

    def push(self, number: int, anything: Any) -> None:
        """Queues whatever it is, in the place of update `number`."""
        for message in _messages(anything):
            self.know(message["chat"]["id"]).messages[message["message_id"]] = message
        self._updates.append((number, anything))
        self._news.set()

    def know(self, chat: int) -> Talk:
        """From now on `chat` exists: its user has written to the bot before."""
        return self.talks.setdefault(chat, Talk())

    async def do(self, method: str, parameters: dict[str, str]) -> Any:
        """What `method` answers; raises Refused."""
        rules.check(method, parameters)
        known = getattr(self, f"_{method}", None)
        return await known(parameters) if known else True

    async def _getMe(self, _: dict[str, str]) -> dict[str, Any]:
        return BOT

    async def _getUpdates(self, parameters: dict[str, str]) -> list[Any]:
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        self._poll = mine = self._poll + 1
        self._news.set()  # whoever waits learns that there is another
        self._confirm(int(parameters.get("offset", "0")))
        limit = int(parameters.get("limit", "100"))
        until = time.monotonic() + float(parameters.get("timeout", "0"))
        while not self._updates and time.monotonic() < until:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), until - time.monotonic())
            except TimeoutError:
                break
            if self._poll != mine:
                raise Refused(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
        allowed = rules.as_json("allowed_updates", parameters.get("allowed_updates", "[]"))
        wanted = [entry for entry in self._updates if _is_wanted(entry[1], allowed)]
        return [anything for _, anything in wanted[: min(limit, 100)]]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            offset = self._updates[offset][0] if len(self._updates) >= -offset else 0
        self.offset = max(self.offset, offset)
        while self._updates and self._updates[0][0] < offset:
            self._updates.popleft()

    async def _sendMessage(self, parameters: dict[str, str]) -> dict[str, Any]:
        chat = int(parameters["chat_id"])
        talk = self._talk(chat)
        quoted = json.loads(parameters.get("reply_parameters", "{}"))
        original = talk.messages.get(quoted.get("message_id", 0))
        if quoted and not original and not quoted.get("allow_sending_without_reply"):
            raise Refused(400, "Bad Request: message to be replied not found")
        self.last_message += 1
        message = {
            "message_id": self.last_message,
            "date": int(time.time()),
            "from": BOT,
            "chat": _place(chat),
        }
        message["text"] = rules.check_text(parameters["text"], parameters.get("parse_mode", ""))
        if original:
            message["reply_to_message"] = {key: value for key, value in original.items() if key != "reply_to_message"}
        if "reply_markup" in parameters:
            message["reply_markup"] = json.loads(parameters["reply_markup"])
        talk.messages[self.last_message] = message
        return message

    async def _editMessageText(self, parameters: dict[str, str]) -> dict[str, Any]:
        message = self._talk(int(parameters["chat_id"])).messages.get(int(parameters["message_id"]))
        if not message or message["from"] != BOT:
            raise Refused(400, "Bad Request: message to edit not found")
        text = rules.check_text(parameters["text"], parameters.get("parse_mode", ""))
        markup = json.loads(parameters.get("reply_markup", "null"))
        if text == message["text"] and markup == message.get("reply_markup"):
            raise Refused(400, "Bad Request: message is not modified")
        message |= {"text": text, "edit_date": int(time.time())} | ({"reply_markup": markup} if markup else {})
        return message

    async def _setWebhook(self, parameters: dict[str, str]) -> bool:
        self.webhook = parameters if parameters["url"] else {}
        return True

    async def _getWebhookInfo(self, _: dict[str, str]) -> dict[str, Any]:
        info = {"url": self.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": 0}
        return info | self.webhook_trouble

    async def _deleteWebhook(self, _: dict[str, str]) -> bool:
        self.webhook = {}
        return True

    def _talk(self, chat: int) -> Talk:
        talk = self.talks.get(chat)
        if talk is None:
            raise Refused(400, "Bad Request: chat not found")
        if talk.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return talk


def _place(chat: int) -> dict[str, Any]:
    return {"id": chat, "type": "private" if chat > 0 else "supergroup"}


def _messages(anything: Any) -> Iterable[dict[str, Any]]:
    """The well-formed messages in an update."""
    for part in anything.values() if isinstance(anything, dict) else ():
        if isinstance(part, dict) and isinstance(part.get("message_id"), int) and isinstance(part.get("chat"), dict):
            yield part


def _is_wanted(anything: Any, allowed: list[str]) -> bool:
    """Whether an update is of an allowed kind; what is no update is wanted always."""
    kinds = set(anything) - {"update_id"} if isinstance(anything, dict) else set()
    return not allowed or not kinds or bool(kinds & set(allowed))
