"""Running text to sentences, in English, Russian, Kazakh and Tajik.

A sentence ends at . ! ? or … before a space and a capital, a digit or a quotation mark, but not after initials
("К. Токаев"), abbreviations ("г. Душанбе", "Mr. Rahmon") or within a quotation that goes on. (pysbd is stale;
sentencex 1.0.32 cuts Russian, Kazakh and Tajik at initials and at "г.", "ш.", "др.")
"""

from __future__ import annotations

import re
from bisect import bisect_left

from bot.language import languages

_END = re.compile(r"[.!?…]+[\"”»’)\]]*(?=\s+[\"“„«(\[–—-]*\s*[^\W_])")
_WORD_BEFORE = re.compile(r"([^\W_]+(?:[.-][^\W_]+)*)\.$")
_NEXT = re.compile(r"\s+[\"“„«(\[–—-]*\s*([^\W_]+)")
_QUOTED = re.compile(r"«[^«»]{1,600}»|“[^“”\"]{1,600}[”\"]|„[^„“”]{1,600}[“”]|\"[^\"]{1,600}\"|\([^()]{1,300}\)")


def _words(name: str) -> frozenset[str]:
    return frozenset(word for language in languages().values() for word in language.sentences[name])


_NEVER = _words("within")
_MAY = _words("often_within") | _words("lists_end")
_LISTS_END = _words("lists_end")
_MONTHS = _words("months_cut")
_STARTERS = _words("beginnings")
_LOOKED_BACK = 80
"""Characters before a full stop that tell whether it ends the sentence; a paragraph may have millions."""


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph in order, spaces within made single."""
    text = " ".join(paragraph.split())
    quoted = [match.span() for match in _QUOTED.finditer(text)]  # in order, and none within another
    found, begin = [], 0
    for match in _END.finditer(text):
        if match.end() > begin and _ends(text, match, begin, quoted):
            found.append(text[begin : match.end()].strip())
            begin = match.end()
    found.append(text[begin:].strip())
    return [sentence for sentence in found if sentence]


def _ends(text: str, match: re.Match[str], begin: int, quoted: list[tuple[int, int]]) -> bool:
    at = match.end()
    before_here = bisect_left(quoted, (match.start(),))
    if before_here and at < quoted[before_here - 1][1]:
        return False
    follower = _NEXT.match(text, at)
    following = follower.group(1) if follower else ""
    if following[:1].islower():
        return False
    mark = match.group()
    if not mark.startswith(".") or mark.startswith(".."):
        return True
    so_far = text[max(begin, match.start() - _LOOKED_BACK) : match.start()]
    before = _WORD_BEFORE.search(so_far + ".")
    return not before or _word_may_end(before.group(1), following, so_far)


def _word_may_end(word: str, following: str, so_far: str) -> bool:
    """Whether a full stop after `word` ends the sentence that reads (or ends) `so_far`, when `following` comes."""
    small = word.lower()
    starts = following.lower() in _STARTERS
    if small in _NEVER:
        return False
    if small in _MONTHS:
        return not following[:1].isdigit()
    if small in _MAY:
        if following[:1].isdigit():
            return False
        after_figure = so_far[: -len(word)].rstrip()[-1:].isdigit()
        return starts or (after_figure and following[:1].isupper()) or small in _LISTS_END
    if len(word) == 1 and (word.isupper() or following[:1].isdigit()):
        return False  # an initial, or "д. 5"
    if word.isdigit() and len(so_far) == len(word):
        return False  # the number of a list
    return not ("." in word and not starts and not word[-1:].isdigit())
