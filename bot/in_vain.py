"""What was asked in vain, grouped: similar wordings together, those asked most often first.

Where the questions come from is state.py's, how groups are printed the caller's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot import similar
from bot.state import InVain


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask for nearly the same."""

    question: str
    """The wording asked most often, the shortest of several."""
    lang: str
    times: int
    not_it: int
    """How often of these an answer was given and was none."""
    last: int
    """When it was asked last, in Unix seconds."""
    nearest: tuple[str, ...]
    """Ids of the nearest facts, the one named most often first."""
    wordings: tuple[str, ...]
    """All wordings, those asked most often first."""


def grouped(asked: Sequence[InVain]) -> list[Group]:
    """The groups of what was asked; a language has groups of its own."""
    groups = []
    for lang in sorted({one.lang for one in asked}):
        here = [one for one in asked if one.lang == lang]
        counts = Counter(one.text for one in here)
        texts = sorted(counts, key=lambda text: (-counts[text], len(text), text))
        of = {text: number for number, texts_ in enumerate(similar.gathered(texts)) for text in texts_}
        members: dict[int, list[InVain]] = {}
        for one in here:
            members.setdefault(of[one.text], []).append(one)
        groups += [_group(lang, found) for found in members.values()]
    return sorted(groups, key=lambda group: (-group.times, -group.last, group.question))


def _group(lang: str, asked: Sequence[InVain]) -> Group:
    counts = Counter(one.text for one in asked)
    wordings = sorted(counts, key=lambda text: (-counts[text], len(text), text))
    first = Counter(fact for one in asked for fact in one.nearest[:1])
    others = Counter(fact for one in asked for fact in one.nearest)
    return Group(
        question=wordings[0],
        lang=lang,
        times=len(asked),
        not_it=sum(one.why == "not it" for one in asked),
        last=max(one.at for one in asked),
        nearest=tuple(sorted(others, key=lambda fact: (-first[fact], -others[fact], fact)))[:3],
        wordings=tuple(wordings),
    )
