"""Wordings alike: whether two sentences say nearly the same, for the same figures.

Pure; where to look for such sentences is the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot import text

ALIKE = 0.85
"""From this likeness on two sentences are near-duplicates."""


def likeness(one: str, other: str) -> float:
    """0 to 1: how alike the words of two sentences are, whatever their order; 0 where their figures differ."""
    words, others = text.words(text.normalise(one)), text.words(text.normalise(other))
    if _figures(words) != _figures(others):
        return 0.0
    return fuzz.ratio(" ".join(sorted(words)), " ".join(sorted(others))) / 100


def _figures(words: list[str]) -> set[str]:
    return {word for word in words if any(map(str.isdigit, word))}


GATHER = 0.8
"""From this likeness on two questions are wordings of one."""


def gathered(texts: Sequence[str]) -> list[list[str]]:
    """The texts in groups of those alike; earlier ones found the groups, and each joins the one it is most like."""
    groups: list[list[str]] = []
    leaders: dict[frozenset[str], tuple[list[str], list[int]]] = {}
    for one in texts:
        words = text.words(text.normalise(one))
        sorted_words = " ".join(sorted(words))
        known, numbers = leaders.setdefault(frozenset(_figures(words)), ([], []))  # other figures, other questions
        best = process.extractOne(sorted_words, known, scorer=fuzz.ratio, score_cutoff=100 * GATHER)
        if best is None:
            known.append(sorted_words)
            numbers.append(len(groups))
            groups.append([one])
        else:
            groups[numbers[best[2]]].append(one)
    return groups
