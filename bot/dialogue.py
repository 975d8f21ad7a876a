"""What a follow-up refers to: "and when?", "who invited him?", "а где?". Pure.

A question may lean on the one before it. This module tells whether it may, and rewrites it in the ways that it
could be meant; which of them is meant is decided by how well each is answered (answering.py).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.model import Conversation

FORGET_AFTER = timedelta(minutes=30)
SHORT = 3
"""A question of no more words than this may be an ellipsis."""

_OPENER = re.compile(
    r"^(?:and|but|so|then|what about|how about|also|ok and|а|и|но|ну а|а что насчет|а как же|тогда|ал|және|сонда|онда|ва|пас|чӣ хел|дар бораи)\b[\s,]*"
)
_PRONOUN = re.compile(
    r"\b(?:he|him|his|she|her|hers|it|its|they|them|their|theirs|this|that|those|these|there|then|one of them|the same|the two|both|the former|the latter"
    r"|он|его|ему|им|нем|него|нему|она|ее|ей|оно|они|их|них|ним|этот|эта|это|эти|этого|этом|тот|там|туда|тогда"
    r"|ол|оның|оны|оған|онда|олар|олардың|оларды|бұл|бұны|сол|сонда"
    r"|ӯ|ӯро|ӯву|вай|вайро|он|онро|онҳо|инҳо|ин|инро|онҷо|он ҷо)\b"
)
_MORE = re.compile(
    r"^(?:(?:and |please |can you )?(?:tell me more|more|more please|go on|continue|what else|anything else|more details|details|more info|tell me more about (?:it|this|that|him|them))"
    r"|(?:а |и )?(?:еще|ещё|подробнее|расскажи (?:еще|подробнее|больше)|расскажите (?:еще|подробнее|больше)|что еще|что ещё|дальше|продолжай|больше)"
    r"|(?:тағы|тағы не|толығырақ|көбірек айт|тағы айт|жалғастыр|тағы айтшы)|(?:боз|боз чӣ|муфассалтар|бештар гӯй|давом деҳ|дигар чӣ|бештар))(?: пожалуйста| please)?$"
)


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
    return bool(_OPENER.match(words) or _PRONOUN.search(words) or len(words.split()) <= SHORT)


def has_pronoun(words: str) -> bool:
    """Whether a question has a word that stands for something said before."""
    return bool(_PRONOUN.search(_OPENER.sub("", words)))


def readings(words: str, conversation: Conversation, names: tuple[str, ...]) -> list[str]:
    """Ways to read a leaning question as one that stands alone, likeliest first.

    `names` are those in the facts stated last: a pronoun may mean each of them.
    """
    bare = _OPENER.sub("", words)
    filled = [_PRONOUN.sub(name, bare, count=1) if _PRONOUN.search(bare) else f"{bare} {name}" for name in names]
    before = conversation.last_question
    return [*dict.fromkeys([*filled, " ".join([*_PRONOUN.sub("", bare).split(), before]).strip()])]
