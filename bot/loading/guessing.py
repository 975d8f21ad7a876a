"""The language of a statement that doesn't say: by its letters, else by its small words."""

from __future__ import annotations

import re

from bot import text

_SMALL = {
    "ru": "и в на с по о об за из от до для при не но что как это его её был была было были он она они к у же",
    "kk": "және мен бен пен үшін туралы бойынша кейін болды болып деп деді ол оның бұл екі ел еді жылы",
    "tg": "ва дар ба аз бо барои ки ин он буд шуд аст мебошад соли кард карда бар то ҳам",
    "en": "the of in and to a is was for on at by with from as that his its were are be has had it he she",
}
_WORDS = {lang: frozenset(listed.split()) for lang, listed in _SMALL.items()}
_LATIN = re.compile(r"[a-z]")
_ACCENTED = re.compile(r"[ß-öø-ɏ]")


def language_of(statement: str) -> str:
    """One of en, ru, kk and tg, or empty where neither letters nor words tell."""
    normalised = text.normalise(statement)
    if text.is_cyrillic(normalised):
        found = text.script_language(normalised)
        if found and found != "en":
            return found
        words = normalised.split()
        votes = {lang: sum(word in _WORDS[lang] for word in words) for lang in ("ru", "kk", "tg")}
        return max(votes, key=lambda lang: votes[lang])  # Russian where nothing tells
    if not _LATIN.search(normalised):
        return ""
    accents, words = len(_ACCENTED.findall(statement.lower())), normalised.split()
    if any(word in _WORDS["en"] for word in words) or not accents:
        return "en"
    return "en" if accents <= 2 and len(words) < 4 else ""
