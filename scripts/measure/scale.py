"""Speed of one method over one large table: building, opening, asking; each in a process of its own.

The bot answers through its front door, everything included; a peer only searches.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.measure import peers
from scripts.measure.peers import Peer
from scripts.measure.synthetic import WORST, Asked, Made
from scripts.measure.timing import Times, percentile

if TYPE_CHECKING:
    from bot.index import Index

OURS = "this bot"
PATIENCE = 40.0
"""Seconds after which a slow method is asked no more questions of a kind; at least `LEAST` are asked."""
LEAST = 5

PEERS = (
    peers.RATIO,
    Peer("FTS5 OR", peers.build_porter, partial(peers.open_fts5, peers.content), ("bm25s", "Stemmer")),
    peers.BM25S,
    Peer("tantivy OR", peers.TANTIVY.build, partial(peers.open_tantivy, False), peers.TANTIVY.needs),
    peers.TANTIVY,
)
"""What is compared with the bot; FTS5 searches for any word that is no stopword."""

First = Callable[[str], str]
"""From a question to the id of the first fact, "" where there is none."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How questions of one spelling went."""

    asked: int
    p50: float
    """Wall time in ms; so are the others."""
    p99: float
    p50_cpu: float
    """Of the processor alone: what they are where nothing else runs, but for waiting on the disk."""
    p99_cpu: float
    right: float
    """Questions whose right fact came first, in percent; made-up facts only."""
    right_real: float | None
    """The same for questions of public articles; None without them."""


def build(method: str, made: Made, folder: Path) -> None:
    """Make what the method searches."""
    if method == OURS:
        from bot.loading.changes import Wanted, load
        from bot.loading.inputs import Input

        load(folder / "facts.db", Wanted([Input(str(made.rows), "ndjson")]))
    else:
        _peer(method).build(made.texts(), folder)


def ask(method: str, made: Made, folder: Path) -> dict[str, Speed | dict[str, float]]:
    """Ask all questions: a Speed for "clean" and "typos", the processor's ms of each of the worst cases."""
    first = _opened(method, made, folder)
    questions = made.questions()
    first(questions["clean"][-1].text)
    gc.collect()
    gc.freeze()  # as the service does
    found: dict[str, Speed | dict[str, float]] = {
        spelling: _speed(first, questions[spelling]) for spelling in ("clean", "typos")
    }
    worst: dict[str, float] = {}
    for name, asked in zip(WORST, questions["worst"], strict=True):
        times = Times()
        times.measure(partial(first, asked.text))
        worst[name] = times.cpu[0]
    return {**found, "worst": worst}


def agreement(made: Made, folder: Path, most: int) -> float:
    """The share of questions, in percent, of which the bot finds the same first fact as when it scores every fact
    that has any word of the question; half of them misspelled.
    """
    from bot.index import Index
    from bot.matcher import rank
    from bot.query import analyse

    index = Index(folder / "facts.db")
    quick = index.candidates
    questions = made.questions()
    same = asked = 0
    for one in [*questions["clean"][: most // 2], *questions["typos"][: most - most // 2]]:
        query = analyse(index, one.text)
        best = rank(index, query)[:1]
        index.candidates = lambda terms, limit: _holders(index, terms)  # type: ignore[method-assign]
        every = rank(index, query)[:1]
        index.candidates = quick  # type: ignore[method-assign]
        asked += bool(every)
        same += bool(every) and bool(best) and (best[0].id == every[0].id or best[0].score >= every[0].score)
    index.close()
    return 100 * same / asked if asked else 0.0


def _holders(index: Index, terms: Iterable[str]) -> list[int]:
    """All documents that hold any of the terms."""
    known = [term for term in terms if index.vocabulary.documents_with(term)]
    asked = " OR ".join(f'"{term}"' for term in known)
    if not known:
        return []
    found = index.connection.execute("SELECT rowid FROM search_index WHERE search_index MATCH ?", (asked,))
    return [docid for (docid,) in found]


def _peer(method: str) -> Peer:
    return next(peer for peer in PEERS if peer.name == method)


def _opened(method: str, made: Made, folder: Path) -> First:
    if method == OURS:
        return _our_first(folder / "facts.db")
    ids = made.ids()
    search = _peer(method).open(folder)

    def first(question: str) -> str:
        hits = search(question, 10)
        return ids[hits[0][0]] if hits else ""

    return first


def _our_first(table: Path) -> First:
    from bot.answering import Answerer
    from bot.model import Conversation, Courtesy, Question

    answerer = Answerer(table)
    now = datetime(2021, 5, 5, tzinfo=UTC)

    def first(question: str) -> str:
        reply, _ = answerer.answer(Question(question, now), Conversation())
        return "" if isinstance(reply, Courtesy) or not reply.matches else reply.matches[0].fact.id

    return first


def _speed(first: First, questions: Sequence[Asked]) -> Speed:
    times = Times()
    right: dict[bool, list[bool]] = {False: [], True: []}
    began = time.perf_counter()
    for one in questions:
        if len(times.wall) >= LEAST and time.perf_counter() - began > PATIENCE:
            break
        found = times.measure(partial(first, one.text))
        right[one.real].append(found in one.ids)
    made, real = right[False], right[True]
    return Speed(
        asked=len(times.wall),
        p50=percentile(times.wall, 50),
        p99=percentile(times.wall, 99),
        p50_cpu=percentile(times.cpu, 50),
        p99_cpu=percentile(times.cpu, 99),
        right=100 * sum(made) / max(1, len(made)),
        right_real=100 * sum(real) / len(real) if real else None,
    )
