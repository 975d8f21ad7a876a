"""The command line as people and programs use it: real processes, and the contracts that scripts hang on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tables import CHECKOUT, environment, run_bot

KEYS = ["question", "kind", "lang", "confidence", "text", "facts", "suggestions", "matches", "elapsed_ms"]
LIGHTHOUSE = (
    "Инженер Ида Кроон построила маяк Порт-Вельма в 1887 году.\n\n"
    "Источник: Ида Кроон, в своих воспоминаниях; The Velm Herald, 2 марта 2019 года\n"
    "https://velm.example/harbour?a=1&b=2"
)
WHO, WHEN = "Who is the mayor of Port Velm?", "and when?"


def replies(invented: Path, lines: str, *options: str) -> list[dict[str, Any]]:
    """The JSON lines for lines of questions."""
    done = run_bot("ask", "--json", *options, "-", lines=lines, BOT_FACTS_DB=str(invented))
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_ask_prints_the_reply_as_people_read_it(invented: Path) -> None:
    done = run_bot("ask", "Когда", "построили", "маяк?", BOT_FACTS_DB=str(invented))
    assert (done.returncode, done.stdout, done.stderr) == (0, LIGHTHOUSE + "\n", "")


def test_ask_answers_from_the_shipped_table_by_itself() -> None:
    done = run_bot("ask", "When will Tokayev visit Tajikistan?")
    assert (done.returncode, done.stderr) == (0, "")
    assert "19–20 May 2021" in done.stdout
    assert "Source: " in done.stdout
    assert "\nhttps://www.asiaplustj.info/" in done.stdout


def test_json_of_an_answer(invented: Path) -> None:
    done = run_bot("ask", "--json", "Когда построили маяк?", BOT_FACTS_DB=str(invented))
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    assert "маяк" in done.stdout  # as it is written, not \u043c
    reply = json.loads(done.stdout)
    assert list(reply) == KEYS
    score = reply["facts"][0]["score"]
    assert isinstance(score, float)
    assert {**reply, "confidence": 0, "matches": 0, "elapsed_ms": 0} == {
        "question": "Когда построили маяк?",
        "kind": "answer",
        "lang": "ru",
        "confidence": 0,
        "text": LIGHTHOUSE,
        "facts": [
            {
                "id": "lighthouse",
                "lang": "ru",
                "text": "Инженер Ида Кроон построила маяк Порт-Вельма в 1887 году.",
                "score": score,
                "attribution": "Ида Кроон, в своих воспоминаниях",
                "as_of": "",
                "source": {
                    "publisher": "The Velm Herald",
                    "title": "How the harbour came to be",
                    "url": "https://velm.example/harbour?a=1&b=2",
                    "published": "2019-03-02",
                },
            }
        ],
        "suggestions": [],
        "matches": 0,
        "elapsed_ms": 0,
    }
    assert 0 < reply["confidence"] <= 1
    assert reply["elapsed_ms"] > 0
    assert reply["matches"][0] == {"id": "lighthouse", "lang": "ru", "score": score}
    assert 1 <= len(reply["matches"]) <= 10


def test_every_kind_of_reply_has_the_same_keys() -> None:
    asked = [
        "When will Tokayev visit Tajikistan?",
        "border",
        "agreement",
        "call",
        "summit",
        "hello",
        "zzzzz qqqqq",
        " ",
    ]
    done = run_bot("ask", "--json", "-", lines="\n".join(asked) + "\n")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["question"] for reply in found] == asked
    for reply in found:
        assert list(reply) == KEYS
        assert reply["lang"] in ("en", "ru", "kk", "tg")
        assert 0 <= reply["confidence"] <= 1
        assert bool(reply["facts"]) == (reply["kind"] == "answer")
        assert bool(reply["suggestions"]) == (reply["kind"] == "suggestion")
        assert all(label in reply["text"] for label in reply["suggestions"])
        assert all(list(match) == ["id", "lang", "score"] for match in reply["matches"])
    assert [found[0]["kind"], *(reply["kind"] for reply in found[-3:])] == ["answer", "courtesy", "unknown", "unknown"]


def test_lines_are_answered_in_order_and_each_by_itself(invented: Path) -> None:
    found = replies(invented, f"{WHO}\n{WHEN}\nhello\n")
    assert [reply["question"] for reply in found] == [WHO, WHEN, "hello"]
    alone = replies(invented, f"{WHEN}\n")
    assert {**found[1], "elapsed_ms": 0} == {**alone[0], "elapsed_ms": 0}
    assert found[2]["kind"] == "courtesy"


def test_an_empty_line_prints_nothing_and_a_line_of_spaces_is_a_question(invented: Path) -> None:
    found = replies(invented, "\nhello\n\r\n  \n\t\r\nbye")
    assert [(reply["question"], reply["kind"]) for reply in found] == [
        ("hello", "courtesy"),
        ("  ", "unknown"),
        ("\t", "unknown"),
        ("bye", "courtesy"),
    ]


def test_only_the_line_ending_is_stripped(invented: Path) -> None:
    assert [reply["question"] for reply in replies(invented, "  hello \r\n")] == ["  hello "]


def test_other_line_separators_do_not_end_a_line(invented: Path) -> None:
    asked = "who\x0bbuilt\x0cthe\x1clighthouse\x85of\u2028Velm"
    assert [reply["question"] for reply in replies(invented, asked + "\n")] == [asked]


def test_turns_of_a_conversation_lean_on_each_other(invented: Path) -> None:
    found = replies(invented, f"{WHO}\n{WHEN}\n\n{WHEN}\n", "--conversation")
    assert [reply["question"] for reply in found] == [WHO, WHEN, WHEN]
    assert [fact["id"] for fact in found[1]["facts"]] == ["mayor"]
    assert found[2]["confidence"] < found[1]["confidence"]  # an empty line has begun a new conversation


def test_a_reply_comes_before_the_next_question_is_read(invented: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", "--json", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=CHECKOUT,
        env=environment(BOT_FACTS_DB=str(invented)),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for asked in ("hello", "bye"):
            process.stdin.write(f"{asked}\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["question"] == asked
        process.stdin.close()
        assert process.wait() == 0


def test_input_that_is_no_utf_8_is_answered(invented: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "--json", "-"],
        input=b"\xff\xfewho\n\x80\nhello\n",
        capture_output=True,
        cwd=CHECKOUT,
        env=environment(BOT_FACTS_DB=str(invented)),
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert [json.loads(line)["question"] for line in done.stdout.splitlines()] == ["\ufffd\ufffdwho", "\ufffd", "hello"]


def test_an_argument_that_is_no_utf_8_is_answered(invented: Path) -> None:
    done = run_bot("ask", "--json", os.fsdecode(b"who \xff?"), BOT_FACTS_DB=str(invented))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["question"] == "who ??"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_the_terminal_s_encoding_does_not_matter(invented: Path, encoding: str) -> None:
    done = run_bot("ask", "Когда построили маяк?", BOT_FACTS_DB=str(invented), PYTHONIOENCODING=encoding, LC_ALL="C")
    assert (done.returncode, done.stdout, done.stderr) == (0, LIGHTHOUSE + "\n", "")


def test_a_reader_that_leaves_is_no_error(invented: Path) -> None:
    command = f"yes hello | head -n 20000 | {sys.executable} -m bot ask --json - | head -n 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}; echo ${{PIPESTATUS[2]}}"],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        env=environment(BOT_FACTS_DB=str(invented)),
    )
    first, code = done.stdout.splitlines()
    assert json.loads(first)["kind"] == "courtesy"
    assert (code, done.stderr) == ("0", "")


def test_a_dash_without_json_is_a_question(invented: Path) -> None:
    done = run_bot("ask", "-", lines="hello\n", BOT_FACTS_DB=str(invented))
    assert done.returncode == 0
    assert "Hello" not in done.stdout


def test_conversation_goes_with_json_and_a_dash_only(invented: Path) -> None:
    for arguments in (("--conversation", "who"), ("--json", "--conversation", "who"), ("--conversation", "-")):
        done = run_bot("ask", *arguments, BOT_FACTS_DB=str(invented))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("--conversation goes with --json and -")
        assert done.stderr.count("\n") == 1


def test_chat_answers_lines_and_keeps_the_conversation(invented: Path) -> None:
    done = run_bot("chat", lines=f"{WHO}\n\n{WHEN}\n", BOT_FACTS_DB=str(invented))
    mayor = (
        "Tomas Birn has been the mayor of Port Velm since 4 May 2016, succeeding Lena Ahl.\n\n"
        "Source: The Velm Herald, 2 March 2019\nhttps://velm.example/harbour?a=1&b=2\n\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, mayor + mayor, "")


@pytest.mark.parametrize("arguments", [(), ("ask",), ("sing",), ("ask", "--loud", "who"), ("chat", "who")])
def test_wrong_usage_says_how_to_use_it(arguments: tuple[str, ...]) -> None:
    done = run_bot(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: bot")


def test_help_names_every_command_and_option() -> None:
    done = run_bot("--help")
    assert done.returncode == 0
    assert {"ask", "chat", "serve"} <= set(done.stdout.split())
    assert "--conversation" in run_bot("ask", "--help").stdout
