"""scripts/bench.py in a short form: every method is built and asked, and what it answers is checked; no times are."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.language import languages
from scripts.measure.scale import OURS, PEERS
from scripts.measure.synthetic import LONGEST, WORST, Made, make
from scripts.measure.timing import Times, percentile
from tests.tables import CHECKOUT

SIZES = ("700", "2100")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a short run, and what it printed."""
    folder = tmp_path_factory.mktemp("bench")
    command = [sys.executable, "scripts/bench.py", *SIZES, "--questions", "40", "--exhaustive", "20"]
    options = ["--folder", str(folder), "--picture", str(folder / "times.svg"), "--data", str(folder)]
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    done = subprocess.run([*command, *options], cwd=CHECKOUT, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def rights(printed: str, method: str) -> list[tuple[float, float]]:
    """The shares of right first answers, clean and misspelled, of each number of facts."""
    rows = [line.split() for line in printed.split("Worst cases")[0].splitlines() if f" {method} " in line]
    return [(float(row[-9]), float(row[-4])) for row in rows]


def test_the_bot_finds_the_right_facts_among_many(measured: tuple[Path, str]) -> None:
    found = rights(measured[1], OURS)
    assert len(found) == len(SIZES)
    assert min(clean for clean, _ in found) == 100
    assert min(typos for _, typos in found) >= 97
    assert measured[1].count("first fact as when every fact is scored: 100.0 %") == len(SIZES)


@pytest.mark.parametrize("method", [peer.name for peer in PEERS if not peer.missing()])
def test_the_others_find_them_too_when_spelled_right(measured: tuple[Path, str], method: str) -> None:
    found = rights(measured[1], method)
    assert len(found) == len(SIZES)
    assert min(clean for clean, _ in found) >= 95
    assert all(name in measured[1] for name in WORST)


def test_the_picture_has_a_curve_for_each_method_and_spelling(measured: tuple[Path, str]) -> None:
    picture = ElementTree.parse(measured[0] / "times.svg").getroot()
    dots = [element for element in picture if element.tag.endswith("circle")]
    methods = 1 + sum(not peer.missing() for peer in PEERS)
    assert len(dots) == methods * len(SIZES) * 2


def test_made_facts_are_the_same_each_time_and_words_follow_zipf(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        make(folder, facts=4_000, questions=30, data=tmp_path)
    files = [sorted((path.name, path.read_bytes()) for path in folder.iterdir()) for folder in folders]
    assert files[0] == files[1]
    made = Made(folders[0])
    counts = Counter(word for text in made.texts() for word in text.lower().split())
    stopwords = languages()["en"].stopwords
    assert {word for word, _ in counts.most_common(20)} <= {*stopwords, "in"}
    assert sum(count == 1 for count in counts.values()) > len(counts) / 3


def test_a_made_question_holds_words_of_its_fact(tmp_path: Path) -> None:
    made = make(tmp_path, facts=500, questions=30, data=tmp_path)
    texts = dict(zip(made.ids(), made.texts(), strict=True))
    questions = made.questions()
    assert len(questions["clean"]) == len(questions["typos"]) == 30
    for asked in questions["clean"]:
        words = set(asked.text.rstrip("?").split())
        assert len(words & set(texts[asked.ids[0]].lower().split())) >= 4
    assert sum(a.text != b.text for a, b in zip(questions["clean"], questions["typos"], strict=True)) > 15
    longest = max(questions["worst"], key=lambda asked: len(asked.text))
    assert LONGEST * 0.8 < len(longest.text) <= LONGEST


def test_public_sentences_stand_among_the_facts_with_their_questions(tmp_path: Path) -> None:
    paragraph = {
        "context": "The brewery was founded by Greta Lund. It sold nettle beer.",
        "qas": [{"question": "Who founded the brewery?", "answers": [{"text": "Greta Lund"}]}],
    }
    xquad = {"data": [{"title": "Oldmarsh", "paragraphs": [paragraph]}]}
    (tmp_path / "xquad-dev.en.json").write_text(json.dumps(xquad), encoding="utf-8")
    made = make(tmp_path, facts=100, questions=10, data=tmp_path)
    assert len(made.ids()) == 100
    (real,) = [asked for asked in made.questions()["clean"] if asked.real]
    assert dict(zip(made.ids(), made.texts(), strict=True))[real.ids[0]] == "The brewery was founded by Greta Lund."


def test_percentiles_and_times_of_calls() -> None:
    assert [percentile(list(range(200)), percent) for percent in (50, 99)] == [100, 198]
    assert percentile([3.0], 99) == 3.0
    times = Times()
    assert times.measure(lambda: "done") == "done"
    assert len(times.wall) == len(times.cpu) == 1
