"""What stands beside a fact: what it leans on, other accounts of it, the same at other times, what else there is.

Which fact answers is decided before; this module only looks round from there, and states nothing itself.
"""

from __future__ import annotations

from bot import text
from bot.by_words import covered
from bot.documents import years_told
from bot.index import Index
from bot.matcher import content_terms, match_of
from bot.model import Fact, Match, subject_of
from bot.query import Query
from bot.reading import Reading, read

BESIDE = 3
"""Places before and after a fact in its source that count as beside it."""
MOST_MORE = 8
"""Facts that "more" comes to after one answer."""
MOST_OTHER_TIMES = 2
LIKELY = 0.04
"""Probability among all subjects, 0 to 1, from which one of another time may be meant."""
MOST = 0.5
"""Share of a question that a fact beside the one that answers must hold, 0 to 1."""
ENOUGH = 0.35
"""Of what a fact holds of a question, the share that another account of it must hold, 0 to 1. The words may differ, but
where it says nothing of what was asked, it is left out."""


def leant_on(index: Index, fact: Fact, most: int) -> list[Match]:
    """Up to `most` sentences without which this one can't be understood, in the order of their source."""
    found: list[Match] = []
    document = next(one for one in index.versions(fact.id) if one.fact.lang == fact.lang)
    while document.leans and len(found) < most:
        before = index.preceding(document)
        if before is None:
            break
        found.insert(0, Match(before.fact, 0.0))
        document = before
    return found


def other_accounts(index: Index, query: Query, fact: Fact) -> list[Match]:
    """Who tells differently what the fact answers the query with, in its language where there is that."""
    content = content_terms(index, query)

    def holds(fact_id: str) -> float:
        return covered(content, frozenset[str]().union(*(one.terms for one in index.versions(fact_id))))

    ids = {one.fact.id for one in index.accounts(subject_of(fact.id))} - {fact.id}
    telling = [one for one in sorted(ids) if holds(one) >= ENOUGH * holds(fact.id)]
    return [Match(index.in_language(index.versions(one)[0].fact, query.lang), 0.0) for one in telling]


def other_times(index: Index, reading: Reading) -> tuple[Match, ...]:
    """Up to `MOST_OTHER_TIMES` facts that a question which names no year may mean as well: those of other years."""
    best, *others = [match for _, match in reading.found]
    told = years_told(index.accounts(subject_of(best.id)))
    if not told or any(text.is_year(term) for term in reading.query.terms):
        return ()
    likely = [match for match in others if match.ways and match.ways.chance >= LIKELY and match.cover.share >= MOST]
    other = [match for match in likely if not told & (years_told(index.accounts(subject_of(match.id))) or told)]
    return tuple(match_of(index, match, reading.query.lang) for match in other[:MOST_OTHER_TIMES])


def more(index: Index, fact: Fact) -> list[str]:
    """Ids of up to `MOST_MORE` facts to go on with.

    First those near it in its source; then those that its own question leads to when the year is left open; then what
    else is in its source.
    """
    document = next(one for one in index.versions(fact.id) if one.fact.lang == fact.lang)
    place = fact.position
    around = [one.fact for one in index.neighbours(document) if abs(one.fact.position - place) <= BESIDE]
    around.sort(key=lambda one: abs(one.position - place))
    near = [one.id for one in around if one.position != place]
    asked = text.normalise(next(iter(fact.keywords), fact.text))
    timeless = " ".join(word for word in text.words(asked) if not text.is_year(word))
    best = [scored.id for _, scored in read(index, timeless, fact.lang).found if scored.cover.share >= MOST]
    ids = dict.fromkeys([*near, *best, *(one.id for one in around)])
    told = {fact.id, *(match.fact.id for match in leant_on(index, fact, BESIDE))}
    return [one for one in ids if one not in told][:MOST_MORE]
