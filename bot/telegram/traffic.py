"""Which lane an update goes to: its chat's, unless its sender writes faster than anyone reads.

Above 20 messages in 10 s a person gets a lane of their own, in which each update waits a while before it is
handled; they are told so once. Their order is kept, nothing is dropped, and the others in the chat notice
nothing. The times are those at which Telegram got the messages: what piled up while the service was away is
no flood.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from telegram import Message, Update

MANY = 20
"""Messages of one person that are no flood yet ..."""
SECONDS = 10.0
"""... within this time."""
PAUSE = 3.0
"""Seconds that each update in a flood waits; twenty a minute are answered."""
MAX_PEOPLE = 5_000
"""People, each in one chat, whose last messages are remembered."""


@dataclass(slots=True)
class _Person:
    """Someone in a chat."""

    times: deque[float] = field(default_factory=lambda: deque(maxlen=MANY + 1))
    last: int | None = None
    """Their last update in the chat's lane."""
    slowed: set[int] = field(default_factory=set)
    """Those in their own lane that are not handled yet."""
    is_told: bool = False


class Traffic:
    """Chooses lanes, and makes floods wait."""

    def __init__(self, is_open: Callable[[int], bool], tell: Callable[[Update], Awaitable[None]]) -> None:
        """`is_open` knows whether an update is still to be handled; `tell` asks its sender for patience."""
        self._is_open = is_open
        self._tell = tell
        self._people: OrderedDict[str, _Person] = OrderedDict()
        self._slowed: dict[int, tuple[_Person, int | None]] = {}  # and the update that goes before
        self._ends: dict[int, asyncio.Event] = {}  # of updates that a slowed one waits for

    def lane(self, number: int, update: Update) -> str:
        """The lane of an update that has just come."""
        chat = lane_of(update)
        if update.effective_user is None:
            return chat
        own = f"{chat}, user {update.effective_user.id}"
        person = self._people.pop(own, None) or _Person()
        self._people[own] = person
        if len(self._people) > MAX_PEOPLE:
            self._people.popitem(last=False)
        person.times.append(_sent_at(update))
        is_flood = len(person.times) > MANY and person.times[-1] - person.times[0] < SECONDS
        if not is_flood and not person.slowed:
            person.last = number
            person.is_told = False
            return chat
        person.slowed.add(number)
        self._slowed[number] = person, person.last
        return own

    async def turn(self, number: int, update: Update) -> None:
        """Returns when the update may be handled: at once, unless it belongs to a flood."""
        if number not in self._slowed:
            return
        person, before = self._slowed[number]
        if before is not None and self._is_open(before):
            await self._ends.setdefault(before, asyncio.Event()).wait()
        if not person.is_told:
            person.is_told = True
            await self._tell(update)
        await asyncio.sleep(PAUSE)

    def done(self, number: int) -> None:
        """The update was handled."""
        if number in self._ends:
            self._ends.pop(number).set()
        person, _ = self._slowed.pop(number, (None, None))
        if person:
            person.slowed.discard(number)


def lane_of(update: Update) -> str:
    """What an update must stay in order with: its chat, else its user, else nothing."""
    if update.effective_chat:
        return f"chat {update.effective_chat.id}"
    if update.effective_user:
        return f"user {update.effective_user.id}"
    return f"update {update.update_id}"


def _sent_at(update: Update) -> float:
    message = update.message
    return message.date.timestamp() if isinstance(message, Message) else time.time()
