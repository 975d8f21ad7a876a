"""The one table of scripts/evaluate.py: a row a measure, a column a method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scripts.measure.articles import Measured
from scripts.measure.questions import Outcome, Tallies, Tally
from scripts.measure.timing import percentile

OURS = "this bot"
_OFF = ("off near", "off far", "off hostile")
_ARTICLES = (("en", "clean"), ("en", "typos"), ("ru", "clean"), ("ru", "typos"))
LABEL, OWN, WIDTH = 30, 30, 17


@dataclass
class Results:
    """Everything measured in one run; what was skipped is empty."""

    outcome: Outcome | None = None
    rivals: dict[str, Tallies] = field(default_factory=dict)
    """The peers on the question files."""
    articles: dict[str, Measured] = field(default_factory=dict)
    """By method; the bot is `OURS`."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Language -> sentences in the articles' table."""
    missing: tuple[str, ...] = ()
    """Peers that aren't installed."""
    peers: tuple[str, ...] = ()
    """All peers, in order."""


def lines(results: Results, errors: bool) -> Iterator[str]:
    """The table, and the misses with `errors`."""
    yield _row("", OURS, results, dict.fromkeys(results.peers, ""), head=True)
    if results.outcome:
        yield from _questions(results, results.outcome)
    if results.articles:
        yield from _articles(results)
    yield from _times(results)
    if results.outcome:
        yield from _notes(results)
    if errors and results.outcome:
        yield from _misses(results.outcome.tallies)


def _row(label: str, own: str, results: Results, cells: Mapping[str, str], head: bool = False) -> str:
    parts = [f"{label:{LABEL}}{own:>{OWN}}"]
    for name in results.peers:
        cell = name if head else "not installed" if name in results.missing else cells.get(name, "–")
        parts.append(f"{cell:>{WIDTH}}")
    return "".join(parts).rstrip()


def _title(text: str, own: str, theirs: str, results: Results) -> str:
    cells = "".join(f"{theirs:>{WIDTH}}" for _ in results.peers)
    return f"\n{text:{LABEL}}{own:>{OWN}}{cells}"


def _questions(results: Results, outcome: Outcome) -> Iterator[str]:
    tallies = outcome.tallies
    yield _title("Questions, %", "right wrong refused offered", "right wrong", results)
    answerable = [name for name in tallies if name.split()[0] in ("en", "multi", "lang")]
    for name in sorted(answerable, key=lambda one: (one.split()[0] == "lang", one.split()[0])):
        tally = tallies[name]
        refused = tally.asked - tally.right - tally.wrong
        own = " ".join(f"{tally.share(count):6.1f}" for count in (tally.right, tally.wrong, refused, tally.offered))
        yield _row(f"{name} ({tally.asked})", own, results, _cells(results, name))
    yield _title("Facts stated where none is, %", "answered suggested", "answered", results)
    for name in _OFF:
        if name in tallies:
            tally = tallies[name]
            own = f"{tally.share(tally.wrong):6.1f} {tally.share(tally.suggested):6.1f}"
            cells = {peer: f"{one[name].share(one[name].wrong):.1f}" for peer, one in results.rivals.items()}
            yield _row(f"{name} ({tally.asked})", own, results, cells)
    yield _title("Talks, %", "right wrong", "", results)
    for name in ("dialogues", "courtesies"):
        if name in tallies:
            tally = tallies[name]
            own = f"{tally.share(tally.right):6.1f} {tally.share(tally.wrong):6.1f}"
            yield _row(f"{name} ({tally.asked})", own, results, {})


def _cells(results: Results, name: str) -> dict[str, str]:
    def cell(tally: Tally) -> str:
        return f"{tally.share(tally.right):.1f} {tally.share(tally.wrong):5.1f}"

    return {peer: cell(tallies[name]) for peer, tallies in results.rivals.items()}


def _articles(results: Results) -> Iterator[str]:
    yield _title("Sentence of an article first, %", "", "", results)
    for key in _ARTICLES:
        cells = {name: f"{one.first[key]:.1f}" for name, one in results.articles.items() if key in one.first}
        if OURS in cells:
            label = f"{' '.join(key)} ({results.sizes[key[0]]} sentences)"
            yield _row(label, cells[OURS], results, cells)
    yield _title("Recall at 1 % false answers, %", "", "", results)
    for spelling in ("clean", "typos"):
        cells = {
            name: f"{one.recall[spelling]:.1f}" for name, one in results.articles.items() if spelling in one.recall
        }
        if OURS in cells:
            yield _row(f"en {spelling} against CLINC150", cells[OURS], results, cells)


def _times(results: Results) -> Iterator[str]:
    yield _title("Time per question, ms", "p50 p99", "p50 p99", results)
    shipped = results.outcome and results.outcome.times
    for measure in ("wall", "cpu"):
        told = "" if measure == "wall" else ", processor"
        if shipped:
            yield _row(f"shipped table{told}", _time(getattr(shipped, measure)), results, {})
        if results.articles:
            cells = {name: _time(getattr(one.times, measure)) for name, one in results.articles.items()}
            yield _row(f"articles{told}", cells[OURS], results, cells)


def _time(times: Sequence[float]) -> str:
    return f"{percentile(times, 50):.2f} {percentile(times, 99):6.2f}"


def _notes(results: Results) -> Iterator[str]:
    if results.rivals:
        yield ""
        yield "Peers: texts and ways of asking as documents; silent below a score that keeps near misses to 5 %."
    if results.missing:
        yield f"Not installed: {', '.join(results.missing)}; they come with: .venv/bin/pip install -e '.[peers]'"


def _misses(tallies: Tallies) -> Iterator[str]:
    for name, tally in tallies.items():
        whole = name in ("en", "multi", "dialogues", "courtesies") or name.startswith("off")
        if whole and tally.misses:
            yield f"\n{name}:"
            yield from (f"    {miss}" for miss in tally.misses)
