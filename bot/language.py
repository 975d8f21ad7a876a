"""What the bot knows of each language that it reads: one file a language in bot/languages/, and their union here.

Words are in lower case; phrases are regular expressions. A language that is added there is read everywhere.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.model import LANGS, Lang

_FOLDER = Path(__file__).parent / "languages"

Phrases = dict[str, list[str]]
"""Name -> alternatives, each a regular expression."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language's words and phrases."""

    stopwords: tuple[str, ...]
    """Words that say little about what a text is about."""
    personal: frozenset[str]
    """Words with which people speak of themselves, or ask for a favour."""
    months: tuple[str, ...]
    """How the names of months begin."""
    ending: str
    """Endings typical of the language, as a regular expression; a hint, may be empty."""
    strip: tuple[str, ...]
    """Endings to take off, longest first, in plain letters; empty where a stemmer does it."""
    kinds: Phrases
    """Question words by the kind of thing asked for, in the order in which they count."""
    courtesy: Phrases
    """Greetings, thanks and the like by kind, and how one is addressed."""
    dialogue: Phrases
    """Words that lean on what was said before."""
    sentences: Phrases
    """How sentences of an article begin, end and lean on each other; all but `leaning` and `said` are plain words."""


@cache
def languages() -> dict[Lang, Language]:
    """All languages by code."""
    return {lang: _read(lang) for lang in LANGS}


def _read(lang: str) -> Language:
    with (_FOLDER / f"{lang}.toml").open("rb") as file:
        found = tomllib.load(file)
    return Language(
        stopwords=tuple(found["stopwords"].split()),
        personal=frozenset(found["personal"].split()),
        months=tuple(found["months"].split()),
        ending=found.get("ending", ""),
        strip=tuple(found.get("strip", "").split()),
        kinds=found["kinds"],
        courtesy=found["courtesy"],
        dialogue=found["dialogue"],
        sentences=found["sentences"],
    )


def alternatives(part: str, name: str) -> str:
    """The phrases called `name` of one part ("kinds", "courtesy" …) of all languages, as one expression."""
    phrases = (getattr(language, part)[name] for language in languages().values())
    return "|".join(phrase for listed in phrases for phrase in listed)
