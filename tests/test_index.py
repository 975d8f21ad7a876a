"""What the table knows of words, read from the invented facts."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from bot.classifier import NOBODY
from bot.index import Index
from bot.store import TableError
from tests.tables import FIGUREHEAD, LIGHTHOUSE


def ids(index: Index, terms: list[str], limit: int = 10) -> list[tuple[str, str]]:
    documents = index.documents(index.candidates(terms, limit))
    return [(document.fact.id, document.fact.lang) for document in documents]


def test_the_table_is_read_whole(index: Index) -> None:
    assert index.size == 10
    assert index.classes == ["-", "ferry", "festival", "lighthouse", "mayor"]
    assert set(index.kinds) == {"ferry", "festival", "lighthouse", "mayor"}
    assert index.kinds["lighthouse"]["who"] > 0
    assert "how_many" not in index.kinds["lighthouse"]


def test_candidates_hold_a_term_and_the_best_come_first(index: Index) -> None:
    assert ids(index, ["figurehead", "brig"])[0] == ("figurehead", "en")
    assert set(ids(index, ["figurehead"])) == {("figurehead", "en"), ("models", "en")}
    assert len(ids(index, ["figurehead", "ship", "own", "1902"])) == 3
    assert len(ids(index, ["figurehead"], limit=1)) == 1


def test_facts_with_ways_of_asking_are_no_candidates(index: Index) -> None:
    assert ids(index, ["_lighthouse", "ferri", "festiv"]) == []


@pytest.mark.parametrize("terms", [[], ["nowhere"], ['"', "*"], ["NEAR", "OR"], ["the"]])
def test_terms_that_no_document_holds_have_no_candidates(index: Index, terms: list[str]) -> None:
    assert index.candidates(terms, 10) == []


def test_a_document_is_a_fact_with_its_terms(index: Index) -> None:
    (found,) = list(index.versions("figurehead"))
    assert found.fact == FIGUREHEAD
    assert found.own == {"oldest", "figurehead", "come", "brig", "saint", "olga", "sank", "near", "_n_ostrey", "1794"}
    assert found.order[:4] == ("oldest", "figurehead", "come", "brig")
    assert found.terms == found.own


def test_keywords_are_terms_of_a_document_but_not_its_own(index: Index) -> None:
    (ferry,) = index.versions("ferry")
    assert ferry.line.split() == list(ferry.order)
    assert set(ferry.lines.split()) == ferry.terms
    assert "boat" in ferry.terms
    assert "boat" not in ferry.own


def test_versions_are_all_languages_of_a_fact(index: Index) -> None:
    versions = {version.fact.lang: version.fact for version in index.versions("lighthouse")}
    assert sorted(versions) == ["en", "kk", "ru", "tg"]
    assert versions["ru"] == LIGHTHOUSE
    assert index.versions("nowhere") == []
    assert [index.in_language(versions["kk"], lang) for lang in ("ru", "kk", "de")] == [
        versions["ru"],
        versions["kk"],
        versions["en"],
    ]
    assert index.in_language(FIGUREHEAD, "ru") == FIGUREHEAD


def test_neighbours_are_of_one_source_and_language_in_order(index: Index) -> None:
    (middle,) = index.versions("figurehead")
    assert [near.fact.id for near in index.neighbours(middle)] == ["models", "figurehead", "ropewalk"]
    russian = next(version for version in index.versions("lighthouse") if version.fact.lang == "ru")
    assert [near.fact.id for near in index.neighbours(russian)] == ["lighthouse"]


def test_surroundings_are_the_texts_of_the_neighbours(index: Index) -> None:
    first, middle, last = (index.versions(fact)[0] for fact in ("models", "figurehead", "ropewalk"))
    around, other = index.surroundings([middle, first])
    assert around.lines == (first.line, middle.line, last.line)
    assert all(line in around.all for line in around.lines)
    assert around.before == first.line
    assert (other.lines, other.before) == (around.lines, "")
    assert index.surroundings([first, middle]) == [other, around]


def test_documents_come_in_the_order_asked_for(index: Index) -> None:
    docids = [version.docid for version in index.versions("lighthouse")]
    assert [document.docid for document in index.documents(docids[::-1])] == docids[::-1]
    assert index.documents([]) == []
    assert index.documents([10_000]) == []


def test_some_facts_are_of_one_language_and_always_the_same(index: Index) -> None:
    facts = index.some_facts("en", most=3)
    assert 0 < len(facts) <= 3
    assert {fact.lang for fact in facts} == {"en"}
    assert index.some_facts("en", most=3) == facts
    assert index.some_facts("de") == []


def test_the_classifier_has_rows_for_the_features_that_it_knows(index: Index) -> None:
    rows = index.weights(["wbuilt", "b^ who", "no such feature"])
    assert len(rows) == 2
    assert all(rarity > 0 and row for rarity, row in rows)
    assert index.weights(["no such feature", "wbuilt"]) == rows[:1]
    assert index.weights([]) == []


def test_questions_without_an_answer_are_found_by_their_terms(index: Index) -> None:
    every = index.asked(NOBODY)
    term = every[0].split()[0]
    assert index.unanswerable([term, term]) == {one for one in every if term in one.split()}
    assert index.unanswerable(["zzz"]) == set()


def test_reading_changes_nothing(index: Index) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        index.connection.execute("DELETE FROM facts")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE meta SET value = '0' WHERE key = 'normaliser'", "built by another version of this bot"),
        ("DROP TABLE vocabulary", "is damaged (no such table: vocabulary)"),
        ("DROP TABLE spellings", "is damaged (no such table: spellings)"),
    ],
)
def test_a_table_of_ours_that_does_not_fit_is_refused(invented: Path, tmp_path: Path, damage: str, said: str) -> None:
    copy = tmp_path / "facts.db"
    shutil.copyfile(invented, copy)
    with sqlite3.connect(copy) as connection:
        connection.execute(damage)
    connection.close()
    with pytest.raises(TableError) as caught:
        Index(copy)
    assert said in str(caught.value)
    assert str(copy) in str(caught.value)


def test_a_concept_is_spelled_in_its_language_else_in_english(index: Index) -> None:
    spelled = index.connection.execute("SELECT terms FROM spellings")
    found = [(index.spelling(term, "en"), index.spelling(term, "tg")) for (term,) in spelled]
    assert set(found) == {("", "")}  # plain terms are no concepts
    names = index.connection.execute("SELECT concept, words FROM concepts WHERE lang = 'en'").fetchall()
    assert names
    for concept, words in names:
        assert index.spelling(f"_{concept}", "en") == json.loads(words)[0]


def test_the_next_sentence_follows(index: Index) -> None:
    first, middle, last = (index.versions(fact)[0] for fact in ("models", "figurehead", "ropewalk"))
    assert index.followers([first, middle, last]) == [middle, last]
    assert [index.preceding(one) for one in (first, middle, last)] == [None, first, middle]
