"""The core as the service needs it: a long question holds up nobody, and none waits longer than it must.

What takes a while is asked in a thread. To hand over and to share Python's one lock costs more than a short question
takes to answer, so that one is answered at once, unless the thread has the core.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar, TypeVarTuple

from bot.browsing import More, Standing, Topic
from bot.model import LANGS, Answer, Conversation, Fact, Lang, Question, Reply, Source
from bot.store import TableError
from bot.telegram.alarm import Alarm

Given = TypeVarTuple("Given")
Got = TypeVar("Got")

MAX_TALKS = 5_000
"""Conversations remembered; the one that was silent longest goes first."""
FORGET_AFTER = 1_800.0
"""Seconds of silence after which a conversation is forgotten; the core no longer leans on it by then."""

SHORT = 300
"""Characters up to which a question is answered at once: some 10 ms at most, where one of 2,000 may take 60."""

SELDOM = 20_000
"""Objects by which memory must have grown before Python looks for garbage; its own default is 700."""

TalkKey = tuple[int, int | None, int]
"""Chat, topic in it or None, person."""


class Core(Protocol):
    """What the service asks; `bot.browsing.Guide` in the shipped bot. Used by one thread at a time."""

    @property
    def trouble(self) -> str:
        """Why answers come from an earlier table than the one in place, in a sentence; empty where they don't."""
        ...

    def answer(self, question: Question, conversation: Conversation) -> tuple[Reply, Conversation]:
        """The reply to a question."""
        ...

    def in_language(self, reply: Reply, lang: Lang) -> Reply:
        """The same reply in another language."""
        ...

    def show(self, fact_id: str, lang: Lang, conversation: Conversation) -> tuple[Answer | None, Conversation]:
        """The fact with this id as an answer, or None where there is none any more."""
        ...

    def more(self, fact_id: str, lang: Lang, page: int, conversation: Conversation) -> tuple[More | None, Conversation]:
        """What else there is beside a fact, or None where there is no such fact any more."""
        ...

    def topics(self, lang: Lang) -> list[Topic]:
        """The topics of the table."""
        ...

    def by_topic(self, topic: Topic, lang: Lang, first: int, most: int) -> list[Fact]:
        """The facts of a topic."""
        ...

    def sources(self, first: int, most: int) -> tuple[list[tuple[Source, int]], int]:
        """The sources of the table with their numbers of facts, and how many there are."""
        ...

    def examples(self, lang: Lang) -> tuple[str, ...]:
        """Questions that the table answers."""
        ...

    def count_facts(self) -> int:
        """Facts in the table; raises store.TableError when it cannot be read."""
        ...

    def standing(self) -> Standing:
        """How the table is that answers come from."""
        ...


@dataclass(slots=True)
class _Talk:
    """A conversation, and what it was before its last question."""

    now: Conversation
    touched: float
    """time.monotonic() of the last turn."""
    asked: int = 0
    """The message that asked last."""
    before: Conversation | None = None


