"""What a follow-up refers to, and when a talk is forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import text
from bot.dialogue import (
    FORGET_AFTER,
    Readings,
    exchanged,
    has_pronoun,
    is_filler,
    leans,
    readings,
    remembered,
    swapped,
    wants_more,
)
from bot.model import Conversation

NOW = datetime(2021, 5, 5, 12, 0, tzinfo=UTC)
TALK = Conversation("when is the visit", NOW, ("visit",), ("visit", "formats"), "ru")


def words(message: str) -> str:
    return " ".join(text.words(text.normalise(message)))


def test_a_talk_is_remembered_for_half_an_hour() -> None:
    assert timedelta(minutes=30) == FORGET_AFTER
    assert remembered(TALK, NOW + FORGET_AFTER) == TALK
    assert remembered(TALK, NOW) == TALK


def test_after_that_only_its_language_is_kept() -> None:
    assert remembered(TALK, NOW + FORGET_AFTER + timedelta(seconds=1)) == Conversation(lang="ru")
    assert remembered(Conversation(lang="kk"), NOW) == Conversation(lang="kk")


@pytest.mark.parametrize(
    "message",
    [
        "tell me more",
        "More!",
        "and what else?",
        "go on please",
        "ещё",
        "расскажи подробнее",
        "а что ещё?",
        "ещё расскажите",
        "тағы",
        "тағы айтып бер",
        "толығырақ",
        "боз чӣ?",
        "давом деҳ",
        "муфассалтар",
        "боз нақл кун",
    ],
)
def test_going_on(message: str) -> None:
    assert wants_more(words(message))


@pytest.mark.parametrize(
    "message", ["", "tell me more about the roadmap", "more agreements?", "ещё раз кто", "боз кай", "боз гӯй ки кӣ"]
)
def test_a_question_does_not_merely_go_on(message: str) -> None:
    assert not wants_more(words(message))


@pytest.mark.parametrize(
    "message",
    [
        "And when?",
        "what about Dushanbe?",
        "when did he resign from the office of president",
        "where?",
        "а где?",
        "кто его пригласил и зачем он это сделал",
        "ал қашан?",
        "оны кім шақырды сол сапарға",
        "ва дар куҷо?",
        "ӯро кӣ ба ин сафар даъват кард",
        "who invited them to the meeting there",
    ],
)
def test_leaning(message: str) -> None:
    assert leans(words(message))


@pytest.mark.parametrize(
    "message",
    [
        "When does Tokayev visit Tajikistan?",
        "Когда Токаев посетит Таджикистан?",
        "Тоқаев Тәжікстанға қашан барады?",
        "Тоқаев ба Тоҷикистон кай меояд?",
    ],
)
def test_a_whole_question_leans_on_nothing(message: str) -> None:
    assert not leans(words(message))


def test_pronouns_stand_for_something() -> None:
    assert [has_pronoun(words(one)) for one in ("who invited him?", "кто его позвал", "and when?", "the visit")] == [
        True,
        True,
        False,
        False,
    ]


BEFORE = "when is the visit"


def test_a_pronoun_may_mean_each_person() -> None:
    assert readings("who invited him", BEFORE, ["Tokayev", "Rahmon"]) == Readings(
        named=["who invited Tokayev", "who invited Rahmon"],
        only_named=True,
        carried="",
        joined="who invited is the visit",
        about="",
    )


def test_they_are_the_first_two_or_something_else() -> None:
    assert readings("what will they sign", BEFORE, ["Rahmon", "Japarov", "Tokayev"]) == Readings(
        named=["what will Rahmon Japarov sign"],
        only_named=False,
        carried="",
        joined="what will sign is the visit",
        about="",
    )


def test_an_ellipsis_is_filled_with_the_question_before() -> None:
    assert readings("and where", BEFORE, ["Tokayev"]) == Readings([], False, "", "where is the visit", "Tokayev where")
    assert readings("а где", BEFORE, []) == Readings([], False, "", "где is the visit", "")


def test_what_is_named_anew_takes_the_question_word_along() -> None:
    assert readings("what about the embassy", BEFORE, []).carried == "when the embassy"
    assert readings("and the embassy", "how many visits were there", []).carried == "how many the embassy"
    assert readings("and where is the embassy", BEFORE, []).carried == ""


def test_words_take_the_place_of_others_of_their_sort() -> None:
    asked = "did the tajik president call the kazakh president"
    assert swapped(asked, ["tajik", "kazakh"], ["kyrgyz", "uzbek"]) == [
        "did the kyrgyz president call the uzbek president"
    ]
    assert swapped(asked, ["tajik", "kazakh"], ["kyrgyz"]) == [
        "did the kyrgyz president call the kazakh president",
        "did the tajik president call the kyrgyz president",
    ]
    assert swapped(asked, ["tajik"], ["kyrgyz", "uzbek"]) == []
    assert swapped("trade in 2021", ["2021"], [r"\1"]) == [r"trade in \1"]


def test_two_words_change_places() -> None:
    assert exchanged("the tajik mission in kazakhstan", "tajik", "kazakhstan") == "the kazakhstan mission in tajik"


def test_years_of_a_month_say_nothing_beside_it() -> None:
    assert [is_filler(one) for one in ("year", "году", "жылы", "соли", "visit")] == [True, True, True, True, False]
