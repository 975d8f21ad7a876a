"""Troubles that last are told once: in the log when they begin and end, in chat to the admins.

Whoever meets a trouble (an unreadable table, a full disk) may say so at every update; here it becomes one line and
one message. What the trouble is, and who mends it, is not known here.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

REST = 3600.0
"""Seconds before the admins hear of the same subject again."""

log = structlog.stdlib.get_logger(__name__)


class Alarm:
    """Knows what is in trouble, and what was told when."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """`tell` sends a sentence to the admins."""
        self._tell = tell
        self._open: set[str] = set()
        self._told: dict[str, float] = {}

    def fails(self, subject: str, sentence: str) -> None:
        """`subject` is in trouble: said unless it was already before. `sentence` is for people."""
        if subject in self._open:
            return
        self._open.add(subject)
        log.error("trouble begins", subject=subject, reason=sentence)
        self.once(subject, sentence)

    def works(self, subject: str) -> None:
        """`subject` is well."""
        if subject in self._open:
            self._open.discard(subject)
            log.info("trouble is over", subject=subject)

    def once(self, subject: str, sentence: str) -> None:
        """Tells the admins, unless they heard of `subject` within the hour."""
        now = time.monotonic()
        if now - self._told.get(subject, -REST) < REST:
            return
        self._told[subject] = now
        self._tell(sentence)
