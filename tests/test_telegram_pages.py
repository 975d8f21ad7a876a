"""Commands and the pages under them, by raw updates, with the table that is shipped: browsing, languages, privacy."""

import asyncio
import re
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import wording
from bot.browsing import Guide, Topic
from bot.model import LANGS, Fact, Lang, Source
from tests.telegram_bot import FACTS, SOURCE, SmallCore, running
from tests.telegram_places import GROUPS, PLACES, addressed, write
from tests.telegram_server import Call, TelegramServer

QUESTION = "When will Tokayev visit Tajikistan?"
RUSSIAN = "Когда Токаев приедет в Таджикистан?"


async def replies(server: TelegramServer, count: int, method: str = "sendMessage") -> list[Call]:
    return await asyncio.to_thread(server.wait_sent, count, method)


async def ask(server: TelegramServer, text: str, place: str = "private", **more: Any) -> Call:
    """Somebody writes, and the reply to it."""
    before = len(server.sent())
    write(server, place, text, **more)
    return (await replies(server, before + 1))[-1]


async def press(server: TelegramServer, call: Call, data: str, **more: Any) -> Call:
    """Somebody presses a button under a message; what the message is then."""
    before = len(server.sent("editMessageText"))
    server.press(call, data, **more)
    return (await replies(server, before + 1, "editMessageText"))[-1]


def labels(call: Call) -> list[str]:
    return [button["text"] for button in call.buttons]


def data(call: Call, label: str) -> str:
    return next(button["callback_data"] for button in call.buttons if button["text"].startswith(label))


# The table


@pytest.mark.parametrize("place", PLACES)
async def test_topics_lead_to_facts_and_back(
    telegram: TelegramServer, tmp_path: Path, guide: Guide, place: str
) -> None:
    async with running(telegram, tmp_path, guide):
        topics = await ask(telegram, "/topics", place)
        topic = await press(telegram, topics, data(topics, "Calls"))
        fact = await press(telegram, topic, topic.buttons[0]["callback_data"])
        again = await press(telegram, fact, data(fact, "‹ Back"))
        end = await press(telegram, again, data(again, "‹ Back"))
    assert topics.shown == end.shown == wording.sentence("topics", "en")
    assert labels(topics) == labels(end)
    assert labels(topics)[:5] == [
        *("Visit (14 facts)", "Calls (13 facts)", "Summit (4 facts)", "Presidents (7 facts)", "Diplomacy (22 facts)")
    ]
    assert (topic.shown, labels(topic)) == (again.shown, labels(again))
    assert topic.shown == "Calls"
    assert labels(topic)[8:] == ["‹", "1 of 2", "›", "‹ Back"]
    assert "Source: " in fact.shown
    assert labels(fact) == ["Source", "Share", "‹ Back"]
    assert topics.result.get("message_thread_id") == (7 if place == "topic" else None)


async def test_the_pages_of_a_topic_hold_all_its_facts(telegram: TelegramServer, tmp_path: Path, guide: Guide) -> None:
    async with running(telegram, tmp_path, guide):
        topics = await ask(telegram, "/topics")
        first = await press(telegram, topics, data(topics, "Calls"))
        second = await press(telegram, first, data(first, "›"))
        round_again = await press(telegram, second, data(second, "›"))
    facts = [label for page in (first, second) for label in labels(page)[:-4]]
    assert len(set(facts)) == 13
    assert labels(round_again) == labels(first)


@pytest.mark.parametrize(
    ("lang", "first", "facts"),
    [("ru", "Визит", 14), ("kk", "Сапар", 10), ("tg", "Сафар", 10)],
)
async def test_topics_speak_the_askers_language(
    telegram: TelegramServer, tmp_path: Path, guide: Guide, lang: Lang, first: str, facts: int
) -> None:
    async with running(telegram, tmp_path, guide):
        topics = await ask(telegram, "/topics", lang=lang)
        topic = await press(telegram, topics, topics.buttons[0]["callback_data"])
        fact = await press(telegram, topic, topic.buttons[0]["callback_data"])
    assert labels(topics)[0] == f"{first} ({wording.sentence('facts', lang, n=facts)})"
    assert topics.shown == wording.sentence("topics", lang)
    assert wording.sentence("source", lang, source="") in fact.shown


