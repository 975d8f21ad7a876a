"""How fast the bot may send: Telegram's limits kept from our side, and its "retry after" obeyed.

30 messages a second over all, one a second in a chat (a burst of three at once is let through), 20 a minute
in a group: core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this. The windows are counted
strictly (never more than so many in any such time), which the leaky buckets of the library's own limiter
are not. A chat waits for itself alone. Nothing is dropped.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

OVERALL = (3, 0.108)
"""Messages, seconds: 28 a second, spread, because requests that leave together arrive unevenly."""
CHAT = (3, 3.1)
GROUP = (20, 61.0)
FREE = frozenset({"sendChatAction", "getChat"})
"""Requests about a chat that are no messages."""
MAX_RETRIES = 20
MAX_CHATS = 5_000
"""Chats whose last sends are remembered."""

log = structlog.stdlib.get_logger(__name__)


class Window:
    """At most `count` in any `seconds`."""

    def __init__(self, count: int, seconds: float) -> None:
        """`count` is at least 1, `seconds` above 0."""
        self._seconds = seconds
        self._taken: deque[float] = deque(maxlen=count)

    def free_at(self, now: float) -> float:
        """The earliest time, from `now` on, at which there is room."""
        full = len(self._taken) == self._taken.maxlen
        return max(now, self._taken[0] + self._seconds) if full else now

    def take(self, at: float) -> None:
        """Something is sent at this time, which is not before any taken so far."""
        self._taken.append(at)


class Limiter(BaseRateLimiter[None]):
    """Telegram's limits, or a share of them."""

    def __init__(self, share: float = 1.0) -> None:
        """`share`: 1 are Telegram's own rates, less is slower; 0 sends at once and only obeys Telegram's own
        word.
        """
        self._share = share
        self._overall = self._windows(OVERALL)
        self._chats: OrderedDict[object, list[Window]] = OrderedDict()
        self._blocked: dict[object, float] = {}

    async def initialize(self) -> None:
        """Nothing to be done; the library asks for it."""

    async def shutdown(self) -> None:
        """Nothing to be done; the library asks for it."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Any:
        """Makes the request when its turn has come, and again when Telegram asks to wait."""
        chat = data.get("chat_id")
        for _ in range(MAX_RETRIES):
            if chat is not None and endpoint not in FREE:
                await self._turn(chat)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                seconds = seconds_of(error)
                log.warning("Telegram asks to wait", method=endpoint, seconds=seconds)
                if chat is None:
                    await asyncio.sleep(seconds)
                else:
                    self._blocked[chat] = time.monotonic() + seconds
        return await callback(*args, **kwargs)

    async def _turn(self, chat: object) -> None:
        """Waits for room in the chat first, then over all: a slow chat takes no room from others."""
        await _wait_for(self._chat_windows(chat), lambda: self._blocked.get(chat, 0.0))
        self._blocked.pop(chat, None)
        await _wait_for(self._overall, lambda: 0.0)

    def _chat_windows(self, chat: object) -> list[Window]:
        windows = self._chats.pop(chat, None)
        if windows is None:
            is_group = str(chat).startswith(("-", "@"))
            windows = self._windows(CHAT, GROUP) if is_group else self._windows(CHAT)
            if len(self._chats) >= MAX_CHATS:
                self._chats.popitem(last=False)
        self._chats[chat] = windows
        return windows

    def _windows(self, *limits: tuple[int, float]) -> list[Window]:
        return [Window(count, seconds / self._share) for count, seconds in limits] if self._share else []


async def _wait_for(windows: list[Window], not_before: Callable[[], float]) -> None:
    """Takes a place in all of `windows` and returns when it has come; first come, first served."""
    now = time.monotonic()
    at = max(now, not_before(), *(window.free_at(now) for window in windows))
    for window in windows:
        window.take(at)
    if at > now:
        await asyncio.sleep(at - now)


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
