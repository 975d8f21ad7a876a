"""Text as SVG that keeps its shape in whatever font a reader has.

Lines are broken by the widths of Arial's letters and then held to that length (textLength), so that nothing runs over
in a wider font. Text stays text: it can be read, searched and compared. What is drawn is draw_chat.py's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

LEADING = 1.33
"""From line to line, in sizes of the text."""
ASCENT = 0.95

_BY_WIDTH = {
    222: "'ijl‘’і",
    278: " !,./:;I[\\]ft·І|",
    333: '()-`r“”{}•"',
    400: "г*",
    455: "кзт^",
    500: "Jcksvxyzсухэч",
    535: "вГпяньҳҷһ",
    556: "#$0123456789?L_abdeghnopqu«»–аеорёийғқңүұәөӣӯ",
    583: "бцКдлЗ+<=>~",
    622: "FTZТъУҒҮҰ",
    667: "&ABEKPSVXYАВЕРХЧЁБЛЬжДмҚҲҶҺӘӮ",
    722: "CDHNRUwНСЯИЙПЭыЦюҢӢ",
    770: "GOQОФЪӨ",
    820: "шфщMmМ",
    920: "ЫШЖЩW%",
    1000: "—…Ю@№",
}
_WIDTHS = {char: width / 1000 for width, chars in _BY_WIDTH.items() for char in chars}
"""Widths in Arial at size 1, rounded into a few classes: a line drawn to its length hides the difference."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one look; `size` in pixels."""

    text: str
    size: float = 15
    colour: str = "#000"
    bold: bool = False

    @property
    def width(self) -> float:
        """Its length in pixels, about."""
        return sum(_WIDTHS.get(char, 0.6) for char in self.text) * self.size * (1.07 if self.bold else 1)


Line = list[Run]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something drawn from its own upper left corner."""

    svg: str
    width: float
    height: float

    def at(self, x: float, y: float) -> str:
        """Drawn there."""
        return f'<g transform="translate({x:g} {y:g})">{self.svg}</g>\n'


def text(lines: Sequence[Line]) -> Piece:
    """Lines one below the other; an empty one takes a little less."""
    svg, y = "", 0.0
    for line in lines:
        x = 0.0
        for run in line:
            svg += run_at(run, x, y + run.size * ASCENT)
            x += run.width
        y += line[0].size * LEADING if line else 11
    return Piece(svg, max(map(width_of, lines)), y)


def run_at(run: Run, x: float, y: float) -> str:
    """A run with its baseline there, held to its length; spaces around it are room, not text."""
    bold = ' font-weight="600"' if run.bold else ""
    x += run.width - replace(run, text=run.text.lstrip()).width
    run = replace(run, text=run.text.strip())
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{run.size:g}" fill="{run.colour}"{bold}'
        f' textLength="{run.width:.1f}" lengthAdjust="spacingAndGlyphs">{escape(run.text, quote=False)}</text>'
    )


def width_of(line: Line) -> float:
    """Its length in pixels, about."""
    return sum(run.width for run in line)


def wrapped(runs: Sequence[Run], width: float) -> list[Line]:
    """Lines of at most `width` pixels, broken between words and at line ends; a line's like runs are joined."""
    lines: list[Line] = [[]]
    for word in _words(runs):
        if word.text == "\n":
            lines.append([])
            continue
        line = lines[-1]
        if line and word.text[0] not in ",;." and width_of(line) + replace(word, text=word.text.rstrip()).width > width:
            lines.append(line := [])
        if line and replace(line[-1], text="") == replace(word, text=""):
            line[-1] = replace(line[-1], text=line[-1].text + word.text)
        else:
            line.append(word)
    return [[*line[:-1], replace(line[-1], text=line[-1].text.rstrip())] if line else [] for line in lines]


def _words(runs: Sequence[Run]) -> Iterator[Run]:
    """Word by word, each with the space after it; a line end is a word."""
    for run in runs:
        for word in re.findall(r"\n|[^ \n]+ *| +", run.text):
            yield replace(run, text=word)


def clipped(run: Run, width: float) -> Run:
    """The run, with … where it is longer than that."""
    cut = run
    while cut.width > width:
        cut = replace(run, text=cut.text.removesuffix("…")[:-1].rstrip() + "…")
    return cut
