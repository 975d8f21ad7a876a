"""What the readers of files hand on: rows with their place, and what is wrong with those that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

COLUMNS = (
    "id",
    "lang",
    "text",
    "keywords",
    "topic",
    "attribution",
    "as_of",
    "position",
    "publisher",
    "title",
    "url",
    "published",
)
"""Of a fact, in files and exports."""

Kind = Literal["fact", "concept", "unanswerable"]


class LoadError(Exception):
    """Something that cannot be loaded; the message is one sentence that says where, what, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file, unchecked."""

    line: int
    """Where it begins, from 1; 0 where the format doesn't tell."""
    values: dict[str, object]
    kind: Kind = "fact"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one place; the file is not loaded, but read on to find what else is."""

    line: int
    message: str
    """"COLUMN: what is wrong; how to mend it", without the place."""
