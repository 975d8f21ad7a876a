"""How well a question fits the text of a fact: shared words weighed by rarity, and what stands around it.

This is all that is known of facts without ways of asking, such as the sentences of an article. The weights are
fitted on public questions about articles; see README.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot import text
from bot.index import Document, Index
from bot.language import languages
from bot.query import Query


@dataclass(frozen=True, slots=True)
class ByWords:
    """How a document's words meet the question's; each 0 to 1 where not said otherwise."""

    bm25: float
    """In relation to the best candidate's."""
    paragraph: float
    """Share of the question's content, by rarity, in the document's surroundings."""
    article: float
    """The same in all candidates of its publisher."""
    neighbours: float
    """The same in the sentence before and after."""
    before: float
    """What the sentence before covers of what this one lacks; doubled where this one begins with a pronoun (0 to 2)."""
    grams: float
    """Share of the question's trigrams."""
    soft: float
    """Share of the question's content, where a shared beginning of five letters counts half."""
    pairs: float
    """Share of the question's neighbouring content terms that stand within three words of each other."""
    kind: float
    """Whether it holds the kind of answer asked for: a date, a number, a name."""


WEIGHTS = ByWords(bm25=3, paragraph=7, article=3.5, neighbours=3, before=1.5, grams=1.5, soft=6.5, pairs=0.5, kind=1.5)


def score(words: ByWords) -> float:
    """A number that ranks documents for one question, higher is better."""
    return sum(float(getattr(WEIGHTS, name)) * float(getattr(words, name)) for name in ByWords.__slots__)


def by_words(
    index: Index, query: Query, content: Mapping[str, float], found: Sequence[tuple[Document, float]]
) -> list[ByWords]:
    """Judge the documents `found`, each with its BM25; `content` are the question's terms with their weights."""
    whole = sum(content.values()) or 1.0
    top = max((bm25 for _, bm25 in found), default=0.0) or 1.0
    published: dict[str, set[str]] = {}
    for document, _ in found:
        published.setdefault(document.fact.source.publisher, set()).update(document.own)
    asked = text.trigrams(" ".join(content))
    out = []
    for document, bm25 in found:
        around = index.surroundings(document)
        lacking = {term: weight for term, weight in content.items() if term not in document.terms}
        out.append(
            ByWords(
                bm25=bm25 / top,
                paragraph=covered(content, around.all) / whole,
                article=covered(content, published[document.fact.source.publisher]) / whole,
                neighbours=covered(content, around.beside) / whole,
                before=covered(lacking, around.before) / whole * (2 if _leans_back(document.fact.text) else 1),
                grams=len(asked & document.grams) / max(1, len(asked)),
                soft=_softly(content, document) / whole,
                pairs=_pairs(content, document),
                kind=float(_holds(query, document)),
            )
        )
    return out


def covered(content: Mapping[str, float], terms: Iterable[str]) -> float:
    """The summed weight of those of `content` that are among `terms` (a set, for speed)."""
    return sum(weight for term, weight in content.items() if term in terms)


def _softly(content: Mapping[str, float], document: Document) -> float:
    total = 0.0
    for term, weight in content.items():
        if term in document.terms:
            total += weight
        elif len(term) >= 5 and term[:5] in document.beginnings:
            total += weight / 2
    return total


def _pairs(content: Mapping[str, float], document: Document) -> float:
    if len(content) < 2:
        return 0.0
    places: dict[str, list[int]] = {}
    for at, term in enumerate(document.order):
        if term in content:
            places.setdefault(term, []).append(at)
    near = sum(
        any(abs(a - b) <= 3 for a in places.get(one, ()) for b in places.get(two, ())) for one, two in pairwise(content)
    )
    return near / (len(content) - 1)


_PRONOUN = re.compile(
    r"^\W*(he|she|it|they|his|her|its|their|this|these|that|those|such"
    r"|он|она|оно|они|его|ее|её|их|это|эти|этот|эта)\b",
    re.I,
)
_DATE = re.compile(
    r"\b1\d{3}\b|\b20\d{2}\b|\b\d{1,2}(st|nd|rd|th)? (century|век)|[12]\d{2}0-?(s|х|е)|"
    + "|".join(month for language in languages().values() for month in language.months),
    re.I,
)
_NUMBER = re.compile(
    r"\d|\b(two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|billion"
    r"|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|сто|тысяч\w*|миллион\w*|миллиард\w*)\b",
    re.I,
)
_CAPITAL = re.compile(r"(?<=[\w,;«\"(] )[A-ZА-ЯЁ][\w'-]+")


def _leans_back(sentence: str) -> bool:
    """Whether a sentence begins with a word that only the one before explains."""
    return bool(_PRONOUN.match(sentence))


def _holds(query: Query, document: Document) -> bool:
    """Whether a document's text holds the kind of thing asked for; False where that is not plain."""
    said = document.fact.text
    if query.kind == "when":
        return bool(_DATE.search(said))
    if query.kind in ("how_many", "how_long", "how_old"):
        return bool(_NUMBER.search(said))
    if query.kind == "who":
        asked = " ".join(token.written for token in query.tokens)
        return any(name.casefold() not in asked for name in _CAPITAL.findall(said))
    return False
