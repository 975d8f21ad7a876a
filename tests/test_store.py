"""facts.db: what is refused, what is read, and that a load puts in place a whole table or none."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot import store
from bot.store import TableError
from tests import tables
from tests.tables import FIGUREHEAD, LIGHTHOUSE


@pytest.fixture
def copy(invented: Path, tmp_path: Path) -> Path:
    """The invented facts in a file of the test's own."""
    return Path(shutil.copyfile(invented, tmp_path / "facts.db"))


@pytest.fixture
def reader(invented: Path) -> Iterator[sqlite3.Connection]:
    with closing(store.open_reader(invented)) as connection:
        yield connection


def refused(path: Path) -> str:
    with pytest.raises(TableError) as caught:
        store.open_reader(path).close()
    return str(caught.value)


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


# Reading


def test_a_fact_is_read_whole(reader: sqlite3.Connection) -> None:
    assert store.read_fact(reader, "lighthouse", "ru") == LIGHTHOUSE
    assert store.read_fact(reader, "figurehead", "en") == FIGUREHEAD


def test_a_fact_that_is_not_there_is_none(reader: sqlite3.Connection) -> None:
    assert store.read_fact(reader, "figurehead", "ru") is None
    assert store.read_fact(reader, "nobody", "en") is None
    assert store.read_fact(reader, "' OR 1=1 --", "en") is None


def test_facts_are_read_by_source_and_place(reader: sqlite3.Connection) -> None:
    assert [(fact.id, fact.lang) for fact in store.read_facts(reader)] == [
        ("lighthouse", "en"),
        ("lighthouse", "kk"),
        ("lighthouse", "ru"),
        ("lighthouse", "tg"),
        ("ferry", "en"),
        ("mayor", "en"),
        ("festival", "en"),
        ("models", "en"),
        ("figurehead", "en"),
        ("ropewalk", "en"),
    ]


def test_concepts_and_unanswerable_questions_are_read(reader: sqlite3.Connection) -> None:
    assert ("n_birn", "ru", ("Томас Бирн", "Бирн")) in store.read_concepts(reader)
    assert ("какой высоты маяк", "ru") in store.read_unanswerable(reader)


def test_a_reader_cannot_write(reader: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM facts")


def test_a_read_only_folder_suffices_and_stays_as_it_is(copy: Path) -> None:
    copy.chmod(0o444)
    copy.parent.chmod(0o555)
    try:
        with closing(store.open_reader(copy)) as connection:
            assert store.read_fact(connection, "ferry", "en") is not None
        assert [file.name for file in copy.parent.iterdir()] == ["facts.db"]
    finally:
        copy.parent.chmod(0o755)


@pytest.mark.parametrize("name", ["with space.db", "100%?#&.db", "факты.db", "a'b\".db"])
def test_any_file_name_will_do(copy: Path, name: str) -> None:
    odd = copy.rename(copy.with_name(name))
    with closing(store.open_reader(odd)) as connection:
        assert store.read_fact(connection, "ferry", "en") is not None


# What is refused


def test_a_missing_table(tmp_path: Path) -> None:
    path = tmp_path / "no.db"
    assert refused(path) == (
        f"There is no table of facts at {path}: make one with scripts/load_facts.py, or set BOT_FACTS_DB."
    )
    assert not path.exists()
    with pytest.raises(TableError, match="There is no table of facts at"):
        store.signature(path)


def test_a_folder(tmp_path: Path) -> None:
    assert refused(tmp_path).startswith(f"{tmp_path} is a folder, not a table of facts")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_table_that_may_not_be_read(copy: Path) -> None:
    copy.chmod(0)
    assert refused(copy).startswith(f"{copy} cannot be read as a table of facts")


@pytest.mark.parametrize("content", [b"not a database at all, though long enough" * 100, b"\x00" * 5000])
def test_a_file_of_another_kind(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "facts.db"
    path.write_bytes(content)
    assert refused(path).startswith(f"{path} cannot be read as a table of facts (file is not a database)")
    assert path.read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"\n", b"SQLite format 3\x00"])
