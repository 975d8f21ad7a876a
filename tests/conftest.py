"""Fixtures that several modules of tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answering import Answerer
from bot.index import Index
from tests import tables


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small table of invented facts (tests/invented.toml); for reading only."""
    table = tmp_path_factory.mktemp("invented") / "facts.db"
    tables.load(table, tables.INVENTED)
    return table


@pytest.fixture(scope="session")
def index(invented: Path) -> Iterator[Index]:
    """The invented facts, open for reading."""
    opened = Index(invented)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def answerer(invented: Path) -> Iterator[Answerer]:
    """Answers from the invented facts."""
    opened = Answerer(invented)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shipped() -> Iterator[Answerer]:
    """Answers from the table that is shipped."""
    opened = Answerer(tables.SHIPPED)
    yield opened
    opened.close()
