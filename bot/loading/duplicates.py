"""New wordings of a load that nearly repeat a fact which is in the table under another id.

Found through the old table's own index, by the rarest words; what counts as alike is similar.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import store_comparing, text
from bot.lexicon import Lexicon
from bot.similar import ALIKE, likeness

if TYPE_CHECKING:
    import sqlite3

_RAREST = 6
"""Words of a statement by which facts like it are looked for."""
_LOOKED_AT = 8


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A fact of the load, and the one that it nearly repeats."""

    place: str
    """FILE:LINE."""
    id: str
    text: str
    other: str
    """The id of the fact that is there."""
    other_text: str


def near_duplicates(connection: sqlite3.Connection, place: Callable[[int], str]) -> Iterator[Duplicate]:
    """The new or reworded facts of the load that are like another fact of the old table in the same language."""
    lexicon = Lexicon(store_comparing.old_spellings(connection))
    stopwords = text.stopwords()
    for number, fact_id, lang, statement in store_comparing.new_wordings(connection):
        terms = set(lexicon.terms(statement, lang)) - stopwords
        rarest = store_comparing.rarest_terms(connection, terms, _RAREST)
        for other, other_text in store_comparing.facts_with(connection, rarest, lang, _LOOKED_AT):
            if other != fact_id and likeness(statement, other_text) >= ALIKE:
                yield Duplicate(place(number), fact_id, statement, other, other_text)
                break
