"""Large tables of made-up facts with the word frequencies of real text, and questions whose right fact is known.

Words follow Zipf's law over a vocabulary of 100,000: the most frequent are English stopwords, the others are put
together from syllables. Everything comes from a seed. Where public articles are at hand, their sentences stand among
the facts.
"""

from __future__ import annotations

import bisect
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from bot.language import languages
from scripts.measure.typos import misspelled
from scripts.public_data import Articles, xquad

VOCABULARY = 100_000
SEED = 7
FACTS_A_SOURCE = 20
SOURCES_A_PUBLISHER = 50
LEAST_WORDS = 4
"""Words without stopwords that a fact needs to be asked for."""
LONGEST = 5_000
"""Characters of the longest question."""
_OPENINGS = ("what is the", "who was", "when did the", "how many", "where is the", "which", "why was")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the ids of the facts that answer it; none in the worst cases."""

    text: str
    ids: tuple[str, ...]
    real: bool = False
    """Whether it is of a public article."""


@dataclass(frozen=True, slots=True)
class Made:
    """What `make` wrote into a folder."""

    folder: Path

    @property
    def rows(self) -> Path:
        """The facts as NDJSON, to load."""
        return self.folder / "facts.ndjson"

    def texts(self) -> Iterator[str]:
        """The texts of the facts in order."""
        return (row["text"] for row in self.read())

    def plain(self) -> int:
        """The bytes of the facts as plain rows: their values, a separator after each."""
        return sum(len(str(value).encode()) + 1 for row in self.read() for value in row.values())

    def read(self) -> Iterator[dict[str, Any]]:
        """The rows of the facts."""
        with self.rows.open(encoding="utf-8") as file:
            yield from map(json.loads, file)

    def ids(self) -> list[str]:
        """The ids of the facts in order."""
        return (self.folder / "ids.txt").read_text(encoding="utf-8").split("\n")

    def questions(self) -> dict[str, list[Asked]]:
        """By spelling, "clean" and "typos", and "worst"."""
        found = json.loads((self.folder / "questions.json").read_text(encoding="utf-8"))
        return {name: [Asked(text, tuple(ids), real) for text, ids, real in asked] for name, asked in found.items()}


def make(folder: Path, facts: int, questions: int, data: Path) -> Made:
    """Write so many facts and questions of each spelling into the folder."""
    chance = random.Random(SEED)
    words = _vocabulary(chance)
    articles = xquad(data, "en")
    chosen = set(chance.sample(range(facts - len(articles.facts)), questions))
    asked: list[Asked] = []
    ids: list[str] = []
    made = Made(folder)
    due = 0
    with made.rows.open("w", encoding="utf-8") as out:
        for row in _rows(words, articles, facts, chance):
            number = len(ids) - len(articles.facts)
            ids.append(str(row["id"]))
            due += number in chosen
            content = _content(str(row["text"])) if due and number >= 0 else []
            if len(content) >= LEAST_WORDS:
                asked.append(Asked(_question(content, chance), (ids[-1],)))
                due -= 1
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    chance.shuffle(asked)
    real = [Asked(one.text, tuple(sorted(one.ids)), real=True) for one in articles.questions[: questions // 2]]
    asked = [*asked, *real]
    typos = [Asked(misspelled(one.text, chance), one.ids, one.real) for one in asked]
    found = {"clean": asked, "typos": typos, "worst": _worst(words, chance)}
    plain = {name: [(one.text, one.ids, one.real) for one in group] for name, group in found.items()}
    (folder / "questions.json").write_text(json.dumps(plain), encoding="utf-8")
    (folder / "ids.txt").write_text("\n".join(ids), encoding="utf-8")
    return made


def _rows(words: Sequence[str], articles: Articles, facts: int, chance: random.Random) -> Iterator[dict[str, object]]:
    for sentence in articles.facts:
        yield sentence.row()
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))
    for number in range(facts - len(articles.facts)):
        length = chance.randint(8, 24)
        drawn = [words[bisect.bisect(weights, chance.random() * weights[-1])] for _ in range(length)]
        source = number // FACTS_A_SOURCE
        yield {
            "id": f"f{number}",
            "lang": "en",
            "text": f"{' '.join(drawn).capitalize()} in {chance.randint(1500, 2021)}.",
            "publisher": f"Publisher {source // SOURCES_A_PUBLISHER}",
            "url": f"https://example.org/{source}",
            "position": number % FACTS_A_SOURCE,
        }


def _vocabulary(chance: random.Random) -> list[str]:
    """The words, most frequent first."""
    found = dict.fromkeys(word for word in languages()["en"].stopwords if word.isalpha())
    syllables = [a + b for a in "bcdfghjklmnprstvwz" for b in ("a", "e", "i", "o", "u", "an", "er", "is", "on", "ol")]
    while len(found) < VOCABULARY:
        found["".join(chance.choices(syllables, k=chance.choice((2, 3, 3, 4, 4, 5))))] = None
    return list(found)


def _content(text: str) -> list[str]:
    """The words of a made-up fact that are no stopwords, without the year."""
    stopwords = languages()["en"].stopwords
    return [word for word in text.lower().split()[:-2] if word not in stopwords]


def _question(content: Sequence[str], chance: random.Random) -> str:
    """Four to six of the fact's words (all, if it has fewer), in order, after a question word."""
    places = sorted(chance.sample(range(len(content)), min(len(content), chance.randint(4, 6))))
    return f"{chance.choice(_OPENINGS)} {' '.join(content[at] for at in places)}?"


def _worst(words: Sequence[str], chance: random.Random) -> list[Asked]:
    """Only common words; forty words; forty misspelled ones; the longest question."""
    common = len(languages()["en"].stopwords)
    forty = " ".join(chance.choices(words[common:], k=40))
    long = " ".join(chance.choices(words, k=LONGEST // 5))[:LONGEST]
    misspelled_forty = " ".join(_twice(word, chance) for word in forty.split())
    return [Asked(text, ()) for text in (" ".join(words[common : common + 8]), forty, misspelled_forty, long)]


def _twice(word: str, chance: random.Random) -> str:
    """The word with two letters next to each other swapped and one replaced: none of the table's."""
    at = len(word) // 2
    return word[: at - 1] + word[at] + word[at - 1] + chance.choice("qxy") + word[at + 2 :]


WORST = ("8 most common words", "40 words", "40 misspelled words", "5,000 characters")
"""The names of the worst cases, in order."""
