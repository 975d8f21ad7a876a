"""What scripts/bench.py prints and draws: every method over every number of facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scripts.measure.pictures import Curve, curves
from scripts.measure.scale import OURS, Speed


@dataclass(frozen=True, slots=True)
class Grown:
    """One method over one number of facts."""

    name: str
    facts: int
    build_seconds: float
    build_memory: float
    """MB at most; so are the others."""
    disk: float
    plain: float
    """The values of the facts, as in a CSV file."""
    memory: float
    """Of the process that asks."""
    speeds: dict[str, Speed]
    """For "clean" and "typos"."""
    worst: dict[str, float]
    """Worst case -> ms."""
    start: float | None
    """How many times as long as over the shipped table `ask` takes from start to end; the bot alone."""
    agreement: float | None
    """Questions, in percent, whose first fact is that of scoring every fact; the bot alone."""


def lines(grown: Sequence[Grown]) -> Iterator[str]:
    """The table: wall and processor ms."""
    head = "p50     p99    cpu p50     p99 right %"
    speeds = f"{'clean: ' + head:>46}{'misspelled: ' + head:>54}"
    yield f"{'facts':>9} {'method':16}{speeds}{'build s':>9}{'disk MB':>9}{'memory MB':>11}"
    for one in grown:
        cells = "".join(_speed(one.speeds[spelling], width) for spelling, width in (("clean", 46), ("typos", 54)))
        yield f"{one.facts:9,} {one.name:16}{cells}{one.build_seconds:9.1f}{one.disk:9.1f}{one.memory:11.0f}"
    yield ""
    yield "Worst cases, ms of the processor"
    for one in grown:
        yield f"{one.facts:9,} {one.name:16}" + "; ".join(f"{name}: {ms:,.1f}" for name, ms in one.worst.items())
    ours = [one for one in grown if one.name == OURS]
    if ours:
        yield ""
        yield from _ours(ours)


def _speed(speed: Speed, width: int) -> str:
    real = "" if speed.right_real is None else f"/{speed.right_real:.0f}"
    cpu = f"{speed.p50_cpu:8,.2f} {speed.p99_cpu:7,.1f}"
    cell = f"{speed.p50:,.2f} {speed.p99:7,.1f} {cpu} {f'{speed.right:.1f}{real}':>8}"
    return f"{cell:>{width}}"


def _ours(ours: Sequence[Grown]) -> Iterator[str]:
    for one in ours:
        parts = [f"table {one.disk / one.plain:.2f} times the plain rows", f"loaded with {one.build_memory:,.0f} MB"]
        if one.start is not None:
            parts.append(f"ask takes {one.start:.2f} times the processor time that it takes over the shipped table")
        if one.agreement is not None:
            parts.append(f"first fact as when every fact is scored: {one.agreement:.1f} %")
        yield f"{one.facts:9,} facts: {'; '.join(parts)}"
    if len(ours) > 1:
        growth = {
            spelling: ours[-1].speeds[spelling].p50_cpu / ours[0].speeds[spelling].p50_cpu
            for spelling in ours[0].speeds
        }
        told = ", ".join(f"{spelling} {times:.1f}" for spelling, times in growth.items())
        yield f"p50 (processor) at {ours[-1].facts:,} in times that at {ours[0].facts:,}: {told}"


def draw(grown: Sequence[Grown]) -> str:
    """An SVG with p99 over the number of facts, clean and misspelled."""
    names = list(dict.fromkeys(one.name for one in grown))
    panels = {
        title: [
            Curve(name, [(one.facts, one.speeds[spelling].p99) for one in grown if one.name == name]) for name in names
        ]
        for spelling, title in (("clean", "Clean questions"), ("typos", "Misspelled questions"))
    }
    return curves(panels, OURS, "facts in the table", "ms, 99 of 100 are faster")
