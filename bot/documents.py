"""A fact in one language as the index sees it: as terms (bot/text.py, bot/lexicon.py), read from a row of the table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bot import store, text
from bot.model import Fact


@dataclass(frozen=True, slots=True)
class Document:
    """A fact in one language, as the index sees it."""

    docid: int
    """Neighbours in a source have neighbouring ones."""
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
    line: str
    """The terms of its text in order, with a space before and after each."""
    lines: str
    """The same with those of its keywords after them."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The texts around a document, its own included: their terms with a space before and after each."""

    lines: tuple[str, ...]
    """From some places before it to some after, in its source and language."""
    all: str
    """All of them."""
    before: str
    """The one before; empty where there is none."""


def document_of(row: Sequence[object]) -> Document:
    """The document in a row: docid, body, leans, source, and the columns of its fact."""
    docid, body, leans, source, *fact = row
    own, _, keywords = str(body).partition("\n")
    order = tuple(map(sys.intern, own.split()))
    own_terms = frozenset(order)
    return Document(
        docid=int(str(docid)),
        fact=store.fact_of(fact),
        source=int(str(source)),
        terms=own_terms | frozenset(map(sys.intern, keywords.split())) if keywords else own_terms,
        own=own_terms,
        order=order,
        leans=bool(leans),
        line=f" {own} ",
        lines=f" {own} {keywords} ",
    )


def years_asked(versions: Sequence[Document]) -> set[str]:
    """The years that a fact is asked for with: those in its text and ways of asking; else that of its source."""
    asked = {term for one in versions for term in one.terms if text.is_year(term)}
    return asked | years_told(versions) or {one.fact.source.published[:4] for one in versions}


def years_told(versions: Sequence[Document]) -> set[str]:
    """The years in a fact's text, and that of its figure."""
    return {term for one in versions for term in (*one.own, one.fact.as_of[:4]) if text.is_year(term)}
