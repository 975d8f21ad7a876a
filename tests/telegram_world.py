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

BOT: dict[str, Any] = {
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
    migrated_to: int = 0
    """The supergroup that this group became."""
    topics: set[int] = field(default_factory=set)
    """Where it is a forum: the threads in it."""


class World:
    """See the module."""

    def __init__(self) -> None:
        self.offset = 0
        """The highest offset that getUpdates came with: what lies below is confirmed."""
        self.webhook: dict[str, str] = {}
        self.webhook_trouble: dict[str, Any] = {}
        self.talks: dict[int, Talk] = {}
        self.bot: dict[str, Any] = dict(BOT)
        self.late_queries = False
        """Whether it is too late to answer the queries that the bot gets."""
        self.answered_guests: set[str] = set()
        self.profile: dict[tuple[str, ...], Any] = {}
        """What was set: commands by scope and language, descriptions by language."""
        self.last_message = 501
        self._updates: deque[tuple[int, Any]] = deque()
        self._poll = 0
        self._news = asyncio.Event()

    def push(self, number: int, anything: Any) -> None:
        """Queues whatever it is, in the place of update `number`."""
        for message in _messages(anything):
            talk = self.know(message["chat"]["id"])
            talk.messages[message["message_id"]] = message
            if message.get("is_topic_message"):
                talk.topics.add(message["message_thread_id"])
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
        return self.bot

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
        if thread := int(parameters.get("message_thread_id", "0")):
            if thread not in talk.topics:
                raise Refused(400, "Bad Request: message thread not found")
            message |= {"message_thread_id": thread, "is_topic_message": True}
        if original:
            message["reply_to_message"] = {key: value for key, value in original.items() if key != "reply_to_message"}
        if "reply_markup" in parameters:
            message["reply_markup"] = self._keyboard(parameters["reply_markup"])
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
        message.pop("reply_markup", None)
        message |= {"text": text, "edit_date": int(time.time())}
        if markup:
            message["reply_markup"] = self._keyboard(parameters["reply_markup"])
        return message

    async def _editMessageReplyMarkup(self, parameters: dict[str, str]) -> dict[str, Any]:
        message = self._talk(int(parameters["chat_id"])).messages.get(int(parameters["message_id"]))
        if not message or message["from"] != BOT:
            raise Refused(400, "Bad Request: message to edit not found")
        markup = json.loads(parameters.get("reply_markup", "null"))
        if markup == message.get("reply_markup"):
            raise Refused(400, "Bad Request: message is not modified")
        message.pop("reply_markup", None)
        if markup:
            message["reply_markup"] = markup
        return message

    async def _answerCallbackQuery(self, _: dict[str, str]) -> bool:
        if self.late_queries:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        return True

    async def _answerInlineQuery(self, parameters: dict[str, str]) -> bool:
        return await self._answerCallbackQuery(parameters)

    async def _answerGuestQuery(self, parameters: dict[str, str]) -> dict[str, str]:
        await self._answerCallbackQuery(parameters)
        if parameters["guest_query_id"] in self.answered_guests:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.answered_guests.add(parameters["guest_query_id"])
        return {"inline_message_id": f"g{len(self.answered_guests)}"}

    def _keyboard(self, markup: str) -> dict[str, Any]:
        keyboard: dict[str, Any] = json.loads(markup)
        buttons = [button for row in keyboard.get("inline_keyboard", []) for button in row]
        if not self.bot["supports_inline_queries"] and any("switch_inline_query" in button for button in buttons):
            raise Refused(400, "Bad Request: BUTTON_TYPE_INVALID")
        return keyboard

    async def _setMyCommands(self, parameters: dict[str, str]) -> bool:
        self.profile[self._menu(parameters)] = json.loads(parameters["commands"])
        return True

    async def _getMyCommands(self, parameters: dict[str, str]) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.profile.get(self._menu(parameters), [])
        return found

    def _menu(self, parameters: dict[str, str]) -> tuple[str, ...]:
        scope = json.loads(parameters.get("scope", '{"type": "default"}'))
        return "commands", scope["type"], parameters.get("language_code", "")

    async def _setMyDescription(self, parameters: dict[str, str]) -> bool:
        self.profile["description", parameters.get("language_code", "")] = parameters["description"]
        return True

    async def _getMyDescription(self, parameters: dict[str, str]) -> dict[str, str]:
        return {"description": self.profile.get(("description", parameters.get("language_code", "")), "")}

    async def _setMyShortDescription(self, parameters: dict[str, str]) -> bool:
        self.profile["short", parameters.get("language_code", "")] = parameters["short_description"]
        return True

    async def _getMyShortDescription(self, parameters: dict[str, str]) -> dict[str, str]:
        return {"short_description": self.profile.get(("short", parameters.get("language_code", "")), "")}

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
        if talk.migrated_to:
            raise Refused(400, "Bad Request: group chat was upgraded to a supergroup chat", talk.migrated_to)
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
