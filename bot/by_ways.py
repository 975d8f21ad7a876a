"""How well a question fits the ways of asking for a fact: by the classifier, and by the kind of thing asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.classifier import NOBODY, features, logits, softmax
from bot.index import Index
from bot.lexicon import NAME
from bot.query import Query

CLASSES = 10
"""Subjects that are looked at, the classifier's best."""


@dataclass(frozen=True, slots=True)
class ByWays:
    """What the ways of asking say of a subject."""

    chance: float
    """Probability of the subject among all classes, 0 to 1."""
    runner_up: float
    """Probability of the best other subject, 0 to 1."""
    nobody: float
    """Probability that no fact answers, 0 to 1."""
    odds: float
    """Log odds of the subject, from the mean of all."""
    over_nobody: float
    """Log odds against that no fact answers."""
    over_next: float
    """Log odds against the best other subject."""
    kind: float
    """Log odds of the kind of question among its ways of asking, against all facts' (bot/kinds.py)."""
    nameless: float
    """Share of its ways of asking that name a name, where the question names none of those; else 0."""
    known: float
    """Share of the question's features that the classifier knows, 0 to 1."""


def by_ways(index: Index, query: Query) -> dict[str, ByWays]:
    """The classifier's best subjects, best first; empty where the table has no classes."""
    if not index.classes or not query.tokens:
        return {}
    asked = features(query.terms, query.spelled, query.kind)
    rows = index.weights(asked)
    values = logits(rows, len(index.classes), index.scale)
    chances = softmax(values)
    nobody = index.classes.index(NOBODY)
    order = sorted((at for at in range(len(values)) if at != nobody), key=lambda at: -values[at])
    mean = sum(values) / len(values)
    named = {term for term in query.terms if term.startswith(NAME)}
    found = {}
    for place, at in enumerate(order[:CLASSES]):
        subject = index.classes[at]
        rival = order[min(1, len(order) - 1)] if place == 0 else order[0]
        found[subject] = ByWays(
            chance=chances[at],
            runner_up=chances[rival] if rival != at else 0.0,
            nobody=chances[nobody],
            odds=values[at] - mean,
            over_nobody=values[at] - values[nobody],
            over_next=values[at] - values[rival],
            kind=_kind_odds(index, query.kind, subject),
            nameless=0.0 if named & index.names(subject) else index.named[subject],
            known=len(rows) / max(1, len(asked)),
        )
    return found


def _kind_odds(index: Index, kind: str, subject: str) -> float:
    """How much more often than in the whole table this subject's ways are of that kind; 0 where none is told."""
    if not kind:
        return 0.0
    own = index.kinds[subject]
    everywhere = (index.all_kinds.get(kind, 0) + 1) / (sum(index.all_kinds.values()) + 1)
    return math.log((own.get(kind, 0) + 0.5) / (sum(own.values()) + 1)) - math.log(everywhere)
