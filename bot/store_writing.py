"""The statements that fill a new table: what was loaded first, then what the old table keeps, then what is derived.

Each works on a connection of `store_files.building`: the new table is the main one, the old one is attached as
`old`. Facts of the load are numbered (their rowid), so that differences lead back to the file and line. What to
keep, and what the derived tables mean, is loading's business.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from sqlite_utils import Database

from bot.model import Fact
from bot.store import INDEXES, WORD_INDEXES

OWN = "text, keywords, topic, attribution, as_of, source, position"
SAME_KEY = "o.id = f.id AND o.lang = f.lang"
_IN_LOAD = "EXISTS (SELECT 1 FROM facts f WHERE " + SAME_KEY + ")"
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
            f"INSERT INTO facts (rowid, id, lang, {OWN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            f" AND {SAME_KEY} AND o.source = f.source"
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


def keep_rest(connection: sqlite3.Connection, *, beside: bool) -> int:
    """Take over the facts of the old table that the load neither has nor drops; returns the number of all.

    With `beside` the concepts and unanswerable questions too.
    """
    connection.execute(
        f"INSERT INTO facts (id, lang, {OWN}) SELECT id, lang, {OWN} FROM old.facts o WHERE NOT {_IN_LOAD}"
        " AND NOT EXISTS (SELECT 1 FROM dropped d WHERE d.id = o.id AND d.lang = o.lang) ORDER BY o.rowid"
    )
    if beside:
        connection.execute("INSERT OR IGNORE INTO concepts SELECT * FROM old.concepts")
        connection.execute("INSERT OR IGNORE INTO unanswerable SELECT * FROM old.unanswerable")
    connection.execute("DELETE FROM sources WHERE id NOT IN (SELECT source FROM facts)")
    connection.execute(INDEXES)
    return int(connection.execute("SELECT count(*) FROM facts").fetchone()[0])


def facts_to_index(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str, str, int, bool]]:
    """Id, language, text, keywords (a JSON list), source of all facts in order; whether one of the source precedes."""
    last = None
    for fact_id, lang, text, keywords, source in connection.execute(
        "SELECT id, lang, text, keywords, source FROM facts ORDER BY source, lang, position, id"
    ):
        yield fact_id, lang, text, keywords, source, last == (source, lang)
        last = source, lang


def _fill(connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    Database(connection).table(table).insert_all(dict(zip(columns, row, strict=True)) for row in rows)


def write_spellings(connection: sqlite3.Connection, rows: Iterable[tuple[str, str]]) -> None:
    """Fill the table spellings (terms, concept)."""
    _fill(connection, "spellings", ("terms", "concept"), rows)


def write_documents(connection: sqlite3.Connection, rows: Iterable[tuple[int, str, str, str, bool, int]]) -> None:
    """Fill the table search (docid, id, language, body, leans, source)."""
    connection.executemany("INSERT INTO search VALUES (?, ?, ?, ?, ?, ?)", rows)


def write_vocabulary(connection: sqlite3.Connection, rows: Iterable[tuple[str, int, str]]) -> None:
    """Fill the table vocabulary (term, docs, languages)."""
    _fill(connection, "vocabulary", ("term", "docs", "langs"), rows)


def write_words(connection: sqlite3.Connection, rows: Iterable[tuple[str, str, str, int, str]]) -> None:
    """Fill the table words (word, term, written, docs, backwards)."""
    _fill(connection, "words", ("word", "term", "written", "docs", "backwards"), rows)
    for statement in WORD_INDEXES:
        connection.execute(statement)


def write_weights(connection: sqlite3.Connection, rows: Iterable[tuple[str, float, bytes]]) -> None:
    """Fill the table weights (feature, rarity, classes)."""
    _fill(connection, "weights", ("feature", "rarity", "classes"), rows)


def write_asked(connection: sqlite3.Connection, rows: Iterable[tuple[str, str]]) -> None:
    """Fill the table asked (class, essence of a way of asking), each row once."""
    _fill(connection, "asked", ("class", "essence"), sorted(set(rows)))


def write_meta(connection: sqlite3.Connection, values: dict[str, str]) -> None:
    """Write what the table says of itself."""
    _fill(connection, "meta", ("key", "value"), values.items())


def keep_weights(connection: sqlite3.Connection) -> None:
    """Take over the classifier of the old table."""
    for table in ("weights", "asked"):
        connection.execute(f"INSERT INTO {table} SELECT * FROM old.{table}")


def index_documents(connection: sqlite3.Connection) -> None:
    """Make the full-text index over the table search."""
    connection.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")
    connection.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")
