"""One way to read a question, and the facts that it leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot import text
from bot.by_ways import ALONE, Talk
from bot.confidence import ANSWER_FROM, confidence
from bot.index import Index
from bot.lexicon import NAME
from bot.matcher import Scored, rank
from bot.query import Query, analyse

BRIEF = 2
"""Words, or concepts, of a message that asks for something by its name alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One way to read a question, with the facts that it leads to; equal to itself alone."""

    query: Query
    asked: str
    """Its words, normalised."""
    found: tuple[tuple[float, Scored], ...]
    """Facts with their confidence (0 to 1), best first."""
    enough: float = ANSWER_FROM
    """Confidence from which the best is stated."""

    @property
    def best(self) -> float:
        """The confidence of the best fact; 0 where there is none."""
        return self.found[0][0] if self.found else 0.0

    @property
    def brief(self) -> bool:
        """Whether it is a word or two that the best fact holds, and too little to tell what is asked of it."""
        plain = any(not token.distance or token.term.startswith(NAME) for token in self.query.tokens)
        if not self.found or len(self.query.tokens) > BRIEF or not plain:
            return False
        best = self.found[0][1]
        return best.ways is not None and best.ways.lead > 0 and best.cover.share == 1.0 and best.cover.held > 0

    @property
    def sure(self) -> bool:
        """Whether the best fact is stated."""
        return self.best >= self.enough


def read(index: Index, asked: str, hint: str | None, enough: float = ANSWER_FROM, talk: Talk = ALONE) -> Reading:
    """The reading of a normalised question as it stands. `hint`: see query.analyse; `talk`: see by_ways.Talk."""
    query = analyse(index, asked, hint)
    return Reading(query, " ".join(text.words(asked)), judged(query, rank(index, query, talk)), enough)


def judged(query: Query, matches: list[Scored]) -> tuple[tuple[float, Scored], ...]:
    """The matches with their confidence, best first.

    Confidence compares a fact judged by its ways of asking with one judged by its words. Among those of a kind the
    score ranks, and none is surer than those before it.
    """
    found, ceiling = [], {True: 1.0, False: 1.0}
    for match in matches:
        of_ways = match.ways is not None
        ceiling[of_ways] = min(confidence(query, match), ceiling[of_ways])
        found.append((ceiling[of_ways], match))
    return tuple(sorted(found, key=lambda pair: -pair[0]))


_ASKING = (
    "when who whom where how what which why at on in after когда кто кого где сколько какой какое какие как через"
    " қашан кім қайда қанша кай кӣ куҷо чанд кадом"
)
_JOINT = re.compile(rf",? (?:and|и|а|және|ал|ва) (?=(?:{_ASKING.replace(' ', '|')})\b)")


def parts(asked: str) -> list[str]:
    """The questions of which a message consists, where it has more than one."""
    found = _JOINT.split(asked)
    return found if len(found) > 1 else []
