"""A linear classifier from the words of a question to the fact that answers it.

It is fitted on the ways of asking when facts are loaded (bot/loading/fitting.py) and kept in the table as one
row a feature: how much that feature speaks for each fact. Here are only the features of a question, the sum of their
rows, and by what it is held against single ways of asking; which fact a class stands for, and whether to trust it, is
decided elsewhere.
"""

from __future__ import annotations

import math
import struct
import sys
from array import array
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from bot.lexicon import NAME

NOBODY = "-"
"""The class of the questions that no fact answers."""
ZERO = 2**15
"""What stands for 0 in a lane of 16 bits, half of what it holds."""
MOST_ADDED = 256
"""Rows of signed bytes whose sum a lane is sure to hold."""


def features(terms: Sequence[str], spelled: Sequence[str], kind: str) -> set[str]:
    """The features of a text: its terms, pairs of neighbouring terms, and runs of 3 and 4 characters.

    Also the kind of question with each term, and each name with each term: "where" with "born" is another question
    than "when" with "born", and so is one name with it than another.

    `terms` have concepts in place; `spelled` are the words in ASCII letters, endings and all.
    """
    found = {f"w{one}" for one in terms}
    found.update(f"b{one} {two}" for one, two in zip(["^", *terms], [*terms, "$"], strict=True))
    found.update(f"k{kind} {one}" for one in terms if kind)
    found.update(f"n{name} {one}" for name in terms if name.startswith(NAME) for one in terms if one != name)
    joined = f" {' '.join(spelled)} "
    for size in (3, 4):
        found.update(joined[at : at + size] for at in range(len(joined) - size + 1))
    return found


def essence(terms: Iterable[str], stopwords: Collection[str]) -> str:
    """The terms of a text on one line, each once, sorted and without stopwords: what two wordings are compared by."""
    return " ".join(sorted(set(terms).difference(stopwords)))


def logits(rows: Sequence[tuple[float, int]], classes: int, scale: float) -> list[float]:
    """The log odds of each class, up to a common constant.

    `rows` are those of the question's known features: the feature's rarity (its IDF), and that rarity times its weight
    for each class, as `spread`, in steps of `scale`. The sum is divided by the Euclidean length of the rarities, so
    that short and long questions compare.
    """
    total = [0] * classes
    zeros = _zeros(classes)
    for start in range(0, len(rows), MOST_ADDED):
        added = sum(row for _, row in rows[start : start + MOST_ADDED]) + zeros
        lanes = array("H", added.to_bytes(2 * classes, sys.byteorder))
        total = [value + lane - ZERO for value, lane in zip(total, lanes, strict=True)]
    factor = scale / (math.hypot(*(rarity for rarity, _ in rows)) or 1.0)
    return [value * factor for value in total]


def spread(row: bytes, classes: int) -> int:
    """A `packed` row as one long integer with a lane of 16 bits for each class.

    Adding two of them adds all lanes at once, several times as fast as going from class to class. A value below 0
    borrows from the lane above; adding `ZERO` in every lane at the end puts that right.
    """
    lanes = array("H", [ZERO]) * classes
    end = len(row) // 3 * 2
    numbers = array("H", row[:end])
    if sys.byteorder == "big":
        numbers.byteswap()
    for at, value in zip(numbers, array("b", row[end:]), strict=True):
        lanes[at] += value
    return int.from_bytes(lanes.tobytes(), sys.byteorder) - _zeros(classes)


@cache
def _zeros(classes: int) -> int:
    return int.from_bytes((array("H", [ZERO]) * classes).tobytes(), sys.byteorder)


def packed(values: Sequence[tuple[int, int]]) -> bytes:
    """A row of the table: the numbers of classes, two bytes each, then a signed byte for each of them."""
    return struct.pack(f"<{len(values)}H{len(values)}b", *(at for at, _ in values), *(value for _, value in values))


def softmax(values: Sequence[float]) -> list[float]:
    """Probabilities from log odds; they sum to 1."""
    top = max(values, default=0.0)
    powers = [math.exp(value - top) for value in values]
    whole = sum(powers)
    return [power / whole for power in powers]
