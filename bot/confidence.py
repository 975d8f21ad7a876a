"""From what is known of a match to the probability that it answers: a logistic regression of a few signs.

The weights are fitted by scripts/fit_gate.py on questions kept apart for it, and stand in gate.toml as plain
numbers. What is done with the probability (answer, suggest, abstain) is decided by the two thresholds below.
"""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

from bot.by_words import ByWords
from bot.matcher import Scored
from bot.query import Query

ANSWER_FROM = 0.2
SUGGEST_FROM = 0.12
"""Confidence (0 to 1) from which a match is stated, or offered."""
COMMON = 0.15
"""Rarity of a word (0 to 1) up to which it asks for nothing by itself."""
OFFERED = 0.17
"""The confidence at most of a fact that lacks a name or a year of the question, or is found by such a word alone: the
question is about somebody else, or another time."""
FOLLOW_UP_FROM = 0.18
"""Confidence from which a match is stated to a question that leans on the one before, and so is likely about it."""


def signs(query: Query, match: Scored) -> dict[str, float]:
    """What the regression looks at, by name."""
    cover, ways, words = match.cover, match.ways, match.words
    content = max(1, len(query.tokens))
    found = {
        "coverage": cover.share,
        "gap": cover.gap,
        "specific": cover.specific,
        "strange": sum(token.distance < 0 for token in query.tokens) / content,
        "corrected": sum(max(0, token.distance) for token in query.tokens) / content,
        "strangers": float(min(cover.strangers, 2)),
        "years": float(cover.years),
        "weight": math.log(1 + cover.weight),
        "held": math.log(1 + cover.held),
        "terms": math.log(content + 1),
    }
    if ways:
        found |= {
            "lead": ways.lead,
            "nearer": ways.nearer,
            "kind": ways.kind,
            "nameless": ways.nameless,
        }
    if words:
        found |= {name: float(getattr(words, name)) for name in ByWords.__slots__}
        found |= {"figures": float(min(cover.figures, 2)), "personal": math.log(1 + query.personal)}
        found |= {"score": match.score, "lead": match.over_next}
    return found


with (Path(__file__).parent / "gate.toml").open("rb") as _file:
    WEIGHTS: dict[str, dict[str, float]] = tomllib.load(_file)


def confidence(query: Query, match: Scored) -> float:
    """The estimated probability, 0 to 1, that the match answers the question."""
    if not match.cover.held:
        return 0.0  # a question of which the fact holds no word but the common ones
    weights = WEIGHTS["by_ways" if match.ways else "by_words"]
    total = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in signs(query, match).items())
    sure = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
    vague = len(query.tokens) == 1 and match.cover.specific <= COMMON
    other = match.cover.foreign or match.cover.years
    return min(sure, OFFERED) if match.ways and (vague or other) else sure
