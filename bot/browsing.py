"""Looking round in the table: topics, sources, what else there is beside a fact, and a reply in another language.

A `Guide` is an Answerer that also shows round; the service has one. How pages look is others' work.
"""

from __future__ import annotations

import zlib
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime

from bot import beside, store
from bot.answering import MORE_FACTS, Answerer
from bot.index import Index
from bot.model import Answer, Conversation, Courtesy, Fact, Lang, Match, Reply, Source, Unknown


@dataclass(frozen=True, slots=True)
class Topic:
    """What some facts are about."""

    key: str
    """Eight letters or digits that stand for the name where room is scarce."""
    name: str
    facts: int


@dataclass(frozen=True, slots=True)
class More:
    """What else there is beside a fact."""

    answer: Answer
    """Its `facts` are empty where there is nothing more."""
    goes_on: bool
    """Whether there is yet more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the table is that answers come from."""

    facts: int
    """Each language counted."""
    loaded_at: datetime
    trouble: str
    """Why it is not the one in place, in a sentence; empty where it is."""


class Guide(Answerer):
    """Answers questions, and shows what there is to ask; one thread at a time. All raise store.TableError."""

    _topics: tuple[Index | None, dict[str, list[Topic]]] = (None, {})

    def standing(self) -> Standing:
        """How the table is; that one which answers, where the one in place can't be read."""
        with self._open():
            return Standing(self.size, self._table.placed_at, self.trouble)

    def examples(self, lang: Lang) -> tuple[str, ...]:
        """Up to three questions that the table answers."""
        with self._open():
            return self._examples(lang)

    def in_language(self, reply: Reply, lang: Lang) -> Reply:
        """The same reply in `lang`; a fact that lacks it stays as it is."""
        with self._open():
            if isinstance(reply, Courtesy):
                return replace(reply, lang=lang, examples=self._examples(lang) if reply.examples else ())
            matches = self._versions(reply.matches, lang)
            if isinstance(reply, Unknown):
                examples = self._examples(lang, matches) if reply.examples else ()
                return replace(reply, lang=lang, examples=examples, matches=matches)
            facts = self._versions(reply.facts, lang)
            if isinstance(reply, Answer):
                return replace(reply, lang=lang, facts=facts, matches=matches, also=self._versions(reply.also, lang))
            return replace(reply, lang=lang, facts=facts, matches=matches)

    def more(self, fact_id: str, lang: Lang, page: int, conversation: Conversation) -> tuple[More | None, Conversation]:
        """The `page`-th (from 0) handful of facts beside this one and next best after it.

        None where there is no such fact any more. The same page of the same table is always the same.
        """
        with self._open():
            fact = self._fact(fact_id, lang)
            if fact is None:
                return None, conversation
            ids = beside.more(self._index, fact)
            shown = ids[page * MORE_FACTS : (page + 1) * MORE_FACTS]
            facts = tuple(Match(fact, 0.0) for one in shown if (fact := self._fact(one, lang)))
            goes_on = len(ids) > (page + 1) * MORE_FACTS
        answer = Answer(lang, 1.0, facts, facts)
        if not facts:
            return More(answer, False), conversation
        told = tuple(dict.fromkeys((*conversation.told, *shown)))
        return More(answer, goes_on), replace(conversation, last_facts=tuple(shown), told=told, lang=lang)

    def topics(self, lang: Lang) -> list[Topic]:
        """The topics that facts in `lang` have, in the order of their sources; else those of English facts."""
        with self._open():
            known, topics = self._topics
            if known is not self._index:
                topics = {}
                self._topics = (self._index, topics)
            if lang not in topics:
                rows = store.read_topics(self._index.connection, lang)
                topics[lang] = [Topic(f"{zlib.crc32(name.encode()):08x}", name, facts) for name, facts in rows]
        return topics[lang] if topics[lang] or lang == "en" else self.topics("en")

    def by_topic(self, topic: Topic, lang: Lang, first: int, most: int) -> list[Fact]:
        """Up to `most` facts of a topic from the `first` (from 0) on, in the order of their sources."""
        with self._open():
            facts = store.read_by_topic(self._index.connection, topic.name, lang, first, most)
            return facts or store.read_by_topic(self._index.connection, topic.name, "en", first, most)

    def sources(self, first: int, most: int) -> tuple[list[tuple[Source, int]], int]:
        """Up to `most` sources from the `first` (from 0) on, each with its number of facts; and how many there are."""
        with self._open():
            return store.read_sources(self._index.connection, first, most)

    def _open(self) -> AbstractContextManager[None]:
        self._index = self._table.latest()
        return store.reading(self._path)

    def _versions(self, matches: tuple[Match, ...], lang: str) -> tuple[Match, ...]:
        """The same matches, each in `lang` where there is that."""
        return tuple(
            Match(version if version and version.lang == lang else match.fact, match.score)
            for match in matches
            for version in [self._fact(match.fact.id, lang)]
        )
