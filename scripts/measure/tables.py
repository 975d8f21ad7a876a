"""Tables for measuring, made as a user makes them: rows in a file, loaded by the bot's own loading code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.loading.changes import Wanted, load
from bot.loading.inputs import Input


def make_table(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    """Load the rows into a new table at `path`; their NDJSON file stays beside it."""
    file = path.with_suffix(".ndjson")
    with file.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    load(path, Wanted([Input(str(file), "ndjson")]))
    return path
