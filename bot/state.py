"""state.db: what the service writes down - handled and waiting updates, choices of language, which message answers
which, and questions asked in vain.

One connection, used by one thread, in WAL mode: each call is one short transaction, whole after a kill at any
moment. What an update means is not known here; facts are in facts.db and never written by the service. Times are
Unix seconds, given by the caller.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

APPLICATION_ID = 0x54414A53
"""Marks a file as this bot's state (PRAGMA application_id); "TAJS" in ASCII."""

MIGRATIONS = (
    """
    CREATE TABLE handled (
        bot INTEGER NOT NULL, update_id INTEGER NOT NULL, PRIMARY KEY (bot, update_id)
    ) WITHOUT ROWID;
    CREATE TABLE waiting (
        bot INTEGER NOT NULL, update_id INTEGER NOT NULL, raw TEXT NOT NULL, PRIMARY KEY (bot, update_id)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE languages (person INTEGER PRIMARY KEY, lang TEXT NOT NULL);
    CREATE TABLE replies (
        bot INTEGER NOT NULL, chat INTEGER NOT NULL, question INTEGER NOT NULL, reply INTEGER NOT NULL,
        person INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (bot, chat, question)
    ) WITHOUT ROWID;
    CREATE TABLE in_vain (
        number INTEGER PRIMARY KEY, text TEXT NOT NULL, lang TEXT NOT NULL, at INTEGER NOT NULL,
        why TEXT NOT NULL, nearest TEXT NOT NULL
    );
    """,
)
"""The n-th brings a state.db from version n to n + 1; new ones are added at the end, none is ever changed."""


MOST_IN_VAIN = 50_000
"""Questions asked in vain that are kept; of more the oldest go."""

Why = Literal["unknown", "not it"]
"""Why a question counts as asked in vain: no fact was found, or the asker said that it was another."""


@dataclass(frozen=True, slots=True)
class InVain:
    """A question that was asked in vain; who asked is not kept."""

    text: str
    lang: str
    at: int
    """Unix seconds."""
    why: Why
    nearest: tuple[str, ...]
    """Ids of the nearest facts, best first."""


class StateError(Exception):
    """state.db cannot be used; the message is one sentence that says how to mend it."""


StateFault = sqlite3.Error
"""What any method of `State` raises where the file can no longer be read or written, e.g. on a full disk."""


