"""The front door of the core: a question and the conversation so far go in, a reply and the conversation come out.

Ties the table as it is now, understanding, ranking, confidence and dialogue together. It has no clock, no network and
no log of its own; wording is others' work.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from bot import beside, courtesy, dialogue, store, text
from bot.confidence import SUGGEST_FROM
from bot.follow_up import read_in_talk
from bot.index import Index
from bot.lexicon import NAME
from bot.matcher import content_terms, match_of
from bot.model import (
    LANGS,
    Answer,
    Conversation,
    Courtesy,
    Fact,
    Lang,
    Match,
    Question,
    Reply,
    Suggestion,
    Unknown,
    subject_of,
)
from bot.opened import OpenTable
from bot.query import analyse
from bot.reading import Reading, parts, read

MOST_FACTS = 3
MORE_FACTS = 2
"""Facts that one "more" states."""
MOST_TOLD = 600
"""Characters of the facts of a reply, where other accounts of the best one are told with it."""
MOST_MATCHES = 10
FAMILIAR = 0.1
"""Share of the documents from which a word is one that the table knows its way about."""
REMEMBERED = 1_000
"""Readings and replies that are kept, the latest."""
MOST_CHARACTERS = 2_000
"""Of a question; what is longer is cut there."""


class Answerer:
    """Answers questions from the table at a path; one thread at a time."""

    def __init__(self, facts_db: Path) -> None:
        """Open the table. Raises store.TableError."""
        self._path = facts_db
        self._table = OpenTable(facts_db)
        self._use(self._table.latest())
        courtesy.get_ready()

    def close(self) -> None:
        """Give the file back."""
        self._table.close()

    @property
    def trouble(self) -> str:
        """Why the table at the path is not the one that answers, in a sentence; empty where it is."""
        return self._table.trouble

    @property
    def size(self) -> int:
        """Facts in the table, each language counted."""
        return self._index.size

    def count_facts(self) -> int:
        """`size` of the table as it is now. Raises store.TableError when that one cannot be read."""
        self._look_again(anew=True)
        if self.trouble:
            raise store.TableError(self.trouble)
        return self.size

    def show(self, fact_id: str, lang: Lang, conversation: Conversation) -> tuple[Answer | None, Conversation]:
        """The fact with this id as an answer in `lang` (else English), or None where there is none any more.

        Raises store.TableError.
        """
        self._look_again()
        fact = self._fact(fact_id, lang)
        if fact is None:
            return None, conversation
        told = tuple(dict.fromkeys((*conversation.told, fact_id)))
        after = replace(conversation, last_facts=(fact_id,), told=told, lang=lang)
        match = Match(fact, 0.0)
        return Answer(lang, 1.0, (match,), (match,)), after

    def answer(self, question: Question, conversation: Conversation) -> tuple[Reply, Conversation]:
        """The reply, and the conversation with this turn in it.

        Raises store.TableError when the table that is open turns out to be damaged.
        """
        self._look_again()
        with store.reading(self._path):
            return self._answer(question, conversation)

    def _look_again(self, *, anew: bool = False) -> None:
        """Take the table as it is now. `anew`: see OpenTable.latest."""
        index = self._table.latest(anew=anew)
        if index is not self._index:
            self._use(index)

    def _use(self, index: Index) -> None:
        """Answer from this table from now on. What many ask is read once, and told once."""
        self._index = index
        self._found = lru_cache(REMEMBERED)(partial(read, index))
        self._read = lru_cache(REMEMBERED)(partial(read_in_talk, index, self._found))
        self._reply = lru_cache(REMEMBERED)(self._told)

    def _answer(self, question: Question, conversation: Conversation) -> tuple[Reply, Conversation]:
        conversation = dialogue.remembered(conversation, question.asked_at)
        hint = question.language_hint or conversation.lang
        normalised = text.normalise(question.text[:MAX_RAW])[:MOST_CHARACTERS]
        words = " ".join(text.words(normalised))
        kind = courtesy.courtesy_of(words)
        if kind:
            lang = courtesy.language_of(words, hint) or analyse(self._index, normalised, hint).lang
            return Courtesy(lang, kind, self._examples(lang)), replace(conversation, lang=lang)
        asked = courtesy.without_opening(normalised)
        if conversation.last_facts and dialogue.wants_more(words):
            return self._more(question, conversation)
        said = Conversation(conversation.last_question, last_facts=conversation.last_facts, lang=conversation.lang)
        reading = self._read(asked, hint, said)
        reply = self._reply(reading)
        return reply, _after(reply, reading, question, conversation)

    def _told(self, reading: Reading) -> Reply:
        """The reply to a question that is read so."""
        query, found = reading.query, reading.found
        matches = tuple(match_of(self._index, scored, query.lang) for _, scored in found[:MOST_MATCHES])
        if reading.sure:
            also = beside.other_times(self._index, reading)
            return Answer(query.lang, reading.best, self._stated(reading, matches), matches, also)
        offered = [
            match
            for match, (sure, scored) in zip(matches, found, strict=False)
            if sure >= SUGGEST_FROM / 4 or (reading.brief and scored.ways and scored.ways.chance >= beside.LIKELY)
        ]
        if offered and (reading.best >= SUGGEST_FROM or reading.brief):
            return Suggestion(query.lang, reading.best, tuple(offered[:MOST_FACTS]), matches)
        understood, strange = self._understood(reading)
        return Unknown(query.lang, reading.best, understood, strange, self._examples(query.lang, matches), matches)

    def _stated(self, reading: Reading, matches: tuple[Match, ...]) -> tuple[Match, ...]:
        """The best fact, after what it leans on, then other accounts of it and what a second question leads to."""
        stated = [*beside.leant_on(self._index, matches[0].fact, MOST_FACTS - 1), matches[0]]
        subjects = {subject_of(match.fact.id) for match in stated}
        second: list[Match] = []
        for part in parts(reading.asked):
            other = self._found(part, reading.query.lang)
            if other.sure and subject_of(other.found[0][1].id) not in subjects:
                second.append(match_of(self._index, other.found[0][1], reading.query.lang))
                subjects.add(subject_of(other.found[0][1].id))
        others = beside.other_accounts(self._index, reading.query, matches[0].fact)
        room = MOST_TOLD - _length([*stated, *second])
        while others and (len(stated) + len(second) + len(others) > MOST_FACTS or room < _length(others)):
            others.pop()
        return tuple([*stated, *others, *second][:MOST_FACTS])

    def _understood(self, reading: Reading) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names that the table has facts about, and words that the nearest fact doesn't state, the rarest first."""
        query, vocabulary = reading.query, self._index.vocabulary
        content = content_terms(self._index, query)
        told = [token for token in query.tokens if token.term in content and len(token.written) > 1]
        names = [
            token
            for token in told
            if token.term.startswith(NAME) and not token.distance and vocabulary.documents_with(token.term)
        ]
        known = [self._index.spelling(token.term, query.lang) for token in names]
        stated = {
            term for _, match in reading.found[:1] for version in self._index.versions(match.id) for term in version.own
        }
        strange = [
            token
            for token in told
            if token.term not in stated
            and token not in names
            and not token.written.isdecimal()
            and vocabulary.documents_with(token.term) <= FAMILIAR * self._index.size
        ]
        strange.sort(key=lambda token: -vocabulary.rarity(token.term))
        return tuple(dict.fromkeys(known)), tuple(dict.fromkeys(token.written for token in strange))

    def _examples(self, lang: Lang, near: tuple[Match, ...] = ()) -> tuple[str, ...]:
        """Up to three questions that the table answers: of the nearest facts, else of facts from all over it."""
        facts = [match.fact for match in near] or self._index.some_facts(lang)
        questions = (fact.keywords[0] for fact in facts if fact.lang == lang and fact.keywords)
        return tuple(dict.fromkeys(one for one in questions if one.endswith("?")))[:MOST_FACTS]

    def _more(self, question: Question, conversation: Conversation) -> tuple[Reply, Conversation]:
        """What there is beside the facts stated last and was not told yet."""
        lang = conversation.lang or "en"
        last = [fact for fact in (self._fact(one, lang) for one in conversation.last_facts) if fact]
        beyond = dict.fromkeys(one for fact in last for one in beside.more(self._index, fact))
        ids = tuple(one for one in beyond if one not in conversation.told)[:MORE_FACTS]
        facts = tuple(Match(fact, 0.0) for fact in (self._fact(one, lang) for one in ids) if fact)
        after = replace(conversation, last_asked_at=question.asked_at, told=(*conversation.told, *ids))
        if not facts:
            return Unknown(lang, examples=self._examples(lang)), after
        return Answer(lang, 1.0, facts, facts), after

    def _fact(self, fact_id: str, lang: str) -> Fact | None:
        versions = {version.fact.lang: version.fact for version in self._index.versions(fact_id)}
        return versions.get(lang) or versions.get("en") or next(iter(versions.values()), None)


MAX_RAW = 4 * MOST_CHARACTERS


def _length(matches: list[Match]) -> int:
    return sum(len(match.fact.text) for match in matches)


def _after(reply: Reply, reading: Reading, question: Question, before: Conversation) -> Conversation:
    """The conversation after a turn: the subject moves on only with an answer."""
    if not isinstance(reply, Answer):
        return replace(before, lang=reply.lang)
    ids = tuple(match.fact.id for match in reply.facts)
    same = before.told if set(ids) & set(before.told) else ()
    return Conversation(reading.asked, question.asked_at, ids, tuple(dict.fromkeys((*same, *ids))), reply.lang)


def as_lang(code: str | None) -> Lang | None:
    """The interface language for a code such as "ru" or "ru-RU", or None."""
    short = (code or "").split("-")[0].casefold()
    return next((lang for lang in LANGS if lang == short), None)
