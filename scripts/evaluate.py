"""Measures the quality of answers: scripts/evaluate.py [QUESTIONS] [--data DIR] [--db FILE] [--errors]

QUESTIONS is a folder of question files (JSON lines: en, multi, followup, off, smalltalk); see README for the format.
Right: every pattern of `expect` is found in the reply's facts. Wrong: facts, but not every pattern.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.answering import Answerer
from bot.config import CHECKOUT, FACTS_DB
from bot.model import Answer, Conversation, Courtesy, Question, Reply, Suggestion
from bot.wording import to_text

NOW = datetime(2021, 5, 5, 12, tzinfo=UTC)


@dataclass
class Tally:
    """Outcomes of one kind of question."""

    asked: int = 0
    right: int = 0
    wrong: int = 0
    offered: int = 0
    """Right, or the right fact among those suggested."""
    suggested: int = 0
    misses: list[str] = field(default_factory=list)


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="?", type=Path, default=CHECKOUT.parent / "shared" / "questions")
    parser.add_argument("--db", type=Path, default=FACTS_DB)
    parser.add_argument("--errors", action="store_true", help="list each miss with the reply")
    args = parser.parse_args()
    if not args.questions.is_dir():
        print(f"No question files at {args.questions}: skipped.")
        return 0
    answerer = Answerer(args.db)
    tallies: dict[str, Tally] = defaultdict(Tally)
    times: list[float] = []
    for name in ("en", "multi"):
        for row in _rows(args.questions / f"{name}.jsonl"):
            reply, _ = _ask(answerer, row["q"], Conversation(), times)
            for key in (name, f"{name} {row['kind']}", f"lang {row.get('lang', 'en')}"):
                _score(tallies[key], row["q"], row["expect"], reply, row.get("lang"))
    for row in _rows(args.questions / "followup.jsonl"):
        _dialogue(answerer, row, tallies, times)
    for row in _rows(args.questions / "off.jsonl"):
        reply, _ = _ask(answerer, row["q"], Conversation(), times)
        _refusal(tallies[f"off {row['kind']}"], row["q"], reply)
    for row in _rows(args.questions / "smalltalk.jsonl"):
        reply, _ = _ask(answerer, row["q"], Conversation(), times)
        tally = tallies["courtesies"]
        tally.asked += 1
        tally.right += isinstance(reply, Courtesy)
        if not isinstance(reply, Courtesy):
            tally.misses.append(f"{row['q']!r} -> {_short(reply)}")
    _print(tallies, times, args.errors)
    return 0


def _rows(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]  # rows are as they come
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def _ask(answerer: Answerer, asked: str, before: Conversation, times: list[float]) -> tuple[Reply, Conversation]:
    started = time.perf_counter()
    answered = answerer.answer(Question(asked, NOW), before)
    times.append(time.perf_counter() - started)
    return answered


def _found(expect: list[str], said: str) -> bool:
    return all(re.search(pattern, said, re.IGNORECASE) for pattern in expect)


def _score(tally: Tally, asked: str, expect: list[str], reply: Reply, lang: str | None) -> bool:
    facts = reply.facts if isinstance(reply, Answer | Suggestion) else ()
    said = " ".join(match.fact.text for match in facts)
    right = isinstance(reply, Answer) and _found(expect, said) and (lang in (None, "en") or reply.lang == lang)
    tally.asked += 1
    tally.right += right
    tally.wrong += isinstance(reply, Answer) and not right
    tally.suggested += isinstance(reply, Suggestion)
    tally.offered += right or (isinstance(reply, Suggestion) and any(_found(expect, m.fact.text) for m in facts))
    if not right:
        tally.misses.append(f"{asked!r} -> {_short(reply)}")
    return right


def _dialogue(answerer: Answerer, row: dict, tallies: dict[str, Tally], times: list[float]) -> None:  # type: ignore[type-arg]
    conversation = Conversation()
    right, said = True, []
    for turn in row["turns"]:
        reply, conversation = _ask(answerer, turn["q"], conversation, times)
        text = to_text(reply)
        refused = turn.get("refuse")
        good = not isinstance(reply, Answer) if refused else isinstance(reply, Answer) and _found(turn["expect"], text)
        right = right and good
        said.append(f"{turn['q']!r} -> {_short(reply)}")
    tally = tallies["dialogues"]
    tally.asked += 1
    tally.right += right
    if not right:
        tally.misses.append(" / ".join(said))


def _refusal(tally: Tally, asked: str, reply: Reply) -> None:
    tally.asked += 1
    tally.wrong += isinstance(reply, Answer)
    tally.suggested += isinstance(reply, Suggestion)
    tally.right += not isinstance(reply, Answer)
    if isinstance(reply, Answer):
        tally.misses.append(f"{asked!r} -> {_short(reply)}")


def _short(reply: Reply) -> str:
    kind = type(reply).__name__
    ids = [match.fact.id for match in getattr(reply, "matches", ())[:2]]
    return f"{kind} {getattr(reply, 'confidence', 0):.2f} {reply.lang} {ids}"


def _print(tallies: dict[str, Tally], times: list[float], errors: bool) -> None:
    print(f"{'':22}{'asked':>6}{'right %':>9}{'wrong %':>9}{'offered %':>11}{'suggested %':>13}")
    for name, tally in tallies.items():
        share = [100 * value / tally.asked for value in (tally.right, tally.wrong, tally.offered, tally.suggested)]
        print(f"{name:22}{tally.asked:6}{share[0]:9.1f}{share[1]:9.1f}{share[2]:11.1f}{share[3]:13.1f}")
        if errors and " " not in name.replace("off ", "off"):
            for miss in tally.misses:
                print(f"    {miss}")
    times.sort()
    median, late = times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000
    print(f"time per question: p50 {median:.2f} ms, p99 {late:.2f} ms")


if __name__ == "__main__":
    sys.exit(main())
