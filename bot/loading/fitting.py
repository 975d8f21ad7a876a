"""Fits the classifier's weights on ways of asking: multinomial logistic regression by stochastic descent.

Runs when facts are loaded, never to answer; numpy is imported here alone. What features a text has is the
classifier's business, where the texts come from is build.py's.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.classifier import packed

EPOCHS = 12
STEP = 0.5
"""Learning rate of AdaGrad (Duchi, Hazan, Singer 2011), with one scale a feature."""
RAREST = 2
"""Features seen in fewer examples than this tell nothing about others."""
LEAST = 4
"""Steps of a weight that is kept."""
MANY = 300
"""Examples from which those of a class count once; where there are fewer, each counts more, by the square root of how
many are missing, or the facts with the most ways of asking would be taken for those with few."""
SEED = 7

Floats = NDArray[np.float32]


def fit(examples: Sequence[tuple[Collection[str], int]], classes: int) -> tuple[list[str], Floats, Floats]:
    """Weights for `examples`, each a set of features and its class from 0 to `classes` - 1.

    Returns the features, their rarity (IDF), and a row of class weights for each. Deterministic.
    """
    counts = Counter(feature for found, _ in examples for feature in found)
    names = sorted(feature for feature, count in counts.items() if count >= RAREST)
    number = {feature: at for at, feature in enumerate(names)}
    rarity: Floats = np.array([math.log(len(examples) / counts[name]) for name in names], dtype=np.float32)
    weights: Floats = np.zeros((len(names), classes), dtype=np.float32)
    history: Floats = np.full(len(names), 0.01, dtype=np.float32)
    rows = [np.array(sorted(number[f] for f in found if f in number), dtype=np.int64) for found, _ in examples]
    sizes = Counter(right for _, right in examples)
    worth = {right: max(1.0, math.sqrt(MANY / size)) for right, size in sizes.items()}
    order = np.random.default_rng(SEED)
    for _ in range(EPOCHS):
        for at in order.permutation(len(rows)):
            if len(rows[at]):
                right = examples[at][1]
                _learn(weights, history, rarity, rows[at], right, worth[right])
    return names, rarity, weights


def _learn(weights: Floats, history: Floats, rarity: Floats, row: NDArray[np.int64], right: int, worth: float) -> None:
    """One step of descent on one example that counts `worth` times."""
    values = rarity[row]
    values = values / (np.sqrt(values @ values) or 1)
    known = weights.take(row, 0)  # read and written once: this is where the time goes
    odds = values @ known
    error = np.exp(odds - odds.max())
    error /= error.sum()
    error[right] -= 1
    error *= worth
    history[row] += values * values * (error @ error)
    weights[row] = known - np.multiply.outer(STEP * values / np.sqrt(history[row]), error)


def rows(rarity: Floats, weights: Floats) -> tuple[float, Iterator[bytes]]:
    """The weights times their rarity in whole steps, a packed row a feature, and the scale of one step.

    The scale lets all but one in ten thousand of the values fit into a signed byte; the rest are cut. A feature tells
    something of few classes; what it says of the others is next to nothing, and left out.
    """
    scaled = weights * rarity[:, None]
    scale = float(np.quantile(np.abs(scaled), 0.9999)) / 127 if scaled.size else 1.0
    steps = np.clip(np.rint(scaled / (scale or 1.0)), -127, 127).astype(int)
    return scale or 1.0, (
        packed([(int(at), int(row[at])) for at in np.flatnonzero(abs(row) >= LEAST)]) for row in steps
    )
