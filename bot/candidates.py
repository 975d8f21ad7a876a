"""Which documents are worth scoring for a question: those that hold its words, above all the rare ones.

As long as a question's words stand in few documents, FTS5 ranks all of them by BM25. In a large table that would read
hundreds of thousands of rows for words that tell little. There only documents with the rarest words are looked at, and
what else they hold of the question is asked of the index word by word; no text is read.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.vocabulary import Vocabulary

if TYPE_CHECKING:
    import sqlite3

MOST_ROWS = 1_000
"""Documents of the rarest words that are looked at."""
MOST_TERMS = 16
"""Of a question, the rarest; the others of a long one tell little."""
DEEPEST = 4
"""Words that a document must hold together where each alone is in too many."""


def best_by_words(
    connection: sqlite3.Connection, vocabulary: Vocabulary, terms: Iterable[str], limit: int
) -> list[int]:
    """Docids of at most `limit` documents that hold any of the `terms`, best first."""
    docs = {term: vocabulary.documents_with(term) for term in terms}
    known = sorted((term for term in docs if docs[term]), key=lambda term: (docs[term], term))
    if not known:
        return []
    if sum(docs[term] for term in known) <= MOST_ROWS:
        rows = connection.execute(
            "SELECT rowid FROM search_index WHERE search_index MATCH ? ORDER BY rank LIMIT ?", (_any(known), limit)
        )
        return [docid for (docid,) in rows]
    known = known[:MOST_TERMS]
    rare = _rare(known, docs)
    required = _any(rare) if rare else _together(connection, known, limit)
    weights = dict.fromkeys(_holders(connection, required), 0.0)
    last = max(weights, default=0)
    for term in known:
        match = f'"{term}"' if term in rare else f'({required}) AND "{term}"'
        rarity = vocabulary.rarity(term)
        for docid in _holders(connection, match, last):
            weights[docid] += rarity
    return heapq.nlargest(limit, weights, key=lambda docid: (weights[docid], -docid))


def _rare(known: Sequence[str], docs: Mapping[str, int]) -> list[str]:
    """The rarest of the terms, as long as they stand in at most `MOST_ROWS` documents."""
    room = MOST_ROWS
    rare = []
    for term in known:
        room -= docs[term]
        if room < 0:
            break
        rare.append(term)
    return rare


def _together(connection: sqlite3.Connection, known: Sequence[str], limit: int) -> str:
    """The match for documents that hold the rarest terms together: as many of them as `limit` documents hold."""
    required = ""
    for depth in range(min(DEEPEST, len(known)), 0, -1):
        required = " AND ".join(f'"{term}"' for term in known[:depth])
        if len(_holders(connection, required, most=limit)) == limit:
            break
    return required


def _holders(connection: sqlite3.Connection, match: str, last: int = 2**62, most: int = MOST_ROWS) -> list[int]:
    """The first documents that match, up to the docid `last`."""
    rows = connection.execute(
        "SELECT rowid FROM search_index WHERE search_index MATCH ? AND rowid <= ? LIMIT ?", (match, last, most)
    )
    return [docid for (docid,) in rows]


def _any(terms: Sequence[str]) -> str:
    return " OR ".join(f'"{term}"' for term in terms)
