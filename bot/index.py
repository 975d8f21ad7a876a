"""What the table knows of words: which documents hold them, how rare they are, how they are spelled.

A document is a fact in one language, as terms (bot/text.py, bot/lexicon.py). This module finds candidates with
FTS5, corrects misspelled terms against the table's own vocabulary with RapidFuzz, and reads the classifier's
rows. It reads only, and judges nothing: scores are matcher.py's.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot import store, text
from bot.lexicon import MARK, NAME, Lexicon
from bot.model import Fact

T = TypeVar("T")

MAX_DOCUMENTS = 20_000
"""Documents kept in memory; the shipped table has far fewer, a million facts far more."""

WINDOW = 8
"""Sentences before and after one that count as its surroundings."""


@dataclass(frozen=True, slots=True)
class Document:
    """A fact in one language, as the index sees it."""

    docid: int
    fact: Fact
    source: int
    terms: frozenset[str]
    """Of its text and keywords, without stopwords, concepts in place."""
    own: frozenset[str]
    """Of its text alone."""
    order: tuple[str, ...]
    """The terms of its text in order."""
    leans: bool
    """Whether its text needs the one before it in its source to be understood."""
    grams: frozenset[str]
    """The trigrams of its text's terms."""
    beginnings: frozenset[str]
    """The first five letters of the terms that have them."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The terms of the texts around a document."""

    all: frozenset[str]
    """Of those up to `WINDOW` places before and after, and its own."""
    before: frozenset[str]
    """Of the one before."""
    counts: Mapping[str, int]
    """In how many of the texts each term occurs."""
    size: int
    """How many texts there are, its own included."""


