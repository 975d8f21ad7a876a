"""The probability that a match answers: what must hold of it, whatever the weights."""

import math

import pytest

from bot.confidence import ANSWER_FROM, SUGGEST_FROM, WEIGHTS, confidence, signs
from bot.index import Index
from bot.matcher import Scored, rank
from bot.query import Query, analyse

QUESTIONS = [
    "When was the lighthouse of Port Velm built?",
    "how often does the ferry sail",
    "how many ship models",
    "what is the population of Paris",
    "кто построил маяк",
    "zzzzzzzz",
    "?",
    "",
    "the the the",
]


def matches(index: Index, question: str) -> tuple[Query, list[Scored]]:
    query = analyse(index, question)
    return query, rank(index, query)


def test_the_thresholds_leave_room_for_answer_suggestion_and_silence() -> None:
    assert 0 < SUGGEST_FROM < ANSWER_FROM < 1


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_is_a_probability(index: Index, question: str) -> None:
    query, found = matches(index, question)
    for one in found:
        assert 0 <= confidence(query, one) <= 1
        assert all(math.isfinite(value) for value in signs(query, one).values())


def test_signs_of_ways_belong_to_facts_that_have_them(index: Index) -> None:
    query, found = matches(index, "who built the lighthouse with 40 figureheads")
    assert {"nameless" in signs(query, one) for one in found if one.ways} == {True}
    assert {"nameless" in signs(query, one) for one in found if not one.ways} == {False}
    assert {"score" in signs(query, one) for one in found if not one.ways} == {True}


def test_a_fact_that_holds_no_word_of_the_question_answers_nothing(index: Index) -> None:
    for question in ("?", "", "the the the", "zzzzzzzz", "1887"):
        query, found = matches(index, question)
        assert {confidence(query, one) for one in found} <= {0.0}, question


def test_every_weight_is_of_a_sign_that_there_is(index: Index) -> None:
    query, found = matches(index, "who built the lighthouse with 40 figureheads")
    for kind, one in (("by_ways", next(m for m in found if m.ways)), ("by_words", next(m for m in found if m.words))):
        assert set(WEIGHTS[kind]) - {"bias"} <= set(signs(query, one))