class Library(SmallCore):
    """Many topics and sources, and a topic with many facts of the longest ids."""

    facts = tuple(replace(FACTS["visit"], id=f"{number:040}") for number in range(2_000))

    def topics(self, lang: Lang) -> list[Topic]:
        return [Topic(f"{number:08x}", f"topic <{number}>", len(self.facts)) for number in range(20)]

    def by_topic(self, topic: Topic, lang: Lang, first: int, most: int) -> list[Fact]:
        return list(self.facts[first : first + most])

    def sources(self, first: int, most: int) -> tuple[list[tuple[Source, int]], int]:
        found = [(replace(SOURCE, publisher=f"<{number}>"), 1) for number in range(25)]
        return found[first : first + most], len(found)


async def test_a_large_table_has_pages_and_its_buttons_fit(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path, Library()):
        topics = await ask(telegram, "/topics")
        second = await press(telegram, topics, data(topics, "›"))
        last = await press(telegram, second, data(second, "›"))
        topic = await press(telegram, last, last.buttons[0]["callback_data"])
        end = await press(telegram, topic, data(topic, "‹"))
        sources = await ask(telegram, "/sources")
        further = await press(telegram, sources, data(sources, "‹"))
    assert [labels(page)[0] for page in (topics, second, last)] == [
        f"Topic <{number}> (2,000 facts)" for number in (0, 8, 16)
    ]
    assert "250 of 250" in labels(end)
    assert max(len(button["callback_data"]) for button in end.buttons) > 55  # the server refuses more than 64
    assert sources.shown.splitlines()[2:] == [f"• <{number}>, A & B, 5 May 2021 (1 fact)" for number in range(10)]
    assert further.shown.splitlines()[2:] == [f"• <{number}>, A & B, 5 May 2021 (1 fact)" for number in range(20, 25)]


async def test_a_topic_that_a_load_took_away_leads_back(telegram: TelegramServer, tmp_path: Path, guide: Guide) -> None:
    async with running(telegram, tmp_path, guide):
        topics = await ask(telegram, "/topics")
        topic = await press(telegram, topics, data(topics, "Calls"))
        page = await press(telegram, topic, "topic:en:00000000:0")
        telegram.press(topic, "of:en:00000000:0:gone")
        answer = (await replies(telegram, 3, "answerCallbackQuery"))[-1]
    assert page.shown == wording.sentence("topics", "en")
    assert answer.parameters["text"] == wording.sentence("fact_gone", "en")


async def test_a_table_without_topics_says_so(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path):
        assert (await ask(telegram, "/topics")).shown == wording.sentence("no_topics", "en")


async def test_sources_are_named_with_their_links(telegram: TelegramServer, tmp_path: Path, guide: Guide) -> None:
    async with running(telegram, tmp_path, guide):
        call = await ask(telegram, "/sources", lang="ru")
    title = "The date of the visit of the president of Kazakhstan to Tajikistan becomes known"
    assert call.shown.startswith(f"Откуда мои факты:\n\n• Asia-Plus, {title}, 5 мая 2021 года (36 фактов)\n• ")
    assert '<a href="https://www.asiaplustj.info/' in call.parameters["text"]


@pytest.mark.parametrize("lang", LANGS)
async def test_help_has_questions_that_are_answered(
    telegram: TelegramServer, tmp_path: Path, guide: Guide, lang: Lang
) -> None:
    async with running(telegram, tmp_path, guide):
        call = await ask(telegram, "/help", lang=lang)
        assert call.shown.startswith(wording.sentence("help", lang))
        examples = [line.removeprefix("• ") for line in call.shown.splitlines() if line.startswith("• ")]
        answers = [await ask(telegram, example, lang=lang) for example in examples]
    assert len(answers) == 3
    assert all(wording.sentence("source", lang, source="") in answer.shown for answer in answers)


