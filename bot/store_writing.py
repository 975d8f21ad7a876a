"""The statements that fill a new table: what was loaded first, then what the old table keeps, then what is derived.

Each works on a connection of `store_files.building`: the new table is the main one, the old one is attached as
`old`. Facts of the load are numbered (their rowid), so that differences lead back to the file and line. What to
keep, and what the derived tables mean, is loading's business.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from bot.model import Fact
from bot.store import FACT_COLUMNS, INDEXES, fact_of

_OWN = "text, keywords, topic, attribution, as_of, source, position"
_SAME_KEY = "o.id = f.id AND o.lang = f.lang"
_DIFFERS = " OR ".join(f"f.{name} <> o.{name}" for name in _OWN.split(", "))
_IN_LOAD = "EXISTS (SELECT 1 FROM facts f WHERE " + _SAME_KEY + ")"
_UNPLACED = -1


def begin(connection: sqlite3.Connection) -> None:
    """Take over the old table's sources with their numbers, and make room for what is dropped."""
    connection.execute("INSERT INTO sources SELECT * FROM old.sources")
    connection.execute("CREATE TEMP TABLE dropped (id TEXT, lang TEXT, PRIMARY KEY (id, lang)) WITHOUT ROWID")


def source_number(connection: sqlite3.Connection, source: tuple[str, str, str, str]) -> int:
    """The number of a source (publisher, title, url, published), which is added where it is new."""
    row = connection.execute(
        "SELECT id FROM sources WHERE publisher = ? AND title = ? AND url = ? AND published = ?", source
    ).fetchone()
    if row:
        return int(row[0])
    cursor = connection.execute("INSERT INTO sources (publisher, title, url, published) VALUES (?, ?, ?, ?)", source)
    return int(cursor.lastrowid or 0)


def add_fact(connection: sqlite3.Connection, number: int, fact: Fact, source: int, placed: bool) -> int:
    """Write a fact of the load under its number; `placed` says whether its position is given.

    Returns 0, or the number of the fact in this load that has its id and language already.
    """
    try:
        connection.execute(
            f"INSERT INTO facts (rowid, id, lang, {_OWN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                fact.id,
                fact.lang,
                fact.text,
                json.dumps(fact.keywords, ensure_ascii=False) if fact.keywords else "[]",
                fact.topic,
                fact.attribution,
                fact.as_of,
                source,
                fact.position if placed else _UNPLACED,
            ),
        )
    except sqlite3.IntegrityError:
        row = connection.execute("SELECT rowid FROM facts WHERE id = ? AND lang = ?", (fact.id, fact.lang)).fetchone()
        return int(row[0])
    return 0


def add_concept(connection: sqlite3.Connection, name: str, lang: str, words: Sequence[str]) -> bool:
    """Write a concept of the load; False where the load has one of that name and language already."""
    row = (name, lang, json.dumps(words, ensure_ascii=False))
    return connection.execute("INSERT OR IGNORE INTO concepts VALUES (?, ?, ?)", row).rowcount == 1


def add_unanswerable(connection: sqlite3.Connection, question: str, lang: str) -> None:
    """Write a question that no fact answers; one that is there already stays."""
    connection.execute("INSERT OR IGNORE INTO unanswerable VALUES (?, ?)", (question, lang))


