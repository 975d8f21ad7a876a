"""CSV and TSV to rows, each with its line; checks nothing but the format."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from bot.loading.inputs import MAX_LINE, Input
from bot.loading.rows import COLUMNS, LoadError, Problem, Row
from bot.loading.saying import shortened, unknown_column

_MARKS = {"csv": ",", "tsv": "\t"}


def separated(source: Input, lines: Iterable[str]) -> Iterator[Row | Problem]:
    """The rows of a file: CSV as in RFC 4180, TSV with the same quotes. Raises LoadError."""
    csv.field_size_limit(MAX_LINE)
    mark = _MARKS[source.format]
    reader = csv.reader(_marked(source, lines, mark), delimiter=mark, strict=True)
    header: list[str] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            if "new-line character" in str(error):
                raise LoadError(
                    f"{source.shown}:{line}: holds a carriage return (CR) without a line feed (LF) after it; save the"
                    " file with the line ends of Windows or Unix, or put quotes around the cell."
                ) from None
            raise LoadError(
                f"{source.shown}:{line}: {error}; check the quotes of this row, and that it is {source.format.upper()}."
            ) from None
        if cells is None:
            break
        if not header:
            if cells:
                header = _header(source, line, cells)
        elif any(cell.strip() for cell in cells):
            yield _cells(header, line, cells)
    if not header:
        raise LoadError(f"{source.shown}: has no header; its first line must name the columns.")


def _marked(source: Input, lines: Iterable[str], mark: str) -> Iterator[str]:
    """The lines. Raises LoadError where the header has another mark between its columns, as spreadsheets may write."""
    others = {";": "semicolons", ",": "commas (add --format csv)", "\t": "tabs (add --format tsv)"}
    rest = iter(lines)
    header = next(rest, "")
    for other, called in others.items():
        cells = [cell.strip(' "\r\n') for cell in header.split(other)]
        if mark not in header and len(cells) > 1 and set(cells) & {*COLUMNS, "sep="}:
            raise LoadError(
                f"{source.shown}:1: its columns are separated by {called}, those of {source.format.upper()} are by"
                f" {others[mark].split()[0]}; save it so and load it again."
            )
    yield header
    yield from rest


def _header(source: Input, line: int, cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    for name in names:
        if name not in COLUMNS:
            raise LoadError(f"{source.shown}:{line}: {unknown_column(name)}")
        if names.count(name) > 1:
            raise LoadError(f"{source.shown}:{line}: {name}: stands twice in the header; take one out.")
    if "text" not in names:
        raise LoadError(f"{source.shown}:{line}: text: this column is missing; every fact needs it.")
    return names


def _cells(header: list[str], line: int, cells: list[str]) -> Row | Problem:
    if len(cells) > len(header):
        extra = cells[len(header)]
        return Problem(
            line,
            f"{header[-1]}: {len(cells)} cells, but the header has {len(header)}: “{shortened(extra)}” stands in none;"
            " put quotes around a cell that has the separator in it.",
        )
    if len(cells) < len(header):
        return Problem(
            line,
            f"{header[len(cells)]}: {len(cells)} cells, but the header has {len(header)}; add the missing ones, empty"
            " if need be.",
        )
    return Row(line, dict(zip(header, cells, strict=True)))
