"""Putting a new facts.db in the place of the old one, all or nothing, and back.

A load holds a lock file, fills a whole new file beside the table, with the old table attached to read from, syncs
it, and renames it into place; the old file stays as `.previous`. A kill or a full disk at any moment leaves the one
or the other. What stands in the new file is store_writing.py's and loading's business.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock, Timeout

from bot.store import APPLICATION_ID, SCHEMA, SCHEMA_VERSION, TableError, open_reader, schema_of

BUILDING = ("synchronous = OFF", "journal_mode = MEMORY", "cache_size = -65536", "temp_store = FILE")
"""How the new file is written: it is synced as a whole at the end, and thrown away when anything fails. 64 MiB."""


def beside(path: Path, ending: str) -> Path:
    """The file that belongs to the table at `path`: "facts.db" and ".lock" give "facts.db.lock"."""
    return path.with_name(path.name + ending)


@contextlib.contextmanager
def locked(path: Path, wait: float, waiting: Callable[[], None]) -> Iterator[None]:
    """Keep other loads of the table at `path` out; `waiting` is called when one is under way.

    Waits for it up to `wait` seconds. Raises TableError.
    """
    if not path.parent.is_dir():
        raise TableError(f"There is no folder {path.parent}: make it first, or name another file (--db).")
    lock = FileLock(beside(path, ".lock"))
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting()
            lock.acquire(timeout=wait)
    except Timeout:
        raise TableError(
            f"Another load of {path} is under way and did not end within {wait:g} seconds: try again later."
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def building(path: Path, *, trial: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection to a new, empty table beside the one at `path`, which is attached as `old` (empty where missing).

    A transaction is open, so that nobody changes the old table meanwhile. `put_in_place` ends the work; without it
    the new file is thrown away. With `trial` the new table is a temporary one. Raises TableError.
    """
    new = beside(path, ".new")
    connection = None
    try:
        if not trial:
            _refuse_read_only(path)
            new.unlink(missing_ok=True)
        connection = sqlite3.connect("" if trial else _uri(new, "rwc"), uri=True, isolation_level=None)
        for pragma in BUILDING:
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(SCHEMA)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        _attach(connection, path)
        yield connection
    except sqlite3.Error as error:
        raise _failed(path, error) from None
    except BrokenPipeError:  # of who reads what a trial tells
        raise
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        if connection:
            connection.close()
        if not trial:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)


def _refuse_read_only(path: Path) -> None:
    """Renaming would replace a write-protected file too; who protected it doesn't want that, not from root either."""
    if path.exists() and not (path.stat().st_mode & 0o222 and os.access(path, os.W_OK)):
        raise TableError(f"{path} is write-protected: change its permissions (chmod u+w), or name another file (--db).")


def _attach(connection: sqlite3.Connection, path: Path) -> None:
    """Attach the old table and begin the transaction that holds it."""
    if path.is_dir():
        raise TableError(f"{path} is a folder, not a table of facts: name the file itself (BOT_FACTS_DB or --db).")
    if not _holds_something(path):
        connection.execute("ATTACH ':memory:' AS old")
        for statement in SCHEMA.split(";\n"):
            if statement.lstrip().startswith("CREATE TABLE"):
                connection.execute(statement.replace("CREATE TABLE ", "CREATE TABLE old.", 1))
        connection.execute(f"PRAGMA old.user_version = {SCHEMA_VERSION}")
        connection.execute("BEGIN")
        return
    if _is_unsettled(path):
        _settle(path)
    connection.execute("ATTACH ? AS old", (_uri(path, "ro"),))
    schema_of(connection, path, "old")
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM old.meta").fetchone()


def _holds_something(path: Path) -> bool:
    """Whether there is a table to keep: an empty file, as made by `touch`, is none."""
    return path.exists() and path.stat().st_size > 0


def _is_unsettled(path: Path) -> bool:
    """Whether another program left a journal, or the table in WAL mode (byte 18 of the file's header is 2 then)."""
    with path.open("rb") as file:
        header = file.read(20)
    return header[18:19] == b"\x02" or any(beside(path, ending).exists() for ending in ("-journal", "-wal"))


def _settle(path: Path) -> None:
    """Let SQLite finish what another program left half done: its journal must not meet the new file."""
    connection = sqlite3.connect(_uri(path, "rw"), uri=True)
    try:
        schema_of(connection, path)
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        connection.execute("SELECT count(*) FROM meta").fetchone()
    finally:
        connection.close()


def put_in_place(connection: sqlite3.Connection, path: Path) -> None:
    """Sync the new table that `building` gave, keep the old file as `.previous`, and rename the new one into place."""
    connection.execute("COMMIT")
    connection.close()
    new = beside(path, ".new")
    if _holds_something(path):
        _same_owner(path, new)
        _sync(new)
        _keep(path)
    else:
        _sync(new)
    new.replace(path)
    _sync(path.parent)


def roll_back(path: Path) -> None:
    """Put the `.previous` table back; the one in its place becomes `.previous`. Raises TableError."""
    previous = beside(path, ".previous")
    if not previous.exists():
        raise TableError(f"There is no {previous}: no load has replaced {path} yet, so that nothing can be put back.")
    open_reader(previous).close()
    _refuse_read_only(path)
    aside = beside(path, ".previous.new")
    try:
        if path.exists():
            _copy(path, aside)
        previous.replace(path)
        if aside.exists():
            aside.replace(previous)
        _sync(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from None


def _keep(path: Path) -> None:
    aside = beside(path, ".previous.new")
    _copy(path, aside)
    aside.replace(beside(path, ".previous"))


def _copy(path: Path, to: Path) -> None:
    """A second name for the file, or a copy where the file system has no hard links."""
    to.unlink(missing_ok=True)
    try:
        os.link(path, to)
    except OSError:
        shutil.copy2(path, to)
        _sync(to)


def _same_owner(path: Path, new: Path) -> None:
    """Who may read the old table may read the new one."""
    shutil.copymode(path, new)
    stat = path.stat()
    with contextlib.suppress(OSError):  # only root may give files away
        os.chown(new, stat.st_uid, stat.st_gid)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _uri(path: Path, mode: str) -> str:
    return f"file:{quote(str(path))}?mode={mode}"


def _failed(path: Path, error: sqlite3.Error) -> TableError:
    reason = str(error)
    if "full" in reason or "disk I/O" in reason:
        return TableError(f"There is no room to write {path} ({reason}): free some and load again; it is as it was.")
    if "locked" in reason:
        return TableError(f"{path} is locked by another program: close it there and load again.")
    if "readonly" in reason or "unable to open" in reason:
        return TableError(
            f"{path} or its folder cannot be written ({reason}): check their permissions; nothing was changed."
        )
    return TableError(
        f"{path} cannot be read as a table of facts ({reason}): put the one before back (scripts/load_facts.py"
        " --rollback), or move it away and load anew."
    )


def _unwritable(path: Path, error: OSError) -> TableError:
    reason = error.strerror or str(error)
    return TableError(
        f"{path} cannot be replaced ({reason}): check the disk and the folder's permissions; nothing was changed."
    )
