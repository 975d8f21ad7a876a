"""What a question asks for: a time, a place, a person, a number … told by its question words.

Pure; a fact's ways of asking tell which kinds it answers, and the matcher compares.
"""

from __future__ import annotations

import re

from bot.language import alternatives, languages

_KINDS = {kind: re.compile(rf"\b(?:{alternatives('kinds', kind)})\b") for kind in languages()["en"].kinds}


def kind_of(asked: str) -> str:
    """The kind of thing that a normalised question asks for, or "" where no question word tells.

    The first question word counts: "what is planned for when they meet" asks what.
    """
    searched = [(kind, pattern.search(asked)) for kind, pattern in _KINDS.items()]
    found = [(match.start(), place, kind) for place, (kind, match) in enumerate(searched) if match]
    return min(found)[2] if found else ""
