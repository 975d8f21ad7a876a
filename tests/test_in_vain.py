"""Questions asked in vain, grouped; and scripts/unanswered.py, which shows them and makes facts of them."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.in_vain import Group, grouped
from bot.model import Lang
from bot.similar import gathered
from bot.state import InVain, State, Why
from tests.tables import CHECKOUT, SHIPPED, environment, run_bot, run_load

DAY = 86_400
MAY = 1_620_172_800
"""5 May 2021."""


def asked(text: str, lang: Lang = "en", day: int = 0, why: Why = "unknown", nearest: tuple[str, ...] = ()) -> InVain:
    return InVain(text, lang, MAY + day * DAY, why, nearest)


ASKED = [
    asked("When does the Rudaki museum open?", nearest=("visit", "summit")),
    asked("when does Rudaki museum open", day=1, nearest=("visit",)),
    asked("When does the Rudaki museum open?", day=3, nearest=("agenda",)),
    asked("Where is the <embassy>?", day=2),
    asked("Когда открывается музей Рудаки; утром?", "ru", day=2),
    asked("Who will win in 2021?"),
    asked("Who will win in 2025?", why="not it", nearest=("visit",)),
    asked("Who will win in 2025?", why="unknown"),
]

STATEMENTS = {
    "When does the Rudaki museum open?": "The Rudaki museum in Panjakent opens at nine in the morning.",
    "Who will win in 2025?": "The cup of 2025 was won by the club of Khujand.",
    "Where is the <embassy>?": "The embassy of Kazakhstan in Dushanbe stands in Husainzoda Street.",
    "Когда открывается музей Рудаки; утром?": "Музей Рудаки в Пенджикенте открывается в девять утра.",
    "Who will win in 2021?": "The cup of 2021 was won by the club of Istiklol.",
}


def test_similar_wordings_are_together_and_the_most_asked_first() -> None:
    groups = grouped(ASKED)
    assert groups[0] == Group(
        question="When does the Rudaki museum open?",
        lang="en",
        times=3,
        not_it=0,
        last=MAY + 3 * DAY,
        nearest=("visit", "agenda", "summit"),
        wordings=("When does the Rudaki museum open?", "when does Rudaki museum open"),
    )
    assert [(group.question, group.times, group.not_it) for group in groups[1:]] == [
        ("Who will win in 2025?", 2, 1),
        ("Where is the <embassy>?", 1, 0),
        ("Когда открывается музей Рудаки; утром?", 1, 0),
        ("Who will win in 2021?", 1, 0),
    ]
    assert grouped([]) == []


def test_gathering_loses_none_and_keeps_other_figures_apart() -> None:
    texts = [f"question number {number} about the {thing}" for number in range(5) for thing in ("visit", "visits")]
    groups = gathered([*texts, "", "?", "🙂"])
    assert sorted(text for group in groups for text in group) == sorted([*texts, "", "?", "🙂"])
    assert [len(group) for group in groups[:5]] == [2] * 5


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state.db in which these questions were noted."""
    path = tmp_path / "state.db"
    kept = State(path)
    for one in ASKED:
        kept.note_in_vain(one)
    kept.close()
    return path


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "scripts/unanswered.py", *arguments],
        capture_output=True,
        encoding="utf-8",
        env=environment(**settings),
        cwd=CHECKOUT,
    )


def test_the_command_prints_a_table(state: Path) -> None:
    done = run(BOT_STATE_DB=str(state))
    assert (done.returncode, done.stderr) == (0, "")
    _, _, first, *others = done.stdout.splitlines()
    assert first.split()[:3] == ["3", "2021-05-08", "en"]
    assert "When does the Rudaki museum open?" in first
    assert "visit: Kassym-Jomart Tokayev, the president of Kazakhstan" in first
    assert len(others) == 4
    assert run("--state", str(state), "--lang", "ru").stdout.count("Когда открывается музей") == 1
    assert len(run("--state", str(state), "--limit", "2").stdout.splitlines()) == 2 + 2


def test_the_command_prints_json(state: Path) -> None:
    first, *others = json.loads(run("--state", str(state), "--json").stdout)
    text = first["nearest"][0].pop("text")
    assert text.startswith("Kassym-Jomart Tokayev")
    assert first == {
        "question": "When does the Rudaki museum open?",
        "lang": "en",
        "times": 3,
        "not_it": 0,
        "last": "2021-05-08",
        "nearest": [{"id": "visit"}],
        "wordings": ["When does the Rudaki museum open?", "when does Rudaki museum open"],
    }
    assert [one["lang"] for one in others] == ["en", "en", "ru", "en"]


def test_its_csv_is_filled_in_loaded_and_answers(state: Path, tmp_path: Path) -> None:
    file, table = tmp_path / "wanted.csv", tmp_path / "facts.db"
    shutil.copy(SHIPPED, table)
    assert run("--state", str(state), "--csv", str(file)).returncode == 0
    assert run("--state", str(state), "--csv", "-").stdout == file.read_text(encoding="utf-8")
    refused = run_load(table, file)
    assert refused.returncode == 2
    assert f"{file}:2: text: is empty" in refused.stderr
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == 5
    for row in rows:
        row |= {"text": STATEMENTS[json.loads(row["keywords"])[0]], "publisher": "The embassy"}
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    loaded = run_load(table, file)
    assert (loaded.returncode, loaded.stderr) == (0, "")
    for question in ("When does the Rudaki museum open?", "Когда открывается музей Рудаки; утром?"):
        done = run_bot("ask", question, BOT_FACTS_DB=str(table))
        assert done.stdout.startswith(STATEMENTS[question])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--state", "missing.db"], "There is no state.db at missing.db"),
        (["--state", "README.md"], "README.md"),
        (["--db", "missing.db"], "There is no table of facts at missing.db"),
        (["--csv", "missing/folder.csv"], "missing/folder.csv cannot be written"),
    ],
)
def test_what_is_wrong_is_one_sentence(state: Path, arguments: list[str], said: str) -> None:
    done = run(*arguments, BOT_STATE_DB=str(state))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_output_that_is_not_read_or_cannot_be_written(state: Path) -> None:
    command = [sys.executable, "scripts/unanswered.py", "--state", str(state)]
    for arguments in ([], ["--json"], ["--csv", "-"]):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(
            [*command, *arguments], stdout=write, stderr=subprocess.PIPE, env=environment(), cwd=CHECKOUT
        )
        os.close(write)
        assert (done.returncode, done.stderr) == (0, b"")
    if Path("/dev/full").exists():
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment(), cwd=CHECKOUT)
        said = b"Standard output cannot be written (No space left on device): name another file.\n"
        assert (done.returncode, done.stderr) == (2, said)


def test_no_questions_are_said_to_be_none(tmp_path: Path) -> None:
    State(tmp_path / "state.db").close()
    assert run("--state", str(tmp_path / "state.db")).stdout == "Nothing was asked in vain.\n"
    assert json.loads(run("--state", str(tmp_path / "state.db"), "--json").stdout) == []
