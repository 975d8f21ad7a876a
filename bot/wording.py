"""From a reply to what a person reads: plain text, or the HTML that Telegram takes, in the reply's language.

The fact comes first, its source after it; facts of one source share its line. What a fact or a question says
is escaped, shortened where it would burst a message, and otherwise left alone. Which reply to give and how a
message is sent is decided elsewhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape

from bot.model import Answer, Courtesy, Fact, Lang, Reply, Source, Suggestion, Unknown
from bot.sentences import as_of_words, commands, date_words, names_date, plural, sentence, spoken

__all__ = [
    "address",
    "clip",
    "commands",
    "counted",
    "escape",
    "example_list",
    "fact_labels",
    "fact_text",
    "offered_labels",
    "plain",
    "plural",
    "sentence",
    "source_html",
    "source_line",
    "sources_html",
    "sources_text",
    "title",
    "to_html",
    "to_text",
]

MESSAGE_UNITS = 4096
"""Telegram's limit after entities are parsed, in UTF-16 units: core.telegram.org/bots/api#sendmessage."""
LABEL_UNITS = 64
"""A button's label; a phone shows some forty of them in a row, Telegram itself sets no limit."""
_LINE_UNITS = 160
"""A line of a list, a publisher or who said it: two lines on a phone are three at most here."""
_WORD_UNITS = 40
_WORDS = 3
"""Words of the question that an Unknown says back."""
_URL_UNITS = 800
"""A longer address is left out: three of them with their facts must fit into a message."""


def to_text(reply: Reply) -> str:
    """`reply` as plain text of at most `MESSAGE_UNITS`; a source's address stands on its own line."""
    match reply:
        case Answer():
            return _answer(reply, _block_text) + _also(reply)
        case Suggestion():
            labels = [
                f"{i}. {label}"
                for i, label in enumerate(fact_labels([match.fact for match in reply.facts], _LINE_UNITS), 1)
            ]
            return "\n".join([sentence("did_you_mean", reply.lang), "", *labels])
        case Unknown():
            return _with_examples(_unknown(reply), reply.examples, reply.lang)
        case Courtesy():
            shown = reply.examples if reply.kind in ("greeting", "abilities") else ()
            return _with_examples(sentence(reply.kind, reply.lang), shown, reply.lang)


def to_html(reply: Reply, *, brief: bool = False) -> str:
    """`reply` as HTML of the kind Telegram takes; `brief` leaves the examples out, as suits a group."""
    if isinstance(reply, Answer):
        return _answer(reply, _block_html) + escape(_also(reply))
    if brief and isinstance(reply, Unknown | Courtesy):
        reply = replace(reply, examples=())
    return escape(to_text(reply))


def offered_labels(reply: Suggestion | Answer) -> list[str]:
    """What stands on the buttons for what a reply offers to choose, in its order: at most `LABEL_UNITS` each."""
    offered = reply.facts if isinstance(reply, Suggestion) else reply.also
    return fact_labels([match.fact for match in offered])


def fact_labels(facts: Sequence[Fact], units: int = LABEL_UNITS) -> list[str]:
    """What stands on buttons that lead to these facts: their questions, at most `units` each.

    That is a fact's first keyword where it is a question (and no other fact's), else its text.
    """
    firsts = [next(iter(fact.keywords), "") for fact in facts]
    labels = []
    for fact, first in zip(facts, firsts, strict=True):
        good = first.rstrip().endswith("?") and firsts.count(first) == 1
        labels.append(clip(plain(first if good else fact.text), units))
    return labels


def fact_text(fact: Fact, lang: Lang) -> str:
    """The fact's text, with the time it holds for where the text itself does not name it."""
    spoken_lang = spoken(fact.lang) or lang
    if not fact.as_of or names_date(fact.text, fact.as_of, spoken_lang):
        return fact.text
    body = fact.text.removesuffix(".")
    return f"{body} ({as_of_words(fact.as_of, spoken_lang)}){fact.text[len(body) :]}"


