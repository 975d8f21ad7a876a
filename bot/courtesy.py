"""Hello, thanks, goodbye: what a message says besides asking, in every language. Pure.

A message that is nothing but courtesy gets a kind word back; a greeting in front of a question is no part of it.
"""

from __future__ import annotations

import re

from bot.language import alternatives
from bot.model import CourtesyKind

_ORDER: tuple[CourtesyKind, ...] = ("abilities", "wellbeing", "apology", "thanks", "goodbye", "greeting")
_ADDRESS = rf"(?: (?:{alternatives('courtesy', 'address')}))*"
_ONE = {kind: re.compile(rf"(?:{alternatives('courtesy', kind)}){_ADDRESS}(?= |$)") for kind in _ORDER}
_OPENING = re.compile(
    rf"^(?:(?:{alternatives('courtesy', 'greeting')}|{alternatives('courtesy', 'thanks')}){_ADDRESS}[\s,.!–—-]+)+"
)


def courtesy_of(words: str) -> CourtesyKind | None:
    """The kind of courtesy of which a message wholly consists, or None.

    `words` are the message's words, normalised, with single spaces between. Where it says several things ("hello,
    how are you"), the one that most wants an answer counts.
    """
    rest, found = words, set()
    while rest:
        kind = max(_ORDER, key=lambda one: _longest(one, rest))  # "good morning" is no praise
        length = _longest(kind, rest)
        if not length:
            return None
        found.add(kind)
        rest = rest[length:].strip()
    return next((kind for kind in _ORDER if kind in found), None)


def _longest(kind: CourtesyKind, rest: str) -> int:
    """How many characters of `rest` a phrase of this kind takes, ending at a word's end; 0 for none."""
    match = _ONE[kind].match(rest)
    return match.end() if match else 0


def without_opening(normalised: str) -> str:
    """A normalised message without the greeting or thanks that it opens with."""
    rest = _OPENING.sub("", normalised)
    return rest if rest.strip(" ?!.,") else normalised
