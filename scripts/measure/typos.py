"""Misspells questions as hasty fingers do, the same at each run."""

from __future__ import annotations

import random
import re

CHANCE = 0.3
"""That a word is misspelled."""
LEAST = 4
"""Letters that a word needs to be misspelled."""
_WORD = re.compile(rf"[^\W\d_]{{{LEAST},}}")
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщыьэюя"


def misspelled(question: str, chance: random.Random) -> str:
    """The question, where each word of `LEAST` letters and more got one random edit with a chance of `CHANCE`."""
    return _WORD.sub(lambda word: edited(word.group(), chance) if chance.random() < CHANCE else word.group(), question)


def edited(word: str, chance: random.Random) -> str:
    """The word with one letter left out, put in, replaced, or changed places with the next; never the same word."""
    letters = _CYRILLIC if re.search("[а-яё]", word, re.IGNORECASE) else _LATIN
    while True:
        at = chance.randrange(len(word))
        letter = chance.choice(letters)
        new = chance.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            )
        )
        if new != word:
            return new
