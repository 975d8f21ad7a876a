"""The interface's sentences, plural forms and dates, in the four languages, from `locales/*.toml`.

A sentence is plain text with named places; markup and replies are `wording`'s. A language is read when it is
first spoken. Month names stand in the same files: Babel's import takes longer than a whole answer does, and
its Tajik has neither word forms nor order. A test compares with Babel what Babel has.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

from bot.model import LANGS, Lang

_FOLDER = Path(__file__).parent / "locales"
_ISO = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")
_MONTH_FORMS = {"month": "months", "inflected": "inflected"}
"""Places in a date's pattern, and the forms that fill them: bare, and as it stands with a day or case."""

CommandScope = Literal["commands", "group_commands"]


@cache
def _locale(lang: str) -> dict[str, Any]:
    with (_FOLDER / f"{lang}.toml").open("rb") as file:
        return tomllib.load(file)


def spoken(lang: str) -> Lang | None:
    """`lang` where the interface speaks it, else None."""
    return next((known for known in LANGS if known == lang), None)


def sentence(key: str, lang: Lang, **values: object) -> str:
    """The sentence `key` in `lang` with `values` in their places, as plain text.

    Where it has plural forms (`facts`), the number `n` chooses. Whole numbers are grouped as the language does it.
    KeyError where there is no such sentence or a value is missing.
    """
    found = _locale(lang)[key]
    if isinstance(found, dict):
        found = found[plural(int(str(values["n"])), lang)]
    said = {name: number(value, lang) if isinstance(value, int) else value for name, value in values.items()}
    return str(found).format_map(said)


def number(n: int, lang: Lang) -> str:
    """A whole number with its thousands apart: "1,000,000" in English, with spaces that don't break elsewhere."""
    return f"{n:,}" if lang == "en" else f"{n:,}".replace(",", "\N{NO-BREAK SPACE}")


def plural(n: int, lang: Lang) -> str:
    """The plural form of a noun after `n`, by CLDR's name; Kazakh and Tajik nouns keep one form."""
    n = abs(n)
    if lang == "en":
        return "one" if n == 1 else "other"
    if lang != "ru":
        return "other"
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    return "few" if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else "many"


def commands(lang: Lang, scope: CommandScope = "commands") -> list[tuple[str, str]]:
    """Telegram's command menu: names and descriptions, in order; for private chats or for groups."""
    return list(_locale(lang)[scope].items())


def date_words(iso: str, lang: Lang) -> str:
    """An ISO date, month or year in words: "5 May 2021", "май 2021 года". Anything else comes back as is."""
    return _date(iso, lang, "")


def as_of_words(iso: str, lang: Lang) -> str:
    """As `date_words`, for a figure that holds at that time: "as of May 2021"."""
    return _date(iso, lang, "as_of_")


def _date(iso: str, lang: Lang, prefix: str) -> str:
    match = _ISO.fullmatch(iso)
    if not match:
        return iso
    dates = _locale(lang)["dates"]
    year, month, day = match.groups()
    values = {"year": year}
    if month:
        values |= {place: dates[forms][int(month) - 1] for place, forms in _MONTH_FORMS.items()}
    if day:
        values["day"] = str(int(day))
    pattern: str = dates[prefix + ("day" if day else "month" if month else "year")]
    return pattern.format_map(values)


def names_date(text: str, iso: str, lang: Lang) -> bool:
    """Whether `text` names the month and year of an ISO date, or the year where it is one alone."""
    match = _ISO.fullmatch(iso)
    if not match:
        return iso in text
    year, month, _ = match.groups()
    if not month:
        return re.search(rf"\b{year}\b", text) is not None
    bare = _locale(lang)["dates"]["months"][int(month) - 1]
    name = re.sub("ь$", "", re.sub("й$", "[йяею]", bare)) + r"\w*"  # май, мая; сентябрь, сентября
    between = r"\W+(?:\w+\W+){0,2}"  # "майи соли 2021", "2021 жылғы 5 мамырда"; far from 2021, "may" is a verb
    pattern = rf"\b{name}{between}{year}\b|\b{year}{between}{name}"
    return re.search(pattern, text, re.IGNORECASE) is not None
