"""Opening what is to be loaded: files and standard input, as lines of text, with the place of whatever is no text.

Reads line by line, so that a file of any size takes little memory. What the lines mean is formats.py's and
articles.py's.
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bot.loading.progress import Bar
from bot.loading.rows import LoadError

STDIN = "-"
MAX_LINE = 8 * 1024 * 1024
"""Bytes of one line; a fact's sentence has a few hundred. More is no text of ours, and memory is bounded."""

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".toml": "toml",
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
}
"""Endings of file names, and the format each stands for."""
NAMES = tuple(dict.fromkeys(FORMATS.values()))
ARTICLES = ("text", "markdown", "html")

PIECE = 64 * 1024
"""Bytes of JSON that are read at once."""

_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK\x03\x04": "", b"\x1f\x8b": "", b"%PDF": ""}
"""How files begin that are no UTF-8 text: by encoding, or empty for binary ones."""


@dataclass(frozen=True, slots=True)
class Input:
    """Something to load."""

    name: str
    """As given on the command line; "-" is standard input."""
    format: str
    """One of `NAMES`."""

    @property
    def shown(self) -> str:
        """The name in messages."""
        return "standard input" if self.name == STDIN else self.name

    @property
    def size(self) -> int:
        """Bytes, or 0 where unknown."""
        try:
            return 0 if self.name == STDIN else Path(self.name).stat().st_size
        except OSError:
            return 0


def input_of(name: str, chosen: str | None) -> Input:
    """The input with that name, in the `chosen` format or the one that its ending stands for. Raises LoadError."""
    if chosen:
        return Input(name, chosen)
    if name == STDIN:
        raise LoadError(f"Standard input has no ending that tells its format: add --format ({', '.join(NAMES)}).")
    found = FORMATS.get(Path(name).suffix.lower())
    if not found:
        if not Path(name).exists():
            raise LoadError(f"{name}: there is no such file; check the name.")
        if Path(name).is_dir():
            raise LoadError(f"{name}: this is a folder; name the files in it.")
        raise LoadError(f"{name}: its ending tells no format; add --format ({', '.join(NAMES)}).")
    return Input(name, found)


def lines(source: Input, bar: Bar) -> Iterator[str]:
    """The lines of the input with their ends; a byte order mark is taken off. Raises LoadError.

    JSON comes in pieces of any length, as it may stand on one line.
    """
    try:
        if source.name == STDIN and sys.stdin is None:
            raise LoadError(f"{source.shown}: is closed; pipe something into it.")
        if source.name == STDIN:
            yield from _decoded(source, sys.stdin.buffer, bar)
        else:
            with Path(source.name).open("rb") as file:
                yield from _decoded(source, file, bar)
    except FileNotFoundError:
        raise LoadError(f"{source.name}: there is no such file; check the name.") from None
    except IsADirectoryError:
        raise LoadError(f"{source.name}: this is a folder; name the files in it.") from None
    except OSError as error:
        raise LoadError(f"{source.shown}: cannot be read ({error.strerror}); check its permissions.") from None


def _decoded(source: Input, file: IO[bytes], bar: Bar) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset, number, at_once = 0, 1, PIECE if source.format == "json" else MAX_LINE
    while raw := file.readline(at_once):
        if not offset:
            _look(source, raw)
        if len(raw) == MAX_LINE and not raw.endswith(b"\n"):
            raise LoadError(
                f"{source.shown}:{number}: a line of more than {MAX_LINE // 1024 // 1024} MB; is this a text file?"
            )
        begun = offset - len(decoder.getstate()[0])
        offset += len(raw)
        try:
            text = decoder.decode(raw)
        except UnicodeDecodeError as error:
            raise _no_utf8(source, number, begun + error.start, error.object[error.start]) from None
        yield text.removeprefix("\ufeff") if not begun else text
        number += raw.endswith(b"\n")
        bar(offset)
    if decoder.getstate()[0]:
        raise _no_utf8(source, number, offset - 1, decoder.getstate()[0][0])
    if not offset:
        raise LoadError(f"{source.shown}: is empty; there is nothing to load.")


def _no_utf8(source: Input, line: int, offset: int, byte: int) -> LoadError:
    return LoadError(
        f"{source.shown}:{line}: byte {offset + 1:,} (0x{byte:02X}) is not UTF-8; save the file with the encoding"
        " UTF-8 and load it again."
    )


def _look(source: Input, beginning: bytes) -> None:
    """Raises LoadError where the first line shows that this is no UTF-8 text."""
    for mark, encoding in _MARKS.items():
        if beginning.startswith(mark) and encoding:
            raise LoadError(f"{source.shown}: its encoding is {encoding}; save it as UTF-8 and load it again.")
        if beginning.startswith(mark):
            raise LoadError(f"{source.shown}: is a binary file, no text; load CSV, TSV, JSON, NDJSON or an article.")
    if b"\0" in beginning[:8192]:
        raise LoadError(f"{source.shown}: is a binary file, no text; load CSV, TSV, JSON, NDJSON or an article.")
