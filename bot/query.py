"""What a question says, in the table's own words: its language, its terms, and what was corrected or unknown.

Misspelled words become the table's nearest terms, names and synonyms become concepts, and Russian, Kazakh or
Tajik typed in Latin letters is read as such. Nothing is ranked here.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot import text
from bot.index import Index
from bot.kinds import kind_of
from bot.language import languages
from bot.model import LANGS, Lang

LETTERS = 0.5
"""What a language's own letters are worth in a question, beside the share of words known (0 to 1)."""
MAX_CORRECTED = 8
"""Unknown words of a question that are looked up among the vocabulary's spellings; the rest stay unknown."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the question, or the words that spell one concept."""

    written: str
    """As the asker wrote it, in lower case."""
    term: str
    """The term it stands for: corrected, concepts in place."""
    distance: int
    """Edits between what was written and the term's spelling: 0 to 2, or -1 where no term of the table is near."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as terms of the table."""

    lang: Lang
    tokens: tuple[Token, ...]
    spelled: tuple[str, ...]
    """The words in ASCII letters with their endings on; a corrected one as its term."""

    kind: str = ""
    """What is asked for (bot/kinds.py), or empty where that is not plain."""

    personal: int = 0
    """How many of its words speak of the asker, or ask for a favour."""

    @property
    def terms(self) -> list[str]:
        """The tokens' terms, in order."""
        return [token.term for token in self.tokens]


def analyse(index: Index, question: str, hint: str | None = None) -> Query:
    """The terms of a question. `hint` is a language code that decides where the text leaves its language open."""
    normalised = text.normalise(question)
    found = text.words(normalised)
    lang, found = _language(index, normalised, found, hint)
    terms: list[str] = []
    spelled: list[str] = []
    distances: list[int] = []
    written: list[str] = []
    budget = MAX_CORRECTED
    for word in found:
        term = text.term(word, lang)
        if not term:
            continue
        distance = 0
        if not index.vocabulary.knows(term):
            distance = -1
            if budget:
                budget -= 1
                term, distance = _corrected(index, term, text.folded(word), lang, text.is_cyrillic(word))
        terms.append(term)
        spelled.append(term if distance > 0 else text.folded(word))
        distances.append(distance)
        written.append(word)
    tokens = tuple(
        Token(
            " ".join(written[at] for at in places),
            term,
            -1 if all(distances[at] < 0 for at in places) else max(distances[at] for at in places),
        )
        for term, places in index.lexicon.conceive(terms)
    )
    return Query(lang, tokens, tuple(spelled), kind_of(" ".join(found)), _personal(found))


def _personal(found: list[str]) -> int:
    return sum(any(word in language.personal for language in languages().values()) for word in found)


def _corrected(index: Index, term: str, word: str, lang: str, cyrillic: bool) -> tuple[str, int]:
    near = index.vocabulary.corrections(term, 6, word)
    if cyrillic and len(term) <= 8:  # two edits turn too many short Cyrillic words into others
        near = [(found, distance) for found, distance in near if distance == 1]
    if not near:
        return term, -1
    same = [found for found, _ in near if index.vocabulary.spoken_in(found, lang)]
    return (same or [near[0][0]])[0], near[0][1]


def _language(index: Index, normalised: str, found: list[str], hint: str | None) -> tuple[Lang, list[str]]:
    """The language of a question, and its words in the letters of that language."""
    if any(text.is_cyrillic(word) for word in found):
        return _likeliest(index, found, text.languages_by_letters(normalised), hint), found
    if not any(word.isalpha() for word in found):
        return (_as_lang(hint) if hint in LANGS else "en"), found
    english = _share_known(index, found, "en", hints=False)
    if english < 0.5 and len(found) > 1 and not _misspelled_english(index, found):
        cyrillic = [text.to_cyrillic(word) if word.isalpha() else word for word in found]
        lang = _likeliest(index, cyrillic, frozenset(), hint)
        if _share_known(index, cyrillic, lang, hints=False) > english + 0.2:
            return lang, cyrillic
    if english == 0 and hint in LANGS:
        return _as_lang(hint), found
    return "en", found


def _misspelled_english(index: Index, found: list[str]) -> bool:
    """Whether half of the unknown words are one edit away from a word that the table has in English."""
    unknown = [term for word in found if len(word) > 3 and not index.vocabulary.knows(term := text.term(word, "en"))]
    near = [
        term
        for term in unknown[:MAX_CORRECTED]
        if any(index.vocabulary.spoken_in(one, "en") for one, _ in index.vocabulary.corrections(term))
    ]
    return bool(unknown) and 2 * len(near) >= len(unknown)


def _likeliest(index: Index, found: list[str], lettered: frozenset[str], hint: str | None) -> Lang:
    """The Cyrillic language that knows most of the words; one whose own letters occur (`lettered`) has a lead."""

    def promise(lang: Lang) -> tuple[float, bool, bool]:
        return _share_known(index, found, lang) + (LETTERS if lang in lettered else 0.0), lang == hint, lang == "ru"

    return max(("ru", "kk", "tg"), key=promise)


def _share_known(index: Index, found: list[str], lang: str, hints: bool = True) -> float:
    """The share of the words, 0 to 1, whose terms the table has in that language; with `hints`
    half for an ending typical of it.

    Names and words of one or two letters count only where there are no others: they are alike in many languages.
    """
    telling = [
        word for word in found if len(word) > 2 and word.isalpha() and not index.is_name(text.term(word, lang))
    ] or found
    if not telling:
        return 0.0
    return sum(
        1.0 if index.vocabulary.spoken_in(text.term(word, lang), lang) else 0.5 * (hints and text.ends_like(word, lang))
        for word in telling
    ) / len(telling)


def _as_lang(code: str | None) -> Lang:
    return next((lang for lang in LANGS if lang == code), "en")