def source_html(source: Source, lang: Lang, attribution: str = "") -> str:
    """One line in HTML: who said it, the publisher as a link, the date."""
    name = _linked(escape(_publisher(source)), source)
    return _source_line(escape(attribution), name, escape(date_words(source.published, lang)), lang)


def source_line(source: Source, lang: Lang, attribution: str = "") -> str:
    """The same as plain text."""
    return _source_line(attribution, _publisher(source), date_words(source.published, lang), lang)


def example_list(examples: Sequence[str], lang: Lang) -> str:
    """ "You can ask, for example:" and the `examples`, one a line; empty where there are none."""
    lines = [f"• {clip(plain(example), _LINE_UNITS)}" for example in examples]
    return "\n".join([sentence("examples", lang), *lines]) if lines else ""


def title(name: str) -> str:
    """A topic's name as a heading: on one line, its first letter a capital."""
    shown = clip(plain(name), LABEL_UNITS)
    return shown[:1].upper() + shown[1:]


def counted(name: str, facts: int, lang: Lang) -> str:
    """A topic's name with its number of facts, for a button."""
    return f"{title(name)} ({sentence('facts', lang, n=facts)})"


def sources_html(sources: Sequence[tuple[Source, int]], lang: Lang) -> str:
    """Sources with their numbers of facts, one a line, in HTML; the publisher is a link."""
    return _sources(sources, lang, _linked)


def sources_text(sources: Sequence[tuple[Source, int]], lang: Lang) -> str:
    """The same as plain text."""
    return unescape(_sources(sources, lang, lambda name, _: name))


def clip(text: str, units: int) -> str:
    """`text` in at most `units` UTF-16 code units, cut between words where that loses little, with "…"."""
    if _units(text) <= units:
        return text
    # Half a pair at the cut is dropped; a loose surrogate within is not what a message can carry anyway.
    cut = text.encode("utf-16-le", "replace")[: 2 * max(units - 1, 0)].decode("utf-16-le", "ignore")
    at_word = cut.rfind(" ")
    if at_word > len(cut) * 0.6:
        cut = cut[:at_word]
    return cut.rstrip(" ,;:–—-") + "…"


@dataclass(frozen=True, slots=True)
class _Block:
    """The facts of one source: their texts, and who said them."""

    source: Source
    texts: list[str]
    attributions: list[str]

    def attribution(self) -> str:
        """Who said it, once if all are the same; else each with its number."""
        if len(set(self.attributions)) == 1:
            return self.attributions[0]
        return "; ".join(f"({i}) {said}" for i, said in enumerate(self.attributions, 1) if said)

    def paragraphs(self) -> list[str]:
        """The texts, with the numbers that `attribution` refers to."""
        if len(set(self.attributions)) == 1:
            return self.texts
        return [f"{i}. {text}" for i, text in enumerate(self.texts, 1)]


def _blocks(reply: Answer, units: int) -> list[_Block]:
    blocks: dict[Source, _Block] = {}
    for match in reply.facts:
        fact = match.fact
        block = blocks.setdefault(fact.source, _Block(fact.source, [], []))
        block.texts.append(clip(fact_text(fact, reply.lang), units))
        block.attributions.append(clip(fact.attribution, _LINE_UNITS))
    return list(blocks.values())


def _answer(reply: Answer, form: Callable[[_Block, Lang], str]) -> str:
    """The blocks in `form`; where the plain text would be too long, every fact is cut to the same length."""
    blocks = _blocks(reply, MESSAGE_UNITS)
    texts = [text for block in blocks for text in block.texts]
    over = _units(_joined(blocks, _block_text, reply.lang) + _also(reply)) - MESSAGE_UNITS
    if over > 0:
        blocks = _blocks(reply, _fair_share([_units(text) for text in texts], over))
    return _joined(blocks, form, reply.lang)


def _joined(blocks: Sequence[_Block], form: Callable[[_Block, Lang], str], lang: Lang) -> str:
    return "\n\n".join(form(block, lang) for block in blocks)


