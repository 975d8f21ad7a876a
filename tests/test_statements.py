"""Every statement of the article is found by questions that were written after its keywords."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.answering import Answerer
from bot.model import Answer, Conversation, Question
from tests.tables import CHECKOUT, SHIPPED

NOW = datetime(2021, 5, 5, 12, 0, tzinfo=UTC)
ENOUGH = 3
STATEMENTS = {
    row["id"]: row["questions"]
    for row in map(json.loads, Path(__file__).with_name("statements.jsonl").read_text(encoding="utf-8").splitlines())
}


def test_every_statement_is_answered_however_it_is_asked_for() -> None:
    with closing(Answerer(SHIPPED)) as answerer:
        found = {
            fact_id: sum(fact_id in stated(answerer, question) for question in questions)
            for fact_id, questions in STATEMENTS.items()
        }
    assert {fact_id: right for fact_id, right in found.items() if right < ENOUGH} == {}


def test_no_statement_is_left_out_and_no_question_is_a_keyword() -> None:
    keywords = (CHECKOUT / "scripts" / "facts" / "article.en.toml").read_text(encoding="utf-8")
    lines = {line.strip(" ?").casefold() for line in keywords.splitlines()}
    assert set(STATEMENTS) == {line.split('"')[1] for line in keywords.splitlines() if line.startswith("id = ")}
    assert [one for asked in STATEMENTS.values() for one in asked if one.strip(" ?").casefold() in lines] == []


def stated(answerer: Answerer, question: str) -> list[str]:
    reply, _ = answerer.answer(Question(question, NOW), Conversation())
    return [match.fact.id for match in reply.facts] if isinstance(reply, Answer) else []
