"""A linear classifier from the words of a question to the fact that answers it.

It is fitted on the ways of asking when facts are loaded (bot/loading/fitting.py) and kept in the table as one
row a feature: how much that feature speaks for each fact. Here are only the features of a question, the sum of their
rows, and by what it is held against single ways of asking; which fact a class stands for, and whether to trust it, is
decided elsewhere.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Collection, Iterable, Sequence

from bot.lexicon import NAME

NOBODY = "-"
"""The class of the questions that no fact answers."""


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


def logits(rows: Iterable[tuple[float, bytes]], classes: int, scale: float) -> list[float]:
    """The log odds of each class, up to a common constant.

    `rows` are those of the question's known features: the feature's rarity (its IDF), and that rarity times its weight
    for the classes that it tells something of, as `packed`, in steps of `scale`. The sum is divided by the Euclidean
    length of the rarities, so that short and long questions compare.
    """
    total = [0] * classes
    square = 0.0
    for rarity, row in rows:
        square += rarity * rarity
        count = len(row) // 3
        numbers = struct.unpack(f"<{count}H{count}b", row)
        for at, value in zip(numbers, numbers[count:], strict=False):
            total[at] += value
    length = math.sqrt(square) or 1.0
    return [value * scale / length for value in total]


def packed(values: Sequence[tuple[int, int]]) -> bytes:
    """A row of the table: the numbers of classes, two bytes each, then a signed byte for each of them."""
    return struct.pack(f"<{len(values)}H{len(values)}b", *(at for at, _ in values), *(value for _, value in values))


def softmax(values: Sequence[float]) -> list[float]:
    """Probabilities from log odds; they sum to 1."""
    top = max(values, default=0.0)
    powers = [math.exp(value - top) for value in values]
    whole = sum(powers)
    return [power / whole for power in powers]
