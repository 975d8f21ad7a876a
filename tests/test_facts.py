"""The reviewed facts themselves: each row's source, dates and statement, and that no two say the same."""

import re
from datetime import date
from urllib.parse import urlsplit

from bot import store, text
from bot.model import LANGS, subject_of
from bot.similar import ALIKE, gathered, likeness
from tests.tables import SHIPPED

FACTS = list(store.read_facts(store.open_reader(SHIPPED)))
DATE = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-([0-2]\d|3[01]))?)?")


def test_sources_are_complete() -> None:
    for fact in FACTS:
        source = fact.source
        assert source.publisher, fact
        assert source.title or source.published, fact
        address = urlsplit(source.url)
        assert address.scheme in ("http", "https"), fact
        assert "." in address.netloc, fact
        assert re.fullmatch(r"[!#-;=?-Z_a-z~%]+", source.url), fact


def test_dates_are_dates() -> None:
    for fact in FACTS:
        for when in filter(None, (fact.source.published, fact.as_of)):
            assert DATE.fullmatch(when), fact
            assert date(1990, 1, 1) < date.fromisoformat(when + "-01-01"[len(when) - 4 :]) < date(2027, 1, 1), fact


def test_statements_are_sentences_and_no_ways_of_asking() -> None:
    for fact in FACTS:
        assert re.fullmatch(r"[^\s].{20,400}[.”»]", fact.text), fact
        assert len(fact.keywords) == len(set(fact.keywords)) >= 3, fact
        assert all(likeness(fact.text, way) < ALIKE for way in fact.keywords), fact


def test_every_fact_is_there_in_english_and_russian() -> None:
    languages: dict[str, set[str]] = {}
    for fact in FACTS:
        languages.setdefault(fact.id, set()).add(fact.lang)
    assert all({"en", "ru"} <= known <= set(LANGS) for known in languages.values())
    assert sum(known == set(LANGS) for known in languages.values()) >= 96


def test_no_two_rows_say_the_same() -> None:
    for lang in LANGS:
        subjects = {fact.text: subject_of(fact.id) for fact in FACTS if fact.lang == lang}
        for alike in gathered(list(subjects)):
            assert len({subjects[one] for one in alike}) == 1, alike


def test_no_two_facts_have_the_same_way_of_asking() -> None:
    """Some short ones, "date of the call", lead to several facts; but those that are shown to people do not."""
    shown: dict[tuple[str, str], str] = {}
    for fact in FACTS:
        first = (fact.lang, " ".join(text.words(text.normalise(fact.keywords[0]))))
        assert shown.setdefault(first, fact.id) == fact.id, first