class State:
    """An open state.db. Update ids are kept with the bot's Telegram id: another token has others."""

    def __init__(self, path: Path) -> None:
        """Opens the file, made if missing and brought up to date if older. Raises StateError."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=5.0)
        except (OSError, sqlite3.Error) as error:
            raise _unusable(path, error) from None
        try:
            _prepare(self._connection, path)
        except sqlite3.Error as error:
            self._connection.close()
            raise _unusable(path, error) from None
        except StateError:
            self._connection.close()
            raise

    def close(self) -> None:
        """Closes the file; the log beside it is folded in."""
        self._connection.close()

    def handled(self, bot: int, update_ids: Iterable[int]) -> set[int]:
        """Those of `update_ids` (a hundred or so) that were handled already."""
        query = "SELECT update_id FROM json_each(?) CROSS JOIN handled ON bot = ? AND update_id = value"
        return {row[0] for row in self._connection.execute(query, (json.dumps(list(update_ids)), bot))}

    def mark_handled(self, bot: int, update_id: int, was_aside: bool = False) -> None:
        """The update was answered: it is never handled again, and if it was put aside, it no longer waits."""
        if not was_aside:  # by far the most; one statement is a transaction of its own
            self._connection.execute("INSERT OR IGNORE INTO handled VALUES (?, ?)", (bot, update_id))
            return
        with self._transaction():
            self._connection.execute("INSERT OR IGNORE INTO handled VALUES (?, ?)", (bot, update_id))
            self._connection.execute("DELETE FROM waiting WHERE bot = ? AND update_id = ?", (bot, update_id))

    def forget_handled(self, bot: int, below: int) -> None:
        """Drops the handled ids under `below`, which Telegram has been told not to send again."""
        self._connection.execute("DELETE FROM handled WHERE bot = ? AND update_id < ?", (bot, below))

    def put_aside(self, bot: int, updates: Iterable[tuple[int, str]]) -> None:
        """Keeps updates (id and raw JSON) whose turn comes later, so that Telegram need not."""
        rows = [(bot, update_id, raw) for update_id, raw in updates]
        with self._transaction():
            self._connection.executemany("INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)", rows)

    def waiting(self, bot: int) -> list[int]:
        """The ids of the updates put aside, oldest first."""
        rows = self._connection.execute("SELECT update_id FROM waiting WHERE bot = ? ORDER BY update_id", (bot,))
        return [row[0] for row in rows]

    def raw(self, bot: int, update_id: int) -> str | None:
        """The raw JSON of an update put aside, or None."""
        row = self._connection.execute(
            "SELECT raw FROM waiting WHERE bot = ? AND update_id = ?", (bot, update_id)
        ).fetchone()
        return str(row[0]) if row else None

    def language(self, person: int) -> str | None:
        """The language that a person chose, or None."""
        row = self._connection.execute("SELECT lang FROM languages WHERE person = ?", (person,)).fetchone()
        return str(row[0]) if row else None

    def choose_language(self, person: int, lang: str | None) -> None:
        """From now on this is the person's language; None takes the choice back."""
        if lang is None:
            self._connection.execute("DELETE FROM languages WHERE person = ?", (person,))
        else:
            self._connection.execute("INSERT OR REPLACE INTO languages VALUES (?, ?)", (person, lang))

    def note_reply(self, bot: int, chat: int, question: int, reply: int, person: int, at: int) -> None:
        """The message `reply` of `bot` answers the message `question` of `person` in this chat."""
        row = (bot, chat, question, reply, person, at)
        self._connection.execute("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?, ?)", row)

    def reply_to(self, bot: int, chat: int, question: int) -> int | None:
        """The message that answers the message `question`, or None."""
        query = "SELECT reply FROM replies WHERE bot = ? AND chat = ? AND question = ?"
        row = self._connection.execute(query, (bot, chat, question)).fetchone()
        return int(row[0]) if row else None

    def note_in_vain(self, asked: InVain) -> None:
        """Keeps a question that was asked in vain."""
        row = (asked.text, asked.lang, asked.at, asked.why, json.dumps(asked.nearest))
        self._connection.execute("INSERT INTO in_vain (text, lang, at, why, nearest) VALUES (?, ?, ?, ?, ?)", row)

    def in_vain(self) -> list[InVain]:
        """All that was asked in vain, oldest first."""
        rows = self._connection.execute("SELECT text, lang, at, why, nearest FROM in_vain ORDER BY number")
        return [InVain(text, lang, at, why, tuple(json.loads(nearest))) for text, lang, at, why, nearest in rows]

    def purge(self, replies_before: int, in_vain_before: int) -> None:
        """Drops what was noted before these times, and the oldest questions where there are too many."""
        with self._transaction():
            self._connection.execute("DELETE FROM replies WHERE at < ?", (replies_before,))
            self._connection.execute("DELETE FROM in_vain WHERE at < ?", (in_vain_before,))
            self._connection.execute(
                "DELETE FROM in_vain WHERE number <= (SELECT max(number) FROM in_vain) - ?", (MOST_IN_VAIN,)
            )
        self._leave_no_trace()

    def forget_person(self, person: int) -> None:
        """Drops all that is kept about a person."""
        with self._transaction():
            self._connection.execute("DELETE FROM languages WHERE person = ?", (person,))
            self._connection.execute("DELETE FROM replies WHERE person = ?", (person,))
        self._leave_no_trace()

    def _leave_no_trace(self) -> None:
        """Folds the log in, which holds what was deleted; another process that reads may be in the way."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Checks that the file is ours, and migrates it."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != APPLICATION_ID and (application or tables):
        raise StateError(f"{path} is not a state.db of this bot: name another file in BOT_STATE_DB.")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # a kill loses nothing; a power cut perhaps the last moments
    connection.execute("PRAGMA cache_size = -500")  # KiB; what is looked up was written lately
    connection.execute("PRAGMA secure_delete = ON")  # a question put aside leaves no trace
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StateError(f"{path} has version {version}, newer than this bot's {len(MIGRATIONS)}: update the bot.")
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; {script} PRAGMA application_id = {APPLICATION_ID};"
            f" PRAGMA user_version = {number}; COMMIT;"
        )


def _unusable(path: Path, error: Exception) -> StateError:
    reason = getattr(error, "strerror", None) or str(error)
    return StateError(f"{path} cannot be used as state.db ({reason}): check its folder, or set BOT_STATE_DB.")
