"""What is known of words, read from the invented facts; and that no near spelling is overlooked."""

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from rapidfuzz.distance import OSA

from bot import store, text
from bot.vocabulary import Vocabulary
from scripts.measure.synthetic import make
from scripts.measure.tables import make_table
from scripts.measure.typos import edited


@pytest.fixture(scope="module")
def words(invented: Path) -> Iterator[Vocabulary]:
    """The words of the invented facts, in a table of ten documents."""
    with contextlib.closing(store.open_reader(invented)) as connection:
        yield Vocabulary(connection, 10)


def test_rarity_falls_with_the_number_of_documents(words: Vocabulary) -> None:
    assert words.documents_with("_n_velm") > words.documents_with("brig") == 1
    assert words.documents_with("nowhere") == 0
    assert words.rarity("_n_velm") < words.rarity("brig") < words.rarity("nowhere")
    assert words.rarity("_n_velm") > 0


def test_known_are_words_of_documents_concepts_stopwords_and_unanswerable_questions(words: Vocabulary) -> None:
    assert [term for term in ("figurehead", "croon", "the", "popul", "nowhere", "") if words.knows(term)] == [
        "figurehead",
        "croon",
        "the",
        "popul",
    ]


def test_terms_are_spoken_in_their_languages(words: Vocabulary) -> None:
    assert words.spoken_in("festiv", "en")
    assert not words.spoken_in("festiv", "ru")
    assert not words.spoken_in("nowhere", "en")
    assert {lang for lang in ("en", "ru", "kk", "tg") if words.spoken_in("_n_kroon", lang)} == {"en", "ru", "kk", "tg"}


@pytest.mark.parametrize(
    ("misspelled", "meant", "distance"),
    [
        ("figurhead", "figurehead", 1),
        ("figruehead", "figurehead", 1),
        ("figrehad", "figurehead", 2),
        ("brigg", "brig", 1),
    ],
)
def test_misspelled_words_are_near_the_table_s_own(
    words: Vocabulary, misspelled: str, meant: str, distance: int
) -> None:
    near = words.nearest(misspelled, text.term(misspelled, "en"))[0]
    assert (near.word, near.term, near.distance) == (meant, text.term(meant, "en"), distance)


def test_a_word_is_near_another_with_its_ending_on(words: Vocabulary) -> None:
    near = words.nearest("festivel", text.term("festivel", "en"))
    assert [(one.word, one.term, one.distance) for one in near] == [("festival", "festiv", 1)]


def test_a_new_ending_on_a_misspelled_word_leads_to_its_term(words: Vocabulary) -> None:
    assert [one.term for one in words.nearest("festizish", "festiz")] == ["festiv"]


def test_what_a_concept_spells_is_as_common_as_the_concept(words: Vocabulary) -> None:
    assert words.nearest("velmm", "velmm")[0].docs == words.documents_with("_n_velm")


@pytest.mark.parametrize("word", ["", "x", "no", "1888", "zzzzzzzz", "figxxxhead", "_n_vel"])
def test_words_too_far_or_too_short_are_near_none(words: Vocabulary, word: str) -> None:
    assert words.nearest(word, word) == []


def test_all_that_are_near_are_equally_near_words_of_three_letters_and_more(words: Vocabulary) -> None:
    for typed in ("hed", "tha", "nvelm"):
        found = words.nearest(typed, typed)
        assert len({near.distance for near in found}) <= 1
        assert all(len(near.word) >= 3 and near.word.isalpha() for near in found)


def test_one_edit_is_always_found_and_two_where_an_end_is_as_it_was(tmp_path: Path) -> None:
    made = make(tmp_path, facts=300, questions=5, data=tmp_path)
    table = make_table(tmp_path / "table.db", made.read())
    chance = random.Random(4)
    with contextlib.closing(store.open_reader(table)) as connection:
        words = Vocabulary(connection, 300)
        known = [word for (word,) in connection.execute("SELECT word FROM words WHERE written > ''")]
        for word in chance.sample(known, 150):
            one = edited(word, chance)
            nearest = {other for other in known if OSA.distance(one, other) == 1}
            if len(one) >= 3 and nearest:
                assert {near.word for near in words.nearest(one, one)} == nearest
            two = edited(edited(word, chance), chance)
            if len(two) > 8 and two[:3] == word[:3] and OSA.distance(two, word) == 2:
                assert words.nearest(two, two), (two, word)
