"""From a row as it stands in a file to a fact, or to what is wrong with it and how to mend it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

from bot.loading.formats import split_list
from bot.loading.guessing import language_of
from bot.loading.saying import shortened, shown, unknown_column
from bot.model import Fact, Source

MAX_TEXT = 1_000
"""Characters of a statement: three of them and their sources fit into a Telegram message (4,096)."""
MAX_CELL = 500
"""Characters of a title, an attribution, a way of asking …"""
MAX_URL = 2_000
MAX_KEYWORDS = 2_000
MAX_POSITION = 2**31 - 1

_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_LANG = re.compile(r"[a-z]{2}")
_CONCEPT = re.compile(r"[a-z0-9_]{1,60}")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NUMBERS = frozenset({"id", "as_of", "published"})
"""Columns whose JSON value may be a whole number: a year, say."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A fact that may be loaded."""

    fact: Fact
    placed: bool
    """Whether the row gave its position."""


class Wrong(Exception):
    """A cell that cannot be loaded: "COLUMN: what is wrong; how to mend it"."""


def check_fact(values: Mapping[str, object], defaults: Mapping[str, str]) -> tuple[Checked | None, list[str]]:
    """The fact in a row, `defaults` standing in for what it lacks; else None and what is wrong, a sentence a cell."""
    cells = dict(defaults)
    keywords: tuple[str, ...] = ()
    position = None
    wrong = []
    for column, value in values.items():
        try:
            if column == "keywords":
                keywords = _keywords(value)
            elif column == "position":
                position = _position(value)
            elif column not in _CHECKS:
                raise Wrong(unknown_column(column))
            elif cell := _plain(column, value):
                cells[column] = _CHECKS[column](column, cell)
        except Wrong as error:
            cells[column] = ""
            wrong.append(str(error))
    wrong.extend(_missing(cells, wrong))
    if wrong:
        return None, wrong
    get = cells.get
    source = Source(get("publisher", ""), get("title", ""), get("url", ""), get("published", ""))
    fact = Fact(
        get("id") or derived_id(source, cells["text"]),
        cells["lang"],
        cells["text"],
        source,
        keywords,
        get("topic", ""),
        get("attribution", ""),
        get("as_of", ""),
        position or 0,
    )
    return Checked(fact, position is not None), wrong


def _missing(cells: dict[str, str], wrong: list[str]) -> Iterator[str]:
    """What a row lacks, where nothing has been said of that column yet; guesses the language."""
    told = {one.partition(":")[0] for one in wrong}
    if not cells.get("text"):
        if "text" not in told:
            yield "text: is empty; every row needs a statement."
    elif not cells.get("lang") and "lang" not in told:
        cells["lang"] = language_of(cells["text"])
        if not cells["lang"]:
            yield "lang: cannot be told from the text; add it: en, ru, kk, tg or another two-letter code."
    if not (cells.get("publisher") or cells.get("url") or told & {"publisher", "url"}):
        yield "publisher: is empty, and url too; a fact needs its source: give one of them."


def derived_id(source: Source, text: str) -> str:
    """The id of a statement that has none: 80 bits of a hash over its text and its source's url, or name and title."""
    origin = source.url or f"{source.publisher}\n{source.title}"
    return hashlib.blake2b(f"{origin}\n{text}".encode(), digest_size=10).hexdigest()


def check_defaults(given: Mapping[str, str | None]) -> dict[str, str]:
    """What the command line says of all rows, checked as a row's cells are. Raises Wrong."""
    return {
        column: _CHECKS[column](column, cleaned)
        for column, value in given.items()
        if value is not None and (cleaned := _plain(column, value))
    }


def check_concept(values: Mapping[str, object]) -> tuple[str, str, list[str]]:
    """The name, language and words of a concept. Raises Wrong."""
    _only(values, {"concept", "lang", "words"})
    name, words = _plain("concept", values["concept"]), values.get("words")
    if not _CONCEPT.fullmatch(name):
        raise Wrong(f"concept: “{shortened(name)}” is no name of a concept; use a to z, 0 to 9 and _.")
    lang = _lang("lang", _plain("lang", values.get("lang")))
    listed = split_list(words) if isinstance(words, str) else words
    if not isinstance(listed, list) or not all(isinstance(word, str) and word.strip() for word in listed):
        raise Wrong(f"words: of the concept {name} ({lang}) are no words; separate them by “;”.")
    if not listed:
        raise Wrong(f"words: the concept {name} ({lang}) has none; add some, separated by “;”.")
    return name, lang, [_cell("words", _plain("words", word)) for word in listed]


