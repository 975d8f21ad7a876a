#!/usr/bin/env python3
"""Draws .github/pictures/chat.svg, the chat in README: real replies from the shipped table, as Telegram shows them.

A short talk goes to the core, with a clock of its own, and `wording.to_html` words the replies: the picture changes
when an answer does, and only then. How text is set is svg_text.py's.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import scripts.ready  # noqa: F401  # goes on in .venv
from bot.answering import Answerer
from bot.config import CHECKOUT, FACTS_DB
from bot.model import Conversation, Question, Reply
from bot.store import TableError
from bot.wording import to_html
from scripts.svg_text import Line, Piece, Run, clipped, run_at, text, width_of, wrapped

PICTURE = CHECKOUT / ".github" / "pictures" / "chat.svg"
PERSON, BOT = "Madina", "Tajikistan visit"
TALK = (
    "Who invited Tokayev to Tajikistan?",
    "And what will they talk about?",
    "Сафорати Қазоқистон дар Душанбе кай кушода шуд?",
    "trade volume 2022",
    "Who is Tokayev's wife?",
)
BEGUN = datetime(2026, 3, 20, 9, 41, tzinfo=UTC)

WIDE, EDGE, PAD, GAP = 400, 9, 11, 7
"""Pixels: the phone; from its edge to a bubble; within a bubble; between bubbles."""
WIDEST = 338
"""A bubble, in pixels."""
TOP = 102
"""Where the first bubble begins: below the chat's name and the day."""


@dataclass(frozen=True, slots=True)
class Look:
    """How bubbles of one side look."""

    fill: str
    accent: str
    """Bars, names and links."""
    tint: str
    """Behind what is quoted."""
    clock: str


PERSONS = Look("#e4fdce", "#3fa33f", "#d3f3bd", "#5cab53")
BOTS = Look("#ffffff", "#3390ec", "#ebf4fd", "#8a9aa5")


class Blocks(HTMLParser):
    """A reply's HTML as blocks: (quoted or not, the runs in it)."""

    def __init__(self, html: str) -> None:
        """Reads `html`."""
        super().__init__()
        self.found: list[tuple[bool, Line]] = []
        self._tags = [""]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remembers where we are."""
        self._tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Remembers where we no longer are."""
        self._tags.pop()

    def handle_data(self, data: str) -> None:
        """Adds text to the block that it belongs to."""
        quoted = "blockquote" in self._tags
        run = Run(data, 13.5 if quoted else 15, BOTS.accent if "a" in self._tags else "#000")
        if not self.found or self.found[-1][0] != quoted:
            self.found.append((quoted, []))
        self.found[-1][1].append(run)


def main() -> int:
    """Run the command; returns its exit code: 0, or 2 with a sentence on standard error."""
    try:
        picture = draw(talk())
    except TableError as error:
        print(error, file=sys.stderr)
        return 2
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture, encoding="utf-8")
    print(f"{PICTURE.relative_to(CHECKOUT)} is drawn.")
    return 0


def talk() -> list[tuple[str, Reply]]:
    """The questions of `TALK`, each with what the core replies from the shipped table."""
    answerer, conversation = Answerer(FACTS_DB), Conversation()
    turns = []
    for minute, asked in enumerate(TALK):
        question = Question(asked, BEGUN + timedelta(minutes=minute))
        reply, conversation = answerer.answer(question, conversation)
        turns.append((asked, reply))
    answerer.close()
    return turns


def draw(turns: Sequence[tuple[str, Reply]]) -> str:
    """The talk as an SVG file."""
    drawn, y = [], float(TOP)
    for minute, (asked, reply) in enumerate(turns):
        at = BEGUN + timedelta(minutes=minute)
        clock = f"{at.hour}:{at:%M}"
        for piece, mine in ((question_bubble(asked, clock), True), (reply_bubble(asked, reply, clock), False)):
            drawn.append(piece.at(WIDE - EDGE - piece.width if mine else EDGE, y))
            y += piece.height + GAP * (1 if mine else 1.6)
    return frame("".join(drawn), y + EDGE - GAP)


def question_bubble(asked: str, clock: str) -> Piece:
    """What the person wrote."""
    lines = wrapped([Run(asked)], WIDEST - 2 * PAD)
    return bubble([text(lines)], lines[-1], clock, PERSONS)


def reply_bubble(asked: str, reply: Reply, clock: str) -> Piece:
    """What the bot replied, quoting the question."""
    inner = WIDEST - 2 * PAD
    pieces = [quoted([[Run(PERSON, 13.5, BOTS.accent, True)], [clipped(Run(asked, 13.5), inner - 20)]], inner)]
    last: Line | None = None
    for is_quoted, runs in Blocks(to_html(reply)).found:
        if is_quoted:
            pieces.append(quoted(wrapped(runs, inner - 20), inner))
            last = None
        else:
            runs = [replace(run, text=run.text.strip("\n")) for run in runs]
            pieces.append(text(lines := wrapped(runs, inner)))
            last = lines[-1]
    return bubble(pieces, last, clock, BOTS)


