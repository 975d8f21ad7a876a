"""Which code and word lists the derived tables were made by: when they change, the next load makes the tables anew."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_BOT = Path(__file__).resolve().parent.parent
_FILES = (
    "text.py",
    "language.py",
    "lexicon.py",
    "kinds.py",
    "classifier.py",
    "loading/build.py",
    "loading/leaning.py",
    "loading/ways.py",
    "loading/fitting.py",
)


@cache
def made_by() -> str:
    """A hash over all that decides what the derived tables hold, given the facts."""
    digest = hashlib.sha256()
    for path in (*(_BOT / name for name in _FILES), *sorted((_BOT / "languages").glob("*.toml"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()
