"""facts.db is what scripts/facts/ says: rows, and what the bot finds in them. Made by
`scripts/load_facts.py --fresh scripts/facts/*.toml`."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import store
from bot.answering import Answerer
from bot.model import Conversation, Question
from tests import tables
from tests.tables import CHECKOUT, SHIPPED

COMMAND = "scripts/load_facts.py --fresh scripts/facts/*.toml"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table made of the same files now; it takes the classifier over only where it would be the same."""
    table = Path(shutil.copy(SHIPPED, tmp_path_factory.mktemp("made")))
    with closing(sqlite3.connect(table)) as connection, connection:
        connection.execute("UPDATE meta SET value = 'another version' WHERE key = 'made_by'")  # all else is made anew
    done = tables.run_load(table, "--fresh", *sorted((CHECKOUT / "scripts" / "facts").glob("*.toml")))
    assert (done.returncode, done.stderr.count("its index was made anew")) == (0, 1), done.stderr
    return table


@pytest.mark.parametrize(
    "query",
    [
        "SELECT f.id, f.lang, text, keywords, topic, attribution, as_of, position, publisher, title, url, published"
        " FROM facts f JOIN sources s ON s.id = f.source ORDER BY 1, 2",
        "SELECT * FROM concepts ORDER BY 1, 2",
        "SELECT * FROM unanswerable ORDER BY 1",
        "SELECT * FROM spellings ORDER BY 1",
        "SELECT id, lang, body, leans FROM search ORDER BY 1, 2",
        "SELECT * FROM vocabulary ORDER BY 1",
        "SELECT feature FROM weights ORDER BY 1",
        "SELECT value FROM meta WHERE key = 'ways'",
        "SELECT * FROM asked ORDER BY 1, 2",
        "SELECT value FROM meta WHERE key = 'made_by'",
    ],
)
def test_rows_agree(made: Path, query: str) -> None:
    with closing(store.open_reader(made)) as here, closing(store.open_reader(SHIPPED)) as there:
        assert here.execute(query).fetchall() == there.execute(query).fetchall(), (
            f"facts.db is not current: run {COMMAND}"
        )


def test_searches_agree(made: Path) -> None:
    with closing(store.open_reader(made)) as connection:
        ways = [
            json.loads(keywords)[-2]
            for (keywords,) in connection.execute("SELECT keywords FROM facts ORDER BY id, lang")
        ]
    with closing(Answerer(made)) as here, closing(Answerer(SHIPPED)) as there:
        for way in ways[::9]:
            question = Question(way, datetime(2021, 5, 5, tzinfo=UTC))
            mine, theirs = (one.answer(question, Conversation())[0] for one in (here, there))
            assert [match.fact for match in getattr(mine, "facts", ())] == [
                match.fact for match in getattr(theirs, "facts", ())
            ]


def test_it_opens_as_ordinary_tables() -> None:
    from sqlite_utils import Database

    database = Database(SHIPPED)
    counted = next(database.query("SELECT count(*) AS facts FROM facts WHERE lang = 'en'"))
    assert counted["facts"] > 30
    assert {"facts", "sources", "concepts", "search"} <= set(database.table_names())
    database.close()
