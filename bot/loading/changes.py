"""What a load does: rows of files into a new table, compared with the old one, built and put in its place.

All or nothing over all files. Reads, checks and writes row by row, so that the size of a load doesn't matter.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot import store_comparing, store_files, store_writing
from bot.loading import articles, build, checks, formats
from bot.loading.duplicates import Duplicate, near_duplicates
from bot.loading.inputs import ARTICLES, Input, lines
from bot.loading.progress import Progress
from bot.loading.rows import LoadError, Problem, Row
from bot.model import Fact

if TYPE_CHECKING:
    import sqlite3

Tell = Callable[[Fact, Fact | None], None]
"""Told a fact as it was, and as it would be; None where it would be removed."""
SHOWN = 20
"""Problems that are told one by one; the others are counted."""
MOST_COMPARED = 10_000
"""Rows of a load up to which near-duplicates are looked for."""
_SOURCES_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a load is to do."""

    inputs: Sequence[Input] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Columns for rows that lack them."""
    remove: Sequence[str] = ()
    """Ids of facts to remove."""
    replace_source: bool = False
    """Remove what the sources of this load no longer say."""
    fresh: bool = False
    """Begin with an empty table."""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a load did, or would do."""

    added: int
    changed: int
    unchanged: int
    removed: int
    concepts: int
    """Concepts added, changed or removed."""
    unanswerable: int
    total: int
    """Facts in the table afterwards, each language counted."""
    written: bool
    """Whether the table was replaced."""
    from_schema: int | None
    """The older schema from which the table was brought up to date."""
    duplicates: tuple[Duplicate, ...] = ()
    compared: bool = True
    """Whether near-duplicates were looked for."""


