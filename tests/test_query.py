"""What a question says in the table's words, over the invented facts."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.index import Index
from bot.query import Query, Token, analyse


def test_a_question_in_the_table_s_own_words(index: Index) -> None:
    query = analyse(index, "Who built the lighthouse?")
    assert query == Query(
        "en",
        (
            Token("who", "who", 0),
            Token("built", "built", 0),
            Token("the", "the", 0),
            Token("lighthouse", "_lighthouse", 0),
        ),
        query.spelled,
        "who",
    )
    assert query.spelled[:3] == ("who", "built", "the")


def test_misspelled_words_are_corrected_and_keep_what_was_written(index: Index) -> None:
    query = analyse(index, "figurhead of Prt Velm")
    assert query.tokens == (
        Token("figurhead", "figurehead", 1),
        Token("of", "of", 0),
        Token("prt velm", "_n_velm", 1),
    )
    assert query.spelled == ("figurehead", "of", "port", "velm")
    assert query.terms == ["figurehead", "of", "_n_velm"]


def test_unknown_words_stay_as_they_are(index: Index) -> None:
    assert analyse(index, "zzzzzzzz ferry").tokens[0] == Token("zzzzzzzz", "zzzzzzzz", -1)


def test_names_meet_in_every_spelling_and_script(index: Index) -> None:
    for name in ("Ida Kroon", "Croon", "IDA KROON", "Ида Кроон", "ида кроон", "Кроон"):
        assert "_n_kroon" in analyse(index, f"{name}?").terms, name


@pytest.mark.parametrize(
    ("question", "hint", "lang"),
    [
        ("who built the lighthouse", None, "en"),
        ("who built the lighthouse", "ru", "en"),  # what is plain needs no hint
        ("кто построил маяк", None, "ru"),
        ("шамшырақты кім салды", None, "kk"),
        ("манораро кӣ сохт", None, "tg"),
        ("kto postroil mayak", None, "ru"),  # typed in Latin letters
        ("?!", "tg", "tg"),
        ("1887", None, "en"),
        ("?!", "de", "en"),  # no language of ours
        ("", "kk", "kk"),
    ],
)
def test_the_language_of_a_question(index: Index, question: str, hint: str | None, lang: str) -> None:
    assert analyse(index, question, hint).lang == lang


def test_russian_in_latin_letters_is_read_as_russian(index: Index) -> None:
    assert "_lighthouse" in analyse(index, "kto postroil mayak").terms


def test_what_is_asked_for(index: Index) -> None:
    assert [analyse(index, asked).kind for asked in ("When?", "кто", "қайда", "чанд", "ferry")] == [
        "when",
        "who",
        "where",
        "how_many",
        "",
    ]


ASKED = ["who", "the", "ferry", "port", "velm", "маяк", "1887", "?"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=st.one_of(st.text(max_size=80), st.lists(st.sampled_from(ASKED)).map(" ".join)),
    hint=st.sampled_from([None, "en", "ru", "kk", "tg", "de", ""]),
)
def test_any_text_is_a_query(index: Index, question: str, hint: str | None) -> None:
    query = analyse(index, question, hint)
    assert query.lang in ("en", "ru", "kk", "tg")
    assert all(token.term and token.written and -1 <= token.distance <= 2 for token in query.tokens)
    assert len(query.tokens) <= len(query.spelled)
    assert analyse(index, question, hint) == query
