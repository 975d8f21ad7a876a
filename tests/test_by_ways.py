"""What the ways of asking say of a question's subjects, over the shipped table."""

from collections.abc import Iterator

import pytest

from bot.by_ways import TALKED_OF, Talk, by_ways
from bot.config import FACTS_DB
from bot.index import Index
from bot.query import analyse


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    opened = Index(FACTS_DB)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("asked", "subject", "other"),
    [
        ("Did Tokayev go to Tajikistan in May 2021?", "visit", "tokayev-dushanbe-sept-2021"),
        ("Did Tokayev go to Tajikistan in September 2021?", "tokayev-dushanbe-sept-2021", "visit"),
        ("Тоқаев Тәжікстанға 2021 жылы мамырда барды ма?", "visit", "tokayev-dushanbe-sept-2021"),
    ],
)
def test_who_tells_of_another_month_comes_after(index: Index, asked: str, subject: str, other: str) -> None:
    found = list(by_ways(index, analyse(index, asked)))
    assert found[0] == subject
    assert other not in found[:2]


def test_what_is_talked_of_is_likelier(index: Index) -> None:
    query = analyse(index, "what did they discuss")
    before = by_ways(index, query)
    subject = list(before)[2]
    after = by_ways(index, query, Talk(frozenset({subject, "no such subject"})))
    assert after[subject].lead == pytest.approx(before[subject].lead + TALKED_OF)
    assert after[subject].chance > before[subject].chance
