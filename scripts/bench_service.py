"""Measures how fast the service answers: scripts/bench_service.py [--questions 5000] [--rate 100] [--seconds 60]

First in its own process: questions through the real application, the table and the writing of state.db, to a Telegram
that takes every reply at once. Then the real `serve` over loopback HTTP, with limits off: so many questions a second
come at their time, whether the ones before are answered or not (an open loop), and a reply's delay counts from the
moment that its question was there to be fetched; and all at once, for the most that it can do. It needs a Linux /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from bot.browsing import Guide  # noqa: E402 - found through the line above
from bot.config import FACTS_DB, Settings  # noqa: E402
from bot.state import State  # noqa: E402
from bot.telegram import service  # noqa: E402
from bot.telegram.core import warm_up  # noqa: E402
from bot.telegram.logs import set_up_logs  # noqa: E402
from bot.telegram.transport import SendingRequest  # noqa: E402
from scripts.soak import QUESTIONS, use_of  # noqa: E402
from tests.telegram_server import Call, TelegramServer  # noqa: E402
from tests.telegram_world import BOT  # noqa: E402

CHATS = 50
BATCH = 100
"""Updates that one getUpdates brings."""


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=5_000, help="asked at once (5000)")
    parser.add_argument("--rate", type=float, default=100.0, help="questions a second over HTTP (100)")
    parser.add_argument("--seconds", type=float, default=60.0, help="of them (60)")
    args = parser.parse_args()
    sys.setswitchinterval(service.SWITCH)
    set_up_logs("text", "CRITICAL", ())
    replies = 0
    for kind, text_of in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            seconds, count = asyncio.run(in_process(args.questions, Path(folder), text_of))
        rate = args.questions / seconds
        print(f"in process, {kind}: {count} replies to {args.questions} questions, {rate:,.0f} a second")
        replies += count
    gc.disable()  # or pauses of this process would be measured, which stands in for Telegram
    delays, megabytes = open_loop(args.rate, args.seconds)
    asked = int(args.rate * args.seconds)
    parts = " ".join(f"{name} {_at(delays, share):.1f}" for name, share in (("p50", 0.5), ("p99", 0.99), ("most", 1.0)))
    print(f"over HTTP, {args.rate:g} a second: {len(delays)} replies to {asked} questions, ms: {parts}; {megabytes} MB")
    for kind, text_of in KINDS:
        count, rate = ceiling(args.questions, text_of)
        print(f"over HTTP, {kind}, all at once: {count} replies to {args.questions} questions, {rate:,.0f} a second")
        replies += count
    return int(replies != 4 * args.questions or len(delays) != asked)


def _question(number: int) -> str:
    return f"{QUESTIONS[number % len(QUESTIONS)]} {number}"


def _known(number: int) -> str:
    return QUESTIONS[number % len(QUESTIONS)]


KINDS = (("each a new one", _question), ("the same few", _known))


def _at(delays: list[float], share: float) -> float:
    """The delay in milliseconds that this share of them does not exceed."""
    return 1000 * sorted(delays)[min(len(delays) - 1, int(len(delays) * share))]


async def in_process(questions: int, folder: Path, text_of: Callable[[int], str]) -> tuple[float, int]:
    """Seconds that so many questions take, and how many replies were sent."""
    sent = itertools.count()
    replies = 0

    async def do_request(self: object, url: str, method: str, request_data: Any = None, **_: Any) -> tuple[int, bytes]:
        nonlocal replies
        result: Any = True
        if url.endswith("/getMe"):
            result = BOT
        elif url.endswith("/sendMessage"):
            replies += 1
            chat = {"id": int(request_data.json_parameters["chat_id"]), "type": "private"}
            result = {"message_id": next(sent), "date": 1, "chat": chat, "text": "."}
        return 200, json.dumps({"ok": True, "result": result}).encode()

    settings = Settings(FACTS_DB, folder / "state.db", token="123456789:AABench", rate_limit=0.0)  # noqa: S106 - none
    state = State(settings.state_db)
    core = Guide(settings.facts_db)
    warm_up(core)
    built = service.build(settings, core, state)
    send, SendingRequest.do_request = SendingRequest.do_request, do_request  # type: ignore[method-assign]
    try:
        await built.application.initialize()
        began = time.monotonic()
        for start in range(0, questions, BATCH):
            built.intake.take(
                [_update(number, text_of(number)) for number in range(start, min(start + BATCH, questions))]
            )
            await built.intake.settle(60.0)
            built.intake.confirmed(start)
        seconds = time.monotonic() - began
        await built.application.shutdown()
        built.parts.desk.close()
    finally:
        SendingRequest.do_request = send  # type: ignore[method-assign]
        state.close()
    return seconds, replies


def _update(number: int, text: str) -> dict[str, Any]:
    person = {"id": 1000 + number % CHATS, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    chat = {"id": person["id"], "type": "private", "first_name": "Ann"}
    message = {"message_id": number + 1, "date": int(time.time()), "chat": chat, "from": person}
    return {"update_id": number + 1, "message": message | {"text": text}}


@contextlib.contextmanager
def serving() -> Iterator[tuple[TelegramServer, int]]:
    """The stand-in for Telegram and the process id of the real `serve`, which is asked and has answered already."""
    with TelegramServer() as server, tempfile.TemporaryDirectory() as folder:
        settings = {"BOT_TOKEN": server.token, "BOT_API_URL": server.url, "BOT_STATE_DB": f"{folder}/state.db"}
        settings |= {"BOT_RATE_LIMIT": "0", "BOT_LOG_LEVEL": "CRITICAL", "TMPDIR": folder}
        process = subprocess.Popen([sys.executable, "-m", "bot", "serve"], cwd=CHECKOUT, env={**os.environ, **settings})
        try:
            server.say("hello", user=999)
            server.wait_sent(1)
            server.take_calls()
            yield server, process.pid
        finally:
            process.terminate()
            process.wait()


def open_loop(rate: float, seconds: float) -> tuple[list[float], int]:
    """The delay of each reply in seconds, and the memory of the service in MB."""
    with serving() as (server, pid):
        said: list[float] = []
        began = time.monotonic()
        for number in range(int(rate * seconds)):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            said.append(time.monotonic())
            server.say(_question(number), user=1000 + number % CHATS)
        delays = [call.at - said[_number_of(call)] for call in _replies(server, len(said))]
        return delays, use_of(pid).kilobytes // 1024


def ceiling(questions: int, text_of: Callable[[int], str]) -> tuple[int, float]:
    """How many of so many questions that are there at once are answered, and how many a second."""
    with serving() as (server, _):
        began = time.monotonic()
        for number in range(questions):
            server.say(text_of(number), user=1000 + number % CHATS)
        calls = _replies(server, questions)
        return len(calls), len(calls) / (max((call.at for call in calls), default=began + 1.0) - began)


def _replies(server: TelegramServer, count: int) -> list[Call]:
    """The messages that were sent: so many of them, or what has come when none came for half a minute."""
    calls: list[Call] = []
    patience = time.monotonic() + 30
    while len(calls) < count and time.monotonic() < patience:
        time.sleep(0.05)
        new = [call for call in server.take_calls() if call.method == "sendMessage" and call.code == 200]
        if new:
            calls += new
            patience = time.monotonic() + 30
    return calls


def _number_of(reply: Call) -> int:
    return int(reply.result["reply_to_message"]["text"].split()[-1])


if __name__ == "__main__":
    sys.exit(main())
