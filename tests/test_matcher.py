"""Which facts a question finds, over the invented facts: clear cases only, no figures."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.index import Index
from bot.matcher import content_terms, rank
from bot.query import analyse


def found(index: Index, question: str) -> tuple[list[str], list[str]]:
    """Ids of the facts judged by their ways of asking, and of those judged by their words, best first."""
    ranked = rank(index, analyse(index, question))
    return [one.id for one in ranked if one.ways], [one.id for one in ranked if one.words]


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("When was the lighthouse of Port Velm built?", "lighthouse"),  # its own way of asking
        ("in what year did they build the lighthouse", "lighthouse"),
        ("builder of the beacon", "lighthouse"),
        ("кто построил маяк?", "lighthouse"),
        ("шамшырақты кім салды", "lighthouse"),
        ("манораро кӣ сохт", "lighthouse"),
        ("how many crossings are there to Ostrey Island", "ferry"),
        ("where does the Halcyon sail", "ferry"),
        ("who is mayor of Velm", "mayor"),
        ("who governed the town before Tomas Birn", "mayor"),
        ("when is the herring festival", "festival"),
        ("whn is the herrign festval", "festival"),  # misspelled
    ],
)
def test_facts_with_ways_of_asking(index: Index, question: str, fact: str) -> None:
    classed, rest = found(index, question)
    assert classed[0] == fact
    assert fact not in rest


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("How many ship models does the museum own?", "models"),
        ("Where does the oldest figurehead come from?", "figurehead"),
        ("which brig sank in 1794", "figurehead"),
        ("how long was the ropewalk", "ropewalk"),
        ("what burned down in 1902", "ropewalk"),
        ("how lnog was teh ropewlak", "ropewalk"),
    ],
)
def test_facts_without_ways_of_asking_are_found_by_their_text(index: Index, question: str, fact: str) -> None:
    assert found(index, question)[1][0] == fact


def test_a_fact_is_listed_once_whatever_its_languages(index: Index) -> None:
    classed, rest = found(index, "the lighthouse of Ida Kroon in Port Velm")
    assert len({*classed, *rest}) == len([*classed, *rest])
    assert not set(classed) & set(rest)


def test_of_a_fact_s_languages_the_asker_s_is_looked_at(index: Index) -> None:
    for question, lang in (("кто построил маяк", "ru"), ("шамшырақты кім салды", "kk"), ("who built the beacon", "en")):
        best = rank(index, analyse(index, question))[0]
        assert (best.id, best.document.fact.lang) == ("lighthouse", lang)


def test_a_question_that_nothing_touches_finds_nothing_by_words(index: Index) -> None:
    assert found(index, "zzzzzzzz qqqqqqqq")[1] == []


@pytest.mark.parametrize(
    ("question", "strangers", "figures"),
    [
        ("who built the lighthouse of Ostrey Island in 1999", 1, 1),
        ("who built the lighthouse of Ostrey Island in 1887", 1, 0),
        ("who built the lighthouse of Port Velm in 1887", 0, 0),
    ],
)
def test_names_and_figures_that_a_fact_lacks_are_counted(
    index: Index, question: str, strangers: int, figures: int
) -> None:
    covers = {one.id: one.cover for one in rank(index, analyse(index, question))}
    assert (covers["lighthouse"].strangers, covers["lighthouse"].figures) == (strangers, figures)


def test_a_fact_that_holds_the_whole_question_covers_it(index: Index) -> None:
    covers = {one.id: one.cover for one in rank(index, analyse(index, "the oldest figurehead of the brig"))}
    assert (covers["figurehead"].share, covers["figurehead"].held, covers["figurehead"].gap) == (1.0, 3, 0.0)
    assert covers["models"].held == 1
    assert 0 < covers["models"].share < 1
    assert covers["models"].gap > 0


def test_content_terms_leave_the_little_words_out(index: Index) -> None:
    content = content_terms(index, analyse(index, "who is the figurehead of the brig"))
    assert set(content) == {"figurehead", "brig"}
    assert all(weight > 0 for weight in content.values())


def test_a_corrected_word_weighs_less(index: Index) -> None:
    right = content_terms(index, analyse(index, "figurehead"))["figurehead"]
    corrected = content_terms(index, analyse(index, "figurhead"))["figurehead"]
    assert 0 < corrected < right


ASKED = "who when how many the lighthouse ferry port velm маяк 1887 figurehead brig ropwalk ?"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from(sorted(set(ASKED.split()))), max_size=12))
def test_scores_and_shares_keep_within_their_ranges(index: Index, words: list[str]) -> None:
    ranked = rank(index, analyse(index, " ".join(words)))
    for one in ranked:
        assert (one.ways is None) != (one.words is None)
        assert -1e-9 <= one.cover.share <= 1 + 1e-9
        assert 0 <= one.cover.gap <= 1 + 1e-9
        assert 0 <= one.cover.held <= len(words)
        assert 0 <= one.cover.strangers <= len(words)
        assert one.ways is None or 0 <= one.ways.chance <= 1
    for kind in ("ways", "words"):
        scores = [one.score for one in ranked if getattr(one, kind)]
        assert scores == sorted(scores, reverse=True)
