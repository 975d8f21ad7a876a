"""Measures loading against sqlite-utils: scripts/bench_loading.py [ROWS] [--folder DIR]

Makes ROWS seeded facts (a million by default) with word frequencies after Zipf, loads the same NDJSON file with
`sqlite-utils insert` and `enable-fts`, and with scripts/load_facts.py, each as its own process, and prints the seconds,
the peak memory and the size of the tables. Issues a question every 50 ms to the table that is being replaced when
--live names how many rows to load under it.
"""

from __future__ import annotations

import argparse
import bisect
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.answering import Answerer
from bot.config import CHECKOUT
from bot.model import Conversation, Question

VOCABULARY = 100_000
SEED = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """One way to load, as measured."""

    name: str
    seconds: float
    peak: int
    """Of its memory, in MB."""
    size: int
    """Of the table on disk, in MB."""


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary one)")
    parser.add_argument("--live", action="store_true", help="measure the questions asked during a load instead")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        if args.live:
            print_live(live(Path(folder), args.rows), args.rows)
        else:
            for line in report(compare(Path(folder), args.rows), args.rows):
                print(line)
    return 0


def compare(folder: Path, rows: int) -> list[Measured]:
    """Load the same rows with sqlite-utils and with load_facts."""
    file = folder / "facts.ndjson"
    write_facts(file, rows)
    theirs, ours = folder / "theirs.db", folder / "ours.db"
    utils = [sys.executable, "-m", "sqlite_utils"]
    insert = _run("sqlite-utils insert", [*utils, "insert", str(theirs), "facts", str(file), "--nl"], theirs)
    index = _run("sqlite-utils enable-fts", [*utils, "enable-fts", str(theirs), "facts", "text"], theirs)
    load = _run("load_facts", [sys.executable, "scripts/load_facts.py", str(file), "--db", str(ours)], ours)
    return [insert, index, load]


def report(measured: list[Measured], rows: int) -> Iterator[str]:
    """The lines of the report."""
    for one in measured:
        yield f"{one.name:24} {one.seconds:8.1f} s {one.peak:6,} MB of memory {one.size:6,} MB on disk"
    theirs = measured[0].seconds + measured[1].seconds
    yield f"{rows:,} facts: load_facts takes {measured[2].seconds / theirs:.2f} times as long as sqlite-utils"


def write_facts(file: Path, rows: int, seed: int = SEED) -> None:
    """Seeded facts of 8 to 24 words each, from 1,000 sources."""
    chance = random.Random(seed)
    words = _vocabulary(chance)
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))
    with file.open("w", encoding="utf-8") as out:
        for number in range(rows):
            drawn = [words[bisect.bisect(weights, chance.random() * weights[-1])] for _ in range(chance.randint(8, 24))]
            source = number % 1_000
            row = {
                "id": f"f{number}",
                "lang": "en",
                "text": f"{' '.join(drawn).capitalize()} in {chance.randint(1900, 2021)}.",
                "publisher": f"Publisher {source}",
                "url": f"https://example.org/{source}",
            }
            out.write(json.dumps(row) + "\n")


def _vocabulary(chance: random.Random) -> list[str]:
    syllables = [a + b for a in "bcdfghjklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "is")]
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        found["".join(chance.choices(syllables, k=chance.randint(2, 4)))] = None
    return list(found)


def _run(name: str, command: list[str], table: Path) -> Measured:
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"{name} ended with {process.returncode}.")
    unit = 1 if sys.platform == "darwin" else 1024
    return Measured(name, seconds, used.ru_maxrss * unit // 1024**2, table.stat().st_size // 1024**2)


def live(folder: Path, rows: int) -> tuple[list[float], float]:
    """Seconds that each question took while `rows` facts were loaded, and until the new table was used after that."""
    table, file = folder / "facts.db", folder / "facts.ndjson"
    write_facts(file, rows)
    with closing(sqlite3.connect(CHECKOUT / "facts.db")) as old, closing(sqlite3.connect(table)) as new:
        old.backup(new)
    questions = list(_questions(table))
    answerer = Answerer(table)
    ended: list[float] = []

    def load() -> None:
        command = [sys.executable, "scripts/load_facts.py", str(file), "--db", str(table)]
        subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)
        ended.append(time.perf_counter())

    answerer.answer(Question(questions[0], datetime.now(UTC)), Conversation())
    thread = threading.Thread(target=load)
    thread.start()
    taken: list[float] = []
    seen = 0.0
    small = answerer.size
    while not seen:
        began = time.perf_counter()
        answerer.answer(Question(questions[len(taken) % len(questions)], datetime.now(UTC)), Conversation())
        taken.append(time.perf_counter() - began)
        if answerer.size > small:
            seen = time.perf_counter()
        time.sleep(0.05)
    thread.join()
    return taken, max(0.0, seen - ended[0])


def _questions(table: Path) -> Iterator[str]:
    with closing(sqlite3.connect(table)) as connection:
        for (keywords,) in connection.execute("SELECT keywords FROM facts"):
            yield from json.loads(keywords)[:5]


def print_live(measured: tuple[list[float], float], rows: int) -> None:
    """The times of the questions asked meanwhile."""
    taken, lag = measured
    order = sorted(taken)
    print(
        f"{len(order)} questions while {rows:,} facts were loaded: p50 {order[len(order) // 2] * 1e3:.1f} ms,"
        f" p99 {order[int(len(order) * 0.99)] * 1e3:.1f} ms, longest {order[-1] * 1e3:.1f} ms;"
        f" the new table answered {lag:.2f} s after the load's end"
    )


if __name__ == "__main__":
    sys.exit(main())