class Index:
    """One version of the table, open for reading; used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Open the table at `path`. Raises store.TableError."""
        self.connection = store.open_reader(path)
        try:
            self._read_words(path)
        except sqlite3.Error as error:
            self.connection.close()
            raise store.TableError(
                f"{path} is damaged ({error}): put a good copy in its place, or load it anew."
            ) from None
        except store.TableError:
            self.connection.close()
            raise
        self._names: dict[str, frozenset[str]] = {}
        self._documents: OrderedDict[int, Document] = OrderedDict()
        self._surroundings: OrderedDict[int, Surroundings] = OrderedDict()
        self._versions: dict[str, list[int]] = {}

    def _read_words(self, path: Path) -> None:
        meta = dict(self.connection.execute("SELECT key, value FROM meta"))
        if meta.get("normaliser") != str(text.NORMALISER_VERSION):
            raise store.TableError(f"{path} was built by another version of this bot: run scripts/load_facts.py on it.")
        self.size = int(meta["documents"])
        self.classes: list[str] = json.loads(meta["classes"])
        self.scale = float(meta["scale"])
        """One step of the classifier's rows."""
        self.kinds: dict[str, dict[str, int]] = json.loads(meta["kinds"])
        """How many of a fact's ways of asking are of each kind (bot/kinds.py)."""
        self.named: dict[str, float] = json.loads(meta["named"])
        """The share of a fact's ways of asking that name a name, 0 to 1."""
        self.all_kinds = sum((Counter(kinds) for kinds in self.kinds.values()), Counter[str]())
        self._classed = {
            docid
            for fact_id in self.kinds
            for (docid,) in self.connection.execute("SELECT docid FROM search WHERE id = ?", (fact_id,))
        }
        self.lexicon = Lexicon(dict(self.connection.execute("SELECT terms, concept FROM spellings")))
        self.stopwords = frozenset(meta["stopwords"].split())
        self._docs: dict[str, int] = {}
        self._langs: dict[str, str] = {}
        for term, docs, langs in self.connection.execute("SELECT term, docs, langs FROM vocabulary"):
            self._docs[term] = docs
            self._langs[term] = langs
        for term in (*self.lexicon.words_within(), *self.stopwords):
            self._docs.setdefault(term, 0)
        self._spellings = [
            term for term in self._docs if len(term) >= 3 and not term.startswith("_") and not term.isdecimal()
        ]

    def close(self) -> None:
        """Give the file back."""
        self.connection.close()

    def names(self, fact_id: str) -> frozenset[str]:
        """The names that a fact's text and ways of asking hold, over all its languages."""
        if fact_id not in self._names:
            terms = frozenset[str]().union(*(version.terms for version in self.versions(fact_id)))
            self._names[fact_id] = frozenset(term for term in terms if term.startswith(NAME))
        return self._names[fact_id]

    def knows(self, term: str) -> bool:
        """Whether the term occurs in a document, a concept's spelling, or the list of stopwords."""
        return term in self._docs

    def is_name(self, term: str) -> bool:
        """Whether the term alone spells a name."""
        return self.lexicon.conceive([term])[0][0].startswith(NAME)

    def documents_with(self, term: str) -> int:
        """In how many documents the term occurs."""
        return self._docs.get(term, 0)

    def spoken_in(self, term: str, lang: str) -> bool:
        """Whether the term occurs in a document of that language."""
        return lang in self._langs.get(term, "")

    def rarity(self, term: str) -> float:
        """The term's IDF (Robertson, Spärck Jones); for a term that no document has, the highest there is."""
        docs = self._docs.get(term, 0)
        return math.log(1 + (self.size - docs + 0.5) / (docs + 0.5))

    def corrections(self, term: str, most: int = 3, word: str = "") -> list[tuple[str, int]]:
        """Known terms nearest to an unknown one, with their distance.

        Optimal string alignment: at most 1 up to five letters, else 2. All are at the same least distance; of these
        the ones that begin as the whole `word` does come first, then the commonest. Empty where there are none.
        """
        if len(term) < 3 or not term.isalpha():
            return []
        near = process.extract(
            term,
            self._spellings,
            scorer=OSA.distance,
            score_cutoff=1 if len(term) <= 5 else 2,
            limit=8 * most,
        )
        if not near:
            return []
        least = min(distance for _, distance, _ in near)
        same = [found for found, distance, _ in near if distance == least]
        same.sort(key=lambda found: (-_alike(found, word or term), -self._docs[found], found))
        return [(found, int(least)) for found in same[:most]]

    def candidates(self, terms: Iterable[str], limit: int) -> list[int]:
        """Documents that hold any of the `terms`, best first by BM25.

        Facts that are classes of the classifier are left out.
        """
        known = [term for term in dict.fromkeys(terms) if self._docs.get(term)]
        if not known or len(self._classed) >= self.size:
            return []
        query = " OR ".join(f'"{term}"' for term in known)
        rows = self.connection.execute(
            "SELECT rowid FROM search_index WHERE search_index MATCH ? ORDER BY rank LIMIT ?",
            (query, limit + len(self._classed)),
        )
        return [docid for (docid,) in rows if docid not in self._classed][:limit]

    def documents(self, docids: Sequence[int]) -> list[Document]:
        """The documents with these ids, in that order."""
        missing = [docid for docid in docids if docid not in self._documents]
        if missing:
            marks = ",".join("?" * len(missing))
            for row in self.connection.execute(
                f"SELECT d.docid, d.body, d.leans, f.source, {store.FACT_COLUMNS} FROM search d"  # noqa: S608 - marks only
                " JOIN facts f ON f.id = d.id AND f.lang = d.lang JOIN sources s ON s.id = f.source"
                f" WHERE d.docid IN ({marks})",
                missing,
            ):
                document = _document(row)
                _remember(self._documents, document.docid, document)
        return [self._documents[docid] for docid in docids if docid in self._documents]

    def surroundings(self, document: Document) -> Surroundings:
        """What stands around a document in its source and language."""
        known = self._surroundings.get(document.docid)
        if known is None:
            near = self.neighbours(document)
            place = next((at for at, one in enumerate(near) if one.docid == document.docid), 0)
            known = Surroundings(
                all=frozenset[str]().union(*(one.own for one in near)),
                before=near[place - 1].own if place else frozenset(),
                counts=Counter(term for one in near for term in one.own),
                size=len(near),
            )
            _remember(self._surroundings, document.docid, known)
        return known

    def follower(self, document: Document) -> Document | None:
        """The document after this one in its source and language, or None."""
        near = self.neighbours(document)
        place = next((at for at, one in enumerate(near) if one.docid == document.docid), len(near))
        return near[place + 1] if place + 1 < len(near) else None

    def neighbours(self, document: Document) -> list[Document]:
        """The documents of the same source and language near this one, itself included, in order."""
        place = document.fact.position
        rows = self.connection.execute(
            "SELECT d.docid FROM facts f JOIN search d ON d.id = f.id AND d.lang = f.lang"
            " WHERE f.source = ? AND f.lang = ? AND f.position BETWEEN ? AND ? ORDER BY f.position LIMIT ?",
            (document.source, document.fact.lang, place - WINDOW, place + WINDOW, 4 * WINDOW),
        )
        return self.documents([docid for (docid,) in rows])

    def preceding(self, document: Document) -> Document | None:
        """The document before this one in its source and language, or None."""
        rows = self.connection.execute(
            "SELECT d.docid FROM facts f JOIN search d ON d.id = f.id AND d.lang = f.lang"
            " WHERE f.source = ? AND f.lang = ? AND f.position < ? ORDER BY f.position DESC LIMIT 1",
            (document.source, document.fact.lang, document.fact.position),
        )
        return next(iter(self.documents([docid for (docid,) in rows])), None)

    def versions(self, fact_id: str) -> list[Document]:
        """All languages of a fact."""
        known = self._versions.get(fact_id)
        if known is None:
            rows = self.connection.execute("SELECT docid FROM search WHERE id = ?", (fact_id,))
            known = [docid for (docid,) in rows]
            if fact_id in self.kinds:
                self._versions[fact_id] = known
        return self.documents(known)

    def spelling(self, term: str, lang: str) -> str:
        """The first word of a concept's term in `lang`, else in English; empty where there is none."""
        for one in (lang, "en"):
            found = self.connection.execute(
                "SELECT words FROM concepts WHERE concept = ? AND lang = ?", (term.removeprefix(MARK), one)
            ).fetchone()
            if found:
                return str(json.loads(found[0])[0])
        return ""

    def some_facts(self, lang: str, most: int = 12) -> list[Fact]:
        """Facts of one language from all over the table, the same at each call."""
        rows = self.connection.execute(
            "SELECT docid FROM search WHERE lang = ?"
            " AND docid % max(1, (SELECT max(docid) / ? FROM search)) = 0 LIMIT ?",
            (lang, 4 * most, most),
        )
        return [document.fact for document in self.documents([docid for (docid,) in rows])]

    def weights(self, features: Iterable[str]) -> list[tuple[float, bytes]]:
        """The classifier's rows of those of the `features` that it knows."""
        names = list(features)
        marks = ",".join("?" * len(names))
        return self.connection.execute(
            f"SELECT rarity, classes FROM weights WHERE feature IN ({marks})",  # noqa: S608 - marks only
            names,
        ).fetchall()


def _alike(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _document(row: Sequence[object]) -> Document:
    docid, body, leans, source, *fact = row
    own, _, keywords = str(body).partition("\n")
    order = tuple(own.split())
    own_terms = frozenset(order)
    terms = own_terms | frozenset(keywords.split())
    beginnings = frozenset(term[:size] for term in terms for size in (4, 5, 6) if len(term) >= size)
    grams = frozenset(text.trigrams(own))
    return Document(
        int(str(docid)), store.fact_of(fact), int(str(source)), terms, own_terms, order, bool(leans), grams, beginnings
    )


def _remember(cache: OrderedDict[int, T], key: int, value: T) -> None:
    """Keep a value; of more than `MAX_DOCUMENTS` the oldest goes."""
    cache[key] = value
    if len(cache) > MAX_DOCUMENTS:
        cache.popitem(last=False)
