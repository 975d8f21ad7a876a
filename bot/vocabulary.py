"""The table's words: in how many documents and which languages each occurs, and which one a misspelled word means.

Words are read as they are asked for: a million facts have hundreds of thousands, and a question has ten.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    import sqlite3

REMEMBERED = 20_000
"""Words kept in memory."""
_ABSENT = (0, "")


class Vocabulary:
    """The words of one open table."""

    def __init__(self, connection: sqlite3.Connection, size: int) -> None:
        """`size` is the number of documents in the table."""
        self._connection = connection
        self._size = size
        self._entries: dict[str, tuple[int, str] | None] = {}
        self._near: dict[str, list[tuple[str, int, int]]] = {}

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
        docs = self.documents_with(term)
        return math.log(1 + (self._size - docs + 0.5) / (docs + 0.5))

    def corrections(self, term: str, most: int = 3, word: str = "") -> list[tuple[str, int]]:
        """Known terms nearest to an unknown one, with their distance.

        Optimal string alignment: at most 1 up to five letters, else 2. Two edits leave the beginning or the end of the
        word as it is. All are at the same least distance; of these the ones that begin as the whole `word` does come
        first, then the commonest. Empty where there are none.
        """
        if len(term) < 3 or not term.isalpha():
            return []
        if term not in self._near:
            if len(self._near) >= REMEMBERED:
                self._near.clear()
            self._near[term] = self._within(term, 1) or (self._within(term, 2) if len(term) > 5 else [])
        same = sorted(self._near[term], key=lambda found: (-_alike(found[0], word or term), -found[2], found[0]))
        return [(found, distance) for found, distance, _ in same[:most]]

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

    def _within(self, term: str, edits: int) -> list[tuple[str, int, int]]:
        """Terms at most so many edits away: (term, distance, documents).

        They begin or end as the misspelled one does. Of a single edit (two letters that change places are one) one side
        always keeps `(letters - 1) // 2` letters, so that none is missed.
        """
        kept = (len(term) - 1) // 2 if edits == 1 else 2 if len(term) < 9 else 3
        lengths = range(len(term) - edits, len(term) + edits + 1)
        near: set[str] = set()
        for index, column, begins in (("start", "term", term[:kept]), ("end", "backwards", term[: -kept - 1 : -1])):
            rows = self._connection.execute(
                f"SELECT term FROM vocabulary INDEXED BY vocabulary_by_{index} WHERE backwards IS NOT NULL"  # noqa: S608
                f" AND length(term) IN ({','.join('?' * len(lengths))}) AND {column} >= ? AND {column} < ?",
                (*lengths, begins, begins + "{"),  # "{" comes after "z"
            )
            near.update(one for (one,) in rows)
        found = process.extract(term, list(near), scorer=OSA.distance, score_cutoff=edits, limit=None)
        return [(one, int(distance), self.documents_with(one)) for one, distance, _ in found]


def _alike(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