def check_unanswerable(values: Mapping[str, object]) -> tuple[str, str]:
    """A question that no fact answers, and its language. Raises Wrong."""
    _only(values, {"unanswerable", "lang"})
    question = _cell("unanswerable", _plain("unanswerable", values["unanswerable"]))
    if not question:
        raise Wrong("unanswerable: is empty; write the question.")
    return question, _lang("lang", _plain("lang", values.get("lang")))


def _only(values: Mapping[str, object], known: set[str]) -> None:
    for name in values:
        if name not in known:
            raise Wrong(f"{shortened(name)}: no such key here; there are {', '.join(sorted(known))}.")


def _plain(column: str, value: object) -> str:
    """A cell as text on one line, composed (NFC); empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and column in _NUMBERS:
        value = shown(value)
    if not isinstance(value, str):
        raise Wrong(f"{column}: “{shown(value)}” is no text; put it in quotes.")
    unseen = _UNSEEN.search(value)
    if unseen:
        raise Wrong(f"{column}: holds the control character U+{ord(unseen.group()):04X}; take it out.")
    line = " ".join(value.split())
    return line if line.isascii() else unicodedata.normalize("NFC", line)


def _text(column: str, value: str) -> str:
    if len(value) > MAX_TEXT:
        raise Wrong(f"{column}: is {len(value):,} characters long, at most {MAX_TEXT:,} are allowed; split it.")
    if not any(map(str.isalnum, value)):
        raise Wrong(f"{column}: “{shortened(value)}” has no word in it; write a statement.")
    return value


def _cell(column: str, value: str) -> str:
    if len(value) > MAX_CELL:
        raise Wrong(f"{column}: is {len(value):,} characters long, at most {MAX_CELL} are allowed; shorten it.")
    return value


@lru_cache(maxsize=10_000)
def _url(column: str, value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in value
    except ValueError:
        good = False
    if not good or len(value) > MAX_URL:
        raise Wrong(
            f"{column}: “{shortened(value)}” is no http or https address; write it like https://example.org/page."
        )
    return value


def _date(column: str, value: str) -> str:
    if _DATE.fullmatch(value) and value.isascii():
        try:
            date.fromisoformat(value + "-01-01"[len(value) - 10 :] if len(value) < 10 else value)
        except ValueError:
            raise Wrong(f"{column}: “{value}” is no day that there is; check it.") from None
        return value
    raise Wrong(f"{column}: “{shortened(value)}” is no date; write 2021-05-19, 2021-05 or 2021.")


def _id(column: str, value: str) -> str:
    if not _ID.fullmatch(value):
        raise Wrong(
            f"{column}: “{shortened(value)}” is no id; use 1 to 40 letters a to z, digits, _ and -, or leave it empty."
        )
    return value


def _lang(column: str, value: str) -> str:
    if not _LANG.fullmatch(value):
        raise Wrong(f"{column}: “{shortened(value)}” is no language; write a two-letter code such as en, ru, kk or tg.")
    return value


def _position(value: object) -> int | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    number = value
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdecimal() and len(value) < 20:
        number = int(value)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= MAX_POSITION:
        raise Wrong(f"position: “{shown(value)}” is no place; write a whole number from 0, or leave it empty.")
    return number


def _keywords(value: object) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    listed = value
    if isinstance(value, str):
        listed = _json_list(value) if value.lstrip().startswith("[") else split_list(_keep_lines(value))
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise Wrong("keywords: are no list of texts; write them with “;” between, or as a JSON list of texts.")
    if len(listed) > MAX_KEYWORDS:
        raise Wrong(f"keywords: are {len(listed):,}, at most {MAX_KEYWORDS:,} are allowed; take some out.")
    cleaned = (_cell("keywords", _plain("keywords", one)) for one in listed)
    return tuple(dict.fromkeys(one for one in cleaned if one))


def _keep_lines(value: str) -> str:
    unseen = _UNSEEN.search(value)
    if unseen:
        raise Wrong(f"keywords: hold the control character U+{ord(unseen.group()):04X}; take it out.")
    return value


def _json_list(value: str) -> object:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise Wrong(
            "keywords: begin with [ and yet are no JSON list; mend it, or write them with “;” between."
        ) from None


_CHECKS: dict[str, Callable[[str, str], str]] = {
    "id": _id,
    "lang": _lang,
    "text": _text,
    "topic": _cell,
    "attribution": _cell,
    "as_of": _date,
    "publisher": _cell,
    "title": _cell,
    "url": _url,
    "published": _date,
}
"""What a cell that isn't empty must be, by column; keywords and position apart."""