class Desk:
    """Asks the core, and remembers the conversations (in memory only)."""

    def __init__(self, core: Core, alarm: Alarm) -> None:
        """Has a thread for `core` from now until `close`; trouble with the table goes to `alarm`."""
        self._core = core
        self._one_at_a_time = threading.Lock()  # outlasts a question in the thread whose waiting was cancelled
        self._queued = 0  # questions for the thread, which none must overtake again and again
        self._alarm = alarm
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="core")
        self._talks: OrderedDict[TalkKey, _Talk] = OrderedDict()

    async def answer(self, question: Question, talk: TalkKey, message: int, lang: Lang | None) -> Reply:
        """The reply to a question that a message asks in this talk; in `lang` unless that is None."""
        before = self._conversation(talk)
        reply, after = await self._reply_to(question, before, lang)
        self._remember(talk, after)
        self._talks[talk].asked, self._talks[talk].before = message, before
        return reply

    async def answer_again(self, question: Question, talk: TalkKey, message: int, lang: Lang | None) -> Reply:
        """As `answer`, for a question that was changed: it takes the place of what the message asked before."""
        known = self._talks.get(talk)
        if known and known.asked == message and known.before is not None:
            known.now = known.before
            return await self.answer(question, talk, message, lang)
        reply, _ = await self._reply_to(question, Conversation(), lang)
        return reply

    async def find(self, question: Question, lang: Lang | None) -> Reply:
        """The reply to a question that belongs to no talk."""
        reply, _ = await self._reply_to(question, Conversation(), lang)
        return reply

    async def show(self, fact_id: str, lang: Lang, talk: TalkKey | None) -> Answer | None:
        """The fact with this id, as an answer in this talk."""
        before = self._conversation(talk) if talk else Conversation()
        answer, after = await self._ask(self._core.show, fact_id, lang, before)
        if talk:
            self._remember(talk, after)
        return answer

    async def more(self, fact_id: str, lang: Lang, page: int, talk: TalkKey) -> More | None:
        """What else there is beside a fact, told in this talk."""
        more, after = await self._ask(self._core.more, fact_id, lang, page, self._conversation(talk))
        self._remember(talk, after)
        return more

    async def topics(self, lang: Lang) -> list[Topic]:
        """The topics of the table."""
        return await self._ask(self._core.topics, lang)

    async def by_topic(self, topic: Topic, lang: Lang, first: int, most: int) -> list[Fact]:
        """The facts of a topic."""
        return await self._ask(self._core.by_topic, topic, lang, first, most)

    async def sources(self, first: int, most: int) -> tuple[list[tuple[Source, int]], int]:
        """The sources of the table with their numbers of facts, and how many there are."""
        return await self._ask(self._core.sources, first, most)

    async def examples(self, lang: Lang) -> tuple[str, ...]:
        """Questions that the table answers."""
        return await self._ask(self._core.examples, lang)

    async def count_facts(self) -> int:
        """Facts in the table; raises store.TableError when it cannot be read."""
        return await self._ask(self._core.count_facts)

    async def standing(self) -> Standing:
        """How the table is that answers come from."""
        return await self._ask(self._core.standing)

    def spoken(self, talk: TalkKey) -> Lang | None:
        """The language of the last reply in this talk, or None."""
        return self._talks[talk].now.lang if talk in self._talks else None

    def forget(self, person: int) -> None:
        """Drops all talks of a person."""
        for key in [key for key in self._talks if key[2] == person]:
            del self._talks[key]

    def forget_silent(self) -> None:
        """Drops the talks that have been silent for `FORGET_AFTER`."""
        now = time.monotonic()
        for key in [key for key, talk in self._talks.items() if now - talk.touched > FORGET_AFTER]:
            del self._talks[key]

    def close(self) -> None:
        """Lets the thread go, without waiting for a question under way."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _reply_to(
        self, question: Question, before: Conversation, lang: Lang | None
    ) -> tuple[Reply, Conversation]:
        if len(question.text) > SHORT or self._queued or not self._one_at_a_time.acquire(blocking=False):
            return await self._ask(self._answer, question, before, lang)
        try:
            with self._trouble_told():
                return self._answer(question, before, lang)
        finally:
            self._one_at_a_time.release()

    def _answer(self, question: Question, before: Conversation, lang: Lang | None) -> tuple[Reply, Conversation]:
        reply, after = self._core.answer(question, before)
        if lang and reply.lang != lang:
            reply = self._core.in_language(reply, lang)
        return reply, after

    async def _ask(self, question: Callable[[*Given], Got], *given: *Given) -> Got:
        """Asks in the thread."""
        self._queued += 1
        try:
            with self._trouble_told():
                return await asyncio.get_running_loop().run_in_executor(self._thread, self._alone, question, *given)
        finally:
            self._queued -= 1

    def _alone(self, question: Callable[[*Given], Got], *given: *Given) -> Got:
        with self._one_at_a_time:
            return question(*given)

    @contextlib.contextmanager
    def _trouble_told(self) -> Iterator[None]:
        """Says when the table gets into trouble or out of it."""
        try:
            yield
        except TableError as error:
            self._alarm.fails("facts.db", str(error))
            raise
        if self._core.trouble:
            self._alarm.fails("facts.db", self._core.trouble)
        else:
            self._alarm.works("facts.db")

    def _conversation(self, key: TalkKey) -> Conversation:
        return self._talks[key].now if key in self._talks else Conversation()

    def _remember(self, key: TalkKey, conversation: Conversation) -> None:
        self._talks[key] = _Talk(conversation, time.monotonic())
        self._talks.move_to_end(key)
        if len(self._talks) > MAX_TALKS:
            self._talks.popitem(last=False)


def warm_up(core: Core) -> None:
    """Asks what the core shows as examples, and that backwards, so that nobody waits for what is read or made once.

    That stays, so Python need not look for garbage among it again and again. It need not look often at all: only what
    goes wrong leaves garbage that refers to itself, and a look at all that is remembered takes up to 0.1 seconds.
    """
    for lang in LANGS:
        for example in core.examples(lang):
            for asked in (example, example[::-1]):
                core.answer(Question(asked, datetime.now(UTC)), Conversation())
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM)