@pytest.mark.parametrize(
    ("lang", "question"),
    [
        ("en", QUESTION),
        ("ru", RUSSIAN),
        ("kk", "Тоқаев Тәжікстанға қашан барады?"),
        ("tg", "Тоқаев ба Тоҷикистон кай меояд?"),
    ],
)
async def test_one_can_go_on_as_help_says(
    telegram: TelegramServer, tmp_path: Path, guide: Guide, lang: Lang, question: str
) -> None:
    when, more = re.findall("[«“](.+?)[»”]", wording.sentence("help", lang))
    async with running(telegram, tmp_path, guide):
        first = await ask(telegram, question, lang=lang)
        follow_up = await ask(telegram, when, lang=lang)
        second = await ask(telegram, more, lang=lang)
        third = await ask(telegram, more, lang=lang)
    assert follow_up.shown == first.shown
    assert len({first.shown, second.shown, third.shown}) == 3
    assert all(wording.sentence("source", lang, source="") in call.shown for call in (first, second, third))


@pytest.mark.parametrize("place", GROUPS)
async def test_pages_in_a_group_are_for_who_asked(
    telegram: TelegramServer, tmp_path: Path, guide: Guide, place: str
) -> None:
    async with running(telegram, tmp_path, guide):
        topics = await ask(telegram, "/topics", place)
        languages = await ask(telegram, "/language", place)
        telegram.press(topics, data(topics, "Calls"), user=12)
        telegram.press(languages, "speak:ru", user=12)
        answers = await replies(telegram, 2, "answerCallbackQuery")
    assert {answer.parameters["text"] for answer in answers} == {wording.sentence("not_your_button", "en")}
    assert telegram.sent("editMessageText") == []


# A person's language


@pytest.mark.parametrize("place", PLACES)
async def test_a_chosen_language_is_kept_and_speaks_everywhere(
    telegram: TelegramServer, tmp_path: Path, guide: Guide, place: str
) -> None:
    async with running(telegram, tmp_path, guide):
        menu = await ask(telegram, "/language", place)
        chosen = await press(telegram, menu, data(menu, "Русский"))
    async with running(telegram, tmp_path, guide):
        answer = await ask(telegram, addressed(place, QUESTION), place)
        unknown = await ask(telegram, addressed(place, "How do I get a passport?"), place)
        other = await ask(telegram, addressed(place, QUESTION), place, user=12)
        menu = await ask(telegram, "/language", place)
        undone = await press(telegram, menu, data(menu, wording.sentence("language_auto", "ru")))
        english = await ask(telegram, addressed(place, QUESTION), place)
    assert chosen.shown == wording.sentence("language_set", "ru")
    assert chosen.buttons == []
    assert answer.shown.startswith("Президент Казахстана Касым-Жомарт Токаев")
    assert "Источник: Берик Уали" in answer.shown
    assert "Источник" in [button["text"] for button in answer.buttons]
    assert unknown.shown.startswith("По запросу «passport» фактов у меня нет.")
    assert other.shown == english.shown
    assert english.shown.startswith("Kassym-Jomart Tokayev")
    assert labels(menu) == ["English", "✓ Русский", "Қазақша", "Тоҷикӣ", wording.sentence("language_auto", "ru")]
    assert undone.shown == wording.sentence("language_auto_set", "en")


async def test_whose_language_is_not_ours_is_spoken_to_as_they_asked(
    telegram: TelegramServer, tmp_path: Path, guide: Guide
) -> None:
    async with running(telegram, tmp_path, guide):
        before = await ask(telegram, "/privacy", lang="de")
        await ask(telegram, RUSSIAN, lang="de")
        after = await ask(telegram, "/privacy", lang="de")
    assert before.shown == wording.sentence("privacy", "en", hours=48, days=180).strip()
    assert after.shown == wording.sentence("privacy", "ru", hours=48, days=180).strip()


# What is kept


