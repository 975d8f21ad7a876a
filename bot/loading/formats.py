"""Files of facts to rows: CSV, TSV, JSON, NDJSON and TOML, each with its line; checks nothing but the format.

JSON, NDJSON and TOML may hold concepts and unanswerable questions too (see README); CSV and TSV hold facts only.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NoReturn

from bot.loading.inputs import MAX_LINE, PIECE, Input
from bot.loading.rows import COLUMNS, LoadError, Problem, Row
from bot.loading.saying import shortened, unknown_column
from bot.loading.separated import separated

_SPACE = re.compile(r"[ \t\r\n]*")
_TOML_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")
_TOML_FACT = re.compile(r"\s*\[\[\s*facts\s*\]\]")
_DIGITS = 100
"""Of a whole number in JSON; Python itself refuses to read some thousands."""


def rows_of(source: Input, lines: Iterable[str]) -> Iterator[Row | Problem]:
    """The rows of a file of facts. Raises LoadError where nothing more can be read."""
    readers = {"csv": separated, "tsv": separated, "json": _json, "ndjson": _ndjson, "toml": _toml}
    yield from readers[source.format](source, lines)


class _BadJson(ValueError):
    """JSON that is well formed and yet no row of ours."""


def _constant(name: str) -> NoReturn:
    raise _BadJson(f"{name} is no value for a fact; leave it out or write null")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _BadJson(f"“{shortened(twice)}” stands twice in one object; take one out")
    return made


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise _BadJson(f"“{shortened(digits)}” is no number for a fact; put it in quotes or take it out")
    return int(digits)


_DECODER = json.JSONDecoder(parse_constant=_constant, parse_int=_integer, object_pairs_hook=_pairs)


def _row(line: int, value: object) -> Row | Problem:
    if not isinstance(value, dict):
        return Problem(line, f'“{shortened(json.dumps(value, ensure_ascii=False))}” is no object; write {{"text": …}}.')
    if "concept" in value:
        return Row(line, value, "concept")
    if "unanswerable" in value:
        return Row(line, value, "unanswerable")
    return Row(line, value)


def _ndjson(source: Input, lines: Iterable[str]) -> Iterator[Row | Problem]:
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            yield _row(number, _DECODER.decode(line))
        except json.JSONDecodeError as error:
            yield Problem(number, f"column {error.colno}: {error.msg}; each line must be one JSON object.")
        except _BadJson as error:
            yield Problem(number, f"{error}.")
        except RecursionError:
            yield Problem(number, "JSON nested too deeply; a fact is a flat object.")


def _json(source: Input, pieces: Iterable[str]) -> Iterator[Row | Problem]:
    """An array of objects, or one object; read piece by piece, so that the file's size doesn't matter."""
    text = _Pieces(pieces)
    many = text.take("[")
    more = not (many and text.take("]"))
    while more:
        text.skip()
        line = text.line
        try:
            yield _row(line, text.value())
        except json.JSONDecodeError as error:
            raise LoadError(
                f"{source.shown}:{line + error.lineno - 1}: {error.msg} (column {error.colno}); mend the JSON here."
            ) from None
        except _BadJson as error:
            raise LoadError(f"{source.shown}:{line}: {error}.") from None
        except RecursionError:
            raise LoadError(f"{source.shown}:{line}: JSON nested too deeply; a fact is a flat object.") from None
        more = many and not text.take("]")
        if more and not text.take(","):
            raise LoadError(f"{source.shown}:{text.line}: a comma or ] is missing here; is the file complete?")
    if text.skip():
        raise LoadError(
            f"{source.shown}:{text.line}: more JSON after the end; for an object a line use --format ndjson."
        )


class _Pieces:
    """JSON text that is read on when the value at hand is not complete."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = iter(pieces)
        self._text = ""
        self._at = 0
        self.line = 1
        """Of the place that is read next."""

    def skip(self) -> bool:
        """Pass over spaces; False at the end of the text."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._move(match.end() if match else self._at)
            if self._at < len(self._text):
                return True
            if not self._more():
                return False

    def take(self, char: str) -> bool:
        """Pass over spaces, and over `char` if it comes next."""
        if self.skip() and self._text.startswith(char, self._at):
            self._move(self._at + 1)
            return True
        return False

    def value(self) -> object:
        """The value that begins here. Raises JSONDecodeError (its places count from here), _BadJson, RecursionError."""
        wanted = 0
        while True:
            try:
                found, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                # Whether it is wrong or only incomplete is known from more text; each try has twice as much.
                wanted = max(PIECE, 2 * wanted)
                if len(self._text) - self._at > MAX_LINE or not self._more(wanted):
                    raise json.JSONDecodeError(error.msg, self._text[self._at :], error.pos - self._at) from None
            else:
                if end < len(self._text) or not self._more():  # else a number might go on
                    self._move(end)
                    return found

    def _move(self, to: int) -> None:
        self.line += self._text.count("\n", self._at, to)
        self._at = to

    def _more(self, wanted: int = 1) -> bool:
        """Read on by `wanted` characters or more; False at the end of the text."""
        new: list[str] = []
        while wanted > 0 and (piece := next(self._pieces, "")):
            new.append(piece)
            wanted -= len(piece)
        self._text = self._text[self._at :] + "".join(new)
        self._at = 0
        return bool(new)


def _toml(source: Input, lines: Iterable[str]) -> Iterator[Row | Problem]:
    """Tables facts, concepts and unanswerable; columns at the top hold for every fact."""
    listed = list(lines)
    try:
        document = tomllib.loads("".join(listed).replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        where = f"{source.shown}:{place.group(1)}" if place else source.shown
        raise LoadError(f"{where}: {_TOML_PLACE.sub('', str(error))}; mend the TOML here.") from None
    except ValueError:  # of Python's int: more digits than it reads
        raise LoadError(f"{source.shown}: holds a number that is too long for a fact; take it out.") from None
    except RecursionError:
        raise LoadError(f"{source.shown}: TOML nested too deeply; a fact is a flat table.") from None
    known = {"facts", "concepts", "unanswerable"}
    for name in document.keys() - known - set(COLUMNS):
        line = next((number for number, line in enumerate(listed, 1) if line.startswith(name)), 0)
        yield Problem(line, unknown_column(name))
    defaults = {name: value for name, value in document.items() if name in COLUMNS}
    begins = [number for number, line in enumerate(listed, 1) if _TOML_FACT.match(line)]
    facts = document.get("facts", [])
    for at, fact in enumerate(facts if isinstance(facts, list) else [facts]):
        line = begins[at] if len(begins) == len(facts) else 0
        if isinstance(fact, dict):
            yield Row(line, {key: _plain(value) for key, value in {**defaults, "position": at, **fact}.items()})
        else:
            yield Problem(line, "facts: holds something else than tables; write [[facts]].")
    yield from _toml_beside(document)


def _toml_beside(document: dict[str, object]) -> Iterator[Row | Problem]:
    concepts, unanswerable = document.get("concepts", {}), document.get("unanswerable", {})
    for name, langs in (concepts if isinstance(concepts, dict) else {"": concepts}).items():
        if not isinstance(langs, dict):
            yield Problem(
                0, f"concepts.{name}: holds no languages; write [concepts.NAME] and a line for each language."
            )
            continue
        for lang, words in langs.items():
            yield Row(0, {"concept": name, "lang": lang, "words": words}, "concept")
    for lang, questions in (unanswerable if isinstance(unanswerable, dict) else {"": unanswerable}).items():
        for question in split_list(questions) if isinstance(questions, str) else [questions]:
            yield Row(0, {"unanswerable": question, "lang": lang}, "unanswerable")


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def split_list(listed: str) -> list[str]:
    """The parts of a list written with ";" or a line each, without empty and repeated ones."""
    parts = (" ".join(part.split()) for line in listed.splitlines() for part in line.split(";"))
    return list(dict.fromkeys(part for part in parts if part))
