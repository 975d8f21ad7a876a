"""Files to rows: what stands in a file of facts, with the place of each row; checks nothing but the format."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path


class LoadError(Exception):
    """Something that cannot be loaded; the message is one sentence that begins with its place."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds."""

    facts: list[dict[str, object]] = field(default_factory=list)
    concepts: list[tuple[str, str, list[str]]] = field(default_factory=list)
    """Concept, language, words."""
    unanswerable: list[tuple[str, str]] = field(default_factory=list)
    """Question, language."""


def read_toml(path: Path) -> Contents:
    """Facts, concepts and unanswerable questions of a TOML file; keys at the top hold for all.

    Raises LoadError.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise LoadError(f"{path}: {error}") from None
    defaults = {key: value for key, value in document.items() if isinstance(value, str)}
    facts = [{**defaults, "position": at, **fact} for at, fact in enumerate(document.get("facts", []))]
    concepts = [
        (name, lang, _split(words))
        for name, langs in document.get("concepts", {}).items()
        for lang, words in langs.items()
    ]
    unanswerable = [(line, lang) for lang, lines in document.get("unanswerable", {}).items() for line in _split(lines)]
    return Contents(
        [{**fact, "keywords": _split(str(fact.get("keywords", "")))} for fact in facts],
        concepts,
        unanswerable,
    )


def _split(listed: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for line in listed.splitlines() for part in line.split(";") if part.strip()))
