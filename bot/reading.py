"""One way to read a question, and the facts that it leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.confidence import ANSWER_FROM, confidence
from bot.matcher import Scored
from bot.query import Query


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a question, with the facts that it leads to."""

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
    def sure(self) -> bool:
        """Whether the best fact is stated."""
        return self.best >= self.enough


def judged(query: Query, matches: list[Scored]) -> tuple[tuple[float, Scored], ...]:
    """The matches with their confidence, best first.

    Confidence compares a fact judged by its ways of asking with one judged by its words. Among the latter the score
    ranks, and none is surer than those before it.
    """
    found, ceiling = [], 1.0
    for match in matches:
        sure = confidence(query, match)
        if match.words:
            sure = ceiling = min(sure, ceiling)
        found.append((sure, match))
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
