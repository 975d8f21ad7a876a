"""Our own poller: fetches updates for as long as the service runs, whatever happens on the way.

The library's acknowledges before handling, hangs on an update that it cannot parse, dies in silence when
its connections are stuck, and ends for good at a 401. This one moves the offset only past safe updates
(intake.py), starts afresh with new connections when a getUpdates gets no answer, and otherwise waits and
tries again. What counts as life is a *completed* getUpdates; the time of the last one is in `Pulse`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TimedOut

from bot.telegram.health import Pulse
from bot.telegram.intake import Intake
from bot.telegram.limits import seconds_of
from bot.telegram.transport import POLL_PATIENCE, POLL_SECONDS, Request, ServiceBot, pause

BATCH = 100
"""Updates a getUpdates brings at most; Telegram's own limit."""
KINDS = ("message", "edited_message", "callback_query", "inline_query", "guest_message", "my_chat_member")
"""The updates that the bot has handlers for."""
PATIENCE = 0.5
"""Seconds in which an update is usually handled; one that takes longer is put aside, and the others go on."""
MAX_CHATS = 500
"""Chats with work under way from which on no more is fetched."""
SURE = 5
"""Times in a row after which Telegram is believed that an update has no id."""
CONFLICT_PAUSE = 3.0
TELL_AFTER = 60.0
"""Seconds of trouble after which the admins are told."""
NEW_IDS_AFTER = 86_400.0
"""Seconds without an update after which Telegram may have begun to count anew (it says: a week) and keeps
none.
"""

log = structlog.stdlib.get_logger(__name__)


class Poller:
    """Fetches, hands over, moves the offset."""

    def __init__(
        self, bot: ServiceBot, request: Request, intake: Intake, pulse: Pulse, tell: Callable[[str], None]
    ) -> None:
        """`request` are the connections that `bot` polls with; `tell` reports a lasting trouble to the
        admins.
        """
        self._bot = bot
        self._request = request
        self._intake = intake
        self._pulse = pulse
        self._tell = tell
        self._offset: int | None = None
        self._failures = 0
        self._failing_since = 0.0
        self._told = False
        self._numberless = 0
        self._last_update = time.monotonic()

    async def run(self) -> None:
        """Polls until it is cancelled."""
        while True:
            try:
                await self._turn()
            except Exception:
                log.exception("the poller stumbled and goes on")
                await self._rest(1.0)
            self._pulse.turned = time.monotonic()

    async def _turn(self) -> None:
        is_first = self._failures > 0 or not self._pulse.completed
        seconds = 0 if is_first else POLL_SECONDS  # at first a quick one, to know soon that all is well
        try:
            async with asyncio.timeout(POLL_PATIENCE + 2):
                batch = await self._bot.fetch(self._offset, BATCH, seconds, KINDS)
        except Exception as error:  # whatever it is, polling goes on
            await self._failed(error)
            return
        self._completed()
        highest = self._intake.take(batch)
        await self._intake.settle(PATIENCE)
        await self._move(batch, highest)
        while self._intake.chats > MAX_CHATS:
            await self._rest(PATIENCE)

    def _completed(self) -> None:
        self._pulse.completed = time.monotonic()
        if self._failures:
            log.info("Telegram answers again", failures=self._failures)
        self._failures = 0
        if self._offset is not None:
            self._intake.confirmed(self._offset)

    async def _move(self, batch: list[object], highest: int | None) -> None:
        """Moves the offset past what is safe."""
        now = time.monotonic()
        self._numberless = self._numberless + 1 if batch and highest is None else 0
        if highest is not None:
            self._offset = self._intake.floor(highest + 1)
            self._last_update = now
        elif self._numberless >= SURE and self._offset is not None:
            self._offset += 1  # what is there has no id, so its id is this one or a later one: nothing is skipped
        elif batch:  # perhaps it comes from elsewhere, and nothing is there
            await self._rest(0.5)
        elif now - self._last_update > NEW_IDS_AFTER:
            self._offset = None

    async def _failed(self, error: Exception) -> None:
        """Waits as long as the failure asks for, with new connections where the old ones may be stuck."""
        now = time.monotonic()
        if not self._failures:
            self._failing_since = now
            self._told = False
        self._failures += 1
        self._pulse.errors += 1
        lasting = now - self._failing_since
        if self._failures in (1, 5) or self._failures % 50 == 0:
            reason = f"{type(error).__name__}: {error}"
            log.warning("fetching updates failed", failures=self._failures, seconds=round(lasting), reason=reason)
        if lasting >= TELL_AFTER and not self._told:
            self._told = True
            log.error("fetching updates keeps failing", seconds=round(lasting), reason=type(error).__name__)
            self._tell(trouble(error, round(lasting)))
        if isinstance(error, TimedOut | TimeoutError) or self._failures % 5 == 0:
            await self._request.rebuild()
        await self._rest(_pause_after(error, self._failures))

    async def _rest(self, seconds: float) -> None:
        """Sleeps, showing that it lives."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._pulse.turned = time.monotonic()
            await asyncio.sleep(min(left, 5.0))


def _pause_after(error: Exception, failures: int) -> float:
    if isinstance(error, RetryAfter):
        return seconds_of(error)
    if isinstance(error, TimedOut | TimeoutError):
        return 0.1  # it has waited enough
    return CONFLICT_PAUSE if isinstance(error, Conflict) else pause(failures - 1)


def trouble(error: Exception, seconds: int) -> str:
    """What the admins read, in English."""
    if isinstance(error, Conflict):
        return (
            f"Another program has been fetching this bot's updates for {seconds} s (409 Conflict)."
            " Stop one of the two, or take the token back at @BotFather."
        )
    if isinstance(error, InvalidToken):
        return f"Telegram has been rejecting the bot's token for {seconds} s."
    return f"Updates could not be fetched for {seconds} s ({type(error).__name__})."
