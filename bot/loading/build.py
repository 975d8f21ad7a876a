"""Builds what the bot searches from what was loaded: documents, their index, the vocabulary, the classifier.

Everything here is derived from the tables facts, concepts and unanswerable, and made anew by every load.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sqlite_utils import Database

from bot import store, text
from bot.lexicon import Concept, Lexicon, spellings
from bot.loading.ways import fit_ways
from bot.model import Fact

if TYPE_CHECKING:
    import sqlite3


def rebuild(connection: sqlite3.Connection) -> None:
    """Make the derived tables anew from the facts, concepts and unanswerable questions in the table."""
    database = Database(connection)
    spelled = spellings(Concept(*row) for row in store.read_concepts(connection))
    lexicon = Lexicon(spelled)
    with database.atomic():
        for table in ("spellings", "search", "vocabulary", "weights", "meta"):
            database.table(table).delete_where()
        database.table("spellings").insert_all({"terms": run, "concept": name} for run, name in spelled.items())
        vocabulary = _Vocabulary()
        database.table("search").insert_all(_documents(store.read_facts(connection), lexicon, vocabulary))
        for question, lang in store.read_unanswerable(connection):
            vocabulary.seen(text.terms(question, lang))
        database.table("vocabulary").insert_all(vocabulary.rows())
        ways = fit_ways(connection, database, lexicon)
        database.table("meta").insert_all(
            {"key": key, "value": value}
            for key, value in {
                "normaliser": str(text.NORMALISER_VERSION),
                "stopwords": " ".join(sorted(text.stopwords())),
                "documents": str(vocabulary.documents),
                **ways,
            }.items()
        )
        store.index_documents(connection)


class _Vocabulary:
    """Counts in how many documents each term occurs, and in which languages."""

    def __init__(self) -> None:
        self.documents = 0
        self._docs: Counter[str] = Counter()
        self._langs: dict[str, str] = {}

    def add(self, terms: Iterable[str], lang: str) -> None:
        self.documents += 1
        for term in terms:
            self._docs[term] += 1
            langs = self._langs.get(term, "")
            if lang not in langs:
                self._langs[term] = f"{langs} {lang}".strip()

    def seen(self, terms: Iterable[str]) -> None:
        """Terms that are known words, though no document has them: they are not corrected."""
        for term in terms:
            self._docs.setdefault(term, 0)

    def rows(self) -> Iterator[dict[str, object]]:
        for term, docs in sorted(self._docs.items()):
            yield {"term": term, "docs": docs, "langs": self._langs.get(term, "")}


def _documents(facts: Iterable[Fact], lexicon: Lexicon, vocabulary: _Vocabulary) -> Iterator[dict[str, object]]:
    """The rows of search: on the first line of the body the terms of the text, on the second those of the keywords."""
    stopwords = text.stopwords()
    for number, fact in enumerate(facts, 1):
        own = [term for term in lexicon.terms(fact.text, fact.lang) if term not in stopwords]
        asked = {term for way in fact.keywords for term in lexicon.terms(way, fact.lang)} - stopwords - set(own)
        spelled = {term for way in (fact.text, *fact.keywords) for term in text.terms(way, fact.lang)}
        vocabulary.add({*own, *asked, *spelled}, fact.lang)
        yield {
            "docid": number,
            "id": fact.id,
            "lang": fact.lang,
            "body": " ".join(own) + "\n" + " ".join(sorted(asked)),
        }