def place_facts(connection: sqlite3.Connection, *, anew: bool) -> None:
    """Give the facts without a position one: the old one's, else after all others of their source and language.

    With `anew` the old table's positions don't count.
    """
    if not anew:
        connection.execute(
            f"UPDATE facts AS f SET position = o.position FROM old.facts o WHERE f.position = {_UNPLACED}"
            f" AND {_SAME_KEY} AND o.source = f.source"
        )
    after_old = (
        "0"
        if anew
        else "coalesce((SELECT max(position) + 1 FROM old.facts o WHERE o.source = f.source AND o.lang = f.lang), 0)"
    )
    connection.execute(
        "UPDATE facts SET position = n.place FROM (SELECT f.rowid AS number, row_number() OVER each - 1 +"
        f" max({after_old}, coalesce(max(CASE WHEN position >= 0 THEN position + 1 END) OVER whole, 0)) AS place"
        f" FROM facts f WHERE position = {_UNPLACED} OR (source, lang) IN"
        f" (SELECT DISTINCT source, lang FROM facts WHERE position = {_UNPLACED})"
        " WINDOW whole AS (PARTITION BY source, lang),"
        f" each AS (PARTITION BY source, lang, position = {_UNPLACED} ORDER BY f.rowid)) n"
        f" WHERE n.number = facts.rowid AND facts.position = {_UNPLACED}"
    )


def count_added(connection: sqlite3.Connection) -> int:
    """Facts of the load that the old table lacks."""
    return _count(
        connection, f"SELECT count(*) FROM facts f WHERE NOT EXISTS (SELECT 1 FROM old.facts o WHERE {_SAME_KEY})"
    )


def count_changed(connection: sqlite3.Connection) -> int:
    """Facts of the load that the old table has otherwise."""
    return _count(connection, f"SELECT count(*) FROM facts f JOIN old.facts o ON {_SAME_KEY} WHERE {_DIFFERS}")


def changed_facts(connection: sqlite3.Connection) -> Iterator[tuple[Fact, Fact]]:
    """The facts that the load changes, each as it was and as it is, in the load's order."""
    was = FACT_COLUMNS.replace("f.", "o.").replace("s.", "t.")
    for row in connection.execute(
        f"SELECT {was}, {FACT_COLUMNS} FROM facts f JOIN old.facts o ON {_SAME_KEY}"
        " JOIN sources s ON s.id = f.source JOIN sources t ON t.id = o.source"
        f" WHERE {_DIFFERS} ORDER BY f.rowid"
    ):
        half = len(row) // 2
        yield fact_of(row[:half]), fact_of(row[half:])


def new_wordings(connection: sqlite3.Connection) -> Iterator[tuple[int, str, str, str]]:
    """Number, id, language and text of the load's facts whose text the old table has not under their id."""
    yield from connection.execute(
        "SELECT f.rowid, f.id, f.lang, f.text FROM facts f WHERE NOT EXISTS"
        f" (SELECT 1 FROM old.facts o WHERE {_SAME_KEY} AND o.text = f.text) ORDER BY f.rowid"
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


def drop_fact(connection: sqlite3.Connection, fact_id: str) -> bool:
    """Drop a fact of the old table in all languages; False where there is none. A fact of the load stays."""
    cursor = connection.execute(
        f"INSERT OR IGNORE INTO dropped SELECT id, lang FROM old.facts o WHERE id = ? AND NOT {_IN_LOAD}", (fact_id,)
    )
    known = connection.execute("SELECT 1 FROM old.facts WHERE id = ?", (fact_id,)).fetchone()
    return cursor.rowcount > 0 or known is not None


def drop_unsaid(connection: sqlite3.Connection) -> None:
    """Drop what the sources of the load no longer say, in the languages in which they are loaded.

    A source is known by its url, or without one by publisher and title.
    """
    connection.execute(
        "CREATE TEMP TABLE replaced AS WITH loaded AS (SELECT DISTINCT s.publisher, s.title, s.url, f.lang"
        " FROM facts f JOIN sources s ON s.id = f.source)"
        " SELECT o.id AS source, n.lang FROM loaded n JOIN old.sources o ON o.url = n.url WHERE n.url <> ''"
        " UNION SELECT o.id, n.lang FROM loaded n JOIN old.sources o"
        " ON o.publisher = n.publisher AND o.title = n.title AND o.url = '' WHERE n.url = ''"
    )
    connection.execute(
        "INSERT OR IGNORE INTO dropped SELECT o.id, o.lang FROM old.facts o JOIN replaced r"
        f" ON r.source = o.source AND r.lang = o.lang WHERE NOT {_IN_LOAD}"
    )


def drop_all(connection: sqlite3.Connection) -> None:
    """Drop whatever the load does not have."""
    connection.execute(f"INSERT OR IGNORE INTO dropped SELECT id, lang FROM old.facts o WHERE NOT {_IN_LOAD}")


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


def keep_rest(connection: sqlite3.Connection, *, beside: bool) -> int:
    """Take over the facts of the old table that the load neither has nor drops; returns the number of all.

    With `beside` the concepts and unanswerable questions too.
    """
    connection.execute(
        f"INSERT INTO facts (id, lang, {_OWN}) SELECT id, lang, {_OWN} FROM old.facts o WHERE NOT {_IN_LOAD}"
        " AND NOT EXISTS (SELECT 1 FROM dropped d WHERE d.id = o.id AND d.lang = o.lang) ORDER BY o.rowid"
    )
    if beside:
        connection.execute("INSERT OR IGNORE INTO concepts SELECT * FROM old.concepts")
        connection.execute("INSERT OR IGNORE INTO unanswerable SELECT * FROM old.unanswerable")
    connection.execute("DELETE FROM sources WHERE id NOT IN (SELECT source FROM facts)")
    connection.execute(INDEXES)
    return _count(connection, "SELECT count(*) FROM facts")


def facts_to_index(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str, str, bool]]:
    """Id, language, text, keywords (a JSON list) of all facts in order, and whether one of the same source precedes."""
    last = None
    for fact_id, lang, text, keywords, source in connection.execute(
        "SELECT id, lang, text, keywords, source FROM facts ORDER BY source, lang, position, id"
    ):
        yield fact_id, lang, text, keywords, last == (source, lang)
        last = source, lang


