"""Fixtures that several modules of tests share."""

import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.answering import Answerer
from bot.browsing import Guide
from bot.index import Index
from tests import tables
from tests.telegram_server import TelegramServer


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """No test reaches the network; a try fails at once and says where it wanted to go."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not ipaddress.ip_address(address[0]).is_loopback:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def logs_through_the_standard_library() -> None:
    """So that caplog sees them, as dictionaries."""
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    """A stand-in for Telegram, which is content with all that it was asked."""
    with TelegramServer() as server:
        yield server
    assert server.refused() == []


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


@pytest.fixture
def guide() -> Iterator[Guide]:
    """Shows round in the table that is shipped, from any one thread."""
    opened = Guide(tables.SHIPPED)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shipped() -> Iterator[Answerer]:
    """Answers from the table that is shipped."""
    opened = Answerer(tables.SHIPPED)
    yield opened
    opened.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    """How often a load is killed: a few times in the suite, 500 times when it is to be shown."""
    parser.addoption("--kills", default="15", help="kills of a load in test_load_table.py")
