"""The core as the service needs it: in a thread of its own, so that a long question holds up nobody."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar, TypeVarTuple

from bot.model import Answer, Conversation, Lang, Question, Reply
from bot.store import TableError
from bot.telegram.alarm import Alarm

Given = TypeVarTuple("Given")
Got = TypeVar("Got")

MAX_TALKS = 5_000
"""Conversations remembered; the one that was silent longest goes first."""

TalkKey = tuple[int, int | None, int]
"""Chat, thread in it or None, person."""


class Core(Protocol):
    """What the service asks; `bot.answering.Answerer` in the shipped bot. Used by one thread at a time."""

    @property
    def trouble(self) -> str:
        """Why answers come from an earlier table than the one in place, in a sentence; empty where they don't."""
        ...

    def answer(self, question: Question, conversation: Conversation) -> tuple[Reply, Conversation]:
        """The reply to a question."""
        ...

    def show(self, fact_id: str, lang: Lang, conversation: Conversation) -> tuple[Answer | None, Conversation]:
        """The fact with this id as an answer, or None where there is none any more."""
        ...

    def count_facts(self) -> int:
        """Facts in the table; raises store.TableError when it cannot be read."""
        ...


class Desk:
    """Asks the core, and remembers the conversations (in memory only)."""

    def __init__(self, core: Core, alarm: Alarm) -> None:
        """Has a thread for `core` from now until `close`; trouble with the table goes to `alarm`."""
        self._core = core
        self._alarm = alarm
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="core")
        self._talks: OrderedDict[TalkKey, Conversation] = OrderedDict()

    async def answer(self, question: Question, talk: TalkKey) -> Reply:
        """The reply to a question in this talk."""
        reply, conversation = await self._ask(self._core.answer, question, self._talk(talk))
        self._remember(talk, conversation)
        return reply

    async def show(self, fact_id: str, lang: Lang, talk: TalkKey) -> Answer | None:
        """The fact with this id, as an answer in this talk."""
        answer, conversation = await self._ask(self._core.show, fact_id, lang, self._talk(talk))
        self._remember(talk, conversation)
        return answer

    async def count_facts(self) -> int:
        """Facts in the table; raises store.TableError when it cannot be read."""
        return await self._ask(self._core.count_facts)

    def close(self) -> None:
        """Lets the thread go, without waiting for a question under way."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, question: Callable[[*Given], Got], *given: *Given) -> Got:
        """Asks in the thread, and says when the table gets into trouble or out of it."""
        try:
            got = await asyncio.get_running_loop().run_in_executor(self._thread, question, *given)
        except TableError as error:
            self._alarm.fails("facts.db", str(error))
            raise
        if self._core.trouble:
            self._alarm.fails("facts.db", self._core.trouble)
        else:
            self._alarm.works("facts.db")
        return got

    def _talk(self, key: TalkKey) -> Conversation:
        return self._talks.get(key) or Conversation()

    def _remember(self, key: TalkKey, conversation: Conversation) -> None:
        self._talks[key] = conversation
        self._talks.move_to_end(key)
        if len(self._talks) > MAX_TALKS:
            self._talks.popitem(last=False)
