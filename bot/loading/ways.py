"""From the ways of asking in the table to the classifier's rows and what is known of each of its classes.

Which facts have enough ways is decided here; the descent itself is fitting.py's.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

from bot import store, store_comparing, store_writing, text
from bot.classifier import NOBODY, essence, features
from bot.kinds import kind_of
from bot.lexicon import NAME, Lexicon
from bot.loading import fitting
from bot.loading.made_by import made_by

if TYPE_CHECKING:
    import sqlite3

ENOUGH_WAYS = 8
"""Ways of asking that a fact needs, over all languages, to be a class of the classifier."""
MOST_CLASSES = 300
MOST_WAYS = 40_000
"""Of all classes, over all languages: bounds the memory of a load. Facts with the most ways come first; the others are
found by their words."""

Ways = dict[str, list[tuple[str, str]]]
"""Fact id -> its ways of asking, each with its language."""

DIGEST = "ways"
"""The meta key under which stands what the classifier was fitted on and by."""
_KEPT = (DIGEST, "kinds", "named", "classes", "scale")


def fit_ways(connection: sqlite3.Connection, lexicon: Lexicon) -> dict[str, str]:
    """Fit the classifier, write its rows, and return what the table's meta says of it (see index.py).

    Where the ways, concepts, unanswerable questions and the code are those of the old table, its rows are taken over.
    """
    ways = _ways(connection)
    nobody = store.read_unanswerable(connection)
    digest = _digest(ways, nobody, store.read_concepts(connection))
    old = store_comparing.old_meta(connection)
    if old.get(DIGEST) == digest and all(key in old for key in _KEPT):
        store_writing.keep_weights(connection)
        return {key: old[key] for key in _KEPT}
    meta = {
        DIGEST: digest,
        "kinds": json.dumps({fact_id: _kinds(asked) for fact_id, asked in ways.items()}),
        "named": json.dumps({fact_id: _share_named(asked, lexicon) for fact_id, asked in ways.items()}),
    }
    if not ways:
        return {**meta, "classes": "[]", "scale": "1.0"}
    ways[NOBODY] = nobody
    classes = sorted(ways)
    examples = [
        (tuple(map(sys.intern, features(lexicon.terms(way, lang), _spelled(way), _kind(way)))), number)
        for number, name in enumerate(classes)
        for way, lang in ways[name]
    ]
    names, rarity, weights = fitting.fit(examples, len(classes))
    scale, rows = fitting.rows(rarity, weights)
    store_writing.write_weights(
        connection,
        ((name, round(float(rare), 4), row) for name, rare, row in zip(names, rarity, rows, strict=True)),
    )
    stopwords = text.stopwords()
    store_writing.write_asked(
        connection,
        ((name, essence(lexicon.terms(way, lang), stopwords)) for name in classes for way, lang in ways[name]),
    )
    return {**meta, "classes": json.dumps(classes), "scale": repr(scale)}


def _ways(connection: sqlite3.Connection) -> Ways:
    chosen: Ways = {}
    room = MOST_WAYS
    for fact_id, count in store.most_asked(connection, ENOUGH_WAYS, MOST_CLASSES):
        room -= count
        if room < 0:
            break
        chosen[fact_id] = store.read_ways(connection, fact_id)
    return chosen


def _digest(ways: Ways, nobody: list[tuple[str, str]], concepts: list[tuple[str, str, tuple[str, ...]]]) -> str:
    """Of everything that the classifier's rows depend on."""
    return hashlib.sha256(json.dumps([sorted(ways.items()), nobody, concepts, made_by()]).encode()).hexdigest()


def _kind(way: str) -> str:
    return kind_of(" ".join(text.words(text.normalise(way))))


def _spelled(way: str) -> list[str]:
    return [text.folded(word) for word in text.words(text.normalise(way))]


def _kinds(asked: list[tuple[str, str]]) -> Counter[str]:
    """How many of the ways are of each kind of question."""
    return Counter(_kind(way) for way, _ in asked)


def _share_named(asked: list[tuple[str, str]], lexicon: Lexicon) -> float:
    """The share of the ways, 0 to 1, that name a name."""
    named = sum(any(term.startswith(NAME) for term in lexicon.terms(way, lang)) for way, lang in asked)
    return round(named / len(asked), 3)
