"""scripts/evaluate.py on invented questions and articles, and what it measures with."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from scripts.measure.articles import recall
from scripts.measure.peers import PEERS, Peer
from scripts.measure.pictures import Curve, curves
from scripts.measure.typos import edited, misspelled
from tests.tables import CHECKOUT, environment

ASKED: dict[str, list[dict[str, Any]]] = {
    "en": [
        {"q": "who built the lighthouse", "kind": "full", "expect": ["Ida Kroon", "1887"]},
        {"q": "Who is the mayor of Port Velm?", "kind": "full", "expect": ["no such words"]},
    ],
    "multi": [{"q": "кто построил маяк", "kind": "full", "lang": "ru", "expect": ["Ида Кроон"]}],
    "followup": [
        {"turns": [{"q": "who built the lighthouse", "expect": ["Kroon"]}, {"q": "and when?", "expect": ["1887"]}]},
        {"turns": [{"q": "how do I boil an egg", "expect": [], "refuse": True}]},
    ],
    "off": [
        {"q": "how do I boil an egg", "kind": "far"},
        {"q": "when was the lighthouse of Port Velm built", "kind": "near"},
    ],
    "smalltalk": [{"q": "hello!", "kind": "greeting"}, {"q": "who built the lighthouse", "kind": "greeting"}],
}
"""Some labels are wrong on purpose: each kind of miss occurs."""

PARAGRAPHS = [
    (
        "The brewery of Oldmarsh was founded by Greta Lund in 1742. It sold nettle beer to sailors.",
        [("Who founded the brewery?", "Greta Lund"), ("What did sailors buy?", "nettle beer")],
    ),
    (
        "A flood destroyed the glassworks in spring. The owners moved to Tarnholm.",
        [("What destroyed the glassworks?", "A flood"), ("Where did the owners move?", "Tarnholm")],
    ),
]
FOREIGN = ["play some jazz", "book a table for two", "what is my balance", "set an alarm for six"] * 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Question files and public data, in the formats of the real ones."""
    for name, rows in ASKED.items():
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    paragraphs = [
        {"context": text, "qas": [{"question": question, "answers": [{"text": span}]} for question, span in asked]}
        for text, asked in PARAGRAPHS
    ]
    xquad = {"data": [{"title": "Oldmarsh", "paragraphs": paragraphs}]}
    (tmp_path / "xquad-dev.en.json").write_text(json.dumps(xquad), encoding="utf-8")
    clinc = "".join(f"intent\t{question}\n" for question in FOREIGN)
    (tmp_path / "clinc150-train-sample.tsv").write_text(clinc, encoding="utf-8")
    return tmp_path


def evaluate(*arguments: str | Path) -> str:
    command = [sys.executable, "scripts/evaluate.py", *map(str, arguments)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, env=environment())
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def figures(printed: str, label: str) -> list[str]:
    """The words after the label, in its row of the table."""
    row = next(line for line in printed.splitlines() if line.startswith(label))
    return row.removeprefix(label).split()


def test_every_outcome_is_counted_beside_the_peers(folder: Path, invented: Path) -> None:
    picture = folder / "picture.svg"
    printed = evaluate(folder, "--data", folder, "--db", invented, "--errors", "--picture", picture)
    assert figures(printed, "en full (2)")[:4] == ["50.0", "50.0", "0.0", "50.0"]  # right, wrong, refused, offered
    assert figures(printed, "lang ru (1)")[:4] == ["100.0", "0.0", "0.0", "100.0"]
    assert figures(printed, "off near (1)")[:2] == ["100.0", "0.0"]
    assert figures(printed, "off far (1)")[:2] == ["0.0", "0.0"]
    assert figures(printed, "dialogues (2)")[:2] == ["100.0", "0.0"]
    assert figures(printed, "courtesies (2)")[:2] == ["50.0", "50.0"]
    assert figures(printed, "en clean (4 sentences)")[0] == "100.0"
    assert figures(printed, "en clean against CLINC150")[0] == "100.0"
    assert "    'Who is the mayor of Port Velm?' -> Answer " in printed
    titles = [element.text for element in ElementTree.fromstring(picture.read_text(encoding="utf-8"))]
    assert {"this bot", *(peer.name for peer in PEERS if not peer.missing())} <= set(titles)


def test_what_is_absent_is_skipped_with_a_word(tmp_path: Path) -> None:
    printed = evaluate(tmp_path / "none", "--data", tmp_path)
    assert printed.splitlines() == [
        f"No question files at {tmp_path / 'none'}: skipped.",
        f"No articles at {tmp_path}: skipped.",
    ]


@pytest.mark.parametrize("peer", PEERS, ids=[peer.name for peer in PEERS])
def test_a_peer_finds_the_text_with_the_words(peer: Peer, tmp_path: Path) -> None:
    if peer.missing():
        pytest.skip("the extra `peers` is not installed")
    texts = [sentence for text, _ in PARAGRAPHS for sentence in text.split(". ")]
    peer.build(texts, tmp_path)
    search = peer.open(tmp_path)
    assert [search(question, 1)[0][0] for question in ("glassworks flood", "The brewery, founded by Lund")] == [2, 0]
    scores = [score for _, score in search("the brewery in Tarnholm", 4)]
    assert scores == sorted(scores, reverse=True)


def test_a_peer_whose_package_is_absent_is_known() -> None:
    assert Peer("none", PEERS[0].build, PEERS[0].open, ("no_such_module",)).missing()


@given(st.text("abcdeжзий", min_size=4, max_size=12), st.integers())
def test_one_edit_makes_another_word_at_distance_one(word: str, seed: int) -> None:
    assert OSA.distance(word, edited(word, random.Random(seed))) == 1


def test_typos_leave_short_words_and_figures_alone_and_are_the_same_each_time() -> None:
    question = "how old was the church in 1742 " + "when builders came " * 50
    new = misspelled(question, random.Random(1))
    assert new == misspelled(question, random.Random(1))
    assert new.startswith("how old was the ")
    assert " in 1742 " in new
    changed = sum(old != now for old, now in zip(question.split(), new.split(), strict=True))
    assert 0.2 < changed / 151 < 0.4


def test_recall_is_the_share_above_what_foreign_questions_reach() -> None:
    foreign = [0.9, *[0.5] * 10, *[0.1] * 89]
    assert recall([0.95, 0.6, 0.5, 0.2], foreign, allowed=0.01) == 50
    assert recall([0.95, 0.6, 0.5, 0.2], foreign, allowed=0.11) == 100


def test_curves_lie_on_logarithmic_axes() -> None:
    picture = curves({"clean": [Curve("a", [(1, 1), (10, 10), (100, 100)])]}, "a", "facts", "ms")
    dots = [e.attrib for e in ElementTree.fromstring(picture) if e.tag.endswith("circle")]
    places = [(float(dot["cx"]), float(dot["cy"])) for dot in dots]
    assert places[1][0] - places[0][0] == pytest.approx(places[2][0] - places[1][0], abs=0.2)
    assert places[0][1] - places[1][1] == pytest.approx(places[1][1] - places[2][1], abs=0.2)
    assert places[0][1] > places[2][1]
