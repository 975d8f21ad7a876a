"""Scores the facts of the table for a question and ranks them.

Two views of a fact are scored: its ways of asking, through the classifier, and its text and surroundings, through
the words that it shares with the question, weighed by rarity. Whether the best is good enough is confidence.py's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot import text
from bot.classifier import NOBODY, features, logits, softmax
from bot.index import Document, Index
from bot.lexicon import ASKING, NAME
from bot.query import Query

CANDIDATES = 40
"""Documents that are scored by their words."""
CLASSES = 5
"""Facts that are scored by their ways of asking."""


@dataclass(frozen=True, slots=True)
class ByWays:
    """What the classifier says of a fact."""

    chance: float
    """Probability of the fact among all classes, 0 to 1."""
    runner_up: float
    """Probability of the best other fact."""
    nobody: float
    """Probability that no fact answers."""
    nameless: float
    """Share of the fact's ways of asking that name a name, where the question names none of the fact's; else 0."""
    odds: float
    """Log odds of the fact, from the mean of all."""
    over_nobody: float
    over_next: float
    kind: float
    """Log odds of the kind of question among the fact's ways of asking, against all facts' (bot/kinds.py)."""
    known: float
    """Share of the question's features that the classifier knows, 0 to 1."""


@dataclass(frozen=True, slots=True)
class ByWords:
    """How a document's words meet the question's; each from 0 to 1 where not said otherwise."""

    bm25: float
    """In relation to the best candidate."""
    coverage: float
    """Share of the question's content, by rarity, in the document."""
    paragraph: float
    """The same in its surroundings."""
    article: float
    """The same in all candidates of its publisher."""
    neighbours: float
    """The same in the sentence before and after."""
    before: float
    """What the sentence before covers of what this one lacks; doubled where it begins with a pronoun (0 to 2)."""
    grams: float
    """Share of the question's trigrams."""
    soft: float
    """Coverage where a shared beginning of five letters counts half."""
    pairs: float
    """Share of the question's neighbouring content terms that stand within three words of each other."""
    length: float
    """Logarithm of its number of terms (0 to about 4)."""
    beside: float
    """Coverage by the document and the sentence before it together."""
    held: int
    """How many of the question's content terms it holds, figures aside."""
    gap: float
    """Rarity of the rarest content term that it lacks, in relation to the rarest there is."""
    kind: float
    """Whether it holds the kind of answer asked for: a date, a number, a name (0 or 1, weighed by kind)."""


WEIGHTS = ByWords(
    bm25=3,
    coverage=6.5,
    paragraph=7,
    article=3.5,
    neighbours=3,
    before=1.5,
    grams=1.5,
    soft=0,
    pairs=0,
    length=0,
    beside=0,
    held=0,
    gap=0,
    kind=1,
)
KIND_WEIGHTS = {"when": 1.5, "how_many": 1.0, "how_long": 1.0, "how_old": 1.0, "who": 2.0}


@dataclass(frozen=True, slots=True)
class Scored:
    """A fact with what is known of it and the question."""

    id: str
    document: Document
    """The version of the fact that was scored."""
    words: ByWords
    ways: ByWays | None
    """None for a fact with too few ways of asking to be a class."""
    score: float
    """By words; ranks among facts without ways of asking."""
    strangers: int
    """Names and figures in the question that no version of the fact holds."""


def rank(index: Index, query: Query) -> tuple[list[Scored], list[Scored]]:
    """The best facts for a question: those known by their ways of asking, and those known by their words.

    A fact that is a class of the classifier is in the first list only.
    """
    ways = _by_ways(index, query)
    content = content_terms(index, query)
    found = dict(index.candidates(content, CANDIDATES))
    documents = index.documents(list(found))
    extra = [document for fact_id in ways for document in index.versions(fact_id) if document.docid not in found]
    scored = _by_words(index, query, content, [*documents, *extra], found)
    best: dict[str, Scored] = {}
    for one in scored:
        known = best.get(one.id)
        if known is None or _preference(one, query) > _preference(known, query):
            best[one.id] = one
    classed = [
        replace(best[fact_id], ways=by_ways, strangers=_strangers(query, index.versions(fact_id)))
        for fact_id, by_ways in ways.items()
        if fact_id in best
    ]
    classes = set(index.classes)
    rest = sorted((one for one in best.values() if one.id not in classes), key=lambda one: -one.score)
    return classed, rest


def content_terms(index: Index, query: Query) -> dict[str, float]:
    """The terms of the question that say what it is about, with their weight: rarity, less where corrected."""
    return {
        token.term: index.rarity(token.term) * (0.95, 0.7, 1.0)[token.distance - 1]
        for token in query.tokens
        if token.term not in index.stopwords and not token.term.startswith(ASKING)
    }


def _preference(one: Scored, query: Query) -> tuple[bool, float]:
    return one.document.fact.lang == query.lang, one.score


def _by_ways(index: Index, query: Query) -> dict[str, ByWays]:
    """The classifier's best facts, best first."""
    if not index.classes or not query.tokens:
        return {}
    asked = features(query.terms, query.spelled)
    rows = index.weights(asked)
    values = logits(rows, len(index.classes), index.scale)
    chances = softmax(values)
    nobody = index.classes.index(NOBODY)
    order = sorted((at for at in range(len(values)) if at != nobody), key=lambda at: -values[at])
    named = {term for term in query.terms if term.startswith(NAME)}
    mean = sum(values) / len(values)
    out = {}
    for place, at in enumerate(order[:CLASSES]):
        rival = order[1] if place == 0 and len(order) > 1 else order[0]
        out[index.classes[at]] = ByWays(
            chance=chances[at],
            runner_up=chances[rival] if rival != at else 0.0,
            nobody=chances[nobody],
            nameless=0.0 if named & index.names(index.classes[at]) else index.named[index.classes[at]],
            odds=values[at] - mean,
            over_nobody=values[at] - values[nobody],
            over_next=values[at] - values[rival],
            kind=_kind_odds(index, query.kind, index.classes[at]),
            known=len(rows) / max(1, len(asked)),
        )
    return out


