"""Fits the weights by which the bot decides whether to answer: scripts/fit_gate.py [--data DIR] > bot/gate.toml

For facts with ways of asking, the examples are ways that were held out of the table they are asked of (four folds),
the unanswerable questions likewise, both also misspelled, and scripts/gate/questions.jsonl; where the public data are
at hand (--data), their questions too, none of which our facts answer. For facts without, the examples are the public
questions over tables of their own articles, also misspelled: each asked of the table that holds its article, and of one
that doesn't.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.confidence import signs
from bot.index import Index
from bot.loading.changes import Wanted, load
from bot.loading.formats import rows_of, split_list
from bot.loading.inputs import Input, lines
from bot.loading.rows import Row
from bot.matcher import rank
from bot.model import subject_of
from bot.query import analyse
from scripts.measure.typos import misspelled
from scripts.public_data import clinc_questions, xquad

FOLDER = Path(__file__).resolve().parent
FOLDS = 4
WAYS_A_FOLD = 700
PUBLIC = 1000
WEIGHT = {
    "way": 0.1,
    "unanswerable": 0.5,
    "question": 6.0,
    "public": 0.5,
    "own": 0.15,
    "everyday": 1.5,
    "foreign": 0.15,
}
"""Questions written apart from the facts are few and count most. Of public ones those asked of their own article are
`own`; of others, `everyday` ones come to a bot more than `foreign` ones, which an article somewhere answers."""
PENALTY = {"by_ways": 1.0, "by_words": 20.0}
"""On the squared weights. The signs by words say much the same; with a small penalty they are played off."""
SMALL = 0.1
"""What an example over a table of one article counts of one over the table of many."""

Rows = list[dict[str, object]]
"""What stands in a file of facts, as it is loaded."""


@dataclass(frozen=True, slots=True)
class Example:
    """The signs of a question's best match, whether it was right, and how much that counts."""

    signs: dict[str, float]
    right: bool
    weight: float


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=FOLDER.parent.parent / "shared" / "data", help="XQuAD and CLINC150"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        by_ways = list(_with_ways(Path(folder), args.data))
        by_words = list(_without_ways(Path(folder), args.data))
    print(f"# Weights of bot/confidence.py, by scripts/fit_gate.py: {len(by_ways)} and {len(by_words)} examples.")
    for name, examples in (("by_ways", by_ways), ("by_words", by_words)):
        print(f"\n[{name}]")
        for sign, weight in fit(examples, PENALTY[name]).items():
            print(f"{sign} = {weight:.4f}")
    return 0


def fit(examples: list[Example], penalty: float) -> dict[str, float]:
    """Logistic regression by Newton's method, with a penalty on the squared standardised weights."""
    names = sorted({name for example in examples for name in example.signs})
    values: NDArray[np.float64] = np.array([[example.signs.get(name, 0.0) for name in names] for example in examples])
    mean, spread = values.mean(0), values.std(0)
    spread[spread == 0] = 1
    table = np.column_stack([np.ones(len(values)), (values - mean) / spread])
    right = np.array([example.right for example in examples], dtype=float)
    count = np.array([example.weight for example in examples])
    weights = np.zeros(table.shape[1])
    ridge = np.diag([0.0] + [penalty] * len(names))
    for _ in range(30):
        chance = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (count * (chance - right)) + ridge @ weights
        curve = (table * (count * chance * (1 - chance))[:, None]).T @ table + ridge
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    raw = weights[1:] / spread
    return {"bias": float(weights[0] - raw @ mean), **dict(zip(names, map(float, raw), strict=True))}


