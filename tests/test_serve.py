"""The real `serve` as a process of its own, told by environment and signals, seen over HTTP and by its exit code."""

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.telegram_server import PATIENCE, Fault, TelegramServer

CHECKOUT = Path(__file__).parent.parent


def environment(server: TelegramServer, folder: Path, **changed: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    settings = {"BOT_TOKEN": server.token, "BOT_API_URL": server.url, "BOT_STATE_DB": str(folder / "state.db")}
    return kept | settings | {"BOT_LOG_LEVEL": "DEBUG", "TMPDIR": str(folder)} | changed


def start(server: TelegramServer, folder: Path, *arguments: str, **changed: str) -> subprocess.Popen[str]:
    with (folder / "log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", *arguments],
            cwd=CHECKOUT,
            env=environment(server, folder, **changed),
            stdout=log,
            stderr=log,
            text=True,
        )


@contextlib.contextmanager
def serving(server: TelegramServer, folder: Path, **changed: str) -> Iterator[subprocess.Popen[str]]:
    """A running `serve`, killed at the end if it is not gone by then."""
    process = start(server, folder, **changed)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)


def stop(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> int:
    process.send_signal(number)
    return process.wait(PATIENCE)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def log_of(folder: Path) -> str:
    return (folder / "log").read_text(encoding="utf-8")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_question_as_a_user_asks_it_gets_its_sourced_answer(
    telegram: TelegramServer, tmp_path: Path, number: int
) -> None:
    with serving(telegram, tmp_path) as process:
        telegram.say("When will Tokayev visit Tajikistan?")
        [call] = telegram.wait_sent(1)
        assert "19" in call.shown
        assert "May 2021" in call.shown
        assert "Asia-Plus" in call.shown
        assert 'href="https://' in call.parameters["text"]
        assert call.result["reply_to_message"]["text"] == "When will Tokayev visit Tajikistan?"
        telegram.say("Кто его пригласил?", lang="ru")
        assert "Рахмон" in telegram.wait_sent(2)[1].shown
        assert stop(process, number) == 0
    assert telegram.token not in log_of(tmp_path)


def test_a_load_is_answered_from_without_a_restart(telegram: TelegramServer, tmp_path: Path, invented: Path) -> None:
    table, file = Path(shutil.copyfile(invented, tmp_path / "facts.db")), tmp_path / "whale.csv"
    file.write_text("text,publisher\nA blue whale hangs in the entrance hall of the museum.,Museum\n", encoding="utf-8")
    question = "Which whale hangs in the entrance hall of the museum?"
    chat = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat"],
        cwd=CHECKOUT,
        env=environment(telegram, tmp_path, BOT_FACTS_DB=str(table)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert chat.stdin
    assert chat.stdout
    with serving(telegram, tmp_path, BOT_FACTS_DB=str(table)) as process, chat:
        telegram.say(question)
        assert "A blue whale" not in telegram.wait_sent(1)[0].shown
        print(question, file=chat.stdin, flush=True)
        assert "A blue whale" not in chat.stdout.readline()
        load = [sys.executable, "scripts/load_facts.py", str(file), "--db", str(table)]
        subprocess.run(load, cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)
        ended = time.monotonic()
        telegram.say(question)
        assert "A blue whale hangs" in telegram.wait_sent(2)[1].shown
        assert time.monotonic() - ended < 2
        said, _ = chat.communicate(question + "\n")
        assert "A blue whale hangs" in said
        assert stop(process) == 0


def test_the_token_is_in_no_byte_of_the_log_whatever_happens(tmp_path: Path) -> None:
    with TelegramServer() as server:
        server.fail("sendMessage", Fault(code=404))
        server.fail("sendMessage", Fault(body=server.token.encode()))
        with serving(server, tmp_path, BOT_LOG_FORMAT="json") as process:
            server.say("/start")
            faults = Fault(code=401), Fault(code=404), Fault(code=502), Fault(drop="after")
            for number, fault in enumerate(faults, 1):  # one after the other: each alone is got over soon
                server.fail("getUpdates", fault)
                server.say("hello")
                server.wait_sent(number)
            assert stop(process) == 0
        with serving(server, tmp_path):
            pass
        wrong = server.token[:-3] + "xyz"
        process = start(server, tmp_path, BOT_TOKEN=wrong)
        assert process.wait(PATIENCE) == 2
    log = log_of(tmp_path)
    for token in (server.token, wrong):
        assert token not in log
        assert token.partition(":")[2] not in log
    assert "Telegram rejects the token" in log
    assert all(json.loads(line)["level"] for line in log.splitlines() if line.startswith("{"))


def test_kills_and_restarts_lose_and_double_nothing(telegram: TelegramServer, tmp_path: Path) -> None:
    asked = []
    for number in range(3):
        telegram.heal()
        with serving(telegram, tmp_path, BOT_RATE_LIMIT="0"):
            for person in range(101, 106):
                asked.append((person, f"hello {number}"))
                telegram.say(f"hello {number}", user=person)
            telegram.wait_sent(len(asked))
            time.sleep(0.2)  # a reply that a kill kept from being noted is sent again: nobody can know
            under_way = len(telegram.arrived)
            telegram.fail("sendMessage", Fault(stall=3600), 3)
            for person in range(101, 104):
                asked.append((person, f"thanks {number}"))
                telegram.say(f"thanks {number}", user=person)
            telegram.wait_arrived("sendMessage", 3, since=under_way)
    telegram.heal()
    with serving(telegram, tmp_path, BOT_RATE_LIMIT="0") as process:
        telegram.wait_sent(len(asked))
        telegram.say("hello at last", user=99)
        telegram.wait_sent(1, chat=99)
        assert stop(process) == 0
    answered = [(call.chat, call.result["reply_to_message"]["text"]) for call in telegram.sent()]
    for person in range(101, 106):
        own = [text for chat, text in answered if chat == person]
        assert own == [text for chat, text in asked if chat == person]
    with contextlib.closing(sqlite3.connect(tmp_path / "state.db")) as state:
        assert state.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_second_instance_on_the_same_token_is_refused_before_it_asks_anything(
    telegram: TelegramServer, tmp_path: Path
) -> None:
    with serving(telegram, tmp_path) as process:
        telegram.say("hello")
        telegram.wait_sent(1)
        asked = len([call for call in telegram.calls if call.method == "getMe"])
        second = start(telegram, tmp_path, BOT_STATE_DB=str(tmp_path / "other" / "state.db"))
        assert second.wait(PATIENCE) == 2
        assert "Another process serves bot 123456789 already" in log_of(tmp_path)
        assert len([call for call in telegram.calls if call.method == "getMe"]) == asked
        assert stop(process) == 0
    with serving(telegram, tmp_path) as process:
        telegram.say("hello")
        telegram.wait_sent(2)


def test_it_stops_while_it_waits_for_the_network(tmp_path: Path) -> None:
    with TelegramServer() as server:
        server.disconnect()
        with serving(server, tmp_path) as process:
            while "tried again" not in log_of(tmp_path):
                assert process.poll() is None
                time.sleep(0.05)
            assert stop(process) == 0


def test_it_stops_while_telegram_is_silent(tmp_path: Path) -> None:
    with TelegramServer() as server:
        server.fail("sendMessage", Fault(stall=3600))
        with serving(server, tmp_path) as process:
            server.say("hello")
            server.wait_arrived("sendMessage", 1)
            assert stop(process) == 0
        with serving(server, tmp_path):
            server.wait_sent(1)


def test_health_and_metrics_tell_whether_it_answers(telegram: TelegramServer, tmp_path: Path) -> None:
    port = free_port()
    facts = tmp_path / "facts.db"
    facts.write_bytes((CHECKOUT / "facts.db").read_bytes())
    with serving(telegram, tmp_path, BOT_HEALTH_PORT=str(port), BOT_FACTS_DB=str(facts)) as process:
        telegram.say("hello")
        telegram.wait_sent(1)
        telegram.say("hello again")
        telegram.wait_sent(2)  # by then the first is counted
        assert get(f"http://127.0.0.1:{port}/healthz") == (200, '{"alive": true, "complaints": []}')
        code, page = get(f"http://127.0.0.1:{port}/metrics")
        assert code == 200
        values = dict(line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
        assert float(values['bot_questions_total{kind="courtesy"}']) >= 1
        assert float(values["bot_facts"]) > 0
        assert float(values["bot_last_poll_age_seconds"]) < 60
        facts.rename(tmp_path / "away.db")
        code, page = get(f"http://127.0.0.1:{port}/healthz")
        assert code == 503
        assert "There is no table of facts at" in page
        telegram.say("When will Tokayev visit Tajikistan?")
        assert "19" in telegram.wait_sent(3)[2].shown  # from the table that is still open
        assert log_of(tmp_path).count("trouble begins") == 1
        (tmp_path / "away.db").rename(facts)
        assert get(f"http://127.0.0.1:{port}/healthz")[0] == 200
        assert get(f"http://127.0.0.1:{port}/nowhere")[0] == 404
        assert stop(process) == 0


def test_systemd_is_told_ready_once_it_polls_and_then_fed(telegram: TelegramServer, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(PATIENCE)
        telegram.disconnect()
        with serving(telegram, tmp_path, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="2000000"):
            while "tried again" not in log_of(tmp_path):
                time.sleep(0.05)
            telegram.connect()
            told = [systemd.recv(100).decode().strip() for _ in range(3)]
    assert told[0] == "READY=1"
    assert "WATCHDOG=1" in told[1:]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"BOT_TOKEN": ""}, "BOT_TOKEN is not set"),
        ({"BOT_FACTS_DB": "/nowhere/facts.db"}, "There is no table of facts at /nowhere/facts.db"),
        ({"BOT_STATE_DB": "/dev/null/state.db"}, "BOT_STATE_DB"),
        ({"BOT_STATE_DB": str(CHECKOUT / "facts.db")}, "is not a state.db of this bot"),
        ({"BOT_HEALTH_PORT": "taken"}, "BOT_HEALTH_PORT"),
    ],
    ids=["token", "facts", "state folder", "state file", "port"],
)
def test_what_a_person_must_mend_is_one_sentence_and_exit_code_2(
    telegram: TelegramServer, tmp_path: Path, changed: dict[str, str], sentence: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = start(
            telegram,
            tmp_path,
            **{name: port if value == "taken" else value for name, value in changed.items()},
            BOT_LOG_LEVEL="ERROR",
        )
        assert process.wait(PATIENCE) == 2
    [line] = log_of(tmp_path).splitlines()
    assert sentence in line


def test_check_says_what_it_found(telegram: TelegramServer, tmp_path: Path) -> None:
    assert start(telegram, tmp_path, "--check").wait(PATIENCE) == 0
    assert "All is well: @visit_test_bot would answer from" in log_of(tmp_path)
    assert start(telegram, tmp_path, "--check", BOT_TOKEN="1:wrong").wait(PATIENCE) == 2
    assert "Telegram rejects the token" in log_of(tmp_path)
    assert {call.method for call in telegram.calls} == {"getMe"}
