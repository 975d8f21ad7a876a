"""What means the same: names with their spellings, abbreviations and synonyms across languages.

A concept is one idea with its words in several languages ("n_p_tokayev": Tokayev, Toqaev, Токаев …). In the terms
of facts and questions alike, the longest run of terms that spells a concept is replaced by `_concept`, so that
they meet across languages. The spellings are worked out when concepts are loaded, and read from the table after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot import text

MARK = "_"
"""Begins the term of a concept; no other term has it."""
ASKING = "_q_"
"""Begins the term of a concept that is a question word."""
NAME = "_n_"
"""Begins the term of a concept that is a name: a person, a country, a city, an organisation."""
PERSON = "_n_p_"
"""Begins the term of a name that is a person's."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One idea and its words in one language."""

    name: str
    lang: str
    words: tuple[str, ...]


def spellings(concepts: Iterable[Concept]) -> dict[str, str]:
    """The runs of terms that spell each concept, joined by spaces -> the concept's term.

    Of two concepts that are spelled alike, the first has the spelling. A word of which no more than two letters are
    left without its ending ("Алиев"), or three of a name ("Манила", "man"), spells none: those mean too much else.
    """
    found: dict[str, str] = {}
    for concept in concepts:
        for word in concept.words:
            run = " ".join(text.terms(word, concept.lang))
            least = 4 if f"{MARK}{concept.name}".startswith(NAME) else 3
            if run and (len(run) >= least or len(run) >= len(word)):
                found.setdefault(run, MARK + concept.name)
    return found


class Lexicon:
    """Spellings, ready to be found in terms."""

    def __init__(self, spelled: Mapping[str, str]) -> None:
        """`spelled` is what `spellings` gives."""
        self._spelled = spelled
        self._longest: dict[str, int] = {}
        """Terms in the longest spelling that begins with a term."""
        for run in spelled:
            first, *rest = run.split(" ")
            self._longest[first] = max(self._longest.get(first, 0), 1 + len(rest))

    def conceive(self, terms: Sequence[str]) -> list[tuple[str, range]]:
        """`terms` with concepts in place of what spells them, each with the places in `terms` it came from."""
        out: list[tuple[str, range]] = []
        at = 0
        while at < len(terms):
            for size in range(min(self._longest.get(terms[at], 0), len(terms) - at), 0, -1):
                name = self._spelled.get(" ".join(terms[at : at + size]))
                if name is not None:
                    out.append((name, range(at, at + size)))
                    at += size
                    break
            else:
                out.append((terms[at], range(at, at + 1)))
                at += 1
        return out

    def terms(self, any_text: str, lang: str) -> list[str]:
        """The terms of `any_text` in `lang`, concepts in place."""
        return self.meant(text.terms(any_text, lang))

    def meant(self, terms: list[str]) -> list[str]:
        """`terms` with concepts in place of what spells them."""
        if self._longest.keys().isdisjoint(terms):
            return terms
        return [found for found, _ in self.conceive(terms)]