def write_spellings(connection: sqlite3.Connection, rows: Iterable[tuple[str, str]]) -> None:
    """Fill the table spellings (terms, concept)."""
    connection.executemany("INSERT INTO spellings VALUES (?, ?)", rows)


def write_documents(connection: sqlite3.Connection, rows: Iterable[tuple[int, str, str, str, bool]]) -> None:
    """Fill the table search (docid, id, language, body, leans)."""
    connection.executemany("INSERT INTO search VALUES (?, ?, ?, ?, ?)", rows)


def write_vocabulary(connection: sqlite3.Connection, rows: Iterable[tuple[str, int, str]]) -> None:
    """Fill the table vocabulary (term, docs, languages)."""
    connection.executemany("INSERT INTO vocabulary VALUES (?, ?, ?)", rows)


def write_weights(connection: sqlite3.Connection, rows: Iterable[tuple[str, float, bytes]]) -> None:
    """Fill the table weights (feature, rarity, classes)."""
    connection.executemany("INSERT INTO weights VALUES (?, ?, ?)", rows)


def write_meta(connection: sqlite3.Connection, values: dict[str, str]) -> None:
    """Write what the table says of itself."""
    connection.executemany("INSERT INTO meta VALUES (?, ?)", values.items())


def old_meta(connection: sqlite3.Connection) -> dict[str, str]:
    """What the old table says of itself; empty where there is none."""
    return dict(connection.execute("SELECT key, value FROM old.meta"))


def count_old(connection: sqlite3.Connection) -> int:
    """Facts in the old table."""
    return _count(connection, "SELECT count(*) FROM old.facts")


def old_schema(connection: sqlite3.Connection) -> int:
    """The schema of the old table."""
    return _count(connection, "PRAGMA old.user_version")


def keep_weights(connection: sqlite3.Connection) -> None:
    """Take over the classifier of the old table."""
    connection.execute("INSERT INTO weights SELECT * FROM old.weights")


def index_documents(connection: sqlite3.Connection) -> None:
    """Make the full-text index over the table search."""
    connection.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")
    connection.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")


def _count(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])
