"""A load's table is whole or as it was: kills, full disks, other programs, damaged and older tables, live readers."""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import store, store_files
from bot.answering import Answerer
from bot.model import Answer, Conversation, Question
from scripts.load_facts import main
from tests import tables
from tests.tables import CHECKOUT, INVENTED, environment

NAMES = ("facts", "sources", "concepts", "unanswerable", "search", "vocabulary", "meta", "spellings", "weights")


def rows(table: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the table, sound in itself and in its index. Reads a copy: checking the index writes."""
    copy = table.with_name("checked.db")
    shutil.copyfile(table, copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.execute("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")
        connection.rollback()
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in NAMES}


@pytest.fixture
def table(invented: Path, tmp_path: Path) -> Path:
    """The invented facts in a file of the test's own."""
    return Path(shutil.copyfile(invented, tmp_path / "facts.db"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two hundred facts more."""
    path = tmp_path / "more.csv"
    lines = (f"Pier number {number} of Velm is {number + 3} metres long.,Herald" for number in range(200))
    path.write_text("text,publisher\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def load(table: Path, *arguments: object) -> int:
    return main([*map(str, arguments), "--db", str(table)])


def command(table: Path, *arguments: object) -> list[str]:
    return [sys.executable, "scripts/load_facts.py", *map(str, arguments), "--db", str(table)]


def refused(capsys: pytest.CaptureFixture[str], table: Path, *arguments: object) -> str:
    before = table.read_bytes() if table.exists() else None
    assert load(table, *arguments) == 2
    assert (table.read_bytes() if table.exists() else None) == before
    assert not table.with_name("facts.db.new").exists()
    return capsys.readouterr().err.strip()


# Kills


def test_a_kill_at_any_moment_leaves_the_old_table_or_the_new_one(
    table: Path, file: Path, request: pytest.FixtureRequest
) -> None:
    kills = int(request.config.getoption("--kills"))
    old = rows(table)
    other = Path(shutil.copyfile(table, table.with_name("other.db")))
    began = time.perf_counter()
    subprocess.run(command(other, file), cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL, env=environment())
    whole = time.perf_counter() - began
    new = rows(other)
    assert len(new["facts"]) == len(old["facts"]) + 200
    chance = random.Random(4)
    killed = came_through = 0
    while killed < kills:
        shutil.copyfile(other.with_name("other.db.previous"), table)
        began = time.perf_counter()
        process = subprocess.Popen(command(table, file), cwd=CHECKOUT, stdout=subprocess.DEVNULL, env=environment())
        try:
            process.wait(chance.uniform(0.2, 1.05) * whole)
            whole = time.perf_counter() - began  # it was over before it could be killed
            continue
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        killed += 1
        found = rows(table)
        assert found in (old, new)
        came_through += found == new
    print(f"{kills} kills: {came_through} left the new table, {kills - came_through} the old one")
    assert load(table, file) == 0  # whatever a kill left lying about is in nobody's way
    assert rows(table) == new


def test_an_interrupt_says_so(table: Path, file: Path) -> None:
    with closing(sqlite3.connect(table)) as connection:
        connection.execute("BEGIN EXCLUSIVE")  # the load waits for this
        process = subprocess.Popen(command(table, file), cwd=CHECKOUT, stderr=subprocess.PIPE, env=environment())
        deadline = time.monotonic() + 30
        while not table.with_name("facts.db.new").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said.decode().strip()) == (130, "Stopped; the table is as it was.")


# Full disks


@pytest.mark.parametrize("pages", [2, 12, 20, 40])
def test_a_table_that_may_not_grow(
    table: Path, file: Path, pages: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_files, "BUILDING", (*store_files.BUILDING, f"max_page_count = {pages}"))
    said = refused(capsys, table, file)
    assert said.startswith(f"There is no room to write {table} (")
    assert said.endswith("database or disk is full): free some and load again; it is as it was.")


@pytest.mark.skipif(os.geteuid() != 0 or not Path("/proc").exists(), reason="only root may mount a small disk")
def test_a_disk_that_fills_up(table: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    size = table.stat().st_size + 60_000
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no tmpfs may be mounted here: {mounted.stderr.decode().strip()}")
    try:
        small = Path(shutil.copyfile(table, disk / "facts.db"))
        assert refused(capsys, small, file).startswith(f"There is no room to write {small}")
        assert sorted(path.name for path in disk.iterdir()) == ["facts.db", "facts.db.lock"]
    finally:
        subprocess.run(["umount", disk], check=True)


# Other programs and other loads


def test_a_second_load_waits_or_says_so(table: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with store_files.locked(table, 0, lambda: None):
        assert refused(capsys, table, file, "--wait", "0").splitlines() == [
            "Another load is under way: waiting for it to end.",
            f"Another load of {table} is under way and did not end within 0 seconds: try again later.",
        ]
        process = subprocess.Popen(command(table, file), cwd=CHECKOUT, stderr=subprocess.PIPE, env=environment())
        assert process.stderr is not None
        assert process.stderr.readline() == b"Another load is under way: waiting for it to end.\n"
        assert process.poll() is None
    assert process.wait(timeout=60) == 0
    process.stderr.close()
    assert len(rows(table)["facts"]) == 210


def test_two_loads_at_once_both_arrive(table: Path, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("text,publisher\nA whale hangs in the hall.,Museum\n", encoding="utf-8")
    quiet = {"cwd": CHECKOUT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment()}
    both = [subprocess.Popen(command(table, one), **quiet) for one in (file, other)]  # type: ignore[call-overload]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    assert len(rows(table)["facts"]) == 211


def test_a_table_that_another_program_writes(table: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(table)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        said = refused(capsys, table, file)
        listed = refused(capsys, table, "--list")
    assert said == f"{table} is locked by another program: close it there and load again."
    assert listed == f"{table} is locked by another program: close it there and try again."


def test_what_another_program_left_half_done_is_settled_first(table: Path, file: Path) -> None:
    """A journal that met the new file would spoil it."""
    code = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA cache_size = 1'); c.execute('BEGIN')\n"
        "c.execute('UPDATE facts SET text = text || hex(randomblob(3000))')\n"
        "c.execute('DELETE FROM vocabulary')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    old = rows(table)
    subprocess.run([sys.executable, "-c", code, str(table)])
    assert table.with_name("facts.db-journal").stat().st_size > 0
    assert load(table, file) == 0
    assert not table.with_name("facts.db-journal").exists()
    found = rows(table)
    assert [row for row in found["facts"] if row in old["facts"]] == old["facts"]
    assert len(found["facts"]) == 210


def test_a_table_in_wal_mode_becomes_one_file_again(table: Path, file: Path) -> None:
    connection = sqlite3.connect(table)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("DELETE FROM facts WHERE id = 'ferry'")
    connection.commit()
    connection.close()
    assert load(table, file) == 0
    assert [path.name for path in table.parent.glob("facts.db-*")] == []
    assert len(rows(table)["facts"]) == 209


# Tables that cannot be loaded into


def test_a_read_only_folder(table: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    table.parent.chmod(0o555)
    try:
        assert "Permission denied" in refused(capsys, table, file)
    finally:
        table.parent.chmod(0o755)


def test_a_write_protected_table(table: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table.chmod(0o444)
    said = f"{table} is write-protected: change its permissions (chmod u+w), or name another file (--db)."
    assert refused(capsys, table, file) == said
    assert load(table, file, "--dry-run") == 0


def test_tables_of_other_kinds(table: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, tmp_path / "no" / "facts.db", file)
    assert said == f"There is no folder {tmp_path / 'no'}: make it first, or name another file (--db)."
    (tmp_path / "folder.db").mkdir()
    assert load(tmp_path / "folder.db", file) == 2
    assert capsys.readouterr().err.startswith(f"{tmp_path / 'folder.db'} is a folder, not a table of facts")
    with contextlib.closing(sqlite3.connect(table)) as connection:
        connection.execute(f"PRAGMA user_version = {store.SCHEMA_VERSION + 1}")
    assert refused(capsys, table, file) == (
        f"{table} has schema {store.SCHEMA_VERSION + 1}, newer than this bot's {store.SCHEMA_VERSION}: update the bot."
    )


def test_a_damaged_table(table: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load(table, file) == 0
    capsys.readouterr()
    whole = table.read_bytes()
    table.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    said = refused(capsys, table, "--remove", "ferry")
    assert said.startswith(f"{table} cannot be read as a table of facts (")
    assert "--rollback" in said
    for reading in (["--list"], ["--export", "-"]):
        assert refused(capsys, table, *reading).startswith(f"{table} is damaged (")
    assert load(table, "--rollback") == 0
    assert len(rows(table)["facts"]) == 10


def test_an_empty_file_is_no_table_yet(tmp_path: Path, file: Path) -> None:
    path = tmp_path / "new.db"
    path.touch()
    assert load(path, file) == 0
    assert len(rows(path)["facts"]) == 200


def test_a_link_stays_a_link(table: Path, file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(table)
    assert load(link, file) == 0
    assert link.is_symlink()
    assert len(rows(table)["facts"]) == 210


def test_who_may_read_the_old_table_may_read_the_new_one(table: Path, file: Path) -> None:
    table.chmod(0o604)
    assert load(table, file) == 0
    assert table.stat().st_mode & 0o777 == 0o604


# Older tables

SCHEMA_1 = """
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
CREATE INDEX facts_by_place ON facts (source, lang, position);
CREATE TABLE concepts (
    concept TEXT NOT NULL, lang TEXT NOT NULL, words TEXT NOT NULL, PRIMARY KEY (concept, lang)
) WITHOUT ROWID;
CREATE TABLE search (
    docid INTEGER PRIMARY KEY, id TEXT NOT NULL, lang TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (id, lang)
);
CREATE VIRTUAL TABLE search_index USING fts5 (
    body, content='search', content_rowid='docid', tokenize="ascii tokenchars '_'", detail='full'
);
CREATE TABLE vocabulary (term TEXT PRIMARY KEY, docs INTEGER NOT NULL, langs TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE unanswerable (question TEXT PRIMARY KEY, lang TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE weights (feature TEXT PRIMARY KEY, rarity REAL NOT NULL, classes BLOB NOT NULL) WITHOUT ROWID;
PRAGMA application_id = 1413565003;
PRAGMA user_version = 1;
"""


def test_an_older_table_is_brought_up_to_date_by_the_next_load(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = tmp_path / "older.db"
    with closing(sqlite3.connect(older)) as connection:
        connection.executescript(SCHEMA_1)
        connection.execute("ATTACH ? AS now", (str(table),))
        for name in ("sources", "facts", "concepts", "unanswerable"):
            connection.execute(f"INSERT INTO {name} SELECT * FROM now.{name}")
        connection.commit()
    with pytest.raises(store.TableError, match=r"older schema 1: run scripts/load_facts\.py on it"):
        store.open_reader(older)
    assert load(older) == 0
    said = capsys.readouterr()
    assert said.out == f"{older}: 0 facts added, 0 changed, 0 unchanged; 10 in all.\n"
    assert said.err == f"{older} had schema 1; it was brought to {store.SCHEMA_VERSION}.\n"
    assert rows(older) == rows(table)
    assert load(older) == 0
    assert capsys.readouterr() == (
        f"{older}: 0 facts added, 0 changed, 0 unchanged; 10 in all; nothing to write.\n",
        "",
    )


def test_a_table_made_by_other_code_is_indexed_anew(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = rows(table)
    with closing(sqlite3.connect(table)) as connection:
        connection.execute("UPDATE meta SET value = 'another' WHERE key = 'made_by'")
        connection.execute("DELETE FROM vocabulary")
        connection.commit()
    assert load(table) == 0
    assert capsys.readouterr().err == f"{table} was made by another version of this bot; its index was made anew.\n"
    assert rows(table) == whole


def test_the_classifier_is_kept_while_nothing_that_it_learns_from_changes(table: Path, file: Path) -> None:
    def marked() -> bool:
        with closing(sqlite3.connect(table)) as connection:
            return connection.execute("SELECT 1 FROM weights WHERE feature = 'marked'").fetchall() == [(1,)]

    with closing(sqlite3.connect(table)) as connection:
        connection.execute("INSERT INTO weights VALUES ('marked', 1, x'00')")
        connection.commit()
    assert load(table, file) == 0
    assert marked()
    file.write_text('[unanswerable]\nen = "who sails the ferry"\n', encoding="utf-8")
    assert load(table, file, "--format", "toml") == 0
    assert not marked()


# Live


@pytest.fixture
def answerer(table: Path) -> Iterator[Answerer]:
    opened = Answerer(table)
    yield opened
    opened.close()


def test_a_running_bot_answers_from_the_new_facts(table: Path, answerer: Answerer, tmp_path: Path) -> None:
    def asked() -> list[str]:
        question = Question("Which whale hangs in the entrance hall?", datetime.now(UTC))
        reply, _ = answerer.answer(question, Conversation())
        return [match.fact.id for match in reply.facts] if isinstance(reply, Answer) else []

    assert "whale" not in asked()
    whale = tmp_path / "whale.csv"
    whale.write_text("id,text,publisher\nwhale,A blue whale hangs in the entrance hall.,Museum\n", encoding="utf-8")
    tables.load(table, whale)
    assert asked() == ["whale"]
    load(table, "--rollback")
    assert "whale" not in asked()


def test_loads_of_the_same_files_make_the_same_table(table: Path, tmp_path: Path) -> None:
    other = tmp_path / "again.db"
    tables.load(other, INVENTED)
    assert rows(other) == rows(table)
