"""The methods that one would take off the shelf, all behind one face: build files over texts, open them, search.

Each gets what makes it strong: bm25s and tantivy the Snowball stems of the words without stopwords (English ones for
Latin letters, Russian ones for Cyrillic), FTS5 every word of the question as an alternative. Nothing here is part of
the bot.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process, utils

Found = list[tuple[int, float]]
"""Texts by their number from 0 with a score, best first; higher is better."""
Search = Callable[[str, int], Found]
"""From a question and the most texts wanted to what was found."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One method."""

    name: str
    build: Callable[[Iterable[str], Path], None]
    """Writes what is searched into a folder."""
    open: Callable[[Path], Search]
    """The search over what `build` wrote."""
    needs: tuple[str, ...] = ()
    """Modules that the extra `peers` installs."""

    def missing(self) -> bool:
        """Whether a package that this needs isn't installed."""
        return any(importlib.util.find_spec(name) is None for name in self.needs)


def words(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return re.findall(r"\w+", text.casefold())


def stems(text: str) -> list[str]:
    """The stems of a text's words, without stopwords."""
    english, russian, stopwords = _stemmers()
    found = [word for word in words(text) if word not in stopwords]
    return [russian(word) if re.search("[а-яё]", word) else english(word) for word in found]


@cache
def _stemmers() -> tuple[Callable[[str], str], Callable[[str], str], frozenset[str]]:
    import Stemmer
    from bm25s.stopwords import STOPWORDS_EN, STOPWORDS_RUSSIAN

    english, russian = Stemmer.Stemmer("english"), Stemmer.Stemmer("russian")
    return english.stemWord, russian.stemWord, frozenset((*STOPWORDS_EN, *STOPWORDS_RUSSIAN))


def _build_ratio(texts: Iterable[str], folder: Path) -> None:
    (folder / "texts.txt").write_text("\n".join(" ".join(text.split()) for text in texts), encoding="utf-8")


def _open_ratio(folder: Path) -> Search:
    texts = [utils.default_process(text) for text in (folder / "texts.txt").read_text(encoding="utf-8").splitlines()]

    def search(question: str, most: int) -> Found:
        asked = utils.default_process(question)
        return [(at, score) for _, score, at in process.extract(asked, texts, scorer=fuzz.token_set_ratio, limit=most)]

    return search


def _build_fts5(tokenizer: str, texts: Iterable[str], folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / "fts5.db")) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"CREATE VIRTUAL TABLE texts USING fts5 (body, content='', tokenize='{tokenizer}')")
        connection.executemany("INSERT INTO texts (rowid, body) VALUES (?, ?)", enumerate(texts, 1))
        connection.execute("INSERT INTO texts (texts) VALUES ('optimize')")
        connection.commit()


def open_fts5(parts: Callable[[str], list[str]], folder: Path) -> Search:
    """Searches for any of the `parts` of a question."""
    connection = sqlite3.connect(folder / "fts5.db")

    def search(question: str, most: int) -> Found:
        asked = dict.fromkeys(parts(question))
        if not asked:
            return []
        rows = connection.execute(
            "SELECT rowid - 1, -rank FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?",
            (" OR ".join(f'"{part}"' for part in asked), most),
        )
        return rows.fetchall()

    return search


def trigrams(text: str) -> list[str]:
    """The runs of three letters of a text's words."""
    return [word[at : at + 3] for word in words(text) for at in range(len(word) - 2)]


def _build_bm25s(texts: Iterable[str], folder: Path) -> None:
    import bm25s

    index = bm25s.BM25()
    index.index([stems(text) for text in texts], show_progress=False)
    index.save(str(folder / "bm25s"), show_progress=False)


def _open_bm25s(folder: Path) -> Search:
    import bm25s

    index = bm25s.BM25.load(str(folder / "bm25s"))

    def search(question: str, most: int) -> Found:
        asked = stems(question)
        if not asked:
            return []
        found, scores = index.retrieve([asked], k=min(most, index.scores["num_docs"]), show_progress=False)
        return [(int(at), float(score)) for at, score in zip(found[0], scores[0], strict=True) if score > 0]

    return search


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", tokenizer_name="whitespace")
    builder.add_integer_field("number", stored=False, fast=True)
    return builder.build()


def _build_tantivy(texts: Iterable[str], folder: Path) -> None:
    import tantivy

    (folder / "tantivy").mkdir()
    index = tantivy.Index(_schema(), str(folder / "tantivy"))
    writer = index.writer(heap_size=200_000_000, num_threads=1)
    for number, text in enumerate(texts):
        writer.add_document(tantivy.Document(body=" ".join(stems(text)), number=number))
    writer.commit()
    writer.wait_merging_threads()


def open_tantivy(fuzzy: bool, folder: Path) -> Search:
    """Searches for any stem of a question, with `fuzzy` also for terms at one edit from it."""
    import tantivy

    schema = _schema()
    index = tantivy.Index(schema, str(folder / "tantivy"))
    searcher = index.searcher()

    def search(question: str, most: int) -> Found:
        parts = []
        for stem in dict.fromkeys(stems(question)):
            parts.append((tantivy.Occur.Should, tantivy.Query.term_query(schema, "body", stem)))
            if fuzzy and len(stem) > 3:
                parts.append((tantivy.Occur.Should, tantivy.Query.fuzzy_term_query(schema, "body", stem)))
        hits = searcher.search(tantivy.Query.boolean_query(parts), most, count=False).hits if parts else []
        numbers = searcher.fast_field_values("number", [address for _, address in hits])
        return [(int(number or 0), float(score)) for number, (score, _) in zip(numbers, hits, strict=True)]

    return search


def content(text: str) -> list[str]:
    """The words of a text without stopwords; all where there are no others."""
    found = words(text)
    return [word for word in found if word not in _stemmers()[2]] or found


build_porter = partial(_build_fts5, "porter unicode61")
RATIO = Peer("token_set_ratio", _build_ratio, _open_ratio)
BM25S = Peer("bm25s", _build_bm25s, _open_bm25s, ("bm25s", "Stemmer"))
TANTIVY = Peer("tantivy fuzzy", _build_tantivy, partial(open_tantivy, True), ("tantivy", "Stemmer", "bm25s"))
PEERS = (
    RATIO,
    Peer("FTS5 porter", build_porter, partial(open_fts5, words)),
    Peer("FTS5 trigram", partial(_build_fts5, "trigram"), partial(open_fts5, trigrams)),
    BM25S,
    TANTIVY,
)
"""What scripts/evaluate.py compares the bot with."""