def bubble(pieces: Sequence[Piece], last: Line | None, clock: str, look: Look) -> Piece:
    """`pieces` one below the other, and the time: beside the `last` line of text where there is room, else below."""
    ticks = 18 if look is PERSONS else 0
    time = Run(clock, 11.5, look.clock)
    beside = width_of(last) + 12 + time.width + ticks if last else WIDEST
    fits = beside <= WIDEST - 2 * PAD
    width = max(*(piece.width for piece in pieces), beside if fits else 0, time.width + ticks) + 2 * PAD
    svg, y = "", PAD - 3.0
    for piece in pieces:
        svg += piece.at(PAD, y)
        y += piece.height + 7
    y += -6 if fits else 10
    end = width - PAD + 2
    svg += run_at(time, end - time.width - ticks, y)
    if ticks:
        x = end - 14
        svg += f'<path d="M{x:g} {y - 4:g}l3 3.2 6-7M{x + 4.6:g} {y - 1.6:g}l1 .8 6-7" class="line ticks"/>'
    height = y + 6.5
    tail = f"M{width:g} {height - 17:g}v5q0 8 6 12h-21z" if look is PERSONS else f"M0 {height - 17:g}v5q0 8-6 12h21z"
    box = f'<rect width="{width:g}" height="{height:g}" rx="15"/><path d="{tail}"/>'
    return Piece(f'<g fill="{look.fill}">{box}</g>{svg}', width, height)


def quoted(lines: Sequence[Line], width: float) -> Piece:
    """Lines on a tint, behind a bar."""
    inside = text(lines)
    height = inside.height + 7
    bar = f'<path d="M3 0V{height:g}q-3 0-3-4V4q0-4 3-4z" fill="{BOTS.accent}"/>'
    tint = f'<rect width="{width:g}" height="{height:g}" rx="4" fill="{BOTS.tint}"/>'
    return Piece(tint + bar + inside.at(11, 3), width, height)


def frame(chat: str, height: float) -> str:
    """The whole picture: the chat on its ground, below the bot's name."""
    face = Run("TV", 16, "#fff", True)
    day = Run(f"{BEGUN:%B} {BEGUN.day}", 13, "#fff", True)
    width = day.width + 20
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {height:.0f}" width="{WIDE}" height="{height:.0f}"
 font-family="Helvetica Neue, Helvetica, Arial, Liberation Sans, Roboto, sans-serif" role="img">
<title>A chat with the bot in Telegram</title>
<defs>
<linearGradient id="ground" x2=".6" y2="1">
<stop stop-color="#dfe3c0"/><stop offset=".5" stop-color="#a9cfa4"/><stop offset="1" stop-color="#86bb9f"/>
</linearGradient>
<linearGradient id="face" x2="0" y2="1">
<stop stop-color="#5fbdf2"/><stop offset="1" stop-color="#3a8ee0"/>
</linearGradient>
<clipPath id="phone"><rect width="{WIDE}" height="{height:.0f}" rx="18"/></clipPath>
<style>
.line{{fill:none;stroke-linecap:round;stroke-linejoin:round}}
.ticks{{stroke:#4fae4e;stroke-width:1.5}}
.back{{stroke:#3390ec;stroke-width:2.4}}
</style>
</defs>
<g clip-path="url(#phone)">
<rect width="{WIDE}" height="{height:.0f}" fill="url(#ground)"/>
<path d="M0 0h{WIDE}v58h-{WIDE}z" fill="#fff"/>
<path d="M21 21l-8 8 8 8" class="line back"/>
<circle cx="56" cy="29" r="20" fill="url(#face)"/>
{run_at(face, 56 - face.width / 2, 34.6)}
{run_at(Run(BOT, 16, bold=True), 86, 26)}
{run_at(Run("bot", 13, "#707579"), 86, 44)}
<g fill="#a0a7ac"><circle cx="380" cy="22" r="2"/><circle cx="380" cy="29" r="2"/><circle cx="380" cy="36" r="2"/></g>
<rect x="{(WIDE - width) / 2:.1f}" y="68" width="{width:.1f}" height="24" rx="12" fill="#5b8a62" opacity=".55"/>
{run_at(day, (WIDE - day.width) / 2, 84.5)}
{chat}</g>
<rect x=".5" y=".5" width="{WIDE - 1}" height="{height - 1:.0f}" rx="17.5" fill="none" stroke="#cfd6da"/>
</svg>
"""


if __name__ == "__main__":
    sys.exit(main())
