"""The real service in the test's own process, with a small core of known answers, against the stand-in."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.browsing import More, Standing, Topic
from bot.config import Settings
from bot.model import (
    Answer,
    Conversation,
    Courtesy,
    Fact,
    Lang,
    Match,
    Question,
    Reply,
    Source,
    Suggestion,
    Unknown,
)
from bot.state import State
from bot.store import TableError
from bot.telegram import service
from bot.telegram.core import Core
from tests.telegram_server import TelegramServer

SOURCE = Source("Asia-Plus <news>", "A & B", "https://example.org/?a=1&b=2", "2021-05-05")
FACTS = {
    "visit": Fact("visit", "en", "The visit is on 19 <May> & lasts two days.", SOURCE),
    "summit": Fact("summit", "en", "The summit is planned.", SOURCE, keywords=("When is the summit?",)),
}


class SmallCore:
    """Answers by the first word: visit, which, hello, break, broken-table; else Unknown. Notes what it was
    asked.
    """

    def __init__(self) -> None:
        self.trouble = ""
        self.asked: list[tuple[Question, Conversation]] = []
        self.delay: Callable[[str], float] = lambda _: 0.0
        self._in_use = threading.Lock()
        self.was_used_twice_at_once = False

    def answer(self, question: Question, conversation: Conversation) -> tuple[Reply, Conversation]:
        self.asked.append((question, conversation))
        if not self._in_use.acquire(blocking=False):
            self.was_used_twice_at_once = True
            return Courtesy("en", "greeting"), conversation
        time.sleep(self.delay(question.text))
        self._in_use.release()
        after = Conversation(last_question=question.text)
        match question.text.split(" ")[0].rstrip("?"):
            case "visit":
                return Answer("en", 0.9, (Match(FACTS["visit"], 3.0),)), after
            case "which":
                return Suggestion("en", 0.4, tuple(Match(fact, 1.0) for fact in FACTS.values())), after
            case "hello":
                return Courtesy("en", "greeting"), after
            case "break":
                raise RuntimeError("the core broke")
            case "broken-table":
                raise TableError("facts.db is gone.")
        return Unknown("en", not_understood=(question.text[:40],)), after

    def show(self, fact_id: str, lang: Lang, conversation: Conversation) -> tuple[Answer | None, Conversation]:
        if fact_id not in FACTS:
            return None, conversation
        return Answer(lang, 1.0, (Match(FACTS[fact_id], 1.0),)), Conversation(last_facts=(fact_id,))

    def in_language(self, reply: Reply, lang: Lang) -> Reply:
        return replace(reply, lang=lang)

    def more(self, fact_id: str, lang: Lang, page: int, conversation: Conversation) -> tuple[More | None, Conversation]:
        others = [Match(fact, 1.0) for fact in FACTS.values() if fact.id != fact_id]
        shown = tuple(others[page : page + 1])
        return More(Answer(lang, 1.0, shown, shown), False) if fact_id in FACTS else None, conversation

    def topics(self, lang: Lang) -> list[Topic]:
        return []

    def by_topic(self, topic: Topic, lang: Lang, first: int, most: int) -> list[Fact]:
        return []

    def sources(self, first: int, most: int) -> tuple[list[tuple[Source, int]], int]:
        return [(SOURCE, len(FACTS))][first : first + most], 1

    def examples(self, lang: Lang) -> tuple[str, ...]:
        return FACTS["summit"].keywords

    def count_facts(self) -> int:
        return len(FACTS)

    def standing(self) -> Standing:
        return Standing(len(FACTS), datetime(2021, 5, 5, 9, 41, tzinfo=UTC), self.trouble)


def settings(server: TelegramServer, folder: Path, **changed: object) -> Settings:
    """Settings that point at the stand-in, limits off."""
    values: dict[str, object] = {
        "facts_db": folder / "facts.db",
        "state_db": folder / "state.db",
        "token": server.token,
        "api_url": server.url,
        "rate_limit": 0.0,
    }
    return Settings(**(values | changed))  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def running(
    server: TelegramServer, folder: Path, core: Core | None = None, **changed: object
) -> AsyncIterator[service.Service]:
    """The service, polling the stand-in while the block runs; stopped as by SIGTERM after it."""
    chosen = settings(server, folder, **changed)
    state = State(chosen.state_db)
    built = service.build(chosen, core or SmallCore(), state)
    stop = asyncio.Event()
    task = asyncio.create_task(service.run(built, stop, chosen))
    try:
        yield built
    finally:
        stop.set()
        await task
        state.close()