def _with_ways(folder: Path, data: Path) -> Iterator[Example]:
    files = [_rows(path) for path in sorted((FOLDER / "facts").glob("*.toml"))]
    whole = _table(folder / "whole.db", files)
    for line in (FOLDER / "gate" / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield from _example(whole, row["q"], _tells(*map(subject_of, row["ids"])), "question")
    public = [*clinc_questions(data), *(q.text for lang in ("en", "ru") for q in xquad(data, lang).questions)]
    for asked in random.Random(1).sample(public, min(PUBLIC, len(public))):
        yield from _example(whole, asked, lambda _: False, "public")
    whole.close()
    for fold in range(FOLDS):
        chance = random.Random(fold)
        kept, ways, unanswerable = _hold_out(files, fold)
        table = _table(folder / f"fold{fold}.db", kept)
        for way, fact_id in chance.sample(ways, min(WAYS_A_FOLD, len(ways))):
            for asked in (way, misspelled(way, chance)):
                yield from _example(table, asked, _tells(subject_of(fact_id)), "way", fact_id)
        for question in unanswerable:
            for asked in (question, misspelled(question, chance)):
                yield from _example(table, asked, lambda _: False, "unanswerable")
        table.close()


def _tells(*subjects: str) -> Callable[[str], bool]:
    return lambda fact_id: subject_of(fact_id) in subjects


def _rows(path: Path) -> Rows:
    source = Input(str(path), "toml")
    return [row.values for row in rows_of(source, lines(source, lambda _: None)) if isinstance(row, Row)]


def _hold_out(files: list[Rows], fold: int) -> tuple[list[Rows], list[tuple[str, str]], list[str]]:
    """The files without one fold of their ways and unanswerable questions, and that fold."""
    kept: list[Rows] = []
    ways: list[tuple[str, str]] = []
    unanswerable: list[str] = []
    for rows in files:
        rest: Rows = []
        questions = 0
        for row in rows:
            if "unanswerable" in row:
                if questions % FOLDS == fold:
                    unanswerable.append(str(row["unanswerable"]))
                else:
                    rest.append(row)
                questions += 1
            elif "text" in row:
                asked = split_list(str(row.get("keywords", "")))
                ways += [(way, str(row["id"])) for at, way in enumerate(asked) if at % FOLDS == fold]
                rest.append({**row, "keywords": [way for at, way in enumerate(asked) if at % FOLDS != fold]})
            else:
                rest.append(row)
        kept.append(rest)
    return kept, ways, unanswerable


def _without_ways(folder: Path, data: Path) -> Iterator[Example]:
    """Half of the articles make a table, and each of them one of its own: small tables are different.

    The questions of its articles should be answered, the others not. Asked clean and misspelled.
    """
    for lang in ("en", "ru"):
        articles = xquad(data, lang)
        halves = sorted({fact.publisher for fact in articles.facts})[::2]
        chance = random.Random(lang)
        off_topic = clinc_questions(data)[::3] if lang == "en" else []
        for number, inside in enumerate([set(halves), *({name} for name in halves)]):
            facts = [fact.row() for fact in articles.facts if fact.publisher in inside]
            if not facts:
                continue
            table = _table(folder / f"articles-{lang}-{number}.db", [facts])
            own = [question for question in articles.questions if question.publisher in inside]
            foreign = [
                (question.text, "foreign") for question in articles.questions if question.publisher not in inside
            ]
            foreign += [(question, "everyday") for question in off_topic]
            if len(inside) == 1:
                foreign = chance.sample(foreign, len(own))
            examples: list[Example] = []
            for question in own:
                for asked in (question.text, misspelled(question.text, chance)):
                    found = _example(table, asked, question.ids.__contains__, "own", by_words=True)
                    examples += [
                        one for one in found if one.right
                    ]  # another sentence of the article counts for nothing
            for question_of_none, kind in foreign:
                for asked in (question_of_none, misspelled(question_of_none, chance)):
                    examples += _example(table, asked, lambda _: False, kind, by_words=True)
            share = SMALL if len(inside) == 1 else 1.0
            yield from (replace(one, weight=share * one.weight) for one in examples)
            table.close()


def _table(path: Path, files: Iterable[Rows]) -> Index:
    inputs = []
    for at, rows in enumerate(files):
        file = path.with_name(f"{path.stem}-{at}.ndjson")
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        inputs.append(Input(str(file), "ndjson"))
    load(path, Wanted(inputs))
    return Index(path)


def _example(
    table: Index, asked: str, is_right: Callable[[str], bool], kind: str, fact_id: str = "", by_words: bool = False
) -> Iterator[Example]:
    """The example of a question; none where two facts are about as likely and its own, `fact_id`, is the second."""
    query = analyse(table, asked)
    found = [match for match in rank(table, query) if (match.words is not None) == by_words]
    if len(found) > 1 and subject_of(found[1].id) == subject_of(fact_id) and found[1].ways and found[1].ways.lead > -1:
        return
    for match in found[:1]:
        if not match.cover.held:
            continue
        yield Example(signs(query, match), is_right(match.id), WEIGHT[kind])


if __name__ == "__main__":
    sys.exit(main())
