"""Wordings alike: whether two sentences say nearly the same, for the same figures.

Pure; where to look for such sentences is the caller's.
"""

from __future__ import annotations

from rapidfuzz import fuzz

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
