"""What a follow-up refers to: "and when?", "who invited him?", "а где?". Pure.

A question may lean on the one before it. This module tells whether it may, and rewrites it in the ways that it
could be meant; which of them is meant is decided by how well each is answered (answering.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.kinds import kind_of, question_words
from bot.language import alternatives
from bot.model import Conversation

FORGET_AFTER = timedelta(minutes=30)
SHORT = 3
"""A question of no more words than this, fillers aside, may be an ellipsis."""

_OPENER = re.compile(rf"^(?:{alternatives('dialogue', 'opener')})\b[\s,]*")
_THEY = re.compile(rf"\b(?:{alternatives('dialogue', 'they')})\b")
_HE = re.compile(rf"\b(?:{alternatives('dialogue', 'he')})\b")
_IT = re.compile(rf"\b(?:{alternatives('dialogue', 'it')})\b")
_FILLER = re.compile(rf"^(?:{alternatives('dialogue', 'filler')})$")
_MORE = re.compile(rf"^(?:{alternatives('dialogue', 'more')})$")


def remembered(conversation: Conversation, now: datetime) -> Conversation:
    """The conversation, or an empty one when its last turn is too long ago (`FORGET_AFTER`)."""
    last = conversation.last_asked_at
    if last is None or now - last > FORGET_AFTER:
        return Conversation(lang=conversation.lang)
    return conversation


def is_filler(words: str) -> bool:
    """Whether words (normalised) say nothing beside a name or a time: "what about the *year* 2022"."""
    return bool(_FILLER.match(words))


def wants_more(words: str) -> bool:
    """Whether a message (normalised words with single spaces) only asks to go on."""
    return bool(_MORE.match(words))


def without_opener(words: str) -> str:
    """A question (normalised words with single spaces) without the "and" or "but" that it begins with."""
    return _OPENER.sub("", words)


def leans(words: str) -> bool:
    """Whether a question (normalised words with single spaces) may lean on the one before it."""
    told = [word for word in words.split() if not is_filler(word)]
    return bool(_OPENER.match(words)) or has_pronoun(words) or len(told) <= SHORT


def has_pronoun(words: str) -> bool:
    """Whether a question has a word that stands for something said before."""
    bare = without_opener(words)
    return any(pattern.search(bare) for pattern in (_THEY, _HE, _IT))


@dataclass(frozen=True, slots=True)
class Readings:
    """Ways to read a leaning question as one that stands alone."""

    named: list[str]
    """With people in place of "he" or "they", likeliest first."""
    only_named: bool
    """Whether nothing else can be meant: "he" is one of those spoken of, or nobody."""
    carried: str
    """With the question word of the question before ("and the embassy?"), or empty where it has one of its own."""
    joined: str
    """With the question before, which may say what is missing; without its question word where this has its own."""
    about: str
    """With the likeliest person in front ("and when elected?"), or empty where a pronoun stands for what was said."""


def readings(words: str, before: str, people: Sequence[str]) -> Readings:
    """The ways to read a question that leans on the one `before`.

    `people` are those spoken of, likeliest first: "they" are the first two, "he" is each in turn.
    """
    bare = without_opener(words)
    named = []
    if _THEY.search(bare) and len(people) > 1:
        named.append(_THEY.sub(f"{people[0]} {people[1]}", bare, count=1))
    elif _HE.search(bare):
        named += [_HE.sub(one, bare, count=1) for one in people]
    asked = question_words(before)
    asking = "" if kind_of(bare) or has_pronoun(bare) else asked
    said = _without_pronouns(bare)
    rest = before.replace(asked, " ", 1) if asked and not asking else before
    return Readings(
        named=named,
        only_named=bool(named) and not _THEY.search(bare),
        carried=f"{asking} {bare}" if asking and bare else "",
        joined=" ".join(f"{said} {rest}".split()),
        about=f"{people[0]} {bare}" if people and bare and not has_pronoun(bare) else "",
    )


def swapped(before: str, old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The question `before` with `new` words in the place of `old` ones: each for each, or one for any of them."""
    if len(new) == 1:
        return [_replaced(before, {one: new[0]}) for one in old]
    return [_replaced(before, dict(zip(old, new, strict=True)))] if len(old) == len(new) else []


def exchanged(before: str, one: str, other: str) -> str:
    """The question `before` with two of its words in each other's place."""
    return _replaced(before, {one: other, other: one})


def _replaced(question: str, words: Mapping[str, str]) -> str:
    """The question with words in the place of others, wherever they stand."""
    pattern = "|".join(rf"\b{re.escape(one)}\b" for one in words)
    return re.sub(pattern, lambda match: words[match.group()], question)


def _without_pronouns(bare: str) -> str:
    for pattern in (_THEY, _HE, _IT):
        bare = pattern.sub("", bare)
    return " ".join(bare.split())
