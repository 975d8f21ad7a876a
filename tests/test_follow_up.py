"""Which question a message asks in a talk, over the shipped table."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.answering import Answerer
from bot.model import Answer, Conversation, Question

NOW = datetime(2021, 5, 5, 12, 0, tzinfo=UTC)


def talk(answerer: Answerer, *turns: str) -> list[str]:
    """The subject of the first fact stated in each turn; empty where none was."""
    conversation, told = Conversation(), []
    for number, turn in enumerate(turns):
        reply, conversation = answerer.answer(Question(turn, NOW + timedelta(minutes=number)), conversation)
        told.append(reply.facts[0].fact.id.partition("--")[0] if isinstance(reply, Answer) else "")
    return told


@pytest.mark.parametrize(
    ("turns", "told"),
    [
        (
            ("Who is the president of Tajikistan?", "and of Kyrgyzstan?", "and Kazakhstan?"),
            ["rahmon", "japarov", "tokayev"],
        ),
        (("Кто президент Казахстана?", "а Таджикистана?", "а Кыргызстана?"), ["tokayev", "rahmon", "japarov"]),
        (("Қазақстан президенті кім?", "ал Тәжікстан?"), ["tokayev", "rahmon"]),
        (
            ("When did the Tajik mission in Kazakhstan open?", "and the Kazakh one in Dushanbe?"),
            ["tajik-mission", "kazakh-mission"],
        ),
        (
            ("What was the trade between Kazakhstan and Tajikistan in 2021?", "and in 2022?", "what about 2019?"),
            ["trade-2021", "trade-2022", "trade-2019-tj-mfa"],
        ),
        (("савдои ду кишвар дар соли 2020 чӣ қадар буд?", "дар соли 2025 чӣ?"), ["trade-2020", "trade-2025"]),
    ],
)
def test_other_names_and_years_take_the_place_of_those_asked_for(
    shipped: Answerer, turns: tuple[str, ...], told: list[str]
) -> None:
    assert talk(shipped, *turns) == told


@pytest.mark.parametrize(
    "turns",
    [
        ("When was Tokayev born?", "and Rahmon?"),
        ("Когда родился Токаев?", "а Рахмон?"),
        ("Who is the president of Tajikistan?", "and Mongolia?"),
        ("What was the trade between Kazakhstan and Tajikistan in 2021?", "and in 1995?"),
    ],
)
def test_where_the_table_has_nothing_for_them_nothing_is_told(shipped: Answerer, turns: tuple[str, ...]) -> None:
    first, second = talk(shipped, *turns)
    assert first
    assert second == ""


def test_what_a_message_says_must_be_told_whatever_was_asked_before(shipped: Answerer) -> None:
    turns = ("When did Kazakhstan and Tajikistan sign the Treaty on Allied Relations?", "did parliament ratify it?")
    assert talk(shipped, *turns) == ["allied-treaty-2024", "allied-treaty-majilis-2026"]


def test_who_is_not_named_is_the_one_spoken_of(shipped: Answerer) -> None:
    assert talk(shipped, "чандсола аст?") == ["tokayev-born"]
    assert talk(shipped, "Тоқаев кист?", "чандсола аст?") == ["tokayev", "tokayev-born"]
    assert talk(shipped, "Берик Уалӣ кист?", "чандсола аст?") == ["uali", ""]
