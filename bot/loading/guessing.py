"""The language of a statement that doesn't say: by its letters, else by its small words."""

from __future__ import annotations

import re

from bot import text
from bot.language import languages
from bot.model import Lang

_LATIN = re.compile(r"[a-z]")
_ACCENTED = re.compile(r"[ß-öø-ɏ]")
_CYRILLIC: tuple[Lang, ...] = ("ru", "kk", "tg")  # of two that are as likely, the earlier


def language_of(statement: str) -> str:
    """One of en, ru, kk and tg, or empty where neither letters nor words tell."""
    normalised = text.normalise(statement)
    words = normalised.split()
    if text.is_cyrillic(normalised):
        by_letters = text.languages_by_letters(normalised)
        possible = [lang for lang in _CYRILLIC if lang in by_letters] or list(_CYRILLIC)
        small = {lang: frozenset(languages()[lang].stopwords) for lang in possible}
        return max(possible, key=lambda lang: sum(word in small[lang] for word in words))
    if not _LATIN.search(normalised):
        return ""
    accents = len(_ACCENTED.findall(statement.lower()))
    if not accents or any(word in languages()["en"].stopwords for word in words):
        return "en"
    return "en" if accents <= 2 and len(words) < 4 else ""
