"""Question files asked of the bot: what comes out right, wrong, refused or offered, by kind and language.

The files are JSON lines: en, multi (questions with the patterns that a right answer holds), followup (dialogues), off
(messages that no fact answers) and smalltalk. README describes their format.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.answering import Answerer
from bot.model import Answer, Conversation, Courtesy, Question, Reply, Suggestion
from bot.wording import to_text
from scripts.measure.timing import Times

NOW = datetime(2021, 5, 5, 12, tzinfo=UTC)
ANSWERABLE = ("en", "multi")

Row = Mapping[str, Any]


@dataclass
class Tally:
    """Outcomes of one kind of question."""

    asked: int = 0
    right: int = 0
    wrong: int = 0
    """A fact was stated that is not the right one, or where none should be."""
    offered: int = 0
    """Right, or the right fact among those suggested."""
    suggested: int = 0
    misses: list[str] = field(default_factory=list)

    def share(self, count: int) -> float:
        """A count in percent of what was asked."""
        return 100 * count / self.asked if self.asked else 0.0


Tallies = defaultdict[str, Tally]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the question files gave."""

    tallies: Tallies
    """By group: "en", "en typo", "lang ru", "off near", "dialogues", "courtesies" …"""
    times: Times
    """Of each question."""


def rows(folder: Path, name: str) -> Iterator[Row]:
    """The rows of a question file; none where it is absent."""
    path = folder / f"{name}.jsonl"
    if path.exists():
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line:
                yield json.loads(line)


def groups(name: str, row: Row) -> tuple[str, ...]:
    """The groups in which a row counts."""
    return name, f"{name} {row['kind']}", f"lang {row.get('lang', 'en')}"


def found(expect: list[str], said: str) -> bool:
    """Whether every pattern is found."""
    return all(re.search(pattern, said, re.IGNORECASE) for pattern in expect)


def ask_all(answerer: Answerer, folder: Path) -> Outcome:
    """Ask everything that the question files hold, each in a fresh conversation."""
    tallies: Tallies = defaultdict(Tally)
    times = Times()

    def ask(asked: str, before: Conversation) -> tuple[Reply, Conversation]:
        return times.measure(lambda: answerer.answer(Question(asked, NOW), before))

    for name in ANSWERABLE:
        for row in rows(folder, name):
            reply, _ = ask(row["q"], Conversation())
            for group in groups(name, row):
                _score(tallies[group], row, reply)
    for row in rows(folder, "followup"):
        _play(tallies["dialogues"], row, ask)
    for row in rows(folder, "off"):
        reply, _ = ask(row["q"], Conversation())
        _refusal(tallies[f"off {row['kind']}"], row["q"], reply)
    for row in rows(folder, "smalltalk"):
        reply, _ = ask(row["q"], Conversation())
        _count(tallies["courtesies"], isinstance(reply, Courtesy), isinstance(reply, Answer), row["q"], reply)
    return Outcome(tallies, times)


def _score(tally: Tally, row: Row, reply: Reply) -> None:
    facts = reply.facts if isinstance(reply, Answer | Suggestion) else ()
    said = " ".join(match.fact.text for match in facts)
    in_language = row.get("lang") in (None, "en") or reply.lang == row["lang"]
    right = isinstance(reply, Answer) and in_language and found(row["expect"], said)
    among = isinstance(reply, Suggestion) and any(found(row["expect"], match.fact.text) for match in facts)
    tally.suggested += isinstance(reply, Suggestion)
    tally.offered += right or among
    _count(tally, right, isinstance(reply, Answer) and not right, row["q"], reply)


def _play(tally: Tally, row: Row, ask: Callable[[str, Conversation], tuple[Reply, Conversation]]) -> None:
    """A dialogue is right when every turn is; a leaked earlier subject or a fact for what must be refused is wrong."""
    conversation = Conversation()
    right, wrong = True, False
    said = []
    for turn in row["turns"]:
        reply, conversation = ask(turn["q"], conversation)
        stated = isinstance(reply, Answer)
        good = not stated if turn.get("refuse") else stated and found(turn["expect"], to_text(reply))
        right = right and good
        wrong = wrong or (stated and not good)
        said.append(f"{turn['q']!r} -> {shown(reply)}")
    tally.asked += 1
    tally.right += right
    tally.wrong += wrong
    if not right:
        tally.misses.append("\n      ".join(said))


def _refusal(tally: Tally, asked: str, reply: Reply) -> None:
    stated = isinstance(reply, Answer)
    tally.suggested += isinstance(reply, Suggestion)
    _count(tally, not stated, stated, asked, reply)


def _count(tally: Tally, right: bool, wrong: bool, asked: str, reply: Reply) -> None:
    tally.asked += 1
    tally.right += right
    tally.wrong += wrong
    if not right:
        tally.misses.append(f"{asked!r} -> {shown(reply)}")


def shown(reply: Reply) -> str:
    """A reply on one line, for the list of misses."""
    kind = type(reply).__name__
    if isinstance(reply, Courtesy):
        return f"{kind} {reply.kind}"
    near = ", ".join(match.fact.id for match in reply.matches[:3])
    text = " ".join(to_text(reply).split())
    return f"{kind} {reply.confidence:.2f} {reply.lang} [{near}] {text if len(text) <= 160 else text[:159] + '…'}"
