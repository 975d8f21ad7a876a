"""What a load changes: questions about the new table and the old one side by side, and about the old one alone.

Each works on a connection of `store_files.building`: the new table is the main one, the old one is attached as
`old`. Reads only, but for what is dropped, which store_writing.py collects.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from bot.model import Fact
from bot.store import FACT_COLUMNS, fact_of
from bot.store_writing import OWN, SAME_KEY

_DIFFERS = " OR ".join(f"f.{name} <> o.{name}" for name in OWN.split(", "))


def count_added(connection: sqlite3.Connection) -> int:
    """Facts of the load that the old table lacks."""
    return _count(
        connection, f"SELECT count(*) FROM facts f WHERE NOT EXISTS (SELECT 1 FROM old.facts o WHERE {SAME_KEY})"
    )


def count_changed(connection: sqlite3.Connection) -> int:
    """Facts of the load that the old table has otherwise."""
    return _count(connection, f"SELECT count(*) FROM facts f JOIN old.facts o ON {SAME_KEY} WHERE {_DIFFERS}")


def changed_facts(connection: sqlite3.Connection) -> Iterator[tuple[Fact, Fact]]:
    """The facts that the load changes, each as it was and as it is, in the load's order."""
    was = FACT_COLUMNS.replace("f.", "o.").replace("s.", "t.")
    for row in connection.execute(
        f"SELECT {was}, {FACT_COLUMNS} FROM facts f JOIN old.facts o ON {SAME_KEY}"
        " JOIN sources s ON s.id = f.source JOIN sources t ON t.id = o.source"
        f" WHERE {_DIFFERS} ORDER BY f.rowid"
    ):
        half = len(row) // 2
        yield fact_of(row[:half]), fact_of(row[half:])


def new_wordings(connection: sqlite3.Connection) -> Iterator[tuple[int, str, str, str]]:
    """Number, id, language and text of the load's facts whose text the old table has not under their id."""
    yield from connection.execute(
        "SELECT f.rowid, f.id, f.lang, f.text FROM facts f WHERE NOT EXISTS"
        f" (SELECT 1 FROM old.facts o WHERE {SAME_KEY} AND o.text = f.text) ORDER BY f.rowid"
    )


def old_spellings(connection: sqlite3.Connection) -> dict[str, str]:
    """The spellings of concepts by which the old table was built: terms -> concept."""
    return dict(connection.execute("SELECT terms, concept FROM old.spellings"))


def rarest_terms(connection: sqlite3.Connection, terms: Iterable[str], most: int) -> list[str]:
    """Up to `most` of the terms that documents of the old table hold, the rarest first."""
    rows = connection.execute(
        "SELECT v.term FROM json_each(?) j JOIN old.vocabulary v ON v.term = j.value WHERE v.docs > 0"
        " ORDER BY v.docs, v.term LIMIT ?",
        (json.dumps(sorted(terms)), most),
    )
    return [term for (term,) in rows]


def facts_with(connection: sqlite3.Connection, terms: Sequence[str], lang: str, most: int) -> list[tuple[str, str]]:
    """Id and text of the old table's facts of a language that hold any of the terms, best first by BM25."""
    if not terms:
        return []
    return connection.execute(
        "SELECT f.id, f.text FROM (SELECT rowid AS docid, rank FROM old.search_index WHERE search_index MATCH ?"
        " ORDER BY rank LIMIT ?) m JOIN old.search d ON d.docid = m.docid"
        " JOIN old.facts f ON f.id = d.id AND f.lang = d.lang WHERE f.lang = ? ORDER BY m.rank LIMIT ?",
        (" OR ".join(f'"{term}"' for term in terms), 4 * most, lang, most),
    ).fetchall()


def dropped_facts(connection: sqlite3.Connection) -> Iterator[Fact]:
    """The facts of the old table that are dropped, in its order."""
    columns = FACT_COLUMNS.replace("f.", "o.")
    for row in connection.execute(
        f"SELECT {columns} FROM dropped d JOIN old.facts o ON o.id = d.id AND o.lang = d.lang"
        " JOIN old.sources s ON s.id = o.source ORDER BY o.source, o.lang, o.position, o.id"
    ):
        yield fact_of(row)


def count_dropped(connection: sqlite3.Connection) -> int:
    """How many facts of the old table are dropped."""
    return _count(connection, "SELECT count(*) FROM dropped")


def count_beside(connection: sqlite3.Connection, *, kept: bool) -> tuple[int, int]:
    """Concepts and unanswerable questions that the load adds, changes or, unless the old ones are `kept`, drops."""
    counts = []
    for table in ("concepts", "unanswerable"):
        new = f"(SELECT count(*) FROM (SELECT * FROM main.{table} EXCEPT SELECT * FROM old.{table}))"
        key = "concept || ' ' || lang" if table == "concepts" else "question"
        gone = f"(SELECT count(*) FROM old.{table} WHERE {key} NOT IN (SELECT {key} FROM main.{table}))"
        counts.append(_count(connection, f"SELECT {new}" + ("" if kept else f" + {gone}")))
    return counts[0], counts[1]


def old_meta(connection: sqlite3.Connection) -> dict[str, str]:
    """What the old table says of itself; empty where there is none."""
    return dict(connection.execute("SELECT key, value FROM old.meta"))


def count_old(connection: sqlite3.Connection) -> int:
    """Facts in the old table."""
    return _count(connection, "SELECT count(*) FROM old.facts")


def old_schema(connection: sqlite3.Connection) -> int:
    """The schema of the old table."""
    return _count(connection, "PRAGMA old.user_version")


def _count(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])
