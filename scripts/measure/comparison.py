"""The picture of what scripts/evaluate.py measured."""

from __future__ import annotations

from scripts.measure.pictures import Bars, bars
from scripts.measure.report import OURS, Results


def draw(results: Results) -> str:
    """An SVG with a group of bars for each measure."""
    groups: list[Bars] = []
    if results.outcome:
        all_tallies = {OURS: results.outcome.tallies, **results.rivals}
        for name, title in (("en", "English questions right"), ("multi", "Russian, Kazakh, Tajik questions right")):
            shares = {method: one[name].share(one[name].right) for method, one in all_tallies.items()}
            groups.append(Bars(f"{title}, near misses kept out", shares))
    for key, title in {
        ("en", "clean"): "Right sentence of an English article first",
        ("en", "typos"): "The same, questions misspelled",
        ("ru", "typos"): "Russian, questions misspelled",
    }.items():
        shares = {method: one.first[key] for method, one in results.articles.items() if key in one.first}
        if shares:
            groups.append(Bars(title, shares))
    for spelling, title in (("clean", "Answered, and 1 % of foreign questions"), ("typos", "The same, misspelled")):
        shares = {method: one.recall[spelling] for method, one in results.articles.items() if spelling in one.recall}
        if shares:
            groups.append(Bars(title, shares))
    return bars(groups, OURS)
