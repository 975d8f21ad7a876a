"""Hello, thanks, goodbye: what a message says besides asking, in four languages. Pure.

A message that is nothing but courtesy gets a kind word back; a greeting in front of a question is no part of it.
"""

from __future__ import annotations

import re
from functools import cache

from bot.language import alternatives, languages
from bot.model import LANGS, CourtesyKind, Lang

_ORDER: tuple[CourtesyKind, ...] = ("abilities", "wellbeing", "apology", "thanks", "goodbye", "greeting")


def get_ready() -> None:
    """Make the patterns, some 50 milliseconds of work, before the first message asks for one or the other."""
    _opening()
    for kind in _ORDER:
        for langs in (LANGS, *((lang,) for lang in LANGS)):
            _phrase(kind, langs)


def courtesy_of(words: str) -> CourtesyKind | None:
    """The kind of courtesy of which a message wholly consists, or None.

    `words` are the message's words, normalised, with single spaces between. Where it says several things ("hello,
    how are you"), the one that most wants an answer counts.
    """
    found = _kinds(words, LANGS)
    return next((kind for kind in _ORDER if kind in found), None)


def language_of(words: str, hint: str | None) -> Lang | None:
    """The language of a message that is nothing but courtesy, or None; `hint` is a language code that decides
    where the same phrase is said in several.
    """
    spoken = [lang for lang in LANGS if _kinds(words, (lang,))]
    return next((lang for lang in spoken if lang == hint), spoken[0] if spoken else None)


def _kinds(words: str, langs: tuple[Lang, ...]) -> set[CourtesyKind]:
    """The kinds of courtesy of which a message consists in these languages; none where it says anything else."""
    rest, found = words, set()
    while rest:
        kind = max(_ORDER, key=lambda one: _longest(one, langs, rest))  # "good morning" is no praise
        length = _longest(kind, langs, rest)
        if not length:
            return set()
        found.add(kind)
        rest = rest[length:].strip()
    return found


def _longest(kind: CourtesyKind, langs: tuple[Lang, ...], rest: str) -> int:
    """How many characters of `rest` a phrase of this kind takes, ending at a word's end; 0 for none."""
    match = _phrase(kind, langs).match(rest)
    return match.end() if match else 0


def without_opening(normalised: str) -> str:
    """A normalised message without the greeting or thanks that it opens with."""
    rest = _opening().sub("", normalised)
    return rest if rest.strip(" ?!.,") else normalised


@cache
def _phrase(kind: CourtesyKind, langs: tuple[Lang, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:{_either(kind, langs)}){_address()}(?= |$)")


@cache
def _opening() -> re.Pattern[str]:
    phrases = f"{_either('greeting', LANGS)}|{_either('thanks', LANGS)}"
    return re.compile(rf"^(?:(?:{phrases}){_address()}[\s,.!–—-]+)+", re.IGNORECASE)


@cache
def _address() -> str:
    return rf"(?: (?:{alternatives('courtesy', 'address')}))*"


def _either(kind: CourtesyKind, langs: tuple[Lang, ...]) -> str:
    return "|".join(phrase for lang in langs for phrase in languages()[lang].courtesy[kind])