def _also(reply: Answer) -> str:
    """What else may be meant, one a line; empty where there is nothing."""
    lines = [f"• {label}" for label in fact_labels([match.fact for match in reply.also], _LINE_UNITS)]
    return "\n".join(["", "", sentence("also", reply.lang), *lines]) if lines else ""


def _fair_share(lengths: Sequence[int], over: int) -> int:
    """The length to cut to, so that together at least `over` goes and short texts stay whole."""
    room = sum(lengths) - over
    left = len(lengths)
    for length in sorted(lengths):
        if length * left >= room:
            break
        room -= length
        left -= 1
    return room // left


def _block_text(block: _Block, lang: Lang) -> str:
    source = block.source
    line = _source_line(block.attribution(), _publisher(source), date_words(source.published, lang), lang)
    where = "\n".join(filter(None, (line, address(source))))
    return "\n\n".join([*block.paragraphs(), *([where] if where else [])])


def _block_html(block: _Block, lang: Lang) -> str:
    line = source_html(block.source, lang, block.attribution())
    quoted = [f"<blockquote expandable>{line}</blockquote>"] if line else []
    return "\n\n".join([*map(escape, block.paragraphs()), *quoted])


def _source_line(attribution: str, publisher: str, date: str, lang: Lang) -> str:
    published = ", ".join(filter(None, (publisher, date)))
    parts = "; ".join(filter(None, (attribution, published)))
    return sentence("source", lang, source=parts) if parts else ""


def _sources(sources: Sequence[tuple[Source, int]], lang: Lang, link: Callable[[str, Source], str]) -> str:
    lines = [sentence("sources", lang), ""]
    for source, facts in sources:
        said = [_publisher(source), clip(plain(source.title), _LINE_UNITS), date_words(source.published, lang)]
        name, *rest = [escape(part) for part in said if part] or [""]
        lines.append(f"• {', '.join([link(name, source), *rest])} ({sentence('facts', lang, n=facts)})")
    return "\n".join(lines)


def _linked(name: str, source: Source) -> str:
    where = address(source)
    return f'<a href="{escape(where)}">{name}</a>' if where else name


def _publisher(source: Source) -> str:
    """The publisher's name, or what else tells where it stands: the address's host, the title."""
    host = address(source).partition("://")[2].partition("/")[0]
    return clip(source.publisher or host or source.title, _LINE_UNITS)


def address(source: Source) -> str:
    """Where the source stands on the web, or empty where that is nowhere or too long to show."""
    good = source.url.lower().startswith(("https://", "http://")) and _units(source.url) <= _URL_UNITS
    return source.url if good else ""


def _unknown(reply: Unknown) -> str:
    values = {
        "understood": _listed(reply.understood, "name", "and", reply.lang),
        "not_understood": _listed(reply.not_understood, "word", "or", reply.lang),
    }
    match bool(values["understood"]), bool(values["not_understood"]):
        case True, True:
            key = "unknown_both"
        case True, False:
            key = "unknown_understood"
        case False, True:
            key = "unknown_not_understood"
        case _:
            key = "unknown_neither"
    return sentence(key, reply.lang, **values)


def _listed(words: Sequence[str], quoted: str, last: str, lang: Lang) -> str:
    shown = [clip(found, _WORD_UNITS) for word in words if (found := plain(word))][:_WORDS]
    said = [sentence(quoted, lang, text=word) for word in shown]
    if len(said) < 2:
        return "".join(said)
    return ", ".join(said[:-1]) + sentence(last, lang) + said[-1]


def plain(text: str) -> str:
    """`text` on one line, without characters that are not seen or that turn the line round."""
    if text.isprintable():  # then all that is to be done is quick, and it nearly always is
        return " ".join(text.split())
    seen = (" " if c.isspace() or unicodedata.category(c) == "Cc" else c for c in text)
    return " ".join("".join(c for c in seen if unicodedata.category(c) not in ("Cf", "Cs", "Co")).split())


def _with_examples(text: str, examples: Sequence[str], lang: Lang) -> str:
    return "\n\n".join(filter(None, (text, example_list(examples, lang))))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
