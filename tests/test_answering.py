"""The front door: questions in, replies and conversations out, over the invented facts."""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.answering import Answerer, as_lang
from bot.model import Answer, Conversation, Courtesy, Question, Reply, Suggestion, Unknown
from bot.store import TableError
from tests import tables
from tests.tables import HERALD, LIGHTHOUSE

NOW = datetime(2021, 5, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
def copy(invented: Path, tmp_path: Path) -> Path:
    """The invented facts in a file of the test's own."""
    return Path(shutil.copyfile(invented, tmp_path / "facts.db"))


@pytest.fixture
def own(copy: Path) -> Iterator[Answerer]:
    opened = Answerer(copy)
    yield opened
    opened.close()


def ask(answerer: Answerer, asked: str, hint: str | None = None) -> Reply:
    reply, _ = answerer.answer(Question(asked, NOW, hint), Conversation())
    return reply


def talk(answerer: Answerer, *turns: str) -> list[list[str]]:
    """The ids of the facts stated in each turn; empty where none was."""
    conversation, told = Conversation(), []
    for number, turn in enumerate(turns):
        question = Question(turn, NOW + timedelta(minutes=number))
        reply, conversation = answerer.answer(question, conversation)
        told.append([match.fact.id for match in reply.facts] if isinstance(reply, Answer) else [])
    return told


def test_an_answer_is_the_fact_with_its_source(answerer: Answerer) -> None:
    reply = ask(answerer, "Когда построили маяк Порт-Вельма?")
    assert isinstance(reply, Answer)
    assert reply.lang == "ru"
    assert [match.fact for match in reply.facts] == [LIGHTHOUSE]
    assert reply.facts[0].fact.source == HERALD
    assert reply.matches[0] == reply.facts[0]
    assert 0.5 <= reply.confidence <= 1


def test_the_conversation_after_an_answer(answerer: Answerer) -> None:
    _, after = answerer.answer(Question("Who is the mayor of Port Velm?", NOW), Conversation())
    assert after == Conversation("who is the mayor of port velm", NOW, ("mayor",), ("mayor",), "en")


@pytest.mark.parametrize(
    ("question", "lang"),
    [
        ("When was the lighthouse of Port Velm built?", "en"),
        ("кто построил маяк", "ru"),
        ("шамшырақты кім салды", "kk"),
        ("манораро кӣ сохт", "tg"),
    ],
)
def test_the_reply_is_in_the_language_of_the_question(answerer: Answerer, question: str, lang: str) -> None:
    reply = ask(answerer, question)
    assert isinstance(reply, Answer)
    assert (reply.lang, reply.facts[0].fact.id, reply.facts[0].fact.lang) == (lang, "lighthouse", lang)


def test_a_fact_without_that_language_is_told_in_english(answerer: Answerer) -> None:
    reply = ask(answerer, "мэр Бирн, Томас Бирн")
    assert not isinstance(reply, Courtesy)
    assert reply.lang == "ru"
    assert next(match.fact.lang for match in reply.matches if match.fact.id == "mayor") == "en"


def test_matches_are_the_best_ten_at_most_and_each_fact_once(answerer: Answerer) -> None:
    reply = ask(answerer, "the lighthouse and the ferry of Port Velm, its mayor, festival, museum and ropewalk")
    assert not isinstance(reply, Courtesy)
    ids = [match.fact.id for match in reply.matches]
    assert 3 <= len(ids) <= 10
    assert len(set(ids)) == len(ids)


def test_two_questions_in_one_message_get_two_facts(answerer: Answerer) -> None:
    reply = ask(answerer, "When was the lighthouse of Port Velm built and who is the mayor of Port Velm?")
    assert isinstance(reply, Answer)
    assert {match.fact.id for match in reply.facts} == {"lighthouse", "mayor"}


def test_a_greeting_in_front_is_no_part_of_the_question(answerer: Answerer) -> None:
    reply = ask(answerer, "Hello! Who is the mayor of Port Velm?")
    assert isinstance(reply, Answer)
    assert reply.facts[0].fact.id == "mayor"


@pytest.mark.parametrize(
    ("message", "kind", "lang"),
    [
        ("Hello!", "greeting", "en"),
        ("спасибо", "thanks", "ru"),
        ("рақмет", "thanks", "kk"),
        ("ташаккур", "thanks", "tg"),
    ],
)
def test_courtesy_gets_courtesy_in_its_language(answerer: Answerer, message: str, kind: str, lang: str) -> None:
    reply = ask(answerer, message)
    assert isinstance(reply, Courtesy)
    assert (reply.kind, reply.lang) == (kind, lang)


def test_courtesy_leaves_the_subject_as_it_was(answerer: Answerer) -> None:
    _, before = answerer.answer(Question("Who is the mayor of Port Velm?", NOW), Conversation())
    _, after = answerer.answer(Question("thanks", NOW), before)
    assert after == before


def test_words_without_a_fact_are_named(answerer: Answerer) -> None:
    reply = ask(answerer, "zzzzzzzz qqqqqqqq?")
    assert isinstance(reply, Unknown)
    assert reply.not_understood == ("zzzzzzzz", "qqqqqqqq")
    assert reply.understood == ()


def test_examples_are_questions_that_the_table_answers(answerer: Answerer) -> None:
    reply = ask(answerer, "hello")
    assert isinstance(reply, Courtesy)
    assert 1 <= len(reply.examples) <= 3
    for example in reply.examples:
        assert isinstance(ask(answerer, example), Answer), example


def test_follow_ups(answerer: Answerer) -> None:
    assert talk(
        answerer,
        "Who is the mayor of Port Velm?",
        "and when did he take office?",
        "whom did he succeed?",
    ) == [["mayor"], ["mayor"], ["mayor"]]


def test_an_ellipsis_is_about_the_person_spoken_of(answerer: Answerer) -> None:
    assert talk(answerer, "Who is Ida Kroon?", "and when built the lighthouse?")[1] == ["lighthouse"]


def test_what_stands_for_something_in_the_same_message_leans_on_nothing_before(answerer: Answerer) -> None:
    turns = talk(
        answerer, "When does the ferry to Ostrey sail?", "and the lighthouse of Port Velm, when was that built?"
    )
    assert turns[1] == ["lighthouse"]


def test_a_new_subject_leaves_the_old_one(answerer: Answerer) -> None:
    assert talk(answerer, "Who is the mayor of Port Velm?", "How often does the ferry sail to Ostrey Island?") == [
        ["mayor"],
        ["ferry"],
    ]


@pytest.mark.parametrize("message", ["asdfgh", "visa please", "weather tomorrow", "йцукен", "pizza"])
def test_a_short_message_about_something_else_is_not_answered_with_the_subject_before(
    answerer: Answerer, message: str
) -> None:
    assert talk(answerer, "Who is the mayor of Port Velm?", message, "and when did he take office?") == [
        ["mayor"],
        [],
        ["mayor"],
    ]


def test_tell_me_more_tells_what_stands_beside_until_all_is_told(answerer: Answerer) -> None:
    told = talk(answerer, "How many ship models does the Maritime Museum own?", "tell me more", "tell me more")
    assert told[0] == ["models"]
    assert sorted(told[1]) == ["figurehead", "ropewalk"]
    assert told[2] == []


def test_tell_me_more_about_nothing_is_answered_with_no_fact(answerer: Answerer) -> None:
    assert talk(answerer, "tell me more") == [[]]


def test_more_of_what_was_told_is_told_in_the_language_of_the_talk(answerer: Answerer) -> None:
    conversation = Conversation("кто построил маяк", NOW, ("lighthouse",), ("lighthouse",), "ru")
    reply, _ = answerer.answer(Question("ещё", NOW), conversation)
    assert reply.lang == "ru"


def test_after_half_an_hour_nothing_is_gone_on_with(answerer: Answerer) -> None:
    _, before = answerer.answer(Question("Who is the mayor of Port Velm?", NOW), Conversation())
    _, after = answerer.answer(Question("zzzzzzzz", NOW + timedelta(minutes=31)), before)
    assert (after.last_question, after.last_facts, after.told) == ("", (), ())


def test_the_same_question_gets_the_same_reply(answerer: Answerer) -> None:
    assert ask(answerer, "who built the beacon") == ask(answerer, "who built the beacon")


def test_a_new_table_is_noticed(own: Answerer, copy: Path, tmp_path: Path) -> None:
    assert own.size == 10
    more = tmp_path / "more.toml"
    more.write_text(
        'lang = "en"\npublisher = "Maritime Museum"\n'
        '[[facts]]\nid = "whale"\ntext = "A whale skeleton of 21 metres hangs in the entrance hall."\n',
        encoding="utf-8",
    )
    tables.load(copy, more)
    reply = ask(own, "Which skeleton hangs in the entrance hall, a whale?")
    assert own.size == 11
    assert not isinstance(reply, Courtesy)
    assert reply.matches[0].fact.id == "whale"


def test_accounts_of_the_same_thing_are_told_together(own: Answerer, copy: Path, tmp_path: Path) -> None:
    guide = tmp_path / "guide.toml"
    guide.write_text(
        'lang = "en"\npublisher = "Harbour guide"\n'
        '[[facts]]\nid = "lighthouse--guide"\n'
        'text = "By the harbour guide, Ida Kroon built the lighthouse of Port Velm in 1889."\n'
        '[[facts]]\nid = "lighthouses"\ntext = "Four lighthouses stand along the coast between Velm and Ostrey."\n',
        encoding="utf-8",
    )
    tables.load(copy, guide)
    assert talk(own, "When was the lighthouse of Port Velm built?") == [["lighthouse", "lighthouse--guide"]]
    assert talk(own, "by the harbour guide, when was the lighthouse built?") == [["lighthouse--guide", "lighthouse"]]
    assert talk(own, "Who built the lighthouse, and who is the mayor of Port Velm?") == [
        ["lighthouse", "lighthouse--guide", "mayor"]
    ]
    assert talk(own, "who put up the beacon") == [["lighthouse"]]


def test_accounts_too_long_to_be_told_together_are_left_for_more(own: Answerer, copy: Path, tmp_path: Path) -> None:
    long = tmp_path / "long.toml"
    text = (
        "The chronicle, which is long on words, has the lighthouse of Port Velm built in 1890. " + "It goes on. " * 45
    )
    long.write_text(
        f'lang = "en"\npublisher = "Chronicle"\n[[facts]]\nid = "lighthouse--chronicle"\ntext = "{text.strip()}"\n',
        encoding="utf-8",
    )
    tables.load(copy, long)
    assert talk(own, "When was the lighthouse of Port Velm built?") == [["lighthouse"]]


def write_old_schema(table: Path) -> None:
    with contextlib.closing(sqlite3.connect(table)) as connection:
        connection.execute("PRAGMA user_version = 1")


SPOILT: list[tuple[Callable[[Path], object], str]] = [
    (Path.unlink, "There is no table of facts at"),
    (lambda table: table.write_bytes(b"not a table"), "cannot be read as a table of facts"),
    (lambda table: table.write_bytes(b""), "is not a table of facts of this bot"),
    (write_old_schema, "has the older schema 1"),
]


@pytest.mark.parametrize(("spoil", "sentence"), SPOILT, ids=["gone", "no database", "empty", "older"])
def test_while_the_table_in_its_place_cannot_be_read_the_one_before_answers_and_says_so(
    own: Answerer, copy: Path, invented: Path, tmp_path: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    before = ask(own, "Who is the mayor of Port Velm?")
    spoilt = tmp_path / "spoilt.db"
    shutil.copyfile(invented, spoilt)
    spoilt.replace(copy)
    spoil(copy)
    for _ in range(2):
        assert ask(own, "Who is the mayor of Port Velm?") == before
        assert sentence in own.trouble
        with pytest.raises(TableError, match=sentence):
            own.count_facts()
    shutil.copyfile(invented, copy)
    assert ask(own, "Who is the mayor of Port Velm?") == before
    assert own.trouble == ""
    assert own.count_facts() == 10


def test_a_suggestion_offers_at_most_three_facts(shipped: Answerer) -> None:
    for question in ("border", "agreement", "May 2021", "президент", "шекара", "созишнома", "call", "embassy"):
        reply = ask(shipped, question)
        if isinstance(reply, Suggestion):
            assert 1 <= len(reply.facts) <= 3
            assert set(reply.facts) <= set(reply.matches)


def test_a_suggestion_always_offers_something(shipped: Answerer) -> None:
    for number in range(200):
        for word in ("hello", "visit", "may", "фактов", "трейд"):
            reply = ask(shipped, f"{word} {number}")
            assert not isinstance(reply, Suggestion) or reply.facts, f"{word} {number}"


def test_a_word_or_two_get_what_there_is_to_choose_from(shipped: Answerer) -> None:
    reply = ask(shipped, "state visit")
    assert isinstance(reply, Suggestion)
    assert len(reply.facts) == 3
    assert all("state visit" in match.fact.text for match in reply.facts)


@pytest.mark.parametrize(
    ("code", "lang"),
    [
        ("ru", "ru"),
        ("ru-RU", "ru"),
        ("KK", "kk"),
        ("tg-Cyrl", "tg"),
        ("en", "en"),
        ("de", None),
        ("", None),
        (None, None),
    ],
)
def test_language_codes(code: str | None, lang: str | None) -> None:
    assert as_lang(code) == lang
