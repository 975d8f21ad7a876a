"""What a question asks for: a time, a place, a person, a number … told by its question words in four languages.

Pure; a fact's ways of asking tell which kinds it answers, and the matcher compares.
"""

from __future__ import annotations

import re

# In order: of two that begin at the same place the earlier counts ("how long" before "how").
_PATTERNS = {
    "how_long": r"how long|how many (days|years|months|hours|minutes)|for how long|как долго|как надолго|на сколько|"
    r"сколько (дней|лет|месяцев|часов|времени)|(қанша|канша|неше) (жыл|күн|кун|уақыт|ай)\w*|чанд (сол|рӯз|руз|моҳ|вақт)\w*|то кай",
    "how_old": r"how old|what age|age|сколько (ему|ей) лет|возраст\w*|неше жаста|қанша жаста|жасы|чандсола|чанд сола|синн\w*",
    "how_many": r"how (many|often|much)|(what|which) (number|percentage|percent|amount|share)|number of|сколько|скока|как часто|как много|какое количество|"
    r"қанша\w*|канша\w*|неше\w*|қандай мөлшер\w*|чанд|чӣ қадар|якчанд",
    "when": r"when|whens|(what|which) (year|date|dates|day|days|month|century|decade|time)|since when|until when|how soon|date of|dates|"
    r"когда|кагда|каком году|в каком (месяце|веке)|какого числа|какие (дни|даты)|какой (день|год|даты)|дата|даты|"
    r"қашан\w*|кашан\w*|қай (күн|жыл|ай)\w*|күні|кай|кадом (сол|рӯз|руз|моҳ|сана)\w*|сана\w*|аз кай",
    "where": r"where|wheres|(what|which) (city|place|country|town|building|site|network)|в каком (городе|месте)|где|куда|откуда|какой (город|стране|страну)|"
    r"қайда\w*|кайда\w*|қай (жер|қала|ел)\w*|куҷо\w*|кучо\w*|кадом (шаҳр|кишвар|ҷой)\w*",
    "who": r"who|whos|whom|whose|which (person|politician|official|leader|president)|кто|кого|кому|кем|чей|чья|чье|чьему|кім\w*|ким|кимди|кӣ\w*|кист|киро",
    "why": r"why|how come|what for|reason\w*|почему|зачем|отчего|причин\w*|неге|не үшін|неліктен|себеб\w*|чаро|барои чӣ|сабаб\w*",
    "how": r"how|hows|как|каким образом|қалай|калай|чӣ тавр|чи тавр|чӣ гуна|чӣ хел",
    "what": r"what|whats|which|что|чего|чем|о чем|чё|че|какой|какая|какое|какие|каком|каких|какую|не|нені|қандай\w*|кандай\w*|қай|чӣ|чи|кадом",
}
_KINDS = {kind: re.compile(rf"\b(?:{pattern})\b") for kind, pattern in _PATTERNS.items()}


def kind_of(asked: str) -> str:
    """The kind of thing that a normalised question asks for, or "" where no question word tells.

    The first question word counts: "what is planned for when they meet" asks what.
    """
    found = [(match.start(), at, kind) for at, (kind, match) in enumerate(_searched(asked)) if match]
    return min(found)[2] if found else ""


def _searched(asked: str) -> list[tuple[str, re.Match[str] | None]]:
    return [(kind, pattern.search(asked)) for kind, pattern in _KINDS.items()]
