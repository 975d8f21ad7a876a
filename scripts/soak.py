"""Runs the real `serve` against a stand-in for Telegram that has a bad moment every few seconds, and counts.

    .venv/bin/python scripts/soak.py [--updates 3000] [--chats 50] [--fault-every 2] [--seed 1] [--rate 0]

Every question carries its chat and number, and quotes tell which one a reply is for: what is lost, doubled or out of
order is counted exactly. Memory, open files and threads of the process are looked at along the way. Ctrl-C ends it
early, with a report on what was asked so far. The exit code is 1 when anything was lost, doubled or out of order. It
needs a Linux /proc.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from tests.telegram_server import Fault, TelegramServer  # noqa: E402 - found through the line above

QUESTIONS = (
    "When will Tokayev visit Tajikistan?",
    "Кто пригласил Токаева?",
    "What is the capital of Mongolia?",
    "hello",
    "<b>'; DROP TABLE facts; --",
)
FAULTS = (
    ("getUpdates", Fault(code=409)),
    ("getUpdates", Fault(code=429, retry_after=1)),
    ("getUpdates", Fault(code=502)),
    ("getUpdates", Fault(stall=3.0)),
    ("getUpdates", Fault(drop="before")),
    ("getUpdates", Fault(drop="after")),
    ("getUpdates", Fault(body=b"<html>")),
    ("sendMessage", Fault(code=429, retry_after=1)),
    ("sendMessage", Fault(code=502)),
    ("sendMessage", Fault(stall=3.0)),
    ("sendMessage", Fault(drop="before")),
    ("sendMessage", Fault(body=b"<html>")),
)
"""Not among them: a reply that is delivered and whose answer is lost. Nobody can know that, and it is sent again."""
AHEAD = 400
"""Questions that are under way at most."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a process uses."""

    kilobytes: int
    files: int
    threads: int


def use_of(process: int) -> Use:
    """What a running process uses now."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    values = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
    files = len(list(Path(f"/proc/{process}/fd").iterdir()))
    return Use(int(values["VmRSS"][0]), files, int(values["Threads"][0]))


def main() -> int:
    """Soaks, reports, and judges."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--updates", type=int, default=3000)
    parser.add_argument("--chats", type=int, default=50)
    parser.add_argument("--fault-every", type=float, default=2.0, help="seconds; 0 for none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", default="0", help="BOT_RATE_LIMIT of the service")
    args = parser.parse_args()
    with TelegramServer() as server, tempfile.TemporaryDirectory() as folder:
        settings = {"BOT_TOKEN": server.token, "BOT_API_URL": server.url, "BOT_STATE_DB": f"{folder}/state.db"}
        settings |= {"BOT_RATE_LIMIT": args.rate, "BOT_LOG_LEVEL": "CRITICAL", "TMPDIR": folder}
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"], cwd=CHECKOUT, env={**os.environ, **settings}, start_new_session=True
        )
        try:
            return soak(server, process, args)
        finally:
            process.kill()
            process.wait()


def soak(server: TelegramServer, process: subprocess.Popen[bytes], args: argparse.Namespace) -> int:
    """Asks everything, with faults between; the exit code."""
    chance = random.Random(args.seed)
    seen = Seen()
    warm, faults, began, last_fault = None, 0, time.monotonic(), time.monotonic()
    asked = 0
    with contextlib.suppress(KeyboardInterrupt):
        for number in range(args.updates):
            chat = 1000 + number % args.chats
            server.say(f"{chance.choice(QUESTIONS)} {number}", user=chat)
            asked += 1
            while number - seen.count(server) > AHEAD:
                time.sleep(0.02)
            if args.fault_every and time.monotonic() - last_fault > args.fault_every:
                method, fault = chance.choice(FAULTS)
                server.fail(method, fault, chance.choice((1, 1, 3)))
                faults, last_fault = faults + 1, time.monotonic()
            if not warm and len(seen.times) >= args.updates // 5:
                warm = use_of(process.pid)
            if number % 20_000 == 19_999:
                print(f"{asked} asked after {time.monotonic() - began:.0f} s: {use_of(process.pid)}", flush=True)
    server.heal()
    patience = time.monotonic() + 120
    while seen.count(server) < asked and time.monotonic() < patience and process.poll() is None:
        time.sleep(0.05)
    seconds = time.monotonic() - began
    end = use_of(process.pid)
    process.terminate()
    code = process.wait(10)
    lost = asked - len(seen.times)
    doubled = sum(times - 1 for times in seen.times.values())
    print(
        f"{asked} questions of {args.chats} chats in {seconds:.0f} s ({asked / seconds:.0f}/s), "
        f"{faults} times a fault: {lost} lost, {doubled} doubled, {seen.disorder} out of order, exit code {code}"
    )
    if warm:
        growth = 100 * (end.kilobytes - warm.kilobytes) / warm.kilobytes
        print(
            f"memory {warm.kilobytes // 1024} -> {end.kilobytes // 1024} MB ({growth:+.1f} %), open files "
            f"{warm.files} -> {end.files}, threads {warm.threads} -> {end.threads}"
        )
    return int(bool(lost or doubled or seen.disorder or code))


class Seen:
    """Replies so far; each call of the stand-in's is looked at once, then forgotten."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.times: Counter[int] = Counter()
        self.disorder = 0
        self._last: dict[int, int] = {}

    def count(self, server: TelegramServer) -> int:
        """Takes in what has come since, and returns how many questions are answered."""
        for call in server.take_calls():
            if call.method != "sendMessage" or call.code != 200:
                continue
            number = int(call.result["reply_to_message"]["text"].split()[-1])
            self.times[number] += 1
            self.disorder += number < self._last.get(call.chat, -1)
            self._last[call.chat] = max(number, self._last.get(call.chat, -1))
        return len(self.times)


if __name__ == "__main__":
    sys.exit(main())
