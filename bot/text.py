"""Words out of text, and terms out of words: one space in which languages, scripts and spellings meet.

A *term* is an ASCII string that stands for a word: its special letters folded, its ending taken off, its
script transliterated. Facts and questions go through the same functions, so that "Тоқаевтың", "Токаева"
and "Tokayev's" come out alike. Everything here is pure and knows nothing of facts, tables or concepts.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import snowballstemmer
from anyascii import anyascii

from bot.language import languages

NORMALISER_VERSION = 3
"""Goes up whenever the same text would give other terms: a table built with another version is refused."""

SHORTEST = 3
"""Letters of a Russian stem; what would be shorter stays as it is."""
MAX_WORDS = 200
"""Words of one text that are looked at; a question has ten, a long article sentence sixty."""

REMEMBERED = 8_000
"""Words whose terms are kept at hand: a few megabytes, also where strangers send ever new ones."""
KEPT_BELOW = 0x3000
"""The same for characters: those of all alphabets lie below, Chinese and what is rarer above."""
LONGEST = 40
"""Letters of a word that is kept; longer ones are nobody's."""

_ALIKE = str.maketrans("’‘ʼ`´ʻё", "'" * 6 + "е")
"""Apostrophes are typed in many ways, and ё mostly as е."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_KAZAKH = re.compile(r"[әөұүіңһ]")
_TAJIK = re.compile(r"[ӣӯҳҷ]")
_EITHER = re.compile(r"[қғ]")
_RUSSIAN = re.compile(r"[щэ]")

# Kazakh and Tajik letters are often typed as their plain Cyrillic neighbours: both become the plain one.
_PLAIN = str.maketrans("қғәөұүіңһҳҷӣӯ", "кгаоууинххчиу")

_ORDINAL = re.compile(r"^(\d+)(?:st|nd|rd|th|го|е|й|я|ого|ому|ым|ом|ға|ге|да|де|уми|юми|ум|юм)$")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{1,2})(?:-(\d{1,2}))?\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?\b")
_SHORT_YEAR = re.compile(r"\b(\d{1,2}\s+[^\W\d_]{3,}\.?\s+|[^\W\d_]{3,}\s+\d{1,2},?\s+)'?([3-9]\d)\b")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

_CONTRACTED = re.compile(r"\b(who|what|when|where|how|that|it|he|she|there)'?(?:s|re|d|ll)\b")
"""A question word with a verb run onto it ("whos"); the verb says nothing. Longer ones keep theirs ("heres")."""

_english = snowballstemmer.stemmer("english")
_russian = snowballstemmer.stemmer("russian")


def normalise(text: str) -> str:
    """`text` in NFKC and lower case, without control, format and loose combining characters; may be empty."""
    if text.isascii() and text.isprintable():  # most of the texts of a large load: nothing to compose or to leave out
        return text.lower().replace("`", "'").strip()
    text = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)
    text = unicodedata.normalize("NFKC", text)
    return text.translate(_SEEN).strip()


class _Seen(dict[int, int | str | None]):
    """What becomes of each character, worked out when it first occurs: kept, a space, or nothing."""

    def __missing__(self, code: int) -> int | str | None:
        category = unicodedata.category(chr(code))
        unseen = category in ("Cf", "Mn", "Me", "Cs", "Co")
        seen = " " if category == "Cc" else None if unseen else code
        if code < KEPT_BELOW:
            self[code] = seen
        return seen


_SEEN = _Seen()


def words(normalised: str) -> list[str]:
    """The words of a normalised text in order, at most `MAX_WORDS`; dates in figures are spelled out.

    "19.05.2021" becomes 19, may, 2021; "7 jan 93" becomes 7, jan, 1993; "19th" becomes 19.
    """
    found = []
    for word in _WORD.findall(_CONTRACTED.sub(r"\1", _spell_out_dates(normalised)))[:MAX_WORDS]:
        ordinal = _ORDINAL.match(word) if word[0].isdecimal() else None
        if ordinal:
            word = ordinal.group(1)
        elif "'" in word:
            word = word.removesuffix("'s").replace("'", "")
        found.append(word)
    return found


def _spell_out_dates(text: str) -> str:
    def iso(match: re.Match[str]) -> str:
        year, month, day = match.groups()
        return f"{day or ''} {_month(month)} {year}" if _month(month) else match.group()

    def day_first(match: re.Match[str]) -> str:
        day, month, year = match.groups()
        if not _month(month) or not 1 <= int(day) <= 31:
            return match.group()
        return f"{day} {_month(month)} {_full_year(year) if year else ''}"

    text = _DAY_FIRST.sub(day_first, _ISO_DATE.sub(iso, text))
    return _SHORT_YEAR.sub(lambda match: f"{match.group(1)}19{match.group(2)}", text)


def _month(number: str) -> str:
    return _MONTHS[int(number) - 1] if 1 <= int(number) <= 12 else ""


def _full_year(year: str) -> str:
    if len(year) == 4:
        return year
    return f"19{year}" if int(year) > 50 else f"20{year}"


def languages_by_letters(normalised: str) -> frozenset[str]:
    """The languages that a letter of the text belongs to alone, or (қ, ғ) to both Kazakh and Tajik; may be empty."""
    found = {
        lang for lang, letters in (("kk", _KAZAKH), ("tg", _TAJIK), ("ru", _RUSSIAN)) if letters.search(normalised)
    }
    return frozenset(found or ({"kk", "tg"} if _EITHER.search(normalised) else ()))


def is_cyrillic(word: str) -> bool:
    """Whether `word` has a Cyrillic letter."""
    return bool(_CYRILLIC.search(word))


def term(word: str, lang: str) -> str:
    """The term for a normalised `word`; `lang` says which endings a Cyrillic word may have."""
    return _term(word, lang) if len(word) <= LONGEST else _term.__wrapped__(word, lang)


@lru_cache(maxsize=REMEMBERED)
def _term(word: str, lang: str) -> str:
    if word.isdecimal():
        return "".join(str(unicodedata.decimal(digit)) for digit in word).lstrip("0") or "0"
    if not is_cyrillic(word):
        return _fold(_english.stemWord(anyascii(word).lower()))
    plain = word.translate(_PLAIN)
    if lang == "kk":
        stem = _strip(plain, languages()["kk"].strip)
    elif lang == "tg":
        stem = _strip(plain, languages()["tg"].strip)
    else:
        stem = _russian.stemWord(plain)
        stem = stem if len(stem) >= SHORTEST else plain  # "мая" is no "ма", "ноя" no "но"
    return _fold(anyascii(stem).lower())


def ends_like(word: str, lang: str) -> bool:
    """Whether a normalised Cyrillic `word` ends as words of `lang` often do; a hint only."""
    pattern = _typical(lang)
    return pattern is not None and bool(pattern.search(word))


@cache
def _typical(lang: str) -> re.Pattern[str] | None:
    known = next((one for code, one in languages().items() if code == lang), None)
    return re.compile(f"(?:{known.ending})$") if known and known.ending else None


def folded(word: str) -> str:
    """A normalised `word` in ASCII letters with its ending on: spellings meet, cases stay apart."""
    return _folded(word) if len(word) <= LONGEST else _folded.__wrapped__(word)


@lru_cache(maxsize=REMEMBERED)
def _folded(word: str) -> str:
    return _fold(anyascii(word.translate(_PLAIN)).lower())


def _strip(word: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return _strip(word[: -len(ending)], endings)
    return word


def _fold(ascii_word: str) -> str:
    """Spellings of one sound made one: Toqaev, Tokayev and Tokaev; Rakhmon and Rahmon; Zhaparov and Japarov."""
    word = re.sub(r"[^a-z0-9]", "", ascii_word)
    if word.isdecimal():
        return word
    word = word.replace("kh", "h").replace("dzh", "j").replace("zh", "j")
    word = re.sub(r"q(?!u)", "k", word)
    return re.sub(r"(?<=[aeiou])y(?=e)", "", word)


def terms(text: str, lang: str) -> list[str]:
    """The terms of any `text` in `lang`, in order."""
    return [found for word in words(normalise(text)) if (found := term(word, lang))]


def is_year(term: str) -> bool:
    """Whether a term is a year of the last century or this one."""
    return len(term) == 4 and term.isdecimal() and term[:2] in ("19", "20")


def trigrams(text: str) -> set[str]:
    """Runs of three characters of each word of `text`, with its edges marked; the whole word where shorter."""
    grams: set[str] = set()
    for word in text.split():
        edged = f" {word} "
        grams.update(edged[i : i + 3] for i in range(len(edged) - 2))
    return grams


def stopwords() -> frozenset[str]:
    """Terms of the words that say little about what a text is about, in all four languages."""
    return frozenset(term(word, lang) for lang, known in languages().items() for word in known.stopwords)


# Russian, Kazakh and Tajik typed in Latin letters, longest first: "skolko let" becomes "сколко лет".
_BACK = """
shch щ sch щ zh ж kh х ts ц ch ч sh ш yu ю ya я yo е ye е ey ей iy ий yi ы a а b б c ц d д e е f ф g г h х i и j ж k к
l л m м n н o о p п q к r р s с t т u у v в w в x х y й z з
"""
_BACK_PAIRS = dict(zip(_BACK.split()[::2], _BACK.split()[1::2], strict=True))
_BACK_PATTERN = re.compile("|".join(_BACK_PAIRS))


def to_cyrillic(word: str) -> str:
    """A Latin `word` as it would be spelled in Cyrillic letters."""
    return _BACK_PATTERN.sub(lambda match: _BACK_PAIRS[match.group()], word)
