"""How well a question fits the text of a fact: shared words weighed by rarity, and what stands around it.

This is all that is known of facts without ways of asking, such as the sentences of an article. The weights are
fitted on public questions about articles; see README.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, mul

from bot import text
from bot.documents import Document
from bot.index import Index
from bot.language import languages
from bot.query import Query


@dataclass(frozen=True, slots=True)
class ByWords:
    """How a document's words meet the question's; each 0 to 1 where not said otherwise."""

    paragraph: float
    """Share of the question's content, by rarity, in the document's surroundings."""
    article: float
    """The same in all candidates of its publisher."""
    before: float
    """What the sentence before covers of what this one lacks; doubled where this one leans on it (0 to 2)."""
    local: float
    """Share of the question's content where a term counts the more the fewer sentences around have it."""
    context: float
    """Share of the question's content in this sentence and the one before, where this one leans on it; else 0."""
    grams: float
    """Share of the question's trigrams."""
    soft: float
    """Share of the question's content, where a shared beginning of four to six letters counts in part."""
    kind: float
    """Whether it holds the kind of answer asked for: a date, a number, a name."""


_values = attrgetter(*ByWords.__slots__)

WEIGHTS = ByWords(paragraph=9, article=3.5, before=4, local=3, context=1, grams=1.5, soft=6.5, kind=1.5)


def score(words: ByWords) -> float:
    """A number that ranks documents for one question, higher is better."""
    return float(sum(map(mul, _values(WEIGHTS), _values(words))))


def by_words(index: Index, query: Query, content: Mapping[str, float], found: Sequence[Document]) -> list[ByWords]:
    """Judge the documents `found`; `content` are the question's terms with their weights."""
    whole = sum(content.values()) or 1.0
    published: dict[str, set[str]] = {}
    for document in found:
        published.setdefault(document.fact.source.publisher, set()).update(document.own)
    asked = text.trigrams(" ".join(content))
    within = {term: f" {term} " for term in content}
    out = []
    for document, around in zip(found, index.surroundings(found), strict=True):
        near = {term: edged for term, edged in within.items() if edged in around.all}
        counts = {term: len([1 for line in around.lines if edged in line]) for term, edged in near.items()}
        before = {term for term, edged in near.items() if edged in around.before}
        lacking = {term: weight for term, weight in content.items() if term not in document.terms}
        out.append(
            ByWords(
                paragraph=covered(content, near) / whole,
                article=covered(content, published[document.fact.source.publisher]) / whole,
                before=covered(lacking, before) / whole * (2 if document.leans else 1),
                local=_locally(content, document, counts, len(around.lines)),
                context=covered(content, document.own | before) / whole if document.leans else 0.0,
                grams=len([1 for gram in asked if gram in document.line]) / max(1, len(asked)),
                soft=_softly(content, document) / whole,
                kind=float(_holds(query, document)),
            )
        )
    return out


def covered(content: Mapping[str, float], terms: Iterable[str]) -> float:
    """The summed weight of those of `content` that are among `terms` (a set, for speed)."""
    return sum([weight for term, weight in content.items() if term in terms])


def _locally(content: Mapping[str, float], document: Document, counts: Mapping[str, int], size: int) -> float:
    """Terms that the whole surroundings share are the subject; those that few sentences have tell them apart."""
    held = whole = 0.0
    for term, weight in content.items():
        count = counts.get(term, 0)
        if count:
            worth = weight * math.log((size + 1) / (count + 0.5))
            whole += worth
            held += worth * (term in document.own)
    return held / whole if whole > 0 else 0.0


def _softly(content: Mapping[str, float], document: Document) -> float:
    total = 0.0
    for term, weight in content.items():
        if term in document.terms:
            total += weight
        elif len(term) >= 6 and f" {term[:6]}" in document.lines:
            total += weight * 0.7
        elif len(term) >= 5 and f" {term[:5]}" in document.lines:
            total += weight * 0.5
        elif len(term) >= 4 and f" {term[:4]}" in document.lines:
            total += weight * 0.3
    return total


_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"\b1\d{3}\b|\b20\d{2}\b|\b\d{1,2}(st|nd|rd|th)? (century|век)|[12]\d{2}0-?(s|х|е)")
_MONTHS = tuple(month for language in languages().values() for month in language.months)
_WORD = re.compile(r"\w+")
_NUMBERS = frozenset(
    text.words(
        "two three four five six seven eight nine ten dozen hundred thousand million billion"
        " два две три четыре пять шесть семь восемь девять десять сто"
    )
)
_NUMBER_BEGINNINGS = ("тысяч", "миллион", "миллиард")
_PLACE = re.compile(r"\b(?:[Ii]n|[Aa]t|[Tt]o|[Ff]rom|[Nn]ear|[Вв]о?|[Ии]з|[Нн]а|[Уу]) (?:the )?[A-ZА-ЯЁ]\w+")
_CAPITAL = re.compile(r"(?<=[\w,;«\"(] )[A-ZА-ЯЁ][\w'-]+")


def _holds(query: Query, document: Document) -> bool:
    """Whether a document's text holds the kind of thing asked for; False where that is not plain."""
    said = document.fact.text
    if query.kind == "when":
        return _holds_date(said.lower())
    if query.kind in ("how_many", "how_long", "how_old"):
        return _holds_number(said.lower())
    if query.kind == "where":
        return bool(_PLACE.search(said))
    if query.kind == "who":
        asked = " ".join(token.written for token in query.tokens)
        return any(name.casefold() not in asked for name in _CAPITAL.findall(said))
    return False


def _holds_date(said: str) -> bool:
    digit = _DIGIT.search(said)
    return bool(digit and _YEAR.search(said, digit.start())) or any(month in said for month in _MONTHS)


def _holds_number(said: str) -> bool:
    return bool(_DIGIT.search(said)) or any(
        word in _NUMBERS or word.startswith(_NUMBER_BEGINNINGS) for word in _WORD.findall(said)
    )
