"""The peers on our own question files: texts and ways of asking of the table as their documents.

A peer has no gate, so it gets the best that its score allows: the threshold that answers at most `NEAR_ANSWERED` of the
very near misses on which it is then judged. A right fact counts in any language. One document a fact and language does
better for nearly every peer than one a way of asking.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from bot import store
from scripts.measure.articles import silence_from
from scripts.measure.peers import Peer
from scripts.measure.questions import ANSWERABLE, Tallies, Tally, found, groups, rows

NEAR_ANSWERED = 0.05


@dataclass(frozen=True, slots=True)
class Documents:
    """What a peer searches."""

    texts: list[str]
    said: list[str]
    """For each text what is stated when it is found: the fact in all its languages."""


def documents(table: Path) -> Documents:
    """A document for each fact in each language: its text and its ways of asking."""
    texts: list[str] = []
    ids: list[str] = []
    versions: dict[str, list[str]] = defaultdict(list)
    with contextlib.closing(store.open_reader(table)) as connection:
        for fact in store.read_facts(connection):
            versions[fact.id].append(fact.text)
            texts.append(" ".join((fact.text, *fact.keywords)))
            ids.append(fact.id)
    return Documents(texts, ["\n".join(versions[id_]) for id_ in ids])


def measure_rival(peer: Peer, known: Documents, questions: Path, folder: Path) -> Tallies:
    """The peer's tallies over the questions that facts answer, and those to be refused; files are made in `folder`."""
    folder.mkdir(parents=True)
    peer.build(known.texts, folder)
    search = peer.open(folder)

    def first(question: str) -> tuple[str, float]:
        hits = search(question, 1)
        return (known.said[hits[0][0]], hits[0][1]) if hits else ("", 0.0)

    off = [(row["kind"], first(row["q"])[1]) for row in rows(questions, "off")]
    near = [sure for kind, sure in off if kind == "near"]
    threshold = silence_from(near, NEAR_ANSWERED) if near else 0.0
    tallies: Tallies = defaultdict(Tally)
    for kind, sure in off:
        _count(tallies[f"off {kind}"], sure <= threshold, sure > threshold)
    for name in ANSWERABLE:
        for row in rows(questions, name):
            said, sure = first(row["q"])
            right = sure > threshold and found(row["expect"], said)
            for group in groups(name, row):
                _count(tallies[group], right, sure > threshold and not right)
    return tallies


def _count(tally: Tally, right: bool, wrong: bool) -> None:
    tally.asked += 1
    tally.right += right
    tally.wrong += wrong
