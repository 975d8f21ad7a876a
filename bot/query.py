"""What a question says, in the table's own words: its language, its terms, and what was corrected or unknown.

Misspelled words become the table's nearest terms, names and synonyms become concepts, and Russian, Kazakh or
Tajik typed in Latin letters is read as such. Nothing is ranked here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from bot import text
from bot.classifier import features
from bot.index import Index
from bot.kinds import kind_of, kind_of_terms
from bot.language import languages
from bot.model import LANGS, Lang
from bot.vocabulary import Near

LETTERS = 0.5
"""What a language's own letters are worth in a question, beside the share of words known (0 to 1)."""
MAX_OPTIONS = 6
"""Known words that an unknown one is held against."""
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
    """The words in ASCII letters with their endings on, corrected."""

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
    words = [word for word, _ in groupby(text.words(normalised))]  # what is said twice is asked once
    lang, found = _language(index, normalised, words, hint)
    written = [word for word in found if text.term(word, lang)]
    chosen = _chosen(index, _options(index, written, lang))
    corrected = " ".join(one.written for one in chosen)
    tokens = tuple(
        Token(
            " ".join(written[at] for at in places),
            term,
            -1 if all(chosen[at].distance < 0 for at in places) else max(chosen[at].distance for at in places),
        )
        for term, places in index.lexicon.conceive([one.term for one in chosen])
    )
    kind = kind_of(corrected) or kind_of_terms(token.term for token in tokens)
    return Query(lang, tokens, tuple(one.word for one in chosen), kind, _personal(corrected.split()))


def _options(index: Index, written: list[str], lang: str) -> list[list[Near]]:
    """What each word may mean: itself where the table knows it, else the nearest that it knows."""
    options = []
    budget = MAX_CORRECTED
    for word in written:
        spelled, term = text.folded(word), text.term(word, lang)
        near: list[Near] = []
        known = index.vocabulary.knows(term)
        if not known and budget:
            budget -= 1
            near = index.vocabulary.nearest(spelled, term)
            if text.is_cyrillic(word) and len(term) <= 8:  # two edits turn too many short words into others
                near = [one for one in near if one.distance == 1]
            near = [one for one in near if index.vocabulary.spoken_in(one.term, lang)] or near
        options.append(near[:MAX_OPTIONS] or [Near(spelled, term, word, 0 if known else -1, 0)])
    return options


def _chosen(index: Index, options: list[list[Near]]) -> list[Near]:
    """One of the options of each word: the one that most of the ways of asking have beside the words around it."""
    chosen = [near[0] for near in options]
    for at, near in enumerate(options):
        if len(near) > 1:
            chosen[at] = max(near, key=lambda one: _familiar(index, [*chosen[:at], one, *chosen[at + 1 :]]))
    return chosen


def _familiar(index: Index, words: list[Near]) -> float:
    """The share of the words, alone and with their neighbours, that occur in ways of asking, 0 to 1."""
    terms = index.lexicon.meant([one.term for one in words])
    found = features(terms, (), kind_of(" ".join(one.written for one in words)))
    return len(index.weights(found)) / max(1, len(found))


def _personal(found: list[str]) -> int:
    return sum(any(word in language.personal for language in languages().values()) for word in found)


def _language(index: Index, normalised: str, found: list[str], hint: str | None) -> tuple[Lang, list[str]]:
    """The language of a question, and its words in the letters of that language."""
    if any(text.is_cyrillic(word) for word in found):
        return _likeliest(index, found, text.languages_by_letters(normalised), hint), found
    if not any(word.isalpha() for word in found):
        return (_as_lang(hint) if hint in LANGS else "en"), found
    english = _share_known(index, found, "en")
    if english < 0.5 and len(found) > 1:
        cyrillic = [text.to_cyrillic(word) if word.isalpha() else word for word in found]
        lang = _likeliest(index, cyrillic, frozenset(), hint)
        first = slice(MAX_CORRECTED)  # of a long text the others would tell the same, at some milliseconds each
        least = _share_known(index, found[first], "en", _misspelled) + 0.2
        most = (1 + _share_known(index, cyrillic[first], lang)) / 2  # if each other word were but misspelled
        if most > least and _share_known(index, cyrillic[first], lang, _misspelled) > least:
            return lang, cyrillic
    if english == 0 and hint in LANGS:
        return _as_lang(hint), found
    return "en", found


def _likeliest(index: Index, found: list[str], lettered: frozenset[str], hint: str | None) -> Lang:
    """The Cyrillic language that knows most of the words; one whose own letters occur (`lettered`) has a lead."""

    def promise(lang: Lang) -> tuple[float, bool, bool]:
        share = _share_known(index, found, lang, lambda _, word, lang: text.ends_like(word, lang))
        return share + (LETTERS if lang in lettered else 0.0), lang == hint, lang == "ru"

    return max(("ru", "kk", "tg"), key=promise)


def _share_known(
    index: Index, found: list[str], lang: str, half: Callable[[Index, str, str], bool] = lambda *_: False
) -> float:
    """The share of the words, 0 to 1, whose terms the table has in that language; `half` tells which count by half.

    Names and words of one or two letters count only where there are no others: they are alike in many languages.
    """
    telling = [
        word for word in found if len(word) > 2 and word.isalpha() and not index.is_name(text.term(word, lang))
    ] or found
    if not telling:
        return 0.0
    return sum(
        1.0 if index.vocabulary.spoken_in(text.term(word, lang), lang) else 0.5 * half(index, word, lang)
        for word in telling
    ) / len(telling)


def _misspelled(index: Index, word: str, lang: str) -> bool:
    """Whether a word of some length is one or two edits away from one that the table has in that language."""
    near = index.vocabulary.nearest(text.folded(word), text.term(word, lang)) if len(word) > 3 else []
    return any(index.vocabulary.spoken_in(one.term, lang) for one in near)


def _as_lang(code: str | None) -> Lang:
    return next((lang for lang in LANGS if lang == code), "en")
