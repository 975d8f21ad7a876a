"""How long calls take: by the clock on the wall, and in the processor, which other work on the machine delays less."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Times:
    """The milliseconds of calls, in order."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def measure(self, call: Callable[[], T]) -> T:
        """Call it, and add the time that it took."""
        wall, cpu = time.perf_counter(), time.process_time()
        result = call()
        self.cpu.append((time.process_time() - cpu) * 1e3)
        self.wall.append((time.perf_counter() - wall) * 1e3)
        return result


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent do not exceed."""
    order = sorted(values)
    return order[min(len(order) - 1, len(order) * percent // 100)]