def test_a_file_with_next_to_nothing_in_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "facts.db"
    path.write_bytes(content)
    assert str(path) in refused(path)


def test_a_foreign_database(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    change(path, "CREATE TABLE facts (id TEXT)")
    assert refused(path).startswith(f"{path} is not a table of facts of this bot: name another file")


def test_a_newer_table(copy: Path) -> None:
    change(copy, f"PRAGMA user_version = {store.SCHEMA_VERSION + 1}")
    assert refused(copy) == (
        f"{copy} has schema {store.SCHEMA_VERSION + 1}, newer than this bot's {store.SCHEMA_VERSION}: update the bot."
    )


def test_an_older_table(copy: Path) -> None:
    change(copy, f"PRAGMA user_version = {store.SCHEMA_VERSION - 1}")
    assert refused(copy).startswith(
        f"{copy} has the older schema {store.SCHEMA_VERSION - 1}: run scripts/load_facts.py"
    )


# Replacing


def facts_in(path: Path) -> int:
    with closing(store.open_reader(path)) as connection:
        return sum(1 for _ in store.read_facts(connection))


@pytest.fixture
def whale(tmp_path: Path) -> Path:
    """A file with one fact more."""
    file = tmp_path / "whale.toml"
    file.write_text(
        'lang = "en"\npublisher = "Maritime Museum"\n'
        '[[facts]]\nid = "whale"\ntext = "A whale skeleton of 21 metres hangs in the entrance hall."\n',
        encoding="utf-8",
    )
    return file


def test_a_load_puts_a_new_table_in_place_and_keeps_the_old_one(copy: Path, whale: Path) -> None:
    before = store.signature(copy)
    tables.load(copy, whale)
    assert facts_in(copy) == 11
    assert facts_in(copy.with_name("facts.db.previous")) == 10
    assert store.signature(copy) != before


def test_a_load_that_fails_leaves_the_table_as_it_was(copy: Path, whale: Path) -> None:
    before, signature = copy.read_bytes(), store.signature(copy)
    broken = whale.with_name("broken.toml")
    broken.write_text("[[facts]\n", encoding="utf-8")
    done = tables.run_load(copy, whale, broken)
    assert done.returncode == 2
    assert "broken.toml" in done.stderr
    assert (copy.read_bytes(), store.signature(copy)) == (before, signature)
    assert not copy.with_name("facts.db.previous").exists()


def test_a_reader_keeps_its_table_while_another_takes_its_place(copy: Path, whale: Path) -> None:
    with closing(store.open_reader(copy)) as reader:
        tables.load(copy, whale)
        assert sum(1 for _ in store.read_facts(reader)) == 10
    assert facts_in(copy) == 11


def test_a_missing_table_is_created(tmp_path: Path, whale: Path) -> None:
    path = tmp_path / "new.db"
    tables.load(path, whale)
    assert facts_in(path) == 1
    assert not path.with_name("new.db.previous").exists()


def test_a_foreign_database_is_never_replaced(tmp_path: Path, whale: Path) -> None:
    path = tmp_path / "other.db"
    change(path, "CREATE TABLE facts (id TEXT)")
    before = path.read_bytes()
    done = tables.run_load(path, whale)
    assert done.returncode == 2
    assert "is not a table of facts of this bot" in done.stderr
    assert path.read_bytes() == before


# The index over the documents


def test_the_full_text_index_agrees_with_its_documents(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")
        connection.execute("DELETE FROM search WHERE docid = 1")
        with pytest.raises(sqlite3.DatabaseError):  # the check does see a document that is gone
            connection.execute("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")


def test_a_table_that_got_other_permissions_counts_as_another(copy: Path) -> None:
    before = store.signature(copy)
    copy.chmod(0o600)
    assert store.signature(copy) != before
