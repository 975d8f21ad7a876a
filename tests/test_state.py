import random
import sqlite3
from pathlib import Path

import pytest

from bot import state
from bot.state import State, StateError
from tests.kills import kill_writer

BOT, OTHER = 1, 2


def test_a_handled_update_stays_handled_after_reopening(tmp_path: Path) -> None:
    first = State(tmp_path / "new" / "state.db")
    first.mark_handled(BOT, 5)
    first.close()
    again = State(tmp_path / "new" / "state.db")
    assert again.handled(BOT, [4, 5, 6]) == {5}
    assert again.handled(OTHER, [4, 5, 6]) == set()
    again.forget_handled(BOT, 6)
    assert again.handled(BOT, [5]) == set()
    again.close()


def test_what_is_put_aside_waits_in_order_until_it_is_handled(tmp_path: Path) -> None:
    kept = State(tmp_path / "state.db")
    kept.put_aside(BOT, [(9, '{"b": 1}'), (7, "{}")])
    kept.put_aside(BOT, [(9, '{"b": 2}')])
    assert kept.waiting(BOT) == [7, 9]
    assert kept.waiting(OTHER) == []
    assert kept.raw(BOT, 9) == '{"b": 1}'
    kept.mark_handled(BOT, 9, was_aside=True)
    assert kept.waiting(BOT) == [7]
    assert kept.raw(BOT, 9) is None
    kept.close()


@pytest.mark.parametrize("content", [b"", None], ids=["empty file", "no file"])
def test_a_new_file_gets_the_present_version(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "state.db"
    if content is not None:
        path.write_bytes(content)
    State(path).close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(state.MIGRATIONS),)
    connection.close()


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    State(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StateError, match="update the bot"):
        State(path)


def test_foreign_and_broken_files_are_refused_and_left_alone(tmp_path: Path) -> None:
    foreign, broken = tmp_path / "foreign.db", tmp_path / "broken.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    broken.write_bytes(b"not a database at all" * 100)
    before = foreign.read_bytes(), broken.read_bytes()
    for path in (foreign, broken, tmp_path):
        with pytest.raises(StateError, match="BOT_STATE_DB"):
            State(path)
    assert (foreign.read_bytes(), broken.read_bytes()) == before


def test_a_kill_at_any_moment_loses_nothing_that_was_said_to_be_handled(tmp_path: Path) -> None:
    assert kill_writer(tmp_path / "state.db", 5, random.Random(1)) >= 5
