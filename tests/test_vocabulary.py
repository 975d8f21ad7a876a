"""What is known of words, read from the invented facts; and that no near spelling is overlooked."""

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from rapidfuzz.distance import OSA

from bot import store
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
def test_misspelled_terms_are_corrected_to_the_table_s_own(
    words: Vocabulary, misspelled: str, meant: str, distance: int
) -> None:
    assert words.corrections(misspelled)[0] == (meant, distance)


@pytest.mark.parametrize("term", ["", "x", "no", "1888", "zzzzzzzz", "figxxxhead", "_n_vel"])
def test_terms_too_far_or_too_short_are_not_corrected(words: Vocabulary, term: str) -> None:
    assert words.corrections(term) == []


def test_all_corrections_are_equally_near_and_no_more_than_asked(words: Vocabulary) -> None:
    for most in (1, 3):
        found = words.corrections("hed", most)
        assert len({distance for _, distance in found}) <= 1
        assert len(found) <= most


def test_only_words_are_corrected_to_not_concepts_or_what_is_short(words: Vocabulary) -> None:
    assert "_n_velm" not in dict(words.corrections("nvelm", 100))
    assert all(len(found) >= 3 for found, _ in words.corrections("tha", 100))


def test_one_edit_is_always_found_and_two_where_an_end_is_as_it_was(tmp_path: Path) -> None:
    made = make(tmp_path, facts=300, questions=5, data=tmp_path)
    table = make_table(tmp_path / "table.db", made.read())
    chance = random.Random(4)
    with contextlib.closing(store.open_reader(table)) as connection:
        words = Vocabulary(connection, 300)
        known = [term for (term,) in connection.execute("SELECT term FROM vocabulary WHERE backwards IS NOT NULL")]
        for term in chance.sample(known, 150):
            one = edited(term, chance)
            if len(one) >= 3 and not words.knows(one):
                nearest = {other for other in known if OSA.distance(one, other) == 1}
                assert {found for found, _ in words.corrections(one, 10_000)} == nearest
            two = edited(edited(term, chance), chance)
            if len(two) > 8 and two[:3] == term[:3] and OSA.distance(two, term) == 2 and not words.knows(two):
                assert words.corrections(two), (two, term)
