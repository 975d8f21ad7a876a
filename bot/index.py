"""What the table holds for a question: documents, what stands around them, candidates, the classifier's rows.

A document is a fact in one language, as terms (bot/text.py, bot/lexicon.py). Which documents are worth scoring is
candidates.py's, what is known of words vocabulary.py's. This module reads only, and judges nothing: scores are
matcher.py's.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from bot import store, text
from bot.candidates import best_by_words
from bot.classifier import NOBODY, spread
from bot.documents import Document, Surroundings, document_of, years_asked
from bot.language import languages
from bot.lexicon import MARK, NAME, Lexicon
from bot.model import Fact
from bot.vocabulary import Vocabulary

T = TypeVar("T")

KEPT_WHOLE = 2_000
"""Documents up to which all of a table are kept in memory once read; the shipped table has far fewer."""
KEPT = 256
"""Documents of a larger table that are kept, enough for one question: those of another are others, and the more are
kept, the longer Python looks for garbage among them."""

KEPT_WEIGHTS = 16_000
"""Features whose rows are kept in memory, and as many that have none: the same words and endings come again."""
WINDOW = 8
"""Sentences before and after one that count as its surroundings."""


_AROUND = (
    "FROM json_each(?) j CROSS JOIN search d ON d.docid = j.value CROSS JOIN search o"
    " ON o.docid BETWEEN d.docid - ? AND d.docid + ? AND o.source = d.source AND o.lang = d.lang"
)
"""For each docid of a list, in order, the documents around it, in order."""


_LINE = "' ' || substr(o.body, 1, instr(o.body, char(10)) - 1) || ' '"
"""The terms of a text in order, with a space before and after each."""


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
        self._times: dict[str, frozenset[str]] = {}
        self._asked: dict[str, list[str]] = {}
        self._unanswerable: dict[str, list[str]] = {}
        for essence in self.asked(NOBODY):
            for term in essence.split():
                self._unanswerable.setdefault(term, []).append(essence)
        self._weights: dict[str, tuple[float, int]] = {}
        self._weightless: set[str] = set()
        self._documents: OrderedDict[int, Document] = OrderedDict()
        self._surroundings: OrderedDict[int, Surroundings] = OrderedDict()

    def _read_words(self, path: Path) -> None:
        meta = dict(self.connection.execute("SELECT key, value FROM meta"))
        self.connection.execute("SELECT 1 FROM vocabulary LIMIT 1")  # read as needed later; damage is told at once
        if meta.get("normaliser") != str(text.NORMALISER_VERSION):
            raise store.TableError(f"{path} was built by another version of this bot: run scripts/load_facts.py on it.")
        self.size = int(meta["documents"])
        self.classes: list[str] = json.loads(meta["classes"])
        self.scale = float(meta["scale"])
        """One step of the classifier's rows."""
        self.kinds: dict[str, dict[str, int]] = json.loads(meta["kinds"])
        """How many of the ways of asking for a subject are of each kind (bot/kinds.py)."""
        self.named: dict[str, float] = json.loads(meta["named"])
        """The share of the ways of asking for a subject that name a name, 0 to 1."""
        self.all_kinds = sum((Counter(kinds) for kinds in self.kinds.values()), Counter[str]())
        self._accounts = {subject: self._docids(store.ACCOUNTS, subject) for subject in self.kinds}
        self._classed = {docid for docids in self._accounts.values() for docid in docids}
        self.lexicon = Lexicon(dict(self.connection.execute("SELECT terms, concept FROM spellings")))
        self.stopwords = frozenset(meta["stopwords"].split())
        self.months = frozenset(self.lexicon.meant([text.term(one, "en") for one in languages()["en"].months]))
        self.vocabulary = Vocabulary(self.connection, self.size)

    def close(self) -> None:
        """Give the file back."""
        self.connection.close()

    def asked(self, name: str) -> list[str]:
        """The essence of each way of asking that a class of the classifier was fitted on (classifier.essence)."""
        if name not in self._asked:
            rows = self.connection.execute("SELECT essence FROM asked WHERE class = ?", (name,))
            self._asked[name] = [essence for (essence,) in rows]
        return self._asked[name]

    def unanswerable(self, terms: Iterable[str]) -> set[str]:
        """The essence of each question without an answer that holds any of the `terms`."""
        return {essence for term in terms for essence in self._unanswerable.get(term, ())}

    def _docids(self, condition: str, value: str) -> list[int]:
        rows = self.connection.execute(f"SELECT docid FROM search WHERE {condition} ORDER BY docid", (value,))  # noqa: S608
        return [docid for (docid,) in rows]

    def names(self, subject: str) -> frozenset[str]:
        """The names that texts and ways of asking of a subject hold, over all languages."""
        if subject not in self._names:
            terms = frozenset[str]().union(*(one.terms for one in self.accounts(subject)))
            self._names[subject] = frozenset(term for term in terms if term.startswith(NAME))
        return self._names[subject]

    def times(self, subject: str) -> frozenset[str]:
        """The years that a subject is asked for with, and the months of which its texts tell."""
        if subject not in self._times:
            accounts = self.accounts(subject)
            months = {term for one in accounts for term in one.own if term in self.months}
            self._times[subject] = frozenset(months | years_asked(accounts))
        return self._times[subject]

    def is_name(self, term: str) -> bool:
        """Whether the term alone spells a name."""
        return self.lexicon.conceive([term])[0][0].startswith(NAME)

    def candidates(self, terms: Iterable[str], limit: int) -> list[int]:
        """Documents that hold any of the `terms`, best first by BM25.

        Facts that are classes of the classifier are left out.
        """
        if len(self._classed) >= self.size:
            return []
        found = best_by_words(self.connection, self.vocabulary, terms, limit + len(self._classed))
        return [docid for docid in found if docid not in self._classed][:limit]

    def documents(self, docids: Sequence[int]) -> list[Document]:
        """The documents with these ids, in that order."""
        known = {docid: self._documents[docid] for docid in docids if docid in self._documents}
        missing = [docid for docid in docids if docid not in known]
        if missing:
            for row in self.connection.execute(
                f"SELECT d.docid, d.body, d.leans, d.source, {store.FACT_COLUMNS} FROM search d"  # noqa: S608 - constants
                " JOIN facts f ON f.id = d.id AND f.lang = d.lang JOIN sources s ON s.id = f.source"
                " WHERE d.docid IN (SELECT value FROM json_each(?))",
                (json.dumps(missing),),
            ):
                document = document_of(row)
                known[document.docid] = document
                self._keep(self._documents, document.docid, document)
        return [known[docid] for docid in docids if docid in known]

    def surroundings(self, documents: Sequence[Document]) -> list[Surroundings]:
        """What stands around each of the documents in its source and language."""
        known = {one.docid: self._surroundings[one.docid] for one in documents if one.docid in self._surroundings}
        missing = [one.docid for one in documents if one.docid not in known]
        if missing:
            near: dict[int, dict[int, str]] = {docid: {} for docid in missing}
            for docid, other, line in self.connection.execute(
                f"SELECT d.docid, o.docid, {_LINE} {_AROUND}", (json.dumps(missing), WINDOW, WINDOW)
            ):
                near[docid][other] = line
            for docid, lines in near.items():
                known[docid] = Surroundings(tuple(lines.values()), "\n".join(lines.values()), lines.get(docid - 1, ""))
                self._keep(self._surroundings, docid, known[docid])
        return [known[one.docid] for one in documents]

    def neighbours(self, document: Document) -> list[Document]:
        """The documents of the same source and language near this one, itself included, in order."""
        rows = self.connection.execute(f"SELECT o.docid {_AROUND}", (json.dumps([document.docid]), WINDOW, WINDOW))
        return self.documents([docid for (docid,) in rows])

    def preceding(self, document: Document) -> Document | None:
        """The document before this one in its source and language, or None."""
        return next(iter(self._beside([document], -1)), None)

    def followers(self, documents: Iterable[Document]) -> list[Document]:
        """The documents after each of these in its source and language, where there is one."""
        return self._beside(documents, 1)

    def _beside(self, documents: Iterable[Document], step: int) -> list[Document]:
        places = {one.docid + step: (one.source, one.fact.lang) for one in documents}
        return [one for one in self.documents(list(places)) if (one.source, one.fact.lang) == places[one.docid]]

    def versions(self, fact_id: str) -> list[Document]:
        """All languages of a fact."""
        return self.documents(self._docids("id = ?", fact_id))

    def accounts(self, subject: str) -> list[Document]:
        """All facts that tell of a subject, in all languages."""
        return self.documents(self._accounts.get(subject) or self._docids(store.ACCOUNTS, subject))

    def _keep(self, cache: OrderedDict[int, T], docid: int, value: T) -> None:
        cache[docid] = value
        if len(cache) > (KEPT if self.size > KEPT_WHOLE else KEPT_WHOLE):
            cache.popitem(last=False)

    def in_language(self, fact: Fact, lang: str) -> Fact:
        """The fact in that language, else in English, else as it is."""
        if fact.lang == lang:
            return fact
        versions = {version.fact.lang: version.fact for version in self.versions(fact.id)}
        return versions.get(lang) or versions.get("en") or fact

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
        last = self.size  # docids count from 1
        places = range(step := max(1, last // (4 * most)), last + 1, step)
        rows = self.connection.execute(
            "SELECT docid FROM search WHERE docid IN (SELECT value FROM json_each(?)) AND lang = ?"
            " ORDER BY docid LIMIT ?",
            (json.dumps(list(places)), lang, most),
        )
        return [document.fact for document in self.documents([docid for (docid,) in rows])]

    def weights(self, features: Iterable[str]) -> list[tuple[float, int]]:
        """The classifier's rows of those of the `features` that it knows: rarity, and weights (classifier.spread)."""
        for kept in (self._weights, self._weightless):
            if len(kept) > KEPT_WEIGHTS:
                kept.clear()
        names = list(features)
        missing = [name for name in names if name not in self._weights and name not in self._weightless]
        if missing:
            query = "SELECT feature, rarity, classes FROM json_each(?) CROSS JOIN weights ON feature = value"
            for name, rarity, row in self.connection.execute(query, (json.dumps(missing),)):
                self._weights[name] = (rarity, spread(row, len(self.classes)))
            self._weightless.update(name for name in missing if name not in self._weights)
        return [self._weights[name] for name in names if name in self._weights]
