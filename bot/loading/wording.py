"""What a load says: its summary, warnings, and the difference that it makes to a fact. Pure text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.loading.changes import MOST_COMPARED, Report
from bot.loading.rows import COLUMNS
from bot.model import Fact

SHOWN = 20
"""Near-duplicates that are told one by one."""


def summary(report: Report, path: Path, dry_run: bool) -> str:
    """One line: "facts.db: 3 facts added, 1 changed, 140 unchanged; 144 in all."."""
    counts = [f"{report.added:,} fact{'s' * (report.added != 1)} added", f"{report.changed:,} changed"]
    counts.append(f"{report.unchanged:,} unchanged")
    if report.removed:
        counts.append(f"{report.removed:,} removed")
    if report.concepts:
        counts.append(f"{report.concepts:,} concept{'s' * (report.concepts != 1)} changed")
    if report.unanswerable:
        counts.append(f"{report.unanswerable:,} unanswerable question{'s' * (report.unanswerable != 1)} changed")
    told = f"{', '.join(counts)}; {report.total:,} in all"
    if dry_run:
        return f"{path}: would be {told}. Nothing was written."
    return f"{path}: {told}{'' if report.written else '; nothing to write'}."


def notes(report: Report, path: Path, schema: int, dry_run: bool) -> Iterator[str]:
    """What else there is to say, a sentence each."""
    if report.from_schema is not None:
        verb = "would be" if dry_run else "was"
        if report.from_schema < schema:
            yield f"{path} had schema {report.from_schema}; it {verb} brought to {schema}."
        else:
            yield f"{path} was made by another version of this bot; its index {verb} made anew."
    for one in report.duplicates[:SHOWN]:
        yield f"{one.place}: {one.id} says nearly the same as {one.other}, which is there: “{one.other_text}”"
    if len(report.duplicates) > SHOWN:
        yield f"… and {len(report.duplicates) - SHOWN:,} more near-duplicates."
    if not report.compared:
        yield f"Near-duplicates were not looked for (more than {MOST_COMPARED:,} rows, or an older table)."


def difference(was: Fact, now: Fact | None) -> Iterator[str]:
    """The lines that show how a fact changes; one where it is removed."""
    if now is None:
        yield f"removed {was.id} ({was.lang}): {was.text}"
        return
    yield f"changed {was.id} ({was.lang})"
    for column in COLUMNS:
        before, after = _value(was, column), _value(now, column)
        if before == after:
            continue
        if column == "keywords":
            yield from (f"  - keyword: {gone}" for gone in was.keywords if gone not in now.keywords)
            yield from (f"  + keyword: {new}" for new in now.keywords if new not in was.keywords)
            if set(was.keywords) == set(now.keywords):
                yield "  keywords: in another order"
        else:
            yield f"  - {column}: {before}"
            yield f"  + {column}: {after}"


def _value(fact: Fact, column: str) -> object:
    return getattr(fact if hasattr(fact, column) else fact.source, column)
