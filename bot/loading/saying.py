"""Values and columns as messages about bad input show them."""

from __future__ import annotations

import difflib

from bot.loading.rows import COLUMNS


def unknown_column(name: str) -> str:
    """The sentence about a column that there is not."""
    if not name:
        return "a column has no name; name it or take it out."
    near = difflib.get_close_matches(name.lower(), COLUMNS, 1)
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(COLUMNS)}."
    return f"{shortened(name)}: no such column; {meant}"


def shortened(value: str) -> str:
    """A value as shown in messages: on one line, at most 40 characters."""
    line = "".join(char if char.isprintable() else f"U+{ord(char):04X}" for char in " ".join(value.split()))
    return line if len(line) <= 40 else line[:39] + "…"


def shown(value: object) -> str:
    """Any value as shown in messages."""
    try:
        return shortened(value if isinstance(value, str) else repr(value))
    except (ValueError, RecursionError):  # a number of thousands of digits, a list in a list in a list …
        return "…"
