"""Public articles as tables: which sentence answers (XQuAD), and whether foreign questions are refused (CLINC150).

Each sentence is a fact without keywords, each paragraph a source of its own, the publisher names the article. The same
for the bot and for its peers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.answering import Answerer
from bot.model import Conversation, Courtesy, Question
from scripts.measure.peers import Peer
from scripts.measure.questions import NOW
from scripts.measure.tables import make_table
from scripts.measure.timing import Times
from scripts.measure.typos import misspelled
from scripts.public_data import Articles, clinc_questions, xquad

SEED = 3
LANGS = ("en", "ru")
FALSE_ANSWERS = 0.01
"""Share of foreign questions that may be answered, where recall is measured."""

First = Callable[[str], tuple[str, float]]
"""From a question to the id of the first fact and how sure the method is of it; "" where it finds none."""


@dataclass(frozen=True, slots=True)
class Set:
    """The questions of one language, clean and misspelled, and those that none of its facts answers."""

    articles: Articles
    spellings: dict[str, list[str]]
    """"clean" and "typos": the questions of `articles`, in order."""
    foreign: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one method made of the articles, in percent, and the time that each question took."""

    first: dict[tuple[str, str], float]
    """Language and spelling -> questions whose first fact holds the answer."""
    recall: dict[str, float]
    """Spelling -> own questions answered where `FALSE_ANSWERS` of the foreign ones are; English only."""
    times: Times


def read_sets(folder: Path) -> dict[str, Set]:
    """The sets by language; without those whose files are absent.

    Of CLINC150 only what scripts/fit_gate.py leaves out.
    """
    sets = {}
    for lang in LANGS:
        articles = xquad(folder, lang)
        if articles.questions:
            foreign = [one for at, one in enumerate(clinc_questions(folder)) if at % 3] if lang == "en" else []
            sets[lang] = Set(articles, _spelled([asked.text for asked in articles.questions]), _spelled(foreign))
    return sets


def _spelled(questions: list[str]) -> dict[str, list[str]]:
    chance = random.Random(SEED)
    return {"clean": questions, "typos": [misspelled(question, chance) for question in questions]}


def measure_bot(sets: dict[str, Set], folder: Path) -> Measured:
    """The bot's figures; its tables are made in `folder`."""

    def opened(lang: str) -> First:
        answerer = Answerer(make_table(folder / f"{lang}.db", (fact.row() for fact in sets[lang].articles.facts)))

        def first(question: str) -> tuple[str, float]:
            reply, _ = answerer.answer(Question(question, NOW), Conversation())
            if isinstance(reply, Courtesy) or not reply.matches:
                return "", 0.0
            return reply.matches[0].fact.id, reply.confidence

        return first

    return _measure(sets, opened)


def measure_peer(sets: dict[str, Set], peer: Peer, folder: Path) -> Measured:
    """A peer's figures; its files are made in `folder`."""

    def opened(lang: str) -> First:
        here = folder / lang
        here.mkdir(parents=True)
        facts = sets[lang].articles.facts
        peer.build((fact.text for fact in facts), here)
        search = peer.open(here)

        def first(question: str) -> tuple[str, float]:
            hits = search(question, 1)
            return (facts[hits[0][0]].id, hits[0][1]) if hits else ("", 0.0)

        return first

    return _measure(sets, opened)


def _measure(sets: dict[str, Set], opened: Callable[[str], First]) -> Measured:
    measured = Measured({}, {}, Times())
    for lang, one in sets.items():
        first = opened(lang)
        for spelling, questions in one.spellings.items():
            answers = [measured.times.measure(partial(first, question)) for question in questions]
            right = sum(id_ in asked.ids for (id_, _), asked in zip(answers, one.articles.questions, strict=True))
            measured.first[lang, spelling] = 100 * right / len(questions)
            if one.foreign[spelling]:
                foreign = [first(question)[1] for question in one.foreign[spelling]]
                measured.recall[spelling] = recall([sure for _, sure in answers], foreign)
    return measured


def recall(own: Sequence[float], foreign: Sequence[float], allowed: float = FALSE_ANSWERS) -> float:
    """The share of `own`, in percent, above a threshold that the share `allowed` of `foreign` reaches at most."""
    threshold = silence_from(foreign, allowed)
    return 100 * sum(sure > threshold for sure in own) / len(own)


def silence_from(foreign: Sequence[float], allowed: float) -> float:
    """The threshold that at most the share `allowed` (0 to 1) of the scores exceeds."""
    return sorted(foreign, reverse=True)[int(allowed * len(foreign))]
