"""What the handlers write down and look up in state.db; where the file fails, they go on without it.

A full disk costs a choice of language or the edit of an answer, never an answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from bot import wording
from bot.answering import as_lang
from bot.model import Lang, Reply, Unknown
from bot.state import InVain, State, StateFault, Why
from bot.telegram.alarm import Alarm

REPLIES_HOURS = 48
"""How long is known which message answers which; Telegram lets people edit theirs for that long."""
IN_VAIN_DAYS = 180
"""How long questions asked in vain are kept."""
LONGEST = 500
"""UTF-16 units of such a question that are kept."""
NEAREST = 3
"""Facts that are kept with it."""
PURGE_EVERY = 600.0
"""Seconds between two rounds of dropping what is too old."""

T = TypeVar("T")


class Notes:
    """One bot's notes in state.db."""

    def __init__(self, state: State, bot_id: int, alarm: Alarm) -> None:
        """`bot_id` is the bot's Telegram id: another's message ids are others. `alarm` hears of a file that fails."""
        self._state = state
        self._alarm = alarm
        self._bot_id = bot_id

    def language(self, person: int) -> Lang | None:
        """The language that a person chose."""
        return as_lang(self._guarded(lambda: self._state.language(person), None))

    def choose_language(self, person: int, lang: Lang | None) -> None:
        """From now on this is the person's language; None takes the choice back."""
        self._guarded(lambda: self._state.choose_language(person, lang), None)

    def reply_to(self, chat: int, question: int) -> int | None:
        """The message that answers the message `question`."""
        return self._guarded(lambda: self._state.reply_to(self._bot_id, chat, question), None)

    def note_reply(self, chat: int, question: int, reply: int, person: int) -> None:
        """The message `reply` answers the message `question` of `person`."""
        now = int(time.time())
        self._guarded(lambda: self._state.note_reply(self._bot_id, chat, question, reply, person, now), None)

    def note_unknown(self, text: str, reply: Reply) -> None:
        """Keeps the question if the reply says that the table does not hold it."""
        if isinstance(reply, Unknown):
            self._note(text, reply.lang, "unknown", tuple(match.fact.id for match in reply.matches[:NEAREST]))

    def note_not_it(self, text: str, lang: Lang, fact_id: str) -> None:
        """Keeps a question whose asker says that the answer is none."""
        self._note(text, lang, "not it", (fact_id,))

    def in_vain(self) -> list[InVain]:
        """All that was asked in vain, oldest first."""
        return self._guarded(self._state.in_vain, [])

    def forget(self, person: int) -> None:
        """Drops all that is kept about a person."""
        self._guarded(lambda: self._state.forget_person(person), None)

    def purge(self) -> None:
        """Drops what has been kept long enough."""
        now = int(time.time())
        self._guarded(lambda: self._state.purge(now - REPLIES_HOURS * 3_600, now - IN_VAIN_DAYS * 86_400), None)

    def _note(self, text: str, lang: Lang, why: Why, nearest: tuple[str, ...]) -> None:
        kept = wording.clip(wording.plain(text), LONGEST)
        if kept:
            asked = InVain(kept, lang, int(time.time()), why, nearest)
            self._guarded(lambda: self._state.note_in_vain(asked), None)

    def _guarded(self, act: Callable[[], T], otherwise: T) -> T:
        try:
            return act()
        except StateFault as error:
            self._alarm.fails("state.db", f"state.db cannot be used: {error}")
            return otherwise
