"""kill -9 at any moment, many times: `python -m tests.kills state 500` and `python -m tests.kills serve 50 [SEED]`.

`state` kills a process that only writes to state.db, `serve` the real service in the middle of its replies. The suite
does a few of each (test_state.py, test_serve.py).
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bot.state import State
from tests.tables import CHECKOUT
from tests.telegram_server import TelegramServer

BOT = 1
WRITER = """
import sys
from pathlib import Path
from bot.state import State
state = State(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), 10_000_000):
    state.put_aside(1, [(number, "x" * 300)])
    state.mark_handled(1, number, was_aside=True)
    if number % 50 == 0:
        state.forget_handled(1, number - 200)
    print(number, flush=True)
"""
CHATS = 5


def kill_writer(path: Path, times: int, chance: random.Random) -> int:
    """Kills who writes to the state.db at `path`; returns how many updates it said it had noted.

    Raises AssertionError when one of them is not noted, or the file is not whole.
    """
    last = 0
    for _ in range(times):
        command = [sys.executable, "-c", WRITER, str(path), str(last + 1)]
        process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        said = [int(process.stdout.readline()) for _ in range(chance.randint(1, 60))]
        time.sleep(chance.random() * 0.002)
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        said += [int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")]
        kept = State(path)
        assert kept.handled(BOT, said[-100:]) == set(said[-100:])
        assert set(kept.waiting(BOT)) <= {said[-1] + 1}
        kept.close()
        assert is_whole(path)
        last = said[-1]
    return last


def is_whole(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with the file."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def kill_service(server: TelegramServer, folder: Path, times: int, chance: random.Random) -> tuple[int, list[str]]:
    """Kills a `serve` that answers; returns how many questions there were, and the replies, by the words they quote."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    settings = {"BOT_TOKEN": server.token, "BOT_API_URL": server.url, "BOT_STATE_DB": str(folder / "state.db")}
    around = kept | settings | {"BOT_RATE_LIMIT": "0", "BOT_LOG_LEVEL": "CRITICAL", "TMPDIR": str(folder)}
    asked = 0
    for round_ in range(times + 1):
        process = subprocess.Popen([sys.executable, "-m", "bot", "serve"], cwd=CHECKOUT, env=around)
        try:
            for _ in range(5 * CHATS):
                server.say(f"hello {asked}", user=100 + asked % CHATS)
                asked += 1
            if round_ == times:
                wait_for_all(server, asked)
            else:
                server.wait_sent(asked - chance.randint(1, 4 * CHATS))
                time.sleep(chance.random() * 0.02)
        finally:
            process.kill()
            process.wait()
    return asked, answered(server)


def wait_for_all(server: TelegramServer, asked: int) -> None:
    """Returns when each of so many questions is answered."""
    server.wait(lambda: len(set(answered(server))) >= asked, "all replies")


def answered(server: TelegramServer) -> list[str]:
    """The questions that were answered, once for each reply."""
    replies = [call.result for call in server.sent()]
    return [reply["reply_to_message"]["text"] for reply in replies if "reply_to_message" in reply]


def disorder(replies: list[str]) -> int:
    """How many questions were first answered after a later one of their chat."""
    last, wrong, seen = dict.fromkeys(range(CHATS), -1), 0, set[int]()
    for number in (int(words.split()[1]) for words in replies):
        if number not in seen:
            wrong += number < last[number % CHATS]
            last[number % CHATS] = number
            seen.add(number)
    return wrong


def main() -> int:
    """Kills, and says what it found."""
    what, times = sys.argv[1], int(sys.argv[2])
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        if what == "state":
            print(f"{times} kills, {kill_writer(path, times, chance)} updates noted: none lost, the file always whole")
            return 0
        with TelegramServer() as server:
            asked, replies = kill_service(server, Path(folder), times, chance)
        counts = Counter(replies)
        lost, again = asked - len(counts), sum(counts.values()) - len(counts)
        print(
            f"{times} kills, {asked} questions: {lost} lost, {disorder(replies)} out of order, {again} answered again"
            f" (sent, and not noted yet at the kill); state.db whole: {is_whole(path)}"
        )
        return int(bool(lost or disorder(replies) or not is_whole(path)))


if __name__ == "__main__":
    sys.exit(main())
