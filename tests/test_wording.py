"""Replies as people read them: whole texts, and what holds for any text."""

import ast
import re
import string
import tomllib
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

import bot.sentences
from bot.model import LANGS, Answer, Courtesy, Fact, Lang, Match, Reply, Source, Suggestion, Unknown
from bot.sentences import date_words
from bot.wording import commands, offered_labels, plural, sentence, to_html, to_text

ASIA_PLUS = Source(
    publisher="Asia-Plus",
    title="The date of the visit becomes known",
    url="https://www.asiaplustj.info/en/news/1?a=1&b=2",
    published="2021-05-05",
)
LOCALES = Path(bot.sentences.__file__).parent / "locales"


def fact(text: str, **more: object) -> Fact:
    values: dict[str, object] = {"id": "f1", "lang": "en", "source": ASIA_PLUS} | more
    return Fact(text=text, **values)  # type: ignore[arg-type]


def answer(*facts: Fact, lang: Lang = "en") -> Answer:
    return Answer(lang, 0.9, tuple(Match(one, 1.0) for one in facts))


def suggestion(*facts: Fact, lang: Lang = "en") -> Suggestion:
    return Suggestion(lang, 0.4, tuple(Match(one, 1.0) for one in facts))


class Reader(HTMLParser):
    """What Telegram shows of a message, and the tags it saw."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


# Answers


def test_an_answer_is_the_fact_then_its_source_then_its_address() -> None:
    told = fact("Tokayev was to visit Tajikistan.", attribution="Berik Uali, on Facebook")
    assert to_text(answer(told)) == (
        "Tokayev was to visit Tajikistan.\n\n"
        "Source: Berik Uali, on Facebook; Asia-Plus, 5 May 2021\n"
        "https://www.asiaplustj.info/en/news/1?a=1&b=2"
    )
    assert to_html(answer(told)) == (
        "Tokayev was to visit Tajikistan.\n\n"
        "<blockquote expandable>Source: Berik Uali, on Facebook; "
        '<a href="https://www.asiaplustj.info/en/news/1?a=1&amp;b=2">Asia-Plus</a>, 5 May 2021</blockquote>'
    )


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "Source: Asia-Plus, 5 May 2021"),
        ("ru", "Источник: Asia-Plus, 5 мая 2021 года"),
        ("kk", "Дереккөз: Asia-Plus, 2021 жылғы 5 мамыр"),
        ("tg", "Манбаъ: Asia-Plus, 5 майи соли 2021"),
    ],
)
def test_the_source_is_named_in_the_askers_language(lang: Lang, line: str) -> None:
    assert to_text(answer(fact("Ҳа.", lang=lang), lang=lang)).splitlines()[2] == line


def test_facts_of_one_source_name_it_once() -> None:
    text = to_text(answer(fact("One."), fact("Two.", id="f2")))
    assert text == f"One.\n\nTwo.\n\nSource: Asia-Plus, 5 May 2021\n{ASIA_PLUS.url}"


def test_facts_of_one_source_that_different_people_said_are_numbered() -> None:
    text = to_text(answer(fact("One.", attribution="Uali"), fact("Two."), fact("Three.", attribution="Rahmon")))
    assert text.splitlines()[:-1] == [
        "1. One.",
        "",
        "2. Two.",
        "",
        "3. Three.",
        "",
        "Source: (1) Uali; (3) Rahmon; Asia-Plus, 5 May 2021",
    ]


def test_facts_of_two_sources_each_have_their_own() -> None:
    text = to_text(answer(fact("One."), fact("Two.", source=Source("Akorda", published="2019"))))
    assert text == f"One.\n\nSource: Asia-Plus, 5 May 2021\n{ASIA_PLUS.url}\n\nTwo.\n\nSource: Akorda, 2019"


def test_a_source_without_publisher_goes_by_its_host_or_title() -> None:
    host = Source("", url="https://example.org/a")
    assert to_text(answer(fact("One.", source=host))) == "One.\n\nSource: example.org\nhttps://example.org/a"
    assert to_text(answer(fact("One.", source=Source("", title="A book")))) == "One.\n\nSource: A book"


def test_an_address_that_is_not_of_the_web_is_no_link() -> None:
    odd = Source("Odd", url="javascript:alert(1)")
    assert to_text(answer(fact("One.", source=odd))) == "One.\n\nSource: Odd"
    assert Reader(to_html(answer(fact("One.", source=odd)))).links == []


@pytest.mark.parametrize(
    ("lang", "text", "as_of", "shown"),
    [
        ("en", "There are 100.", "2021-05", "There are 100 (as of May 2021)."),
        ("en", "It may be 2021 or later", "2021-05-01", "It may be 2021 or later"),
        ("en", "There may well have been as many as 7 in 2021.", "2021-05", None),
        ("en", "There were 7 by May 2021.", "2021-05-05", "There were 7 by May 2021."),
        ("en", "By 2021 there were 7.", "2021", "By 2021 there were 7."),
        ("en", "There are 7!", "2021", "There are 7! (as of 2021)"),
        ("ru", "Их 100.", "2021-05-05", "Их 100 (по состоянию на 5 мая 2021 года)."),
        ("ru", "К маю 2021 года их 7.", "2021-05", "К маю 2021 года их 7."),
        ("ru", "К марту 2021 года их 7.", "2021-05", None),
        ("ru", "В мае их, на 5 мая 2021 года, 7.", "2021-05", "В мае их, на 5 мая 2021 года, 7."),
        ("kk", "Олар 100.", "2021-05", "Олар 100 (2021 жылғы мамырдағы жағдай бойынша)."),
        ("kk", "2021 жылғы 5 мамырға дейін 7.", "2021-05", "2021 жылғы 5 мамырға дейін 7."),
        ("tg", "Онҳо 100.", "2021-05", "Онҳо 100 (ба ҳолати майи соли 2021)."),
        ("tg", "То майи соли 2021 ҳафт.", "2021-05", "То майи соли 2021 ҳафт."),
    ],
)
def test_a_figure_carries_its_time_unless_the_text_names_it(
    lang: Lang, text: str, as_of: str, shown: str | None
) -> None:
    first = to_text(answer(fact(text, lang=lang, as_of=as_of), lang=lang)).splitlines()[0]
    if shown is None:
        assert first != text
        assert first.count("2021") == 2
    else:
        assert first == shown


def test_the_time_of_a_figure_is_told_in_the_facts_language() -> None:
    text = to_text(answer(fact("There are 100.", lang="en", as_of="2021-05"), lang="ru"))
    assert text.startswith("There are 100 (as of May 2021).\n\nИсточник: Asia-Plus, 5 мая 2021 года")


def test_long_facts_are_cut_and_short_ones_stay_whole() -> None:
    short = fact("Short.")
    text = to_text(answer(short, fact("word " * 2000, id="f2"), fact("other " * 2000, id="f3")))
    paragraphs = text.split("\n\n")
    assert units(text) <= 4096
    assert units(text) > 4000
    assert paragraphs[0] == "Short."
    assert paragraphs[1].endswith("word…")
    assert paragraphs[2].endswith("other…")
    assert text.endswith(ASIA_PLUS.url)


def test_three_facts_with_the_longest_of_sources_fit() -> None:
    names = [Source("P" * 999, url=f"https://{i}.example.org/" + "u" * 775) for i in range(3)]
    reply = answer(*(fact("word " * 900, source=name, attribution="A" * 999) for name in names))
    text = to_text(reply)
    assert 3900 < units(text) <= 4096
    assert text.count("word…") == 3
    assert [name.url in text for name in names] == [True] * 3


# Suggestions


def test_a_suggestion_lists_what_to_choose_and_claims_nothing() -> None:
    asked = fact("Tokayev was born in 1953.", keywords=("When was Tokayev born?", "birthday"))
    text = to_text(suggestion(asked, fact("Rahmon is president.", id="f2", keywords=("Rahmon",))))
    assert text == "Did you mean one of these?\n\n1. When was Tokayev born?\n2. Rahmon is president."


def test_labels_are_short_and_told_apart() -> None:
    one = fact("One thing " * 20, keywords=("What is it?",))
    two = fact("Another thing " * 20, id="f2", keywords=("What is it?",))
    labels = offered_labels(suggestion(one, two))
    assert labels[0].startswith("One thing")
    assert labels[1].startswith("Another thing")
    assert all(units(label) <= 64 and label.endswith("thing…") for label in labels)


# Unknown and courtesies


@pytest.mark.parametrize(
    ("lang", "understood", "not_understood", "said"),
    [
        ("en", ("Tokayev",), ("wife",), "I have facts about Tokayev, but none about “wife”."),
        (
            "en",
            ("Tokayev", "Rahmon"),
            (),
            "I have facts about Tokayev and Rahmon, but none that answers this.",
        ),
        ("en", (), ("a", "b", "c", "d"), "I have no facts about “a”, “b” or “c”."),
        ("en", (), ("\u200b", "  "), "I have no fact that answers this."),
        ("en", (), ("a\nb\x00\u202ec",), "I have no facts about “a b c”."),
        ("ru", ("Токаева",), ("жена",), "По запросу «Токаева» факты у меня есть, а по запросу «жена» — нет."),
        ("kk", ("Тоқаев",), ("әйелі",), "«Тоқаев» туралы деректерім бар, бірақ «әйелі» туралы дерек жоқ."),
        ("tg", ("Тоқаев",), ("зан",), "Дар бораи «Тоқаев» маълумот дорам, аммо дар бораи «зан» не."),
    ],
)
def test_an_unknown_names_what_was_not_understood(
    lang: Lang, understood: tuple[str, ...], not_understood: tuple[str, ...], said: str
) -> None:
    assert to_text(Unknown(lang, understood=understood, not_understood=not_understood)) == said


def test_an_unknown_offers_what_can_be_asked_but_not_when_brief() -> None:
    reply = Unknown("en", not_understood=("<wife>",), examples=("Who is Rahmon?", "When is it?"))
    first = "I have no facts about “<wife>”."
    assert to_text(reply) == f"{first}\n\nYou can ask, for example:\n• Who is Rahmon?\n• When is it?"
    assert to_html(reply, brief=True) == "I have no facts about “&lt;wife&gt;”."


@pytest.mark.parametrize("kind", ["greeting", "thanks", "goodbye", "wellbeing", "abilities", "apology"])
def test_examples_follow_a_courtesy_only_where_they_help(kind: str) -> None:
    reply = Courtesy("ru", kind, ("Кто такой Рахмон?",))  # type: ignore[arg-type]
    assert ("Кто такой Рахмон?" in to_text(reply)) == (kind in ("greeting", "abilities"))


# Any text

pieces = st.sampled_from(["<b>", "</a>", "&amp;", "&#60;", '"', "'", "<", "&", " ", "\n", "\u202e", "\x00", "🙂"])
plain_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
texts = st.lists(pieces | plain_texts, max_size=12).map("".join)
long_texts = texts | st.builds(lambda text, times: text * times, texts, st.integers(1, 200))
dates = st.sampled_from(["", "2021", "2021-05", "2021-05-05"])
langs = st.sampled_from(LANGS)
sources = st.builds(
    Source,
    publisher=texts,
    title=texts,
    url=st.just("") | st.builds("https://example.org/{}".format, texts),
    published=dates,
)
facts = st.builds(
    Fact,
    id=st.just("f1"),
    lang=langs,
    text=long_texts,
    source=sources,
    keywords=st.lists(texts, max_size=2).map(tuple),
    attribution=long_texts,
    as_of=dates,
)
matches = st.lists(st.builds(Match, facts, st.just(1.0)), min_size=1, max_size=3).map(tuple)
words = st.lists(long_texts, max_size=4).map(tuple)
replies = st.one_of(
    st.builds(Answer, langs, st.just(0.9), matches),
    st.builds(Suggestion, langs, st.just(0.4), matches),
    st.builds(Unknown, langs, st.just(0.0), words, words, words.map(lambda found: found[:3])),
    st.builds(Courtesy, langs, st.just("abilities"), words.map(lambda found: found[:3])),
)


@given(replies)
def test_html_shows_the_plain_text_and_no_tag_of_its_content(reply: Reply) -> None:
    read = Reader(to_html(reply))
    plain = to_text(reply)
    assert set(read.tags) <= {"blockquote", "a"}
    if isinstance(reply, Answer):
        for link in read.links:
            assert link in plain
            plain = plain.replace("\n" + link, "", 1)
    assert read.text == plain


@given(replies)
def test_every_reply_fits_into_a_message(reply: Reply) -> None:
    assert units(to_text(reply)) <= 4096
    assert len(to_html(reply).encode()) <= 32768  # what the Bot API reads before it parses entities


# Locales


def locale(lang: str) -> dict[str, object]:
    return tomllib.loads((LOCALES / f"{lang}.toml").read_text(encoding="utf-8"))


def placeholders(value: object) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(placeholders, value.values()))
    return {name for _, name, _, _ in string.Formatter().parse(str(value)) if name is not None}


def plurals(lang: str) -> dict[str, dict[str, str]]:
    return {
        key: value
        for key, value in locale(lang).items()
        if isinstance(value, dict) and not {"one", "other"}.isdisjoint(value)
    }


@pytest.mark.parametrize("lang", LANGS)
def test_no_sentence_is_missing_or_empty_and_places_agree(lang: str) -> None:
    english, other = locale("en"), locale(lang)
    assert list(other) == list(english)
    for key in english.keys() - {"dates"}:
        assert placeholders(other[key]) == placeholders(english[key]), key
        values = other[key].values() if isinstance(other[key], dict) else [other[key]]  # type: ignore[attr-defined]
        assert all(isinstance(value, str) and value.strip() for value in values), key


@pytest.mark.parametrize("lang", LANGS)
def test_menus_and_dates_are_whole_in_every_language(lang: Lang) -> None:
    for scope in ("commands", "group_commands"):
        assert [name for name, _ in commands(lang, scope)] == [name for name, _ in commands("en", scope)]
        assert all(re.fullmatch("[a-z_]{1,32}", name) and len(said) <= 256 for name, said in commands(lang, scope))
    english, other = locale("en")["dates"], locale(lang)["dates"]
    assert isinstance(other, dict)
    assert isinstance(english, dict)
    assert other.keys() == english.keys()
    assert {len(other["months"]), len(other["inflected"])} == {12}
    for pattern in ("day", "month", "year"):
        wanted = {"day": {"day", "month", "year"}, "month": {"month", "year"}, "year": {"year"}}[pattern]
        for key in (pattern, f"as_of_{pattern}"):
            found = {"month" if name == "inflected" else name for name in placeholders(other[key])}
            assert found == wanted, key


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_has_its_plural_form(lang: Lang) -> None:
    forms = {plural(n, lang) for n in range(1000)}
    assert plurals(lang).keys() == plurals("en").keys()
    assert all(set(table) == forms for table in plurals(lang).values())


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_plural_forms_are_those_of_cldr(lang: Lang) -> None:
    rule = Locale(lang).plural_form
    assert [plural(n, lang) for n in range(1000)] == [rule(n) for n in range(1000)]


def test_a_sentence_takes_the_plural_form_of_its_number() -> None:
    assert [sentence("facts", "ru", n=n) for n in (1, 3, 11, 36)] == [
        "1 факт",
        "3 факта",
        "11 фактов",
        "36 фактов",
    ]
    assert sentence("facts", "kk", n=3) == "3 дерек"


@pytest.mark.parametrize("lang", LANGS)
def test_large_numbers_are_grouped_as_by_cldr(lang: Lang) -> None:
    for n in (999, 1_234, 12_345, 1_000_000):
        assert sentence("facts", lang, n=n).startswith(f"{format_decimal(n, locale=lang)} ")


@given(st.dates(min_value=date(1000, 1, 1)))
def test_dates_are_in_the_order_of_cldr(day: date) -> None:
    assert date_words(day.isoformat(), "en") == format_date(day, "long", locale="en_GB")
    assert date_words(day.isoformat(), "ru") == format_date(day, "long", locale="ru").replace("\u202fг.", " года")
    kazakh = format_date(day, "long", locale="kk").replace("\u202fж.", " жылғы")
    assert date_words(day.isoformat(), "kk").casefold() == kazakh.casefold()


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
def test_month_names_are_those_of_cldr(lang: Lang) -> None:
    own = locale(lang)["dates"]
    assert isinstance(own, dict)
    months = Locale(lang).months
    assert [name.casefold() for name in own["months"]] == [
        months["stand-alone"]["wide"][number].casefold() for number in range(1, 13)
    ]
    if lang != "kk":  # there the other form is a case, not CLDR's business
        assert own["inflected"] == [months["format"]["wide"][number] for number in range(1, 13)]


@given(st.dates(min_value=date(1000, 1, 1)), langs)
def test_a_date_in_words_keeps_its_day_and_year(day: date, lang: Lang) -> None:
    words = date_words(day.isoformat(), lang)
    assert sorted(map(int, re.findall(r"\d+", words))) == sorted([day.day, day.year])


@pytest.mark.parametrize("lang", LANGS)
def test_profile_texts_keep_telegrams_limits(lang: Lang) -> None:
    assert len(sentence("description", lang)) <= 512
    assert len(sentence("short_description", lang)) <= 120


@pytest.mark.parametrize("lang", LANGS)
def test_letters_of_another_alphabet_have_not_slipped_into_words(lang: Lang) -> None:
    raw = (LOCALES / f"{lang}.toml").read_text(encoding="utf-8")
    assert re.findall(r"[a-zA-Z][\u0400-\u04ff]|[\u0400-\u04ff][a-zA-Z]", raw) == []
    foreign = {"ru": "[ӘәҒғҚқҢңӨөҰұҮүҺһІіӢӣӮӯҲҳҶҷ]", "kk": "[ӢӣӮӯҲҳҶҷ]", "tg": "[ӘәҢңӨөҰұҮүҺһІіЫыЩщЬьЦц]"}
    assert re.findall(foreign.get(lang, "[\u0400-\u04ff]"), raw) == []


def test_every_sentence_is_said_somewhere_and_every_one_said_exists() -> None:
    """So that a missing one fails here, and not in front of a person."""
    said, words = set(), set()
    for path in Path(bot.sentences.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "sentence":
                said |= {arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant)}
    keys = set(locale("en"))
    assert said - keys - set(LANGS) == set()
    assert keys - words == set()
    assert len(said) >= 30
