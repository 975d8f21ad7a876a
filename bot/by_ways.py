"""How well a question fits the ways of asking for a fact: by the classifier, and by the kind of thing asked for."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot import text
from bot.classifier import NOBODY, essence, features, logits, softmax
from bot.index import Index
from bot.lexicon import NAME
from bot.query import Query

LIKELY = 0.01
"""Probability of a subject (0 to 1) from which its single ways of asking are looked at."""
NEARER = 0.3
"""The most that `nearer` comes to: how much farther off a question without an answer is, is not looked for."""
FAR = -0.3
"""What is taken for `nearer` of the others."""
MISDATED = 3.0
"""What a subject loses of its log odds that tells of other times than are asked for."""
UNSAID = 3.0
"""The same for one that does not hold what a message says beside what it takes from the question before."""
TALKED_OF = 2.0
"""What is added to the log odds of a subject that is talked of."""
CLASSES = 10
"""Subjects that are looked at, the classifier's best."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What is known of a question from the conversation that it is asked in."""

    near: frozenset[str] = frozenset()
    """Subjects that are talked of, which are likelier than others."""
    said: frozenset[str] = frozenset()
    """Terms of the message itself, where the question is pieced together from it and the one before."""


ALONE = Talk()
"""No conversation."""


@dataclass(frozen=True, slots=True)
class ByWays:
    """What the ways of asking say of a subject."""

    chance: float
    """Probability of the subject among all classes, 0 to 1."""
    odds: float
    """Log odds of the subject, from the mean of all."""
    lead: float
    """Log odds against the likeliest alternative: the best other subject, or that no fact answers."""
    kind: float
    """Log odds of the kind of question among its ways of asking, against all facts' (bot/kinds.py)."""
    nearer: float
    """Likeness of the nearest of its ways of asking, less that of the nearest question without an answer: -1 to 1."""
    nameless: float
    """Share of its ways of asking that name a name, where the question names none of those; else 0."""


def by_ways(index: Index, query: Query, talk: Talk = ALONE) -> dict[str, ByWays]:
    """The classifier's best subjects, best first; empty where the table has no classes."""
    if not index.classes or not query.tokens:
        return {}
    asked = features(query.terms, query.spelled, query.kind)
    rows = index.weights(asked)
    values = logits(rows, len(index.classes), index.scale)
    nobody = index.classes.index(NOBODY)
    for at in (index.classes.index(subject) for subject in talk.near if subject in index.kinds):
        values[at] += TALKED_OF
    for at in _order(values, nobody)[:CLASSES]:
        values[at] -= _faults(index, query, talk, index.classes[at])
    chances, order = softmax(values), _order(values, nobody)
    mean = sum(values) / len(values)
    named = {term for term in query.terms if term.startswith(NAME)}
    nearer = _nearer(index, query, [index.classes[at] for at in order[:CLASSES] if chances[at] >= LIKELY])
    found = {}
    for place, at in enumerate(order[:CLASSES]):
        subject = index.classes[at]
        alternatives = [values[nobody], *(values[other] for other in (order[1:2] if place == 0 else order[:1]))]
        found[subject] = ByWays(
            chance=chances[at],
            odds=values[at] - mean,
            lead=values[at] - max(alternatives),
            kind=_kind_odds(index, query.kind, subject),
            nearer=nearer.get(subject, FAR),
            nameless=0.0 if named & index.names(subject) else index.named[subject],
        )
    return found


def _order(values: list[float], nobody: int) -> list[int]:
    """The subjects by their log odds, best first."""
    return sorted((at for at in range(len(values)) if at != nobody), key=values.__getitem__, reverse=True)


def _faults(index: Index, query: Query, talk: Talk, subject: str) -> float:
    """What a subject loses of its log odds for what a question names and it does not tell of."""
    terms = set(query.terms)
    months, years = terms & index.months, set(filter(text.is_year, terms))
    fault = 0.0
    if months or years:
        times = index.times(subject)
        if (years and not years & times) or (months and times & index.months and not months & times):
            fault += MISDATED
    if talk.said:
        terms = set[str]().union(*(one.terms for one in index.accounts(subject)))
        if 2 * len(talk.said & terms) < len(talk.said):
            fault += UNSAID
    return fault


def _nearer(index: Index, query: Query, subjects: list[str]) -> dict[str, float]:
    """ByWays.nearer of each of the subjects; at most `NEARER`, as it takes time to look for questions so far away."""
    asked = essence(query.terms, index.stopwords)
    own = {subject: _nearest(asked, index.asked(subject), 0.0) for subject in subjects}
    if not own:
        return {}
    others = _nearest(asked, index.unanswerable(asked.split()), max(own.values()) - NEARER)
    return {subject: likeness - others for subject, likeness in own.items()}


def _nearest(asked: str, ways: Collection[str], least: float) -> float:
    """The likeness of the nearest of the ways, 0 to 1, or `least` where none is as near as that."""
    best = process.extractOne(asked, ways, scorer=fuzz.ratio, score_cutoff=100 * max(0.0, least))
    return best[1] / 100 if best else max(0.0, least)


def _kind_odds(index: Index, kind: str, subject: str) -> float:
    """How much more often than in the whole table this subject's ways are of that kind; 0 where none is told."""
    if not kind:
        return 0.0
    own = index.kinds[subject]
    everywhere = (index.all_kinds.get(kind, 0) + 1) / (sum(index.all_kinds.values()) + 1)
    return math.log((own.get(kind, 0) + 0.5) / (sum(own.values()) + 1)) - math.log(everywhere)
