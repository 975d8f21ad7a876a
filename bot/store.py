"""facts.db: its schema, opening it, and reading what was loaded.

The table is one SQLite file in rollback-journal mode. Readers open it read-only and are never blocked: a load
builds a whole new file beside it (store_files.py) from statements in store_writing.py. What the derived tables
(search, vocabulary, weights, asked) mean is index.py's and loading's business; here is only what columns they have.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from bot.model import ACCOUNT, Fact, Source

SCHEMA_VERSION = 5
"""1: without `spellings` and `search.leans`. 2: without `search.source` and `vocabulary.backwards`.
3: without `words`. 4: without `asked`; `weights.classes` with a byte for each class.

What was loaded (sources, facts, concepts, unanswerable) is in all.
"""
APPLICATION_ID = 0x54414A4B
"""Marks a file as this bot's table (PRAGMA application_id); "TAJK" in ASCII."""

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    publisher TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL, published TEXT NOT NULL,
    UNIQUE (publisher, title, url, published)
);
CREATE TABLE facts (
    id TEXT NOT NULL, lang TEXT NOT NULL, text TEXT NOT NULL, keywords TEXT NOT NULL, topic TEXT NOT NULL,
    attribution TEXT NOT NULL, as_of TEXT NOT NULL, source INTEGER NOT NULL REFERENCES sources (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (id, lang)
);
CREATE TABLE concepts (
    concept TEXT NOT NULL, lang TEXT NOT NULL, words TEXT NOT NULL, PRIMARY KEY (concept, lang)
) WITHOUT ROWID;
CREATE TABLE spellings (terms TEXT PRIMARY KEY, concept TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE search (
    docid INTEGER PRIMARY KEY, -- in the order of source, language and position
    id TEXT NOT NULL, lang TEXT NOT NULL, body TEXT NOT NULL,
    leans INTEGER NOT NULL, -- 1 where the text needs the one before it in its source
    source INTEGER NOT NULL,
    UNIQUE (id, lang)
);
CREATE VIRTUAL TABLE search_index USING fts5 (
    body, content='search', content_rowid='docid', tokenize="ascii tokenchars '_'", detail='full'
);
CREATE TABLE vocabulary (
    term TEXT PRIMARY KEY, docs INTEGER NOT NULL, langs TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE words ( -- what others may be misspellings of
    word TEXT NOT NULL, -- with its ending, in ASCII letters
    term TEXT NOT NULL,
    written TEXT NOT NULL, -- the word in its own letters; empty for a term that is no word itself
    docs INTEGER NOT NULL, -- that hold the term or its concept
    backwards TEXT NOT NULL, -- the letters of the word, last first
    PRIMARY KEY (word, term)
) WITHOUT ROWID;
CREATE TABLE unanswerable (question TEXT PRIMARY KEY, lang TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE weights (feature TEXT PRIMARY KEY, rarity REAL NOT NULL, classes BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE asked (class TEXT NOT NULL, essence TEXT NOT NULL, PRIMARY KEY (class, essence)) WITHOUT ROWID;
"""

INDEXES = "CREATE INDEX facts_by_place ON facts (source, lang, position);"
WORD_INDEXES = (
    "CREATE INDEX words_by_start ON words (length(word), word)",
    "CREATE INDEX words_by_end ON words (length(word), backwards)",
)
"""Made when the rows are in: sorting once is faster than keeping order."""

FACT_COLUMNS = (
    "f.id, f.lang, f.text, f.keywords, f.topic, f.attribution, f.as_of, f.position,"
    " s.publisher, s.title, s.url, s.published"
)
FACTS = f"SELECT {FACT_COLUMNS} FROM facts f JOIN sources s ON s.id = f.source"  # noqa: S608 - constants only
SUBJECT = f"CASE WHEN instr(id, '{ACCOUNT}') > 1 THEN substr(id, 1, instr(id, '{ACCOUNT}') - 1) ELSE id END"
"""model.subject_of in SQL."""
ACCOUNTS = f"(id = ?1 OR id >= ?1 || '{ACCOUNT}' AND id < ?1 || '{ACCOUNT[:-1]}.')"
"""Of the subject given as the first parameter; "." comes after "-"."""


class TableError(Exception):
    """facts.db is missing, unreadable, foreign or too new; the message is one sentence that says how to mend it."""


Signature = tuple[int, int, int, int, int]


def signature(path: Path) -> Signature:
    """What tells one version of the file from the next: device, inode, mtime in ns, size in bytes, ctime in ns.

    The last also tells when permissions changed, or another file with the same mtime was copied over it.
    Raises TableError when it is missing.
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise _unreadable(path, error.strerror or "unknown error") from None
    return stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_size, stat.st_ctime_ns


def open_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection to the table at `path`, checked to be one of ours.

    It may be used from any one thread at a time. Raises TableError.
    """
    if path.is_dir():
        raise TableError(f"{path} is a folder, not a table of facts: name the file itself (BOT_FACTS_DB or --db).")
    signature(path)
    connection = None
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, check_same_thread=False)
        connection.execute("PRAGMA query_only = 1")
        _check(connection, path)
    except sqlite3.Error as error:
        if connection:
            connection.close()
        raise _unreadable(path, str(error)) from None
    except TableError:
        if connection:
            connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    version = schema_of(connection, path)
    if version < SCHEMA_VERSION:
        raise TableError(
            f"{path} has the older schema {version}: run scripts/load_facts.py on it, which brings it up to date."
        )


def schema_of(connection: sqlite3.Connection, path: Path, schema: str = "main") -> int:
    """The schema of the table at `path`, attached as `schema`, at most `SCHEMA_VERSION`.

    Raises TableError where it is not one of ours, or newer; sqlite3.Error where it cannot be read.
    """
    if connection.execute(f"PRAGMA {schema}.application_id").fetchone()[0] != APPLICATION_ID:
        raise TableError(
            f"{path} is not a table of facts of this bot: name another file (BOT_FACTS_DB or --db), or make one with"
            " scripts/load_facts.py."
        )
    version = int(connection.execute(f"PRAGMA {schema}.user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        raise TableError(f"{path} has schema {version}, newer than this bot's {SCHEMA_VERSION}: update the bot.")
    return version


def _unreadable(path: Path, reason: str) -> TableError:
    if not path.exists():
        return TableError(
            f"There is no table of facts at {path}: make one with scripts/load_facts.py, or set BOT_FACTS_DB."
        )
    if "locked" in reason:
        return TableError(f"{path} is locked by another program: close it there and try again.")
    return TableError(f"{path} cannot be read as a table of facts ({reason}): check its permissions, or load it anew.")


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """A block that reads the table at `path`; where SQLite finds it damaged, TableError is raised."""
    try:
        yield
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise _unreadable(path, str(error)) from None
        raise TableError(f"{path} is damaged ({error}): put a good copy in its place, or load it anew.") from None


def fact_of(row: Sequence[object]) -> Fact:
    """The fact in a row of `FACT_COLUMNS`."""
    id_, lang, text, keywords, topic, attribution, as_of, position, *source = row
    return Fact(
        id=str(id_),
        lang=str(lang),
        text=str(text),
        keywords=tuple(json.loads(str(keywords))) if keywords != "[]" else (),
        topic=str(topic),
        attribution=str(attribution),
        as_of=str(as_of),
        position=int(str(position)),
        source=Source(*(str(part) for part in source)),
    )


def read_fact(connection: sqlite3.Connection, fact_id: str, lang: str) -> Fact | None:
    """The fact with this id in `lang`, or None."""
    row = connection.execute(f"{FACTS} WHERE f.id = ? AND f.lang = ?", (fact_id, lang)).fetchone()
    return fact_of(row) if row else None


def read_facts(connection: sqlite3.Connection) -> Iterator[Fact]:
    """All facts, in the order of their source and position."""
    for row in connection.execute(f"{FACTS} ORDER BY f.source, f.position, f.id, f.lang"):
        yield fact_of(row)


def read_topics(connection: sqlite3.Connection, lang: str) -> list[tuple[str, int]]:
    """The topics of facts in `lang` and how many facts each has, in the order of their sources."""
    return connection.execute(
        "SELECT topic, count(*) FROM facts WHERE lang = ? AND topic <> '' GROUP BY topic"
        " ORDER BY min(source * 1000000 + position)",
        (lang,),
    ).fetchall()


def read_by_topic(connection: sqlite3.Connection, topic: str, lang: str, first: int, most: int) -> list[Fact]:
    """Up to `most` facts of a topic in `lang` from the `first` (from 0) on, in the order of source and position."""
    query = f"{FACTS} WHERE f.topic = ? AND f.lang = ? ORDER BY f.source, f.position, f.id LIMIT ? OFFSET ?"
    return [fact_of(row) for row in connection.execute(query, (topic, lang, most, first))]


def read_sources(connection: sqlite3.Connection, first: int, most: int) -> tuple[list[tuple[Source, int]], int]:
    """Up to `most` sources from the `first` (from 0) on, those with most facts first; and how many there are."""
    counted = "SELECT source, count(DISTINCT id) AS facts FROM facts GROUP BY source"
    rows = connection.execute(
        f"SELECT publisher, title, url, published, facts FROM ({counted}) JOIN sources ON id = source"  # noqa: S608
        " ORDER BY facts DESC, id LIMIT ? OFFSET ?",
        (most, first),
    ).fetchall()
    (count,) = connection.execute("SELECT count(DISTINCT source) FROM facts").fetchone()
    return [(Source(*source), facts) for *source, facts in rows], count


def most_asked(connection: sqlite3.Connection, least: int, most: int) -> list[tuple[str, int]]:
    """Up to `most` subjects with `least` or more ways of asking (texts included, over all languages), and how many.

    Those with the most come first.
    """
    return connection.execute(
        f"SELECT {SUBJECT} AS subject, sum(json_array_length(keywords) + 1) AS ways FROM facts"  # noqa: S608 - constants
        " GROUP BY subject HAVING ways >= ? ORDER BY ways DESC, subject LIMIT ?",
        (least, most),
    ).fetchall()


def read_ways(connection: sqlite3.Connection, subject: str) -> list[tuple[str, str]]:
    """The ways of asking for a subject, each with its language; after those of a fact its text."""
    ways: list[tuple[str, str]] = []
    for lang, keywords, text in connection.execute(
        f"SELECT lang, keywords, text FROM facts WHERE {ACCOUNTS} ORDER BY source, position, lang, id",  # noqa: S608
        (subject,),
    ):
        ways.extend((way, lang) for way in (*json.loads(keywords), text))
    return ways


def read_meta(connection: sqlite3.Connection) -> dict[str, str]:
    """What a table says of itself: versions, sizes, the classifier's classes."""
    return dict(connection.execute("SELECT key, value FROM meta"))


def read_concepts(connection: sqlite3.Connection) -> list[tuple[str, str, tuple[str, ...]]]:
    """All concepts: name, language, words."""
    rows = connection.execute("SELECT concept, lang, words FROM concepts ORDER BY concept, lang")
    return [(name, lang, tuple(json.loads(words))) for name, lang, words in rows]


def read_unanswerable(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Questions that no fact answers, each with its language."""
    return connection.execute("SELECT question, lang FROM unanswerable ORDER BY question").fetchall()
