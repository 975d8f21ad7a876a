"""The table to files, in the formats that can be loaded again."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from bot import store
from bot.loading.rows import COLUMNS
from bot.model import Fact

if TYPE_CHECKING:
    import sqlite3

FORMATS = ("csv", "tsv", "json", "ndjson")


def export(connection: sqlite3.Connection, out: TextIO, chosen: str) -> int:
    """Write the whole table in one of `FORMATS`, for CSV and TSV the facts alone; returns the number of facts."""
    if chosen in ("csv", "tsv"):
        return _separated(connection, out, "\t" if chosen == "tsv" else ",")
    count = 0
    for at, row in enumerate(_objects(connection)):
        count += "text" in row
        line = json.dumps(row, ensure_ascii=False)
        out.write(line + "\n" if chosen == "ndjson" else f"{',' if at else '['}\n{line}")
    if chosen == "json":
        out.write("\n]\n" if count else "[]\n")
    return count


def _separated(connection: sqlite3.Connection, out: TextIO, delimiter: str) -> int:
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for fact in store.read_facts(connection):
        count += 1
        cells = {**_columns(fact), "keywords": json.dumps(fact.keywords, ensure_ascii=False) if fact.keywords else ""}
        writer.writerow(cells[column] for column in COLUMNS)
    return count


def _objects(connection: sqlite3.Connection) -> Iterator[dict[str, object]]:
    for fact in store.read_facts(connection):
        yield {column: value for column, value in _columns(fact).items() if value not in ("", ())}
    for name, lang, words in store.read_concepts(connection):
        yield {"concept": name, "lang": lang, "words": words}
    for question, lang in store.read_unanswerable(connection):
        yield {"unanswerable": question, "lang": lang}


def _columns(fact: Fact) -> dict[str, object]:
    source = fact.source
    whole = {"publisher": source.publisher, "title": source.title, "url": source.url, "published": source.published}
    return {column: whole[column] if column in whole else getattr(fact, column) for column in COLUMNS}
