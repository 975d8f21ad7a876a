"""Builds what the bot searches from what was loaded: documents, their index, the vocabulary, the classifier.

Everything here is derived from the tables facts, concepts and unanswerable, and made anew by every load.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bot import store, store_comparing, store_writing, text
from bot.lexicon import MARK, Concept, Lexicon, spellings
from bot.loading.leaning import leans
from bot.loading.made_by import made_by
from bot.loading.progress import Bar, Progress
from bot.loading.ways import fit_ways

if TYPE_CHECKING:
    import sqlite3


def rebuild(connection: sqlite3.Connection, facts: int, progress: Progress) -> None:
    """Make the derived tables from the facts (so many), concepts and unanswerable questions in the new table."""
    bar = progress.step("reading words", facts)
    spelled = spellings(Concept(*row) for row in store.read_concepts(connection))
    lexicon = Lexicon(spelled)
    store_writing.write_spellings(connection, spelled.items())
    vocabulary = _Vocabulary()
    store_writing.write_documents(connection, _documents(connection, lexicon, vocabulary, bar))
    vocabulary.seen(lexicon.words_within())
    vocabulary.seen(text.stopwords())
    for question, lang in store.read_unanswerable(connection):
        vocabulary.seen(text.terms(question, lang))
    store_writing.write_vocabulary(connection, vocabulary.rows())
    progress.step("learning the ways of asking")
    ways = fit_ways(connection, lexicon)
    meta = {
        "made_by": made_by(),
        "normaliser": str(text.NORMALISER_VERSION),
        "stopwords": " ".join(sorted(text.stopwords())),
        "documents": str(vocabulary.documents),
        **ways,
    }
    store_writing.write_meta(connection, meta)
    progress.step("indexing")
    store_writing.index_documents(connection)


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether the old table was built by this version, so that without changes nothing is to be done."""
    schema = store_comparing.old_schema(connection)
    return schema == store.SCHEMA_VERSION and store_comparing.old_meta(connection).get("made_by") == made_by()


class _Vocabulary:
    """Counts in how many documents of each language each term occurs."""

    def __init__(self) -> None:
        self.documents = 0
        self._docs: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._others: set[str] = set()

    def add(self, terms: Iterable[str], lang: str) -> None:
        self.documents += 1
        self._docs[lang].update(terms)

    def seen(self, terms: Iterable[str]) -> None:
        """Terms that are known words, though no document has them: they are not corrected."""
        self._others.update(terms)

    def rows(self) -> Iterator[tuple[str, int, str, str | None]]:
        """Term, number of documents, languages, and the term backwards where it is a word of three letters or more."""
        for term in sorted(self._others.union(*self._docs.values())):
            counts = {lang: docs[term] for lang, docs in self._docs.items() if term in docs}
            is_word = len(term) >= 3 and not term.startswith(MARK) and not term.isdecimal()
            yield term, sum(counts.values()), " ".join(counts), term[::-1] if is_word else None


def _documents(
    connection: sqlite3.Connection, lexicon: Lexicon, vocabulary: _Vocabulary, bar: Bar
) -> Iterator[tuple[int, str, str, str, bool, int]]:
    """The rows of search: on the first line of the body the terms of the text, on the second those of the keywords.

    A text leans on the one before it where its words say so and it has no ways of asking of its own.
    """
    stopwords = text.stopwords()
    rows = store_writing.facts_to_index(connection)
    for number, (fact_id, lang, statement, keywords, source, follows) in enumerate(rows, 1):
        spelled = text.terms(statement, lang)
        own = [term for term in lexicon.meant(spelled) if term not in stopwords]
        asked: set[str] = set()
        seen = {*spelled, *own}
        if keywords != "[]":
            for way in json.loads(keywords):
                terms = text.terms(way, lang)
                seen.update(terms)
                asked.update(lexicon.meant(terms))
            asked -= stopwords
            asked.difference_update(own)
            seen |= asked
        vocabulary.add(seen, lang)
        alone = not follows or keywords != "[]" or not leans(statement)
        yield number, fact_id, lang, " ".join(own) + "\n" + " ".join(sorted(asked)), not alone, source
        bar(number)
