"""What is told or offered beside the fact that answers: other times, what else there is."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.answering import Answerer
from bot.model import Answer, Conversation, Question
from bot.wording import offered_labels, to_html, to_text
from tests import tables

NOW = datetime(2021, 5, 5, 12, 0, tzinfo=UTC)
WAYS = (
    "who won the regatta",
    "winner of the regatta",
    "regatta of Port Velm",
    "which boat came first in the regatta",
    "regatta result",
    "fastest boat at the regatta",
    "who came in first at the regatta",
)


@pytest.fixture(scope="module")
def regattas(invented: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    """The invented facts and the regattas of three years, only that of 2019 with ways without the year."""
    folder = tmp_path_factory.mktemp("regattas")
    rows = ['lang = "en"', 'publisher = "The Velm Herald"']
    for year, boat in ((2017, "Gull"), (2018, "Petrel"), (2019, "Heron")):
        ways = "\n".join([f"Who won the regatta of {year}?", *(f"{way} {year}" for way in WAYS)])
        ways += "\n" + "\n".join(WAYS if year == 2019 else [f"{year} {way}" for way in WAYS])
        rows += [
            "[[facts]]",
            f'id = "regatta-{year}"',
            f'url = "https://velm.example/{year}"',
            f'text = "The boat {boat} won the regatta of Port Velm in {year}."',
            f'keywords = """\n{ways}\n"""',
        ]
    file = folder / "regattas.toml"
    file.write_text("\n".join(rows), encoding="utf-8")
    table = Path(shutil.copyfile(invented, folder / "facts.db"))
    tables.load(table, file)
    opened = Answerer(table)
    yield opened
    opened.close()


def ask(answerer: Answerer, asked: str) -> Answer:
    reply, _ = answerer.answer(Question(asked, NOW), Conversation())
    assert isinstance(reply, Answer), reply
    return reply


def test_without_a_year_the_latest_is_told_and_others_are_offered(regattas: Answerer) -> None:
    reply = ask(regattas, "the winner of the regatta?")
    assert [match.fact.id for match in reply.facts] == ["regatta-2019"]
    assert {match.fact.id for match in reply.also} == {"regatta-2018", "regatta-2017"}
    assert sorted(offered_labels(reply)) == ["Who won the regatta of 2017?", "Who won the regatta of 2018?"]
    ending = to_text(reply).partition("\n\nOr do you mean:\n")[2]
    assert sorted(ending.splitlines()) == ["• Who won the regatta of 2017?", "• Who won the regatta of 2018?"]
    assert to_html(reply).endswith(f"\n\nOr do you mean:\n{ending}")


def test_with_a_year_that_year_is_told_alone(regattas: Answerer) -> None:
    for year in (2017, 2018, 2019):
        reply = ask(regattas, f"who won the regatta in {year}?")
        assert ([match.fact.id for match in reply.facts], reply.also) == ([f"regatta-{year}"], ())


def test_more_goes_on_with_other_years(regattas: Answerer) -> None:
    _, conversation = regattas.answer(Question("who won the regatta of 2018?", NOW), Conversation())
    reply, conversation = regattas.answer(Question("tell me more", NOW), conversation)
    assert isinstance(reply, Answer)
    assert {match.fact.id for match in reply.facts} == {"regatta-2017", "regatta-2019"}
    assert conversation.last_facts == ("regatta-2018",)


def test_what_tells_of_no_year_has_no_other_times(regattas: Answerer) -> None:
    assert ask(regattas, "when does the ferry sail").also == ()
