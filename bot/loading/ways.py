"""From the ways of asking in the table to the classifier's rows and what is known of each of its classes.

Which facts have enough ways is decided here; the descent itself is fitting.py's.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from sqlite_utils import Database

from bot import store, text
from bot.classifier import NOBODY, features
from bot.kinds import kind_of
from bot.lexicon import NAME, Lexicon
from bot.loading import fitting

if TYPE_CHECKING:
    import sqlite3

ENOUGH_WAYS = 8
"""Ways of asking that a fact needs, over all languages, to be a class of the classifier."""

Ways = dict[str, list[tuple[str, str]]]
"""Fact id -> its ways of asking, each with its language."""


def fit_ways(connection: sqlite3.Connection, database: Database, lexicon: Lexicon) -> dict[str, str]:
    """Fit the classifier, write its rows, and return what the table's meta says of it (see index.py)."""
    ways = _ways(connection)
    meta = {
        "kinds": json.dumps({fact_id: _kinds(asked) for fact_id, asked in ways.items()}),
        "named": json.dumps({fact_id: _share_named(asked, lexicon) for fact_id, asked in ways.items()}),
    }
    if not ways:
        return {**meta, "classes": "[]", "scale": "1.0"}
    ways[NOBODY] = store.read_unanswerable(connection)
    classes = sorted(ways)
    examples = [
        (features(lexicon.terms(way, lang), _spelled(way)), number)
        for number, name in enumerate(classes)
        for way, lang in ways[name]
    ]
    names, rarity, weights = fitting.fit(examples, len(classes))
    scale, rows = fitting.packed(rarity, weights)
    database.table("weights").insert_all(
        {"feature": name, "rarity": round(float(rare), 4), "classes": row}
        for name, rare, row in zip(names, rarity, rows, strict=True)
    )
    return {**meta, "classes": json.dumps(classes), "scale": repr(scale)}


def _ways(connection: sqlite3.Connection) -> Ways:
    ways: Ways = {}
    for fact in store.read_facts(connection):
        ways.setdefault(fact.id, []).extend((way, fact.lang) for way in (*fact.keywords, fact.text))
    return {fact_id: asked for fact_id, asked in ways.items() if len(asked) >= ENOUGH_WAYS}


def _spelled(way: str) -> list[str]:
    return [text.folded(word) for word in text.words(text.normalise(way))]


def _kinds(asked: list[tuple[str, str]]) -> Counter[str]:
    """How many of the ways are of each kind of question."""
    return Counter(kind_of(" ".join(text.words(text.normalise(way)))) for way, _ in asked)


def _share_named(asked: list[tuple[str, str]], lexicon: Lexicon) -> float:
    """The share of the ways, 0 to 1, that name a name."""
    named = sum(any(term.startswith(NAME) for term in lexicon.terms(way, lang)) for way, lang in asked)
    return round(named / len(asked), 3)
