"""Running text to sentences, in English, Russian, Kazakh and Tajik.

A sentence ends at . ! ? or … before a space and a capital, a digit or a quotation mark, but not after initials
("К. Токаев"), abbreviations ("г. Душанбе", "Mr. Rahmon") or within a quotation that goes on. (pysbd is stale;
sentencex 1.0.32 cuts Russian, Kazakh and Tajik at initials and at "г.", "ш.", "др.")
"""

from __future__ import annotations

import re

_END = re.compile(r"[.!?…]+[\"”»’)\]]*(?=\s+[\"“„«(\[–—-]*\s*[^\W_])")
_WORD_BEFORE = re.compile(r"([^\W_]+(?:[.-][^\W_]+)*)\.$")
_NEXT = re.compile(r"\s+[\"“„«(\[–—-]*\s*([^\W_]+)")
_QUOTED = re.compile(r"«[^«»]{1,600}»|“[^“”\"]{1,600}[”\"]|„[^„“”]{1,600}[“”]|\"[^\"]{1,600}\"|\([^()]{1,300}\)")

# What never ends a sentence when a name or number follows.
_NAMES_FOLLOW = (
    "mr mrs ms dr prof gen lt col sgt capt maj sen rep gov pres st vs no nos fig rev hon mt messrs e.g i.e cf approx"
    " г-н г-жа им ул пл пр пер просп наб кв корп стр ст рис см ср напр акад проф доц ген полк подп кап мин зам пом"
    " т.е т.к т.н св оз пос дер обл р-н респ и.о и о врио изд ред англ рус тадж каз гос млрд млн тыс долл"
    " қ көш ауд обл ақ мыс"
    " ш н ноҳ вил кӯч ҷум дотс ғ"
)
_NEVER = frozenset(_NAMES_FOLLOW.split())
# What may end one: a beginning that is typical of sentences, or a capital after a figure, tells.
_OFTEN_WITHIN = "г гг в вв ж жж м с т.д т.п т.б т.ч др пр руб сом тг a.m p.m u.s u.k u.n e.u inc ltd co corp jr sr etc"
_MAY = frozenset(_OFTEN_WITHIN.split())
_LISTS_END = frozenset({"т.д", "т.п", "т.б", "a.m", "p.m", "etc"})
_MONTHS_CUT = "jan feb mar apr jun jul aug sep sept oct nov dec янв февр фев апр авг сент окт нояб дек"
_MONTHS = frozenset(_MONTHS_CUT.split())
_BEGINNINGS = (
    "the a an he she it they this these that those in on at by for from with after before but and however according"
    " its his их он она оно они это эти этот эта в на по с из за при после до но и а также однако как его её кроме"
    " ранее сейчас ол олар бұл осы сол оның сондай алайда кейін"
    " ӯ вай онҳо ин он дар ба аз бо баъд аммо ҳамчунин пас соли"
)
_STARTERS = frozenset(_BEGINNINGS.split())


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph in order, spaces within made single."""
    text = " ".join(paragraph.split())
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    found, begin = [], 0
    for match in _END.finditer(text):
        if match.end() > begin and _ends(text, match, begin, quoted):
            found.append(text[begin : match.end()].strip())
            begin = match.end()
    found.append(text[begin:].strip())
    return [sentence for sentence in found if sentence]


def _ends(text: str, match: re.Match[str], begin: int, quoted: list[tuple[int, int]]) -> bool:
    at = match.end()
    if any(left < match.start() and at < right for left, right in quoted):
        return False
    follower = _NEXT.match(text, at)
    following = follower.group(1) if follower else ""
    if following[:1].islower():
        return False
    mark = match.group()
    if not mark.startswith(".") or mark.startswith(".."):
        return True
    before = _WORD_BEFORE.search(text[begin : match.start() + 1])
    return not before or _word_may_end(before.group(1), following, text[begin : match.start()])


def _word_may_end(word: str, following: str, so_far: str) -> bool:
    """Whether a full stop after `word` ends the sentence that reads `so_far`, when `following` comes next."""
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
    if len(word) == 1 and word.isupper():
        return False  # an initial
    if word.isdigit() and len(so_far) == len(word):
        return False  # the number of a list
    return not ("." in word and not starts and not word[-1:].isdigit())
