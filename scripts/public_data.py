"""Public question sets for tuning and measuring: XQuAD (articles with questions) and CLINC150 (questions to refuse).

They are read from a folder outside the checkout, and never copied into it; where they are absent, so are the questions.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

_END = re.compile(r"(?<=[.!?])[\"»”)]*\s+(?=[\"«“(]?[A-ZА-ЯЁ0-9])")
_ABBREVIATION = re.compile(r"\b(?:[A-ZА-ЯЁ]|Mr|Dr|St|vs|etc|No|т|г|гг|в|вв|др)\.$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article, as a fact."""

    id: str
    lang: str
    text: str
    publisher: str
    """The article's name."""
    url: str
    """The paragraph's made-up address."""
    position: int

    def row(self) -> dict[str, object]:
        """As a row to load."""
        return {
            "id": self.id,
            "lang": self.lang,
            "text": self.text,
            "keywords": [],
            "publisher": self.publisher,
            "url": self.url,
            "position": self.position,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about an article."""

    text: str
    publisher: str
    ids: frozenset[str]
    """The sentences of its paragraph that hold the answer."""


@dataclass(frozen=True, slots=True)
class Articles:
    """Sentences and the questions about them."""

    facts: list[Sentence]
    questions: list[Asked]


def xquad(folder: Path, lang: str) -> Articles:
    """The articles of XQuAD in `lang` ("en" or "ru"); empty where the file is absent."""
    path = folder / f"xquad-dev.{lang}.json"
    facts: list[Sentence] = []
    questions: list[Asked] = []
    if not path.exists():
        return Articles(facts, questions)
    for number, article in enumerate(json.loads(path.read_text(encoding="utf-8"))["data"]):
        name = article.get("title") or f"article {number}"
        for place, paragraph in enumerate(article["paragraphs"]):
            url = f"https://xquad.example/{number}/{place}"
            here = [
                Sentence(f"x{number}-{place}-{at}", lang, sentence, name, url, at)
                for at, sentence in enumerate(sentences(paragraph["context"]))
            ]
            facts += here
            for asked in paragraph["qas"]:
                spans = [answer["text"] for answer in asked["answers"]]
                ids = frozenset(fact.id for fact in here if any(span in fact.text for span in spans))
                questions.append(Asked(asked["question"], name, ids))
    return Articles(facts, questions)


def clinc_questions(folder: Path) -> list[str]:
    """The questions of CLINC150; empty where the file is absent."""
    path = folder / "clinc150-train-sample.tsv"
    if not path.exists():
        return []
    return [line.partition("\t")[2] for line in path.read_text(encoding="utf-8").splitlines()]


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph."""
    found: list[str] = []
    for part in _END.split(paragraph):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return found
