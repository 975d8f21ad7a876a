"""Words, terms and languages: spellings that must meet, and what holds for any text."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import text

ANY_TEXT = st.text(max_size=60)
WORDY = st.text(st.characters(categories=["L", "Nd"], include_characters="' -.,/"), max_size=40)
LANG = st.sampled_from(["en", "ru", "kk", "tg"])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("  Where IS  Tokayev?\n", "where is  tokayev?"),
        ("ﬁnal №5 ＴＥＸＴ", "final no5 text"),  # compatibility forms
        ("Тока\u0301ев", "токаев"),  # a stress mark
        ("и\u0306од", "йод"),  # but й is a letter of its own
        ("to\u200bkay\u00adev", "tokayev"),  # zero-width space, soft hyphen
        ("\u202evisit\u202c", "visit"),  # right-to-left override
        ("a\x00b\tc", "a b c"),
        ("Tokayev’s ʼxʼ `y`", "tokayev's 'x' 'y'"),
        ("STRASSE straße", "strasse strasse"),
        ("\ud800x", "x"),  # half a surrogate pair
        ("", ""),
        (" \u200b\x00 ", ""),
    ],
)
def test_normalise(written: str, expected: str) -> None:
    assert text.normalise(written) == expected


@given(ANY_TEXT)
def test_normalising_leaves_nothing_unseen(written: str) -> None:
    kept = text.normalise(written)
    assert kept == kept.strip()
    assert not [char for char in kept if unicodedata.category(char) in ("Cc", "Cf", "Mn", "Me", "Cs", "Co")]


@given(WORDY)
def test_normalising_again_changes_nothing(written: str) -> None:
    once = text.normalise(written)
    assert text.normalise(once) == once


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_plain_text_is_normalised_as_beside_other_letters(written: str) -> None:
    assert text.normalise(f"ж {written}").split() == ["ж", *text.normalise(written).split()]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("who invited tokayev?", ["who", "invited", "tokayev"]),
        ("19.05.2021", ["19", "may", "2021"]),
        ("on 19/05, or 2021-05-20", ["on", "19", "may", "or", "20", "may", "2021"]),
        ("7 jan 93", ["7", "jan", "1993"]),
        ("7.1.93 and 7-1-21", ["7", "january", "1993", "and", "7", "january", "2021"]),
        ("2021-05", ["may", "2021"]),
        ("45.05.2021", ["45", "05", "2021"]),  # no such day
        ("19.13.2021", ["19", "13", "2021"]),  # no such month
        ("the 19th, 3rd и 5-го", ["the", "19", "3", "и", "5", "го"]),
        ("tokayev's o'neill", ["tokayev", "oneill"]),
        ("who's, whos, what're", ["who", "who", "what"]),
        ("heres", ["heres"]),
        ("snake_case __ --", ["snake", "case"]),
        ("?!…", []),
        ("", []),
    ],
)
def test_words(written: str, expected: list[str]) -> None:
    assert text.words(written) == expected


def test_a_text_has_at_most_so_many_words() -> None:
    assert text.words("word " * 500) == ["word"] * text.MAX_WORDS


@given(ANY_TEXT, LANG)
def test_a_term_is_plain_ascii_for_any_word(written: str, lang: str) -> None:
    for word in text.words(text.normalise(written)):
        term = text.term(word, lang)
        assert term == "" or (term.isascii() and term.isalnum() and term == term.lower())


@settings(max_examples=50)
@given(WORDY, LANG)
def test_terms_are_those_of_the_words(written: str, lang: str) -> None:
    found = [text.term(word, lang) for word in text.words(text.normalise(written))]
    assert text.terms(written, lang) == [term for term in found if term]


@pytest.mark.parametrize(
    "spellings",
    [
        [
            ("Tokayev", "en"),
            ("Tokaev", "en"),
            ("Toqaev", "en"),
            ("Tokayev's", "en"),
            ("Токаева", "ru"),
            ("Токаевым", "ru"),
            ("Тоқаев", "kk"),
            ("Тоқаевтың", "kk"),
            ("Токаевтын", "kk"),
            ("Тоқаевро", "tg"),
        ],
        [("Rahmon", "en"), ("Rakhmon", "en"), ("Рахмона", "ru"), ("Рахмоном", "ru"), ("Рахмонның", "kk")],
        [("Japarov", "en"), ("Zhaparov", "en"), ("Жапаровым", "ru"), ("Жапаровтың", "kk")],
        [("Душанбе", "ru"), ("Dushanbe", "en"), ("dushanbe's", "en")],
        [("visit", "en"), ("visits", "en"), ("visited", "en"), ("visiting", "en")],
        [("граница", "ru"), ("границы", "ru"), ("границе", "ru"), ("границей", "ru")],
        [("келісім", "kk"), ("келісімнің", "kk"), ("келісімдер", "kk"), ("келисимдер", "kk")],
        [("созишнома", "tg"), ("созишномаҳо", "tg"), ("созишномахо", "tg"), ("созишномаҳои", "tg")],
        [("19", "en"), ("019", "ru")],
    ],
    ids=lambda spellings: spellings[0][0],
)
def test_spellings_meet_in_one_term(spellings: list[tuple[str, str]]) -> None:
    terms = {(word, lang): text.terms(word, lang) for word, lang in spellings}
    assert len({tuple(found) for found in terms.values()}) == 1, terms


@pytest.mark.parametrize(
    ("one", "other", "lang"),
    [
        ("Kazakhstan", "Kyrgyzstan", "en"),
        ("president", "precedent", "en"),
        ("граница", "гранит", "ru"),
        ("1993", "1998", "en"),
        ("Japarov", "Rahmon", "en"),
    ],
)
def test_different_words_stay_apart(one: str, other: str, lang: str) -> None:
    assert text.terms(one, lang) != text.terms(other, lang)


def test_zero_is_a_term() -> None:
    assert text.terms("0 00 007", "en") == ["0", "0", "7"]


@pytest.mark.parametrize(
    ("written", "langs"),
    [
        ("When?", set()),
        ("Қашан?", {"kk", "tg"}),  # both write қ
        ("Кім шақырды?", {"kk"}),
        ("Кӣ даъват кард?", {"tg"}),
        ("Тоҷикистон", {"tg"}),
        ("Кто вы?", set()),
        ("экран", {"ru"}),
        ("Токаев", set()),
        ("19.05", set()),
        ("", set()),
    ],
)
def test_the_letters_tell_the_language(written: str, langs: set[str]) -> None:
    assert text.languages_by_letters(text.normalise(written)) == langs


def test_cyrillic_words_are_told_from_others() -> None:
    assert [text.is_cyrillic(word) for word in ("токаев", "tokaev", "тokaev", "1993", "")] == [
        True,
        False,
        True,
        False,
        False,
    ]


def test_trigrams_mark_the_edges_of_words() -> None:
    assert text.trigrams("abc d") == {" ab", "abc", "bc ", " d "}
    assert text.trigrams("") == set()


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [("skolko", "сколко"), ("kogda", "когда"), ("zhaparov", "жапаров"), ("vstrecha", "встреча"), ("", "")],
)
def test_latin_letters_become_cyrillic(latin: str, cyrillic: str) -> None:
    assert text.to_cyrillic(latin) == cyrillic


def test_stopwords_are_terms_of_all_languages() -> None:
    stopwords = text.stopwords()
    assert {"the", "when", text.term("когда", "ru"), text.term("қашан", "kk"), text.term("куҷо", "tg")} <= stopwords
    assert not {text.term("president", "en"), text.term("визит", "ru"), text.term("шекара", "kk")} & stopwords
