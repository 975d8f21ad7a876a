"""From raw updates to handled ones: each parsed by itself, known ones skipped, order kept within a chat.

An update is *safe* once it is handled or put aside in state.db; only past safe ones may Telegram be told to
forget. Normally an update is handled at once and never put aside. One whose turn is far off (its chat is
slow or has many before it) is, so that it holds up nobody else. Fetching updates is polling.py's business,
answering them the handlers'.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from telegram import Update
from telegram.ext import Application

from bot.state import State, StateFault
from bot.telegram.alarm import Alarm
from bot.telegram.lanes import Lanes
from bot.telegram.soundness import check_sound
from bot.telegram.traffic import Traffic, lane_of

MAX_UPDATE_ID = 2**52
"""Far above Telegram's; what is larger is no update id, and would not fit in state.db."""

log = structlog.stdlib.get_logger(__name__)


class Intake:
    """Updates that were received and are not handled yet."""

    def __init__(
        self,
        application: Application[Any, Any, Any, Any, Any, Any],
        state: State,
        bot_id: int,
        slow_down: Callable[[Update], Awaitable[None]] | None,
        alarm: Alarm,
    ) -> None:
        """Updates go to `application` and are noted in `state` under the bot's Telegram id.

        `slow_down` asks a sender for patience; where it is None, floods are not slowed. `alarm` hears of a state.db
        that fails.
        """
        self._alarm = alarm
        self._application = application
        self._state = state
        self._bot_id = bot_id
        self._lanes = Lanes(self._work)
        self._traffic = Traffic(self._is_open, slow_down) if slow_down else None
        self._fresh: dict[int, tuple[Update, object]] = {}  # parsed and raw; not safe yet
        self._behind: dict[int, object] = {}  # of these the raw ones whose chat is behind already
        self._aside: set[int] = set()  # in state.db
        self._done: set[int] = set()  # handled, and perhaps sent again
        self._ends: dict[int, asyncio.Event] = {}  # of updates that someone waits for
        self._calm = asyncio.Event()
        self._calm.set()
        self._odd = 0
        self.highest = 0
        """The highest update id so far."""

    @property
    def chats(self) -> int:
        """How many chats have something to be answered."""
        return len(self._lanes)

    def resume(self) -> None:
        """Takes up what an earlier process had put aside."""
        for number in self._state.waiting(self._bot_id):
            self._aside.add(number)
            update = self._recall(number)
            if update is None:
                self._finish(number)
            else:
                self._lanes.add(lane_of(update), number)

    def take(self, batch: Sequence[object]) -> int | None:
        """Takes a batch as it came from Telegram; returns its highest update id, or None where it has none."""
        numbered = [(number, raw) for raw in batch if (number := update_id(raw)) is not None]
        odd = len(batch) - len(numbered)
        if odd and not self._odd:
            log.error("Telegram sent something that is no update; it is skipped", count=odd)
        self._odd = odd
        handled = self._handled([number for number, _ in numbered])
        for number, raw in numbered:
            if number not in handled:
                self._take(number, raw)
        highest = max((number for number, _ in numbered), default=None)
        self.highest = max(self.highest, highest or 0)
        return highest

    def _handled(self, numbers: list[int]) -> set[int]:
        done = {number for number in numbers if number in self._done}
        try:
            return done | self._state.handled(self._bot_id, numbers)
        except StateFault as error:  # better an answer twice after a restart than none
            self._alarm.fails("state.db", f"state.db cannot be read: {error}")
            return done

    def _take(self, number: int, raw: object) -> None:
        if self._is_open(number):
            return
        update = self._parse(number, raw)
        if update is None:
            self._finish(number)
            return
        lane = self._traffic.lane(number, update) if self._traffic else lane_of(update)
        if self._lanes.head(lane) in self._aside:
            self._behind[number] = raw
        self._fresh[number] = (update, raw)
        self._calm.clear()
        self._lanes.add(lane, number)

    def _is_open(self, number: int) -> bool:
        return number in self._fresh or number in self._aside

    def _parse(self, number: int, raw: Any) -> Update | None:
        try:
            update = Update.de_json(raw, self._application.bot)
            check_sound(update)
        except Exception as error:  # whatever a malformed update provokes in the library
            reason = str(error) if type(error) is ValueError else type(error).__name__
            log.error("an update cannot be parsed and is skipped", update=number, reason=reason)
            return None
        return update

    async def settle(self, patience: float) -> None:
        """Returns when all that was taken is safe; what is not handled after `patience` seconds is put aside."""
        self._put_aside(self._behind)
        self._behind = {}
        try:
            async with asyncio.timeout(patience):
                await self._calm.wait()
        except TimeoutError:
            self._put_aside({number: raw for number, (_, raw) in self._fresh.items()})

    async def secure(self, number: int, patience: float) -> bool:
        """Whether one update is safe, after `patience` seconds at most; it is put aside if it takes longer."""
        if number in self._fresh:
            try:
                async with asyncio.timeout(patience):
                    await self._ends.setdefault(number, asyncio.Event()).wait()
            except TimeoutError:
                if number in self._fresh:
                    self._put_aside({number: self._fresh[number][1]})
        return number not in self._fresh

    def _put_aside(self, updates: dict[int, object]) -> None:
        late = {number: raw for number, raw in updates.items() if number in self._fresh}
        if not late:
            return
        try:
            self._state.put_aside(self._bot_id, ((number, json.dumps(raw)) for number, raw in late.items()))
        except StateFault as error:  # they stay unsafe, and Telegram keeps them
            self._fault(error)
            return
        self._aside.update(late)
        for number in late:
            del self._fresh[number]
        self._calm_down()

    def floor(self, offset: int) -> int:
        """The highest offset up to `offset` that Telegram may be told; what lies under it is safe."""
        return min([offset, *self._fresh])

    def confirmed(self, offset: int) -> None:
        """Telegram has forgotten what lies under `offset`."""
        self._done = {number for number in self._done if number >= offset}
        try:
            self._state.forget_handled(self._bot_id, offset)
        except StateFault as error:
            self._fault(error)

    async def stop(self, patience: float) -> None:
        """Finishes the replies under way within `patience` seconds; the rest is left to the next start."""
        await self._lanes.stop(patience)

    async def _work(self, number: int) -> None:
        """Handles one update; the only place that says it is handled."""
        try:
            update = self._fresh[number][0] if number in self._fresh else self._recall(number)
            if update and self._traffic:
                await self._traffic.turn(number, update)
            if update:
                await self._application.process_update(update)
        except Exception:
            log.exception("an update was not handled", update=number)
        self._finish(number)

    def _recall(self, number: int) -> Update | None:
        return self._parse(number, json.loads(self._state.raw(self._bot_id, number) or "null"))

    def _finish(self, number: int) -> None:
        self._done.add(number)
        try:
            self._state.mark_handled(self._bot_id, number, number in self._aside)
        except StateFault as error:  # remembered in memory: not answered again unless killed now
            self._fault(error)
        else:
            self._alarm.works("state.db")
        self._fresh.pop(number, None)
        self._aside.discard(number)
        if number in self._ends:
            self._ends.pop(number).set()
        if self._traffic:
            self._traffic.done(number)
        self._calm_down()

    def _fault(self, error: StateFault) -> None:
        self._alarm.fails("state.db", f"state.db cannot be written: {error}. Is the disk full?")

    def _calm_down(self) -> None:
        if not self._fresh:
            self._calm.set()


def update_id(raw: object) -> int | None:
    """The id of a raw update, or None where it has no valid one."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if type(number) is int and 0 <= number <= MAX_UPDATE_ID else None
