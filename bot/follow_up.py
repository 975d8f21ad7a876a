"""Which question a message asks in a conversation: itself alone, or one that it takes from the question before.

dialogue.py tells how it might be meant; here each of these is read, and the one that is answered best is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot import dialogue, text
from bot.by_ways import Talk
from bot.by_words import covered
from bot.confidence import FOLLOW_UP_FROM, SUGGEST_FROM
from bot.index import Index
from bot.lexicon import NAME, PERSON
from bot.matcher import content_terms
from bot.model import Conversation, subject_of
from bot.query import Query, Token, analyse
from bot.reading import Reading

CLEARLY = 0.1
"""Confidence by which what was said before must help a question that is answered on its own."""
NAMELESS = 0.5
"""ByWays.nameless (0 to 1) from which a fact is one that is asked for by a name."""
CLOSE = 4
"""Places in a source up to which facts are likely to be talked of next."""

Read = Callable[..., Reading]
"""reading.read on the open table."""


def read_in_talk(index: Index, read: Read, asked: str, hint: str | None, conversation: Conversation) -> Reading:
    """The reading of a normalised question that is answered best; on its own unless it leans on what was said."""
    alone = read(asked, hint)
    words = " ".join(text.words(asked))
    if not conversation.last_question or not dialogue.leans(words):
        return alone
    lang = alone.query.lang
    said = analyse(index, dialogue.without_opener(words), lang)
    if not (alone.sure and alone.query.kind):
        swapped = [read(one, lang, FOLLOW_UP_FROM) for one in _swapped(index, said, conversation.last_question)]
        if swapped:
            return max(swapped, key=lambda reading: reading.best)
    talk = Talk(_near(index, conversation))
    piecing = replace(talk, said=frozenset(content_terms(index, said)))
    people = _people(index, conversation, lang)
    ways = dialogue.readings(words, conversation.last_question, [index.spelling(one, lang) for one in people])
    if alone.sure and not dialogue.has_pronoun(words):
        return read(ways.about, lang, FOLLOW_UP_FROM, talk) if _is_of_another(index, alone, said, people) else alone
    for named in ways.named:
        reading = read(named, lang, FOLLOW_UP_FROM, talk)
        if reading.sure:
            return reading
    if ways.carried:
        carried = read(ways.carried, lang, FOLLOW_UP_FROM, piecing)
        if carried.sure and _takes_up(index, carried, said):
            return carried
    if ways.only_named:
        return read(ways.named[0], lang, FOLLOW_UP_FROM, talk)
    others = [ways.joined, *([ways.about] if ways.about and _says_something_nameless(index, said) else [])]
    pieced = [read(one, lang, FOLLOW_UP_FROM, piecing) for one in others]
    joined = max((one for one in pieced if _takes_up(index, one, said)), key=lambda one: one.best, default=alone)
    is_near = alone.sure and subject_of(alone.found[0][1].id) in talk.near
    least = alone.best + (CLEARLY if is_near else -CLEARLY) if alone.sure else max(alone.best, SUGGEST_FROM)
    return joined if joined.best >= least else alone


def _swapped(index: Index, said: Query, before: str) -> list[str]:
    """The question `before` with other names or times in it, where a message says nothing but those.

    "And of Kyrgyzstan?" after "Who is the president of Tajikistan?" takes the place of Tajikistan.
    """
    content = content_terms(index, said)
    told = [token for token in said.tokens if token.term in content and not dialogue.is_filler(token.written)]
    sorts = [_sort(index, token) for token in told]
    if not all(sorts) or not told:
        return []
    asked = analyse(index, before, said.lang)
    found = [before]
    for sort in dict.fromkeys(sorts):
        new = [token.written for token, one in zip(told, sorts, strict=True) if one == sort]
        old = [token for token in asked.tokens if _sort(index, token) == sort]
        both = {token.term: token.written for token in old}
        if len(new) == 1 and len(both) == 2 and both.keys() & {token.term for token in told}:
            found = [dialogue.exchanged(one, *both.values()) for one in found]
        else:
            written = [token.written for token in old]
            found = [other for one in found for other in dialogue.swapped(one, written, new)]
    return [one for one in dict.fromkeys(found) if one != before]


def _sort(index: Index, token: Token) -> str:
    """What a word is that another of its sort may take the place of; empty for most words."""
    if token.term.startswith(PERSON):
        return "person"
    if token.term.startswith(NAME):
        return "name"
    if text.is_year(token.term):
        return "year"
    return "month" if token.term in index.months else ""


def _near(index: Index, conversation: Conversation) -> frozenset[str]:
    """The subjects of the facts stated last, and of those close to them in their source."""
    found: set[str] = set()
    for fact_id in conversation.last_facts:
        for version in index.versions(fact_id)[:1]:
            place = version.fact.position
            close = (one.fact for one in index.neighbours(version) if abs(one.fact.position - place) <= CLOSE)
            found.update(subject_of(fact.id) for fact in close)
    return frozenset(found)


def _people(index: Index, conversation: Conversation, lang: str) -> list[str]:
    """The people spoken of last, as terms: those asked about, then those in the facts stated.

    After a question for a person that says more than whose name it asks about, those whom the answer named come first,
    the rarest in the table before others.
    """
    before = analyse(index, conversation.last_question, lang)
    asked = [term for term in before.terms if term.startswith(PERSON)]
    told = [
        term
        for fact_id in conversation.last_facts[:1]
        for version in index.versions(fact_id)
        if version.fact.lang == (conversation.lang or lang)
        for term in version.order
        if term.startswith(PERSON)
    ]
    new = sorted((term for term in told if term not in asked), key=index.vocabulary.rarity, reverse=True)
    only = all(term.startswith(PERSON) for term in content_terms(index, before))
    order = [*new, *asked] if before.kind == "who" and not only else [*asked, *new]
    return list(dict.fromkeys(order))


def _is_of_another(index: Index, reading: Reading, said: Query, people: list[str]) -> bool:
    """Whether a message that names nobody leads to a fact about somebody else than the one spoken of."""
    best = reading.found[0][1]
    if not people or not best.ways or best.ways.nameless < NAMELESS or any(one.startswith(NAME) for one in said.terms):
        return False
    names = index.names(subject_of(best.id))
    return any(one.startswith(PERSON) for one in names) and people[0] not in names


def _takes_up(index: Index, reading: Reading, said: Query) -> bool:
    """Whether the best fact holds most of what was said in the message itself, not just in the question before."""
    content = content_terms(index, said)
    versions = index.versions(reading.found[0][1].id) if reading.found else []
    terms = frozenset[str]().union(*(version.terms for version in versions))
    return covered(content, terms) >= sum(content.values()) / 2


def _says_something_nameless(index: Index, said: Query) -> bool:
    """Whether a message holds more than a question word, but no name."""
    content = content_terms(index, said)
    return bool(content) and not any(term.startswith(NAME) for term in content)
