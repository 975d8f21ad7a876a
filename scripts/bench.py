"""Measures speed over large tables beside that of other methods: scripts/bench.py [FACTS…] [--picture FILE] …

Makes seeded tables with so many facts (10,000, 100,000 and 1,000,000 by default), loads them with the bot's loading
code and with each other method, asks clean and misspelled questions whose right fact is known, and prints times, sizes
and memory. Each building and asking is a process of its own; the bot answers through its whole core.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.config import CHECKOUT, FACTS_DB
from scripts.measure.growth import Grown, draw, lines
from scripts.measure.scale import OURS, PEERS, Speed, agreement, ask, build
from scripts.measure.synthetic import Made, make

SIZES = (10_000, 100_000, 1_000_000)


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("facts", nargs="*", type=int, default=SIZES)
    parser.add_argument("--questions", type=int, default=400, help="of each spelling, made up (400)")
    parser.add_argument("--exhaustive", type=int, default=40, help="questions compared with scoring every fact (40)")
    parser.add_argument("--data", type=Path, default=CHECKOUT.parent / "shared" / "data", help="folder with XQuAD")
    parser.add_argument("--only", action="append", metavar="METHOD", help="measure this one; may be repeated")
    parser.add_argument("--folder", type=Path, help="where to work, and keep what was made (default: a temporary one)")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw times over numbers of facts as SVG")
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)  # what the processes of their own do
    args = parser.parse_args()
    if args.step:
        step, name, folder_of_step = args.step
        _step(step, name, Path(folder_of_step), args.exhaustive)
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        grown = [one for facts in args.facts for one in _measure(folder / str(facts), facts, args)]
    print(*lines(grown), sep="\n")
    if args.picture:
        args.picture.write_text(draw(grown), encoding="utf-8")
    return 0


def _measure(folder: Path, facts: int, args: argparse.Namespace) -> list[Grown]:
    """Every method over a table of so many facts; what stands in the folder already is not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Made(folder) if (folder / "ids.txt").exists() else make(folder, facts, args.questions, args.data)
    grown = []
    for name in (OURS, *(peer.name for peer in PEERS)):
        if args.only and name not in args.only:
            continue
        if any(peer.name == name and peer.missing() for peer in PEERS):
            print(f"{name} is not installed; it comes with: .venv/bin/pip install -e '.[peers]'")
            continue
        grown.append(_grow(name, made, facts, args))
    return grown


def _grow(name: str, made: Made, facts: int, args: argparse.Namespace) -> Grown:
    print(f"{facts:,} facts: {name} …", file=sys.stderr, flush=True)
    here = made.folder / name
    told = here / "built.json"
    if not told.exists():
        here.mkdir(exist_ok=True)
        seconds, memory, _ = _run("build", name, made.folder, args)
        told.write_text(json.dumps([seconds, memory]), encoding="utf-8")
    seconds, memory = json.loads(told.read_text(encoding="utf-8"))
    size = sum(file.stat().st_size for file in here.rglob("*") if file.is_file() and not file.name.endswith(".lock"))
    _, serving, printed = _run("ask", name, made.folder, args)
    found = json.loads(printed)
    start = agreed = None
    if name == OURS:
        start = _start(here / "facts.db") / _start(FACTS_DB)
        if args.exhaustive:
            agreed = float(_run("agreement", name, made.folder, args)[2])
    return Grown(
        name=name,
        facts=facts,
        build_seconds=seconds,
        build_memory=memory,
        disk=size / 1e6,
        plain=made.plain() / 1e6,
        memory=serving,
        speeds={spelling: Speed(**found[spelling]) for spelling in ("clean", "typos")},
        worst=found["worst"],
        start=start,
        agreement=agreed,
    )


def _run(step: str, name: str, folder: Path, args: argparse.Namespace) -> tuple[float, float, str]:
    """Run a step in a process of its own: its seconds, its peak memory in MB, and what it printed."""
    command = [sys.executable, __file__, "--exhaustive", str(args.exhaustive), "--step", step, name, str(folder)]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{name}: {step} ended with {process.returncode}.")
    unit = 1 if sys.platform == "darwin" else 1024
    return time.perf_counter() - began, used.ru_maxrss * unit / 1e6, printed


def _step(step: str, name: str, folder: Path, exhaustive: int) -> None:
    made = Made(folder)
    here = made.folder / name
    if step == "build":
        build(name, made, here)
    elif step == "ask":
        found = ask(name, made, here)
        print(json.dumps({key: asdict(one) if isinstance(one, Speed) else one for key, one in found.items()}))
    else:
        print(agreement(made, here, exhaustive))


def _start(table: Path) -> float:
    """The processor's seconds for one `ask` from start to end, the least of five."""
    seconds = []
    for _ in range(5):
        command = [sys.executable, "-m", "bot", "ask", "When did he resign?"]
        environment = {**os.environ, "BOT_FACTS_DB": str(table)}
        process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"ask over {table} ended with {process.returncode}.")
        seconds.append(used.ru_utime + used.ru_stime)
    return min(seconds)


if __name__ == "__main__":
    sys.exit(main())
