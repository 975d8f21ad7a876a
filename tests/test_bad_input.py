"""What nobody should write, and tables that nobody should have: never an exception, never a fact by accident."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering import Answerer
from bot.model import Answer, Conversation, Question, Reply, Suggestion
from bot.wording import to_html, to_text
from tests.tables import CHECKOUT, environment, run_bot

NOW = datetime(2021, 5, 5, 12, 0, tzinfo=UTC)

NONSENSE = {
    "nothing": "",
    "spaces": " \t\u00a0\u2003 ",
    "punctuation": "?!… — «»„“ ,;: ()",
    "symbols": "$%^&*+=<>|~\\/#@",
    "one letter": "x",
    "figures": "12345678901234567890 0 00",
    "emoji": "😀👍🏽🇹🇯👨‍👩‍👧‍👦",
    "nul": "\x00\x00\x00",
    "control characters": "\x01\x02\x1b[31m\x07\x7f",
    "zero-width": "\u200b\u200c\u200d\ufeff\u2060",
    "right-to-left": "\u202e\u2067\u200f\u061c",
    "half a surrogate pair": "\ud83d \udc4d",
    "combining marks": "\u0300\u0301" * 300,
    "private use": "\ue000\uf8ff\U000f0000",
    "unassigned": "\U000e0fff\ufffe",
    "Chinese": "塔吉克斯坦人口是多少",
    "Arabic": "ما هي عاصمة فرنسا",
    "one long word": "a" * 5000,
    "one long Cyrillic word": "ы" * 5000,
    "5,000 characters": ("lorem ipsum dolor sit amet consectetur " * 200)[:5000],
    "a million characters": "qwzx " * 200_000,
    "SQL": "'; DROP TABLE facts; --",
    "more SQL": "x' UNION SELECT sql FROM sqlite_master --",
    "HTML": "<script>alert(1)</script><b>&amp;&#0;",
    "FTS5": 'NEAR("zzz" "qqq", 5) AND body:* NOT ^"zzz" OR {body}: -x',
    "unbalanced quotes": "\"'“«`'\"",
    "FTS5 operators": "AND OR NOT NEAR * ^ : - + ( ) { }",
    "format fields": "{0} {question} %s %(x)s {{}} ${HOME} `id`",
    "template": "{{7*7}} <%= 7*7 %>",
    "JSON": '{"question": null, "kind": ["answer"]}',
    "a path": "../../etc/passwd",
    "a link": "https://example.org/?a=1&b=2#c",
    "markdown": "*_[]()~`>#+-=|{}.!",
    "classifier features": "^ $ wis b^ _n_x -",
    "a command": "/start@bot",
    "a million": "9" * 5000,
}
HIDDEN = {
    "zero-width": "who bu\u200bilt the light\u200dhouse",
    "soft hyphen": "who built the light\u00adhouse",
    "right-to-left override": "\u202ewho built the lighthouse\u202c",
    "NUL between words": "who\x00built\x00the\x00lighthouse",
    "HTML": "<b>who</b> built the <i>lighthouse</i>?",
    "SQL": "who built the lighthouse'; DROP TABLE facts; --",
    "FTS5": '"who" AND built NEAR the lighthouse*',
    "unbalanced quotes": "who built the \"lighthouse'",
    "full width": "ｗｈｏ ｂｕｉｌｔ ｔｈｅ ｌｉｇｈｔｈｏｕｓｅ",
    "capitals": "WHO BUILT THE LIGHTHOUSE",
    "line breaks": "\r\n\nwho\r\nbuilt the\n\nlighthouse\n",
}


def ask(answerer: Answerer, asked: str) -> Reply:
    reply, after = answerer.answer(Question(asked, NOW), Conversation())
    assert to_text(reply)
    assert to_html(reply)
    again, _ = answerer.answer(Question("and when?", NOW), after)
    assert to_text(again)
    return reply


@pytest.mark.parametrize("asked", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_gets_a_reply_and_no_fact(shipped: Answerer, answerer: Answerer, asked: str) -> None:
    assert not isinstance(ask(shipped, asked), Answer | Suggestion)
    assert not isinstance(ask(answerer, asked), Answer)


@pytest.mark.parametrize("asked", HIDDEN.values(), ids=HIDDEN)
def test_a_question_is_found_behind_odd_characters(answerer: Answerer, asked: str) -> None:
    reply = ask(answerer, asked)
    assert isinstance(reply, Answer | Suggestion)  # "drop table" is nothing that the fact speaks of
    assert reply.facts[0].fact.id == "lighthouse"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    asked=st.one_of(
        st.text(max_size=300), st.binary(max_size=200).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
    )
)
def test_any_text_gets_a_reply(shipped: Answerer, asked: str) -> None:
    assert ask(shipped, asked) == ask(shipped, asked)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    turns=st.lists(
        st.sampled_from(
            ["Who is the mayor of Port Velm?", "and when?", "him", "tell me more", "а где?", "hello", "?", "", "\x00"]
        )
        | st.text(max_size=20),
        max_size=5,
    )
)
def test_any_talk_goes_on(answerer: Answerer, turns: list[str]) -> None:
    conversation = Conversation()
    for turn in turns:
        reply, conversation = answerer.answer(Question(turn, NOW), conversation)
        assert to_text(reply)
        assert set(conversation.last_facts) <= set(conversation.told)


def test_the_command_line_answers_every_nonsense_line(invented: Path) -> None:
    lines = [asked for asked in NONSENSE.values() if asked and len(asked) < 10_000 and "\ud83d" not in asked]
    done = run_bot("ask", "--json", "-", lines="\n".join(lines) + "\n", BOT_FACTS_DB=str(invented))
    assert (done.returncode, done.stderr) == (0, "")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["question"] for reply in found] == lines
    assert {reply["kind"] for reply in found} <= {"unknown", "suggestion"}


def test_asking_changes_nothing_in_the_table(invented: Path) -> None:
    before = invented.read_bytes()
    run_bot("ask", "'; DROP TABLE facts; --", BOT_FACTS_DB=str(invented))
    assert invented.read_bytes() == before


def test_an_empty_question_is_answered(invented: Path) -> None:
    done = run_bot("ask", "", BOT_FACTS_DB=str(invented))
    assert (done.returncode, done.stderr) == (0, "")
    assert "I have no fact that answers this." in done.stdout


# Tables and settings


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that could not begin said; checks how it said it."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def tables(folder: Path, invented: Path) -> dict[str, tuple[Path, str]]:
    """Paths that are no table of facts, each with what is to be said of it."""
    whole = invented.read_bytes()
    contents = {
        "empty": (b"", "is not a table of facts"),
        "text": (b"id,text\n1,Some fact\n" * 100, "cannot be read as a table of facts (file is not a database)"),
        "zeros": (bytes(8192), "cannot be read as a table of facts"),
        "cut short": (
            whole[: len(whole) // 3],
            "cannot be read as a table of facts (database disk image is malformed)",
        ),
        "overwritten": (whole[:4096] + bytes(len(whole) - 4096), "damaged"),
    }
    made = {"missing": (folder / "missing.db", "There is no table of facts at"), "folder": (folder, "is a folder")}
    for name, (content, said) in contents.items():
        path = folder / f"{name}.db"
        path.write_bytes(content)
        made[name] = (path, said)
    changes = {
        "foreign": ("PRAGMA application_id = 1", "is not a table of facts of this bot"),
        "newer": ("PRAGMA user_version = 99", "newer than this bot's"),
        "older": ("PRAGMA user_version = 0", "has the older schema 0"),
        "of another normaliser": ("UPDATE meta SET value = 'x' WHERE key = 'normaliser'", "by another version"),
        "without meta": ("DELETE FROM meta", "by another version"),
        "without facts": ("DROP TABLE facts", "damaged"),
    }
    for name, (statement, said) in changes.items():
        path = Path(shutil.copyfile(invented, folder / f"{name}.db"))
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(statement)
        made[name] = (path, said)
    return made


def test_a_table_that_cannot_be_used_is_said_in_one_sentence(tmp_path: Path, invented: Path) -> None:
    for name, (path, said) in tables(tmp_path, invented).items():
        sentence = one_sentence(run_bot("ask", "who built the lighthouse", BOT_FACTS_DB=str(path)))
        assert said in sentence, name
        assert str(path) in sentence, name


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_table_that_may_not_be_read_is_said_in_one_sentence(tmp_path: Path, invented: Path) -> None:
    path = Path(shutil.copyfile(invented, tmp_path / "facts.db"))
    path.chmod(0)
    assert "cannot be read" in one_sentence(run_bot("ask", "who", BOT_FACTS_DB=str(path)))


def test_every_command_needs_a_table(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.db")
    for arguments in (("ask", "--json", "who"), ("ask", "--json", "-"), ("chat",)):
        assert missing in one_sentence(run_bot(*arguments, lines="who\n", BOT_FACTS_DB=missing))


def test_a_table_that_disappears_while_asking_goes_on_answering(tmp_path: Path, invented: Path) -> None:
    path = Path(shutil.copyfile(invented, tmp_path / "facts.db"))
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", "--json", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=CHECKOUT,
        env=environment(BOT_FACTS_DB=str(path)),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("hello\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["kind"] == "courtesy"
        path.unlink()
        said, trouble = process.communicate("who built the lighthouse\n")
    assert json.loads(said)["facts"][0]["id"] == "lighthouse"
    assert (process.returncode, trouble) == (0, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", "nonsense"),
        ("BOT_TOKEN_FILE", "/no/such/file"),
        ("BOT_WEBHOOK_PORT", "many"),
        ("BOT_LOG_LEVEL", "loud"),
        ("BOT_ADMINS", "@me"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(name: str, value: str) -> None:
    assert one_sentence(run_bot("ask", "who", **{name: value})).startswith(name)


def test_serve_without_a_token_says_so(tmp_path: Path) -> None:
    for arguments in (("serve",), ("serve", "--check")):
        done = run_bot(*arguments, BOT_STATE_DB=str(tmp_path / "state.db"))
        assert "BOT_TOKEN" in one_sentence(done)
