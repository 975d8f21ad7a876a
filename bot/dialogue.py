"""What a follow-up refers to: "and when?", "who invited him?", "а где?". Pure.

A question may lean on the one before it. This module tells whether it may, and rewrites it in the ways that it
could be meant; which of them is meant is decided by how well each is answered (answering.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.language import alternatives
from bot.model import Conversation

FORGET_AFTER = timedelta(minutes=30)
SHORT = 3
"""A question of no more words than this may be an ellipsis."""

_OPENER = re.compile(rf"^(?:{alternatives('dialogue', 'opener')})\b[\s,]*")
_THEY = re.compile(rf"\b(?:{alternatives('dialogue', 'they')})\b")
_HE = re.compile(rf"\b(?:{alternatives('dialogue', 'he')})\b")
_IT = re.compile(rf"\b(?:{alternatives('dialogue', 'it')})\b")
_MORE = re.compile(rf"^(?:{alternatives('dialogue', 'more')})$")


def remembered(conversation: Conversation, now: datetime) -> Conversation:
    """The conversation, or an empty one when its last turn is too long ago (`FORGET_AFTER`)."""
    last = conversation.last_asked_at
    if last is None or now - last > FORGET_AFTER:
        return Conversation(lang=conversation.lang)
    return conversation


def wants_more(words: str) -> bool:
    """Whether a message (normalised words with single spaces) only asks to go on."""
    return bool(_MORE.match(words))


def leans(words: str) -> bool:
    """Whether a question (normalised words with single spaces) may lean on the one before it."""
    return bool(_OPENER.match(words)) or has_pronoun(words) or len(words.split()) <= SHORT


def has_pronoun(words: str) -> bool:
    """Whether a question has a word that stands for something said before."""
    bare = _OPENER.sub("", words)
    return any(pattern.search(bare) for pattern in (_THEY, _HE, _IT))


def readings(words: str, before: str, people: Sequence[str]) -> tuple[list[str], str]:
    """Ways to read a leaning question as one that stands alone: with people named, likeliest first; and joined.

    `before` is the question that it leans on; `people` are those spoken of, likeliest first. "They" are the first two
    of them, "he" is each in turn; anything else that is missing stands in the question before, which is joined to it.
    """
    bare = _OPENER.sub("", words)
    named = []
    if _THEY.search(bare) and len(people) > 1:
        named.append(_THEY.sub(f"{people[0]} {people[1]}", bare, count=1))
    elif _HE.search(bare):
        named += [_HE.sub(one, bare, count=1) for one in people]
    return named, f"{_without_pronouns(bare)} {before}".strip()


def _without_pronouns(bare: str) -> str:
    for pattern in (_THEY, _HE, _IT):
        bare = pattern.sub("", bare)
    return " ".join(bare.split())
