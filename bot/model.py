"""The words that the rest of the bot speaks in: frozen values, no behaviour worth the name.

A question goes in, a reply comes out; a reply is one of Answer, Suggestion, Unknown and Courtesy. Not
knowing is a value (`Unknown`), never an exception or None. How replies are worded is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Lang = Literal["en", "ru", "kk", "tg"]
LANGS: tuple[Lang, ...] = ("en", "ru", "kk", "tg")

ACCOUNT = "--"
"""In the id of a fact: before it stands the subject, after it whose account of the subject this is."""

CourtesyKind = Literal["greeting", "thanks", "goodbye", "wellbeing", "abilities", "apology"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was published."""

    publisher: str
    """Who published it, e.g. "Asia-Plus"; may be empty when there is a url."""
    title: str = ""
    url: str = ""
    """Its address (http or https), or empty."""
    published: str = ""
    """ISO date, also month or year alone ("2021-05-05", "2021-05", "2021"), or empty."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement that stands on its own, in one language."""

    id: str
    """Shared by the same fact's languages; matches [A-Za-z0-9_-]{1,40}. Facts that differ only from `ACCOUNT` on tell
    the same thing as others have it, and are told together."""
    lang: str
    """Two-letter code; the interface speaks `LANGS`, facts may be in any language."""
    text: str
    source: Source
    keywords: tuple[str, ...] = ()
    """Words and whole ways of asking that lead to this fact."""
    topic: str = ""
    attribution: str = ""
    """Who said it there, or empty when the publisher itself did."""
    as_of: str = ""
    """ISO date for which a changing figure holds, or empty."""
    position: int = 0
    """Place within its source, from 0; neighbours help the ranking."""

    def __hash__(self) -> int:
        """Quick, as replies are looked up with all the facts in them."""
        return hash((self.id, self.lang))


def subject_of(fact_id: str) -> str:
    """What a fact tells of: its id, or the beginning of it that it shares with other accounts of the same thing."""
    return fact_id.partition(ACCOUNT)[0] or fact_id


@dataclass(frozen=True, slots=True)
class Question:
    """What a person wrote, and when."""

    text: str
    asked_at: datetime
    """Aware of its time zone."""
    language_hint: str | None = None
    """A language code from outside the text (the user's choice, Telegram's language_code), or None."""


@dataclass(frozen=True, slots=True)
class Match:
    """A fact with its score for a question."""

    fact: Fact
    score: float
    """Ranks matches of one question, higher is better; no probability, not comparable between questions."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One to three facts that answer the question."""

    lang: Lang
    confidence: float
    """0 to 1: the estimated probability that the best match answers the question."""
    facts: tuple[Match, ...]
    """What is stated, best first; a sentence that leans on others stands after them."""
    matches: tuple[Match, ...] = ()
    """The best ten candidates, whatever was stated."""
    also: tuple[Match, ...] = ()
    """Facts of other times that may be meant where the question names none; offered, not stated."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Up to three facts to choose from; nothing is claimed."""

    lang: Lang
    confidence: float
    facts: tuple[Match, ...]
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """The table does not hold it, or the question was not understood."""

    lang: Lang
    confidence: float = 0.0
    understood: tuple[str, ...] = ()
    """Names in the question that the table has facts about, as they are spelled."""
    not_understood: tuple[str, ...] = ()
    """Words of the question that no fact covers, as the asker wrote them; weightiest first."""
    examples: tuple[str, ...] = ()
    """Up to three questions in `lang` that the table does answer, the nearest first."""
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Courtesy:
    """A greeting, thanks and the like: a kind word back, no fact."""

    lang: Lang
    kind: CourtesyKind
    examples: tuple[str, ...] = ()
    """As in Unknown; shown where the kind asks for it (abilities, greeting)."""


Reply = Answer | Suggestion | Unknown | Courtesy


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is remembered of a talk, so that "and when?" can be understood. Empty at the start."""

    last_question: str = ""
    last_asked_at: datetime | None = None
    last_facts: tuple[str, ...] = ()
    """Ids of the facts stated last, best first."""
    told: tuple[str, ...] = field(default=())
    """Ids of all facts stated since the subject last changed, for "tell me more"."""
    lang: Lang | None = None
    """The language of the last reply, for turns too short to tell."""
