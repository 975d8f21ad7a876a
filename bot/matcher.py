"""Scores the facts of the table for a question and ranks them.

A fact with enough ways of asking is judged by them (by_ways.py), any other by its text (by_words.py); for both, how
much of the question the fact holds is told. Whether the best is good enough is confidence.py's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot import text
from bot.by_ways import ALONE, LIKELY, ByWays, Talk, by_ways
from bot.by_words import ByWords, by_words, covered, score
from bot.documents import Document, years_asked
from bot.index import Index
from bot.lexicon import ASKING, NAME
from bot.model import Match
from bot.query import Query

CANDIDATES = 16
"""Documents that are scored by their words."""
KEPT = 10
"""The best of them by score, whose confidence is then asked for."""
FOLLOWED = 4
"""The best of them, after which the next sentence is looked at too: it may say "they" for what was asked."""


@dataclass(frozen=True, slots=True)
class Cover:
    """How much of a question a fact holds."""

    share: float
    """Of its content, by rarity, 0 to 1."""
    held: int
    """How many of its content terms, figures aside."""
    weight: float
    """Summed rarity of the content terms that it holds, in relation to the rarest there is (0 and above)."""
    gap: float
    """Rarity of the rarest content term that the fact lacks, in relation to the rarest there is (0 to 1)."""
    specific: float
    """Rarity of the rarest content term that the fact holds, in relation to the rarest there is (0 to 1)."""
    strangers: int
    """Names in the question that the fact lacks."""
    foreign: float
    """Rarity of the rarest of them that is spelled as it is known, in relation to the rarest there is (0 to 1)."""
    figures: int
    """Figures in the question that the fact lacks."""
    years: int
    """Years in the question of which the fact does not tell."""


NOTHING = Cover(0.0, 0, 0.0, 0.0, 0.0, 0, 0.0, 0, 0)
"""Of a fact that is too unlikely to be looked at."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A fact with what is known of it and the question."""

    id: str
    document: Document
    """The version of the fact that was looked at."""
    cover: Cover
    ways: ByWays | None
    """None for a fact with too few ways of asking."""
    words: ByWords | None
    """None for a fact that is judged by its ways of asking."""
    score: float
    """Ranks matches of one kind, higher is better: log odds by ways, a weighted sum by words."""
    over_next: float = 0.0
    """By words: the score's lead over the next fact, or (below 0) its lag behind the best."""


def rank(index: Index, query: Query, talk: Talk = ALONE) -> list[Scored]:
    """The best facts for a question: first those judged by their ways of asking, then those by their words.

    `talk`: what is known from the conversation.
    """
    content = content_terms(index, query)
    return [*_judged_by_ways(index, query, content, talk), *_judged_by_words(index, query, content)]


def content_terms(index: Index, query: Query) -> dict[str, float]:
    """The terms of the question that say what it is about, with their weight: rarity, less where corrected."""
    return {
        token.term: index.vocabulary.rarity(token.term) * (1.0, 0.95, 0.7)[max(0, token.distance)]
        for token in query.tokens
        if token.term not in index.stopwords and not token.term.startswith(ASKING)
    }


def _judged_by_ways(index: Index, query: Query, content: Mapping[str, float], talk: Talk) -> list[Scored]:
    found = []
    for subject, ways in by_ways(index, query, talk).items():
        accounts = index.accounts(subject)
        versions, cover = accounts, NOTHING
        if ways.chance >= LIKELY:
            versions, cover = _fittest(content, accounts), _cover(index, query, content, accounts)
        document = next((one for one in versions if one.fact.lang == query.lang), versions[0])
        found.append(Scored(document.fact.id, document, cover, ways, None, ways.odds))
    return found


def _fittest(content: Mapping[str, float], accounts: Iterable[Document]) -> list[Document]:
    """The versions of the account that holds most of the question; of those alike the one whose id comes first."""
    versions: dict[str, list[Document]] = {}
    for one in accounts:
        versions.setdefault(one.fact.id, []).append(one)
    if len(versions) == 1:
        return versions.popitem()[1]

    return versions[max(sorted(versions), key=lambda fact_id: covered(content, _held(content, versions[fact_id])))]


def _judged_by_words(index: Index, query: Query, content: Mapping[str, float]) -> list[Scored]:
    found = index.documents(index.candidates(content, CANDIDATES))
    documents = list({one.docid: one for one in (*found, *index.followers(found[:FOLLOWED]))}.values())
    best: dict[str, tuple[float, Document, ByWords]] = {}
    for document, words in zip(documents, by_words(index, query, content, documents), strict=True):
        total = score(words)
        if document.fact.id not in best or total > best[document.fact.id][0]:
            best[document.fact.id] = (total, document, words)
    order = sorted(best.items(), key=lambda item: -item[1][0])[:KEPT]
    totals = [total for _, (total, _, _) in order]
    scored = []
    for place, (fact_id, (total, document, words)) in enumerate(order):
        rival = (totals[1] if len(totals) > 1 else 0.0) if place == 0 else totals[0]
        cover = _cover(index, query, content, [document])
        scored.append(Scored(fact_id, document, cover, None, words, total, total - rival))
    return scored


def _cover(index: Index, query: Query, content: Mapping[str, float], versions: Sequence[Document]) -> Cover:
    """How much of the question the versions of a fact hold between them."""
    asked = {token.term for token in query.tokens}
    terms = _held(asked | content.keys(), versions)
    strangers = [token for token in query.tokens if token.term.startswith(NAME) and token.term not in terms]
    years = set(filter(text.is_year, asked))
    weight = covered(content, terms)
    return Cover(
        weight=weight / index.vocabulary.rarity(""),
        share=weight / (sum(content.values()) or 1.0),
        held=len([1 for term in content if term in terms and not term.isdecimal()]),
        gap=_rarest(index, content.keys() - terms),
        specific=_rarest(index, content.keys() & terms),
        strangers=len({token.term for token in strangers}),
        foreign=_rarest(index, (token.term for token in strangers if not token.distance)),
        figures=len([1 for term in asked - terms if term.isdecimal()]),
        years=len(years - years_asked(versions)) if years else 0,
    )


def _rarest(index: Index, terms: Iterable[str]) -> float:
    """The rarity of the rarest of the terms in relation to that of a term that no fact has, 0 to 1; 0 for none."""
    return max(map(index.vocabulary.rarity, terms), default=0.0) / index.vocabulary.rarity("")


def _held(terms: Collection[str], versions: Sequence[Document]) -> set[str]:
    """Those of the terms that any of the versions holds."""
    return set[str]().union(*(one.terms.intersection(terms) for one in versions))


def match_of(index: Index, scored: Scored, lang: str) -> Match:
    """The fact in the language asked for, else in English, else as it was found; with its score."""
    return Match(index.in_language(scored.document.fact, lang), round(scored.score, 4))
