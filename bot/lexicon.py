"""What means the same: names with their spellings, abbreviations and synonyms across languages.

A concept is one idea with its words in several languages ("tokayev": Tokayev, Toqaev, Токаев …). In the terms
of facts and questions alike, the longest run of terms that spells a concept is replaced by `_concept`, so that
they meet across languages. Which concepts there are is read from the table by others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot import text

PERSON = "_n_p_"
"""Begins the term of a name that is a person's."""
MARK = "_"
"""Begins the term of a concept; no other term has it."""
ASKING = "_q_"
"""Begins the term of a concept that is a question word."""
NAME = "_n_"
"""Begins the term of a concept that is a name: a person, a country, a city, an organisation."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One idea and its words in one language."""

    name: str
    lang: str
    words: tuple[str, ...]


class Lexicon:
    """Concepts, ready to be found in terms."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        """Of a word in two concepts of one spelling, the first has it."""
        self._by_terms: dict[tuple[str, ...], str] = {}
        self._longest = 1
        self._spellings: dict[tuple[str, str], str] = {}
        for concept in concepts:
            self._spellings[MARK + concept.name, concept.lang] = concept.words[0]
            for word in concept.words:
                key = tuple(text.terms(word, concept.lang))
                if key:
                    self._by_terms.setdefault(key, MARK + concept.name)
                    self._longest = max(self._longest, len(key))

    def single_terms(self) -> Mapping[str, str]:
        """The one-word spellings: term -> concept term. For correcting misspelled words."""
        return {key[0]: name for key, name in self._by_terms.items() if len(key) == 1}

    def spelling(self, term: str, lang: str) -> str:
        """The first word of a concept in `lang`, or in English, or empty."""
        return self._spellings.get((term, lang)) or self._spellings.get((term, "en"), "")

    def words_within(self) -> set[str]:
        """Every term that is part of some concept's spelling."""
        return {part for key in self._by_terms for part in key}

    def conceive(self, terms: Sequence[str]) -> list[tuple[str, range]]:
        """`terms` with concepts in place of what spells them, each with the places in `terms` it came from."""
        out: list[tuple[str, range]] = []
        at = 0
        while at < len(terms):
            for size in range(min(self._longest, len(terms) - at), 0, -1):
                name = self._by_terms.get(tuple(terms[at : at + size]))
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
        return [found for found, _ in self.conceive(text.terms(any_text, lang))]
