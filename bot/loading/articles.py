"""Articles to rows: the sentences of plain text, Markdown or HTML, in order, with what the page says of itself.

Headings, code and tables are left out: they are no statements. What the command line says of the source comes
before what the page says. Whether a sentence leans on the one before it is told when the table is built.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bot.loading.guessing import language_of
from bot.loading.inputs import Input
from bot.loading.rows import LoadError, Problem, Row
from bot.loading.splitting import sentences

_ENDS = re.compile(r"[.!?…:;][\"”»’)\]]*$")
MAX_HEADING = 15
"""Words of a paragraph without an end mark that is taken for a heading."""
MAX_BYTES = 20 * 1024 * 1024

Paragraphs = list[tuple[int, str]]
"""Text with the line on which it begins, 0 where that isn't known."""


def rows_of(source: Input, lines: Iterable[str], given: Mapping[str, str]) -> Iterator[Row | Problem]:
    """A row for each sentence; `given` is what the command line says of the source. Raises LoadError."""
    text = "".join(_limited(source, lines))
    readers = {"text": _plain, "markdown": _markdown, "html": _html}
    paragraphs, told = readers[source.format](text)
    known = {**told, **given}
    if not (known.get("publisher") or known.get("url")):
        raise LoadError(f"{source.shown}: does not say where it was published; add --publisher or --url.")
    if not paragraphs:
        raise LoadError(f"{source.shown}: no sentence was found in it; is it an article?")
    lang = known.get("lang") or _language(paragraphs)
    if not lang:
        raise LoadError(f"{source.shown}: its language cannot be told; add --lang.")
    seen: set[str] = set()
    for line, paragraph in paragraphs:
        for sentence in sentences(paragraph):
            if sentence not in seen and any(map(str.isalnum, sentence)):
                yield Row(line, {**known, "lang": lang, "text": sentence, "position": len(seen)})
                seen.add(sentence)


def _limited(source: Input, lines: Iterable[str]) -> Iterator[str]:
    read = 0
    for line in lines:
        read += len(line)
        if read > MAX_BYTES:
            raise LoadError(f"{source.shown}: is larger than {MAX_BYTES // 1024 // 1024} MB; is it an article?")
        yield line


def _language(paragraphs: Paragraphs) -> str:
    votes = Counter(language_of(paragraph) for _, paragraph in paragraphs)
    return votes.most_common(1)[0][0]


def _is_statement(paragraph: str) -> bool:
    return bool(_ENDS.search(paragraph)) or len(paragraph.split()) > MAX_HEADING


def _plain(text: str) -> tuple[Paragraphs, dict[str, str]]:
    """Paragraphs are set apart by empty lines; a short one without an end mark is a heading, the first the title."""
    found: Paragraphs = []
    title = ""
    line = 1
    for block in re.split(r"(\n[ \t\r]*\n\s*)", text.replace("\r\n", "\n")):
        paragraph = " ".join(block.split())
        if paragraph and _is_statement(paragraph):
            found.append((line + len(block[: len(block) - len(block.lstrip())].splitlines()), paragraph))
        elif paragraph and not found and not title:
            title = paragraph
        line += block.count("\n")
    return found, {"title": title} if title else {}


def _markdown(text: str) -> tuple[Paragraphs, dict[str, str]]:
    """The paragraphs and list items; the first heading of the first level is the title."""
    from markdown_it import MarkdownIt

    found: Paragraphs = []
    title = ""
    before = ""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "inline":
            words = "".join(
                " " if part.type in ("softbreak", "hardbreak") else part.content
                for part in token.children or []
                if part.type not in ("html_inline", "image")
            ).strip()
            if before == "heading_open h1" and not title:
                title = " ".join(words.split())
            elif before.startswith("paragraph_open") and words and _is_statement(words):
                found.append((token.map[0] + 1 if token.map else 0, words))
        before = f"{token.type} {token.tag}"
    return found, {"title": title} if title else {}


def _html(text: str) -> tuple[Paragraphs, dict[str, str]]:
    """The main text of the page as trafilatura finds it, and its title, publisher, address, date and language."""
    import trafilatura
    import trafilatura.settings

    page = trafilatura.bare_extraction(
        text, include_comments=False, include_tables=False, with_metadata=True, output_format="python"
    )
    if not isinstance(page, trafilatura.settings.Document):
        return [], {}
    told = {
        "title": page.title,
        "publisher": page.sitename,
        "url": page.url,
        "published": page.date,
        "lang": page.language,
    }
    known = {key: " ".join(str(value).split()) for key, value in told.items() if value}
    paragraphs = [(0, line.strip("- ")) for line in (page.text or "").splitlines()]
    return [(0, line) for _, line in paragraphs if line != known.get("title") and _is_statement(line)], known