def _kind_odds(index: Index, kind: str, fact_id: str) -> float:
    """How much more often than in the whole table this fact's ways of asking are of that kind; 0 where none is told."""
    if not kind:
        return 0.0
    own = index.kinds[fact_id]
    everywhere = sum(kinds.get(kind, 0) for kinds in index.kinds.values()) + 1
    total = sum(sum(kinds.values()) for kinds in index.kinds.values())
    return math.log((own.get(kind, 0) + 0.5) / (sum(own.values()) + 1)) - math.log(everywhere / total)


def _strangers(query: Query, versions: Iterable[Document]) -> int:
    asked = {token.term for token in query.tokens if token.term.startswith(NAME) or token.term.isdecimal()}
    return len(asked.difference(*(version.terms for version in versions)))


def _by_words(
    index: Index,
    query: Query,
    content: dict[str, float],
    documents: Sequence[Document],
    bm25: dict[int, float],
) -> list[Scored]:
    whole = sum(content.values()) or 1.0
    top = max(bm25.values(), default=1.0)
    published: dict[str, set[str]] = {}
    for document in documents:
        published.setdefault(document.fact.source.publisher, set()).update(document.terms)
    asked = text.trigrams(" ".join(token.term for token in query.tokens if token.term in content))
    out = []
    for document in documents:
        around = index.surroundings(document)
        place = next((at for at, near in enumerate(around) if near.docid == document.docid), 0)
        beside = around[max(0, place - 1) : place] + around[place + 1 : place + 2]
        lacking = {term: weight for term, weight in content.items() if term not in document.terms}
        before = around[place - 1].terms if place else frozenset()
        words = ByWords(
            bm25=bm25.get(document.docid, 0.0) / top,
            coverage=_covered(content, document.terms) / whole,
            paragraph=_covered(content, _union(around)) / whole,
            article=_covered(content, published[document.fact.source.publisher]) / whole,
            neighbours=_covered(content, _union(beside)) / whole,
            before=_covered(lacking, before) / whole * (2 if _leans_back(document.fact.text) else 1),
            grams=len(asked & _grams(document)) / max(1, len(asked)),
            soft=_softly(content, document) / whole,
            pairs=_pairs(content, document),
            length=math.log(1 + len(document.own)),
            beside=_covered(content, document.terms | before) / whole,
            held=sum(not term.isdecimal() for term in content if term not in lacking),
            gap=max((index.rarity(term) for term in lacking), default=0.0) / index.rarity(""),
            kind=KIND_WEIGHTS.get(query.kind, 0.0) * _holds(query.kind, document, query),
        )
        out.append(Scored(document.fact.id, document, words, None, _total(words), _strangers(query, [document])))
    return out


def _total(words: ByWords) -> float:
    return sum(float(getattr(WEIGHTS, name)) * float(getattr(words, name)) for name in ByWords.__slots__)


def _covered(content: dict[str, float], terms: Iterable[str]) -> float:
    held = terms if isinstance(terms, (set, frozenset)) else set(terms)
    return sum(weight for term, weight in content.items() if term in held)


def _softly(content: dict[str, float], document: Document) -> float:
    begins = {term[:5] for term in document.terms if len(term) >= 5}
    return sum(
        weight * (1.0 if term in document.terms else 0.5 if len(term) >= 5 and term[:5] in begins else 0.0)
        for term, weight in content.items()
    )


def _pairs(content: dict[str, float], document: Document) -> float:
    terms = list(content)
    if len(terms) < 2:
        return 0.0
    places: dict[str, list[int]] = {}
    for at, term in enumerate(document.order):
        if term in content:
            places.setdefault(term, []).append(at)
    hits = sum(
        any(abs(a - b) <= 3 for a in places.get(one, ()) for b in places.get(two, ())) for one, two in pairwise(terms)
    )
    return hits / (len(terms) - 1)


def _union(documents: Iterable[Document]) -> set[str]:
    return set().union(*(document.terms for document in documents))


_PRONOUN = re.compile(
    r"^\W*(he|she|it|they|his|her|its|their|this|these|that|those|such|он|она|оно|они|его|ее|её|их|это|эти|этот|эта)\b",
    re.I,
)


def _leans_back(sentence: str) -> bool:
    """Whether a sentence begins with a word that only the one before explains."""
    return bool(_PRONOUN.match(sentence))


def _grams(document: Document) -> set[str]:
    return text.trigrams(" ".join(document.own))


_DATE = re.compile(
    r"\b1\d{3}\b|\b20\d{2}\b|\b\d{1,2}(st|nd|rd|th)? (century|век)|[12]\d{2}0-?(s|х|е)|"
    + "|".join(text.MONTH_BEGINNINGS),
    re.I,
)
_NUMBER = re.compile(
    r"\d|\b(two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|billion|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|сто|тысяч\w*|миллион\w*|миллиард\w*)\b",
    re.I,
)
_CAPITAL = re.compile(r"(?<=[\w,;«\"(] )[A-ZА-ЯЁ][\w'-]+")


def _holds(kind: str, document: Document, query: Query) -> bool:
    """Whether a document's text holds the kind of thing asked for."""
    if kind == "when":
        return bool(_DATE.search(document.fact.text))
    if kind.startswith("how"):
        return bool(_NUMBER.search(document.fact.text))
    asked = " ".join(token.written for token in query.tokens)
    return any(name.casefold() not in asked for name in _CAPITAL.findall(document.fact.text))
