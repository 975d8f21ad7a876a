"""Builds what the bot searches from what was loaded: documents, their index, the vocabulary, the classifier.

Everything here is derived from the tables facts, concepts and unanswerable, and made anew by every load.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bot import store, store_comparing, store_writing, text
from bot.language import languages
from bot.lexicon import Concept, Lexicon, spellings
from bot.loading.leaning import leans
from bot.loading.made_by import made_by
from bot.loading.progress import Bar, Progress
from bot.loading.ways import fit_ways

if TYPE_CHECKING:
    import sqlite3


def rebuild(connection: sqlite3.Connection, facts: int, progress: Progress) -> None:
    """Make the derived tables from the facts (so many), concepts and unanswerable questions in the new table."""
    bar = progress.step("reading words", facts)
    concepts = [Concept(*row) for row in store.read_concepts(connection)]
    spelled = spellings(concepts)
    lexicon = Lexicon(spelled)
    store_writing.write_spellings(connection, spelled.items())
    vocabulary = _Vocabulary()
    store_writing.write_documents(connection, _documents(connection, lexicon, vocabulary, bar))
    for concept in concepts:
        vocabulary.read(" ".join(concept.words), concept.lang)
    for known, language in languages().items():
        vocabulary.read(" ".join(language.stopwords), known)
    for question, lang in store.read_unanswerable(connection):
        vocabulary.read(question, lang)
    store_writing.write_vocabulary(connection, vocabulary.terms())
    store_writing.write_words(connection, vocabulary.words(lexicon))
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


class _Terms(dict[str, str]):
    """Word -> its term, each worked out once."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang = lang

    def __missing__(self, word: str) -> str:
        self[word] = text.term(word, self._lang)
        return self[word]


class _Vocabulary:
    """Counts in how many documents of each language each term occurs, and keeps the words that terms come from."""

    def __init__(self) -> None:
        self.documents = 0
        self._docs: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._terms: dict[str, _Terms] = {}
        """By language."""

    def read(self, any_text: str, lang: str) -> list[str]:
        """The terms of a text of known words, in order; as text.terms, but no word is worked out twice."""
        known = self._terms.setdefault(lang, _Terms(lang))
        return [term for word in text.words(text.normalise(any_text)) if (term := known[word])]

    def add(self, terms: Iterable[str], lang: str) -> None:
        """The terms of one more document."""
        self.documents += 1
        self._docs[lang].update(terms)

    def _spelled(self) -> set[tuple[str, str]]:
        """Terms, each with a word that it comes from."""
        return {(term, word) for known in self._terms.values() for word, term in known.items() if term}

    def terms(self) -> Iterator[tuple[str, int, str]]:
        """Term, number of documents, languages."""
        for term in sorted({term for term, _ in self._spelled()}.union(*self._docs.values())):
            counts = {lang: docs[term] for lang, docs in self._docs.items() if term in docs}
            yield term, sum(counts.values()), " ".join(counts)

    def words(self, lexicon: Lexicon) -> Iterator[tuple[str, str, str, int, str]]:
        """Rows of the table words: of all of three letters or more, and of terms too, as a new ending may follow them.

        Where several are the same in ASCII letters, the first stands for them.
        """
        words: dict[tuple[str, str], str] = {}
        spelled = sorted(self._spelled())
        for term, written in spelled:
            words.setdefault((text.folded(written), term), written)
        for term, _ in spelled:
            words.setdefault((term, term), "")
        for (word, term), written in words.items():
            if len(word) >= 3 and word.isalpha():
                docs = max(sum(docs[one] for docs in self._docs.values()) for one in {term, *lexicon.meant([term])})
                yield word, term, written, docs, word[::-1]


def _documents(
    connection: sqlite3.Connection, lexicon: Lexicon, vocabulary: _Vocabulary, bar: Bar
) -> Iterator[tuple[int, str, str, str, bool, int]]:
    """The rows of search: on the first line of the body the terms of the text, on the second those of the keywords.

    A text leans on the one before it where its words say so and it has no ways of asking of its own.
    """
    stopwords = text.stopwords()
    rows = store_writing.facts_to_index(connection)
    for number, (fact_id, lang, statement, keywords, source, follows) in enumerate(rows, 1):
        terms = vocabulary.read(statement, lang)
        own = [term for term in lexicon.meant(terms) if term not in stopwords]
        asked: set[str] = set()
        seen = {*terms, *own}
        if keywords != "[]":
            for way in json.loads(keywords):
                terms = vocabulary.read(way, lang)
                seen.update(terms)
                asked.update(lexicon.meant(terms))
            asked -= stopwords
            asked.difference_update(own)
            seen |= asked
        vocabulary.add(seen, lang)
        alone = not follows or keywords != "[]" or not leans(statement)
        yield number, fact_id, lang, " ".join(own) + "\n" + " ".join(sorted(asked)), not alone, source
        bar(number)
