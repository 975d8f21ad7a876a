"""The table's words: in how many documents and which languages each occurs, and which one a misspelled word means.

Words are read as they are asked for: a million facts have hundreds of thousands, and a question has ten.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    import sqlite3

REMEMBERED = 4_000
"""Words kept in memory."""
_ABSENT = (0, "")


@dataclass(frozen=True, slots=True)
class Near:
    """A known word that is spelled nearly as another."""

    word: str
    """In ASCII letters, with its ending."""
    term: str
    written: str
    """In its own letters."""
    distance: int
    """Edits between the two, 1 or 2; 0 for the word itself, -1 where none is near."""
    docs: int
    """Documents that hold its term, or the concept that the term spells."""


class Vocabulary:
    """The words of one open table."""

    def __init__(self, connection: sqlite3.Connection, size: int) -> None:
        """`size` is the number of documents in the table."""
        self._connection = connection
        self._size = size
        self._entries: dict[str, tuple[int, str] | None] = {}
        self._rarities: dict[str, float] = {}
        self._near: dict[tuple[str, str], list[Near]] = {}

    def knows(self, term: str) -> bool:
        """Whether the term occurs in a document, a concept's spelling, or the list of stopwords."""
        return self._entry(term) is not None

    def documents_with(self, term: str) -> int:
        """In how many documents the term occurs."""
        return (self._entry(term) or _ABSENT)[0]

    def spoken_in(self, term: str, lang: str) -> bool:
        """Whether the term occurs in a document of that language."""
        return lang in (self._entry(term) or _ABSENT)[1]

    def rarity(self, term: str) -> float:
        """The term's IDF (Robertson, Spärck Jones); for a term that no document has, the highest there is."""
        if term not in self._rarities:
            if len(self._rarities) >= REMEMBERED:
                self._rarities.clear()
            docs = self.documents_with(term)
            self._rarities[term] = math.log(1 + (self._size - docs + 0.5) / (docs + 0.5))
        return self._rarities[term]

    def nearest(self, word: str, term: str) -> list[Near]:
        """The known words that an unknown one may be a misspelling of: all at the same least distance.

        Looked for near the `word` in ASCII letters, then near its `term`, since a known term may have a new ending.
        Optimal string alignment: at most 1 up to five letters, else 2. Two edits leave the beginning or the end as it
        is. First those that begin as the word does, then the commonest. Empty where there are none.
        """
        if len(word) < 3 or not word.isalpha():
            return []
        if (word, term) not in self._near:
            if len(self._near) >= REMEMBERED:
                self._near.clear()
            tries = ((typed, edits, stem) for edits in (1, 2) for typed, stem in ((word, False), (term, True)))
            found = next(filter(None, (self._within(*one) for one in tries)), [])
            self._near[word, term] = sorted(found, key=lambda near: (-_alike(near.word, word), -near.docs, near.word))
        return self._near[word, term]

    def _entry(self, term: str) -> tuple[int, str] | None:
        """In how many documents a term occurs, and the languages of those; None for an unknown one."""
        try:
            return self._entries[term]
        except KeyError:
            if len(self._entries) >= REMEMBERED:
                self._entries.clear()
            row = self._connection.execute("SELECT docs, langs FROM vocabulary WHERE term = ?", (term,)).fetchone()
            self._entries[term] = row
            return self._entries[term]

    def _within(self, typed: str, edits: int, stem: bool) -> list[Near]:
        """Words at most so many edits away; with `stem` also terms that are no words themselves.

        They begin or end as the misspelled one does. Of a single edit (two letters that change places are one) one side
        always keeps `(letters - 1) // 2` letters, so that none is missed.
        """
        if len(typed) <= (2, 5)[edits - 1]:
            return []
        kept = (len(typed) - 1) // 2 if edits == 1 else 2 if len(typed) < 8 else 3
        lengths = range(len(typed) - edits, len(typed) + edits + 1)
        words: set[str] = set()
        for index, column, begins in (("start", "word", typed[:kept]), ("end", "backwards", typed[: -kept - 1 : -1])):
            found = self._connection.execute(
                f"SELECT word FROM words INDEXED BY words_by_{index}"  # noqa: S608 - constants
                f" WHERE length(word) IN ({','.join('?' * len(lengths))}) AND {column} >= ? AND {column} < ?",
                (*lengths, begins, begins + "{"),  # "{" comes after "z"
            )
            words.update(word for (word,) in found)
        near = process.extract(typed, list(words), scorer=OSA.distance, score_cutoff=edits, limit=None)
        distances = {word: int(distance) for word, distance, _ in near}
        rows = self._connection.execute(
            "SELECT word, term, written, docs FROM json_each(?) CROSS JOIN words ON word = value"
            " WHERE ? OR written > ''",
            (json.dumps(list(distances)), stem),
        )
        return [Near(word, term, written, distances[word], docs) for word, term, written, docs in rows]


def _alike(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