class _Problems:
    """Collects what is wrong, in order."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self.count = 0

    def add(self, where: str, message: str) -> None:
        self.count += 1
        if self.count <= SHOWN:
            self._told.append(f"{where}: {message}")

    def check(self) -> None:
        """Raises LoadError if there is a problem."""
        if self.count > SHOWN:
            self._told.append(f"… and {self.count - SHOWN:,} more.")
        if self.count:
            raise LoadError("\n".join([*self._told, "Nothing was loaded."]))


class _Staged:
    """The rows of a load on their way into the new table, and where each stood."""

    def __init__(self, connection: sqlite3.Connection, problems: _Problems) -> None:
        self._connection = connection
        self._problems = problems
        self._lines = array("L")
        self._begins: list[tuple[int, Input]] = []
        self._sources: dict[tuple[str, str, str, str], int] = {}
        self.unplaced = False
        """Whether a fact is without a position."""

    def __len__(self) -> int:
        return len(self._lines)

    def begin(self, source: Input) -> None:
        self._begins.append((len(self._lines), source))

    def place(self, number: int) -> str:
        """FILE:LINE of the fact with that number, from 1."""
        source = next(source for first, source in reversed(self._begins) if first < number)
        return _place(source, self._lines[number - 1])

    def add(self, source: Input, row: Row, defaults: Mapping[str, str]) -> None:
        """Check a row and write it."""
        try:
            if row.kind == "concept":
                name, lang, words = checks.check_concept(row.values)
                if not store_writing.add_concept(self._connection, name, lang, words):
                    raise checks.Wrong(f"concept: {name} ({lang}) stands twice in this load; take one out.")
            elif row.kind == "unanswerable":
                store_writing.add_unanswerable(self._connection, *checks.check_unanswerable(row.values))
            else:
                self._add_fact(source, row, defaults)
        except checks.Wrong as error:
            self._problems.add(_place(source, row.line), str(error))

    def _add_fact(self, source: Input, row: Row, defaults: Mapping[str, str]) -> None:
        checked, wrong = checks.check_fact(row.values, defaults)
        for message in wrong:
            self._problems.add(_place(source, row.line), message)
        if checked is None or self._problems.count > SHOWN:
            return  # with so many problems nothing is loaded anyway
        number = len(self._lines) + 1
        fact = checked.fact
        earlier = store_writing.add_fact(self._connection, number, fact, self._source(fact), checked.placed)
        if earlier:
            raise checks.Wrong(self._twice(fact, row, self.place(earlier)))
        self._lines.append(row.line)
        self.unplaced = self.unplaced or not checked.placed

    def _twice(self, fact: Fact, row: Row, place: str) -> str:
        if row.values.get("id"):
            return (
                f"id: {fact.id} ({fact.lang}) stands already at {place}; give one of them another id, or take it out."
            )
        return f"text: the same statement of the same source stands already at {place}; take one out."

    def _source(self, fact: Fact) -> int:
        source = (fact.source.publisher, fact.source.title, fact.source.url, fact.source.published)
        number = self._sources.get(source)
        if number is None:
            if len(self._sources) >= _SOURCES_KEPT:
                self._sources.clear()
            number = self._sources[source] = store_writing.source_number(self._connection, source)
        return number


def _place(source: Input, line: int) -> str:
    return f"{source.shown}:{line}" if line else source.shown


def load(path: Path, wanted: Wanted, progress: Progress | None = None, tell: Tell | None = None) -> Report:
    """Load into the table at `path`, which the caller has locked; in a dry run `tell` each difference.

    Raises LoadError where something in the files is wrong, store.TableError where the table is.
    """
    progress = progress or Progress()
    with store_files.building(path, trial=wanted.dry_run) as connection:
        store_writing.begin(connection)
        staged = _stage(connection, wanted, progress)
        _drop(connection, wanted)
        progress.step("comparing")
        report = _report(connection, wanted, staged)
        if wanted.dry_run and tell:
            for was, now in store_comparing.changed_facts(connection):
                tell(was, now)
            for fact in store_comparing.dropped_facts(connection):
                tell(fact, None)
        if report.written:
            total = store_writing.keep_rest(connection, beside=not wanted.fresh)
            build.rebuild(connection, total, progress)
            progress.step("syncing")
            store_files.put_in_place(connection, path)
        progress.end()
        return report


def _stage(connection: sqlite3.Connection, wanted: Wanted, progress: Progress) -> _Staged:
    problems = _Problems()
    staged = _Staged(connection, problems)
    for source in wanted.inputs:
        staged.begin(source)
        bar = progress.step(source.shown, source.size or 1)
        try:
            for row in _rows(source, lines(source, bar), wanted.defaults):
                if isinstance(row, Problem):
                    problems.add(_place(source, row.line), row.message)
                else:
                    staged.add(source, row, wanted.defaults)
        except LoadError as error:
            where, _, message = str(error).partition(": ")
            problems.add(where, message)
    problems.check()
    if staged.unplaced:
        store_writing.place_facts(connection, anew=wanted.replace_source or wanted.fresh)
    return staged


def _rows(source: Input, text: Iterator[str], defaults: Mapping[str, str]) -> Iterator[Row | Problem]:
    if source.format in ARTICLES:
        return articles.rows_of(source, text, defaults)
    return formats.rows_of(source, text)


def _drop(connection: sqlite3.Connection, wanted: Wanted) -> None:
    unknown = [one for one in wanted.remove if not store_writing.drop_fact(connection, one)]
    if unknown:
        raise LoadError(
            f"--remove {unknown[0]}: the table has no fact with this id; --list shows them all. Nothing was changed."
        )
    if wanted.fresh:
        store_writing.drop_all(connection)
    elif wanted.replace_source:
        store_writing.drop_unsaid(connection)


def _report(connection: sqlite3.Connection, wanted: Wanted, staged: _Staged) -> Report:
    added, changed = store_comparing.count_added(connection), store_comparing.count_changed(connection)
    removed, old = store_comparing.count_dropped(connection), store_comparing.count_old(connection)
    concepts, unanswerable = store_comparing.count_beside(connection, kept=not wanted.fresh)
    current = build.is_current(connection)
    compared = current and not wanted.fresh and len(staged) <= MOST_COMPARED
    news = added or changed or removed or concepts or unanswerable or not current
    return Report(
        added=added,
        changed=changed,
        unchanged=len(staged) - added - changed,
        removed=removed,
        concepts=concepts,
        unanswerable=unanswerable,
        total=old + added - removed,
        written=bool(news) and not wanted.dry_run,
        from_schema=store_comparing.old_schema(connection) if old and not current else None,
        duplicates=tuple(near_duplicates(connection, staged.place)) if compared else (),
        compared=compared or not old or not len(staged) or wanted.fresh,
    )
