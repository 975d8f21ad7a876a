"""Concepts in terms: the longest spelling wins, and languages meet."""

from bot.lexicon import Concept, Lexicon, spellings

SPELLED = spellings(
    [
        Concept("n_velm", "en", ("Port Velm", "Velm")),
        Concept("n_velm", "ru", ("Порт-Вельм", "Вельм")),
        Concept("port", "en", ("port", "harbour")),
        Concept("mayor", "en", ("mayor", "head of the town")),
        Concept("mayor", "ru", ("мэр",)),
        Concept("town", "en", ("town", "mayor")),  # "mayor" is taken already
        Concept("nothing", "en", ("?!",)),
    ]
)
LEXICON = Lexicon(SPELLED)


def test_names_meet_across_languages() -> None:
    assert LEXICON.terms("Is Port Velm a port?", "en") == ["is", "_n_velm", "a", "_port"]
    assert LEXICON.terms("в Порт-Вельме", "ru")[-1] == "_n_velm"
    assert LEXICON.terms("мэра Вельма", "ru") == ["_mayor", "_n_velm"]


def test_the_longest_spelling_wins() -> None:
    assert LEXICON.terms("head of the town", "en") == ["_mayor"]
    assert LEXICON.terms("head of town", "en") == ["head", "of", "_town"]


def test_of_two_concepts_with_one_spelling_the_first_has_it() -> None:
    assert LEXICON.terms("mayors", "en") == ["_mayor"]


def test_where_a_concept_stood_is_kept() -> None:
    assert LEXICON.conceive(["in", "port", "velm", "today"]) == [
        ("in", range(0, 1)),
        ("_n_velm", range(1, 3)),
        ("today", range(3, 4)),
    ]
    assert LEXICON.conceive([]) == []


def test_parts_of_spellings() -> None:
    assert SPELLED["head of the town"] == "_mayor"


def test_an_empty_lexicon_changes_nothing() -> None:
    assert Lexicon({}).terms("Port Velm", "en") == ["port", "velm"]


def test_a_word_that_loses_nearly_all_as_its_ending_spells_nothing() -> None:
    assert spellings([Concept("n_p_aliyev", "ru", ("Алиев", "Aliyev")), Concept("n_un", "en", ("UN",))]) == {
        "aliev": "_n_p_aliyev",
        "un": "_n_un",
    }
