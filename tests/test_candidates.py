"""Which documents are looked at, in a table with words in many documents and in few."""

import contextlib
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import candidates, store
from bot.candidates import best_by_words
from bot.vocabulary import Vocabulary
from scripts.measure.tables import make_table

SIZE = 5_000
COMMON = ["harbour", "vessel", "captain", "cargo"]
"""Each in more than half of the documents."""
EVERY = 500
"""One in so many documents has a rare word too."""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents of common words; a few with a rare one."""
    chance = random.Random(1)
    rows = []
    for number in range(SIZE):
        said = [word for word in COMMON if chance.random() < 0.6]
        rare = ["walrus"] if number % EVERY == 7 else []
        text = f"Entry {number}: {' '.join([*said, *rare])}."
        rows.append({"id": f"f{number}", "lang": "en", "text": text, "url": "https://velm.example/log"})
    return make_table(tmp_path_factory.mktemp("log") / "facts.db", rows)


@pytest.fixture
def connection(table: Path) -> Iterator[sqlite3.Connection]:
    """The table, open for reading."""
    with contextlib.closing(store.open_reader(table)) as opened:
        yield opened


@pytest.fixture
def common(connection: sqlite3.Connection) -> list[str]:
    """The terms of the common words."""
    rows = connection.execute("SELECT term FROM vocabulary WHERE term != 'entri' ORDER BY docs DESC LIMIT 4")
    return [term for (term,) in rows]


def found(connection: sqlite3.Connection, terms: list[str], limit: int = 20) -> list[set[str]]:
    """The terms of the documents that are found, best first."""
    docids = best_by_words(connection, Vocabulary(connection, SIZE), terms, limit)
    assert len(docids) == len(set(docids)) <= limit
    bodies = dict(connection.execute("SELECT docid, body FROM search"))
    return [set(bodies[docid].split()) for docid in docids]


def test_documents_with_the_rare_word_come_with_the_most_others_first(
    connection: sqlite3.Connection, common: list[str]
) -> None:
    documents = found(connection, ["walrus", *common])
    assert len(documents) == SIZE // EVERY
    assert all("walrus" in document for document in documents)
    held = [len(document & set(common)) for document in documents]
    assert held[0] > held[-1]
    assert held[0] == max(held)


def test_of_common_words_alone_documents_with_all_of_them_are_found(
    connection: sqlite3.Connection, common: list[str]
) -> None:
    assert min(Vocabulary(connection, SIZE).documents_with(term) for term in common) > candidates.MOST_ROWS
    documents = found(connection, common)
    assert len(documents) == 20
    assert all(set(common) <= document for document in documents)


def test_words_in_many_documents_that_few_hold_together(connection: sqlite3.Connection, common: list[str]) -> None:
    together = [document for document in found(connection, common, limit=SIZE) if set(common) <= document]
    assert 0 < len(together) < SIZE / 4
    assert len(found(connection, common, limit=SIZE)) == candidates.MOST_ROWS


def test_one_common_word_still_finds_documents_with_it(connection: sqlite3.Connection, common: list[str]) -> None:
    documents = found(connection, common[:1])
    assert len(documents) == 20
    assert all(common[0] in document for document in documents)


def test_few_documents_are_ranked_by_bm25(connection: sqlite3.Connection) -> None:
    documents = found(connection, ["walrus", "1507", "nowhere"])
    assert documents[0] >= {"walrus", "1507"}
    assert len(documents) == SIZE // EVERY
    assert found(connection, ["nowhere"]) == found(connection, []) == []