def rows(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that stands in state.db, by table."""
    connection = sqlite3.connect(folder / "state.db")
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}
    connection.close()
    return found


def bytes_in(folder: Path) -> bytes:
    """The files of state.db as they lie on the disk."""
    return b"".join(path.read_bytes() for path in folder.glob("state.db*"))


async def everything(server: TelegramServer, user: int) -> None:
    """A person does all that leaves something behind, in private and in a group."""
    menu = await ask(server, "/language", user=user)
    await press(server, menu, "speak:tg", user=user)
    for place in PLACES:
        await ask(server, addressed(place, f"how do I get a visa, {place}?"), place, user=user)
        call = await ask(server, addressed(place, QUESTION), place, user=user)
        before = len(server.sent("editMessageReplyMarkup"))
        server.press(call, "not:tg:visit", user=user)
        await replies(server, before + 1, "editMessageReplyMarkup")


async def test_only_what_privacy_says_is_kept(telegram: TelegramServer, tmp_path: Path, guide: Guide) -> None:
    async with running(telegram, tmp_path, guide):
        await everything(telegram, 4_040_404)
    kept = rows(tmp_path)
    assert set(kept) == {"handled", "waiting", "languages", "replies", "in_vain"}
    assert kept["languages"] == [(4_040_404, "tg")]
    assert len(kept["replies"]) == 2 * len(PLACES)
    assert kept["waiting"] == []  # nothing waits any more
    assert len(kept["in_vain"]) == 2 * len(PLACES)
    assert "4040404" not in repr((kept["in_vain"], kept["handled"]))
    assert "Person" not in repr(kept)


async def test_forget_drops_all_of_a_person_and_nothing_of_others(
    telegram: TelegramServer, tmp_path: Path, guide: Guide
) -> None:
    async with running(telegram, tmp_path, guide) as service:
        await everything(telegram, 4_040_404)
        await everything(telegram, 5_050_505)
        done = await ask(telegram, "/forget", "topic", user=4_040_404)
        about = [key for key in service.parts.desk._talks if key[2] == 4_040_404]
        english = await ask(telegram, QUESTION, user=4_040_404)
        others = await ask(telegram, QUESTION, user=5_050_505)
        await ask(telegram, "/forget", user=4_040_404)
    assert done.shown == wording.sentence("forgotten", "tg")
    assert about == []
    assert english.shown.startswith("Kassym-Jomart Tokayev")
    assert others.shown.startswith("Президенти Қазоқистон")
    kept = rows(tmp_path)
    assert "4040404" not in repr(kept)
    assert kept["languages"] == [(5_050_505, "tg")]
    traces = bytes_in(tmp_path)
    assert (4_040_404).to_bytes(3, "big") not in traces
    assert (5_050_505).to_bytes(3, "big") in traces


async def test_what_is_too_old_is_purged(telegram: TelegramServer, tmp_path: Path, guide: Guide) -> None:
    async with running(telegram, tmp_path, guide):
        await everything(telegram, 11)
    connection = sqlite3.connect(tmp_path / "state.db")
    connection.execute("UPDATE replies SET at = at - 48 * 3600 - 60 WHERE chat > 0")
    connection.execute("UPDATE in_vain SET at = at - 180 * 86400 - 60 WHERE text LIKE '%private%'")
    connection.commit()
    connection.close()
    async with running(telegram, tmp_path, guide):
        await ask(telegram, "/privacy")
    kept = rows(tmp_path)
    assert {row[1] for row in kept["replies"]} == {-55, -1001, -1002}
    assert len(kept["in_vain"]) == 2 * len(PLACES) - 1


async def test_a_conversation_that_is_silent_for_long_is_forgotten(
    telegram: TelegramServer, tmp_path: Path, guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.core.FORGET_AFTER", 0.2)
    monkeypatch.setattr("bot.telegram.service.PURGE_EVERY", 0.05)
    async with running(telegram, tmp_path, guide) as service:
        await ask(telegram, QUESTION)
        await asyncio.to_thread(telegram.wait, lambda: not service.parts.desk._talks, "the talk to be forgotten")
        assert service.parts.desk.spoken((11, None, 11)) is None


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
async def test_nothing_personal_is_logged_at_info(
    telegram: TelegramServer, tmp_path: Path, guide: Guide, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(level, "bot")
    async with running(telegram, tmp_path, guide):
        await everything(telegram, 4_040_404)
        telegram.block(4_040_404)
        write(telegram, "private", QUESTION, user=4_040_404)
        await ask(telegram, "/privacy")
    logged = " ".join(record.getMessage() for record in caplog.records)
    assert "serving" in logged
    for personal in ("4040404", "Person", "visa"):
        assert personal not in logged or (level == "DEBUG" and personal == "visa")
    assert ("visa" in logged) == (level == "DEBUG")
