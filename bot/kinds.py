"""What a question asks for: a time, a place, a person, a number … told by its question words.

Pure; a fact's ways of asking tell which kinds it answers, and the matcher compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.language import alternatives, languages
from bot.lexicon import ASKING

_KINDS = {kind: re.compile(rf"\b(?:{alternatives('kinds', kind)})\b") for kind in languages()["en"].kinds}


def kind_of(asked: str) -> str:
    """The kind of thing that a normalised question asks for, or "" where no question word tells.

    The first question word counts: "what is planned for when they meet" asks what.
    """
    return _first(asked)[0]


def kind_of_terms(terms: Iterable[str]) -> str:
    """The same by the first question word among terms (bot/lexicon.py), which also knows how those are misspelled."""
    asking = next((term.removeprefix(ASKING) for term in terms if term.startswith(ASKING)), "")
    return max((kind for kind in _KINDS if asking.startswith(kind)), key=len, default="")


def question_words(asked: str) -> str:
    """The words that tell it ("how many"), or empty."""
    return _first(asked)[1]


def _first(asked: str) -> tuple[str, str]:
    searched = [(kind, pattern.search(asked)) for kind, pattern in _KINDS.items()]
    found = [(match.start(), place, kind, match.group()) for place, (kind, match) in enumerate(searched) if match]
    return min(found)[2:] if found else ("", "")
