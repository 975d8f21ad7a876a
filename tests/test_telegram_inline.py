"""Inline mode, by raw updates: what is offered in any chat, in whose language, and when only a button is."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import wording
from bot.browsing import Guide
from bot.model import Lang, Match
from tests import telegram_rules as rules
from tests.telegram_bot import FACTS, SmallCore, running
from tests.telegram_places import write
from tests.telegram_server import Call, TelegramServer

VISIT = "When will Tokayev visit Tajikistan?"


def ask(server: TelegramServer, text: str, *, lang: str | None = "en", offset: str = "", **more: Any) -> None:
    """Somebody types `@bot text` in a chat."""
    person = server.message()["from"] | {"language_code": lang}
    query = {"id": f"i{text}{offset}", "from": person, "query": text, "offset": offset, "chat_type": "group"}
    server.push({"inline_query": query | more})


async def answers(server: TelegramServer, count: int = 1) -> list[Call]:
    return await asyncio.to_thread(server.wait_sent, count, "answerInlineQuery")


def results(call: Call) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(call.parameters["results"])
    return found


def text_of(result: dict[str, Any]) -> str:
    """What choosing a result sends, as a person sees it."""
    return rules.parse_html(result["input_message_content"]["message_text"])


async def test_an_inline_question_offers_title_sentence_and_source(
    telegram: TelegramServer, tmp_path: Path, guide: Guide
) -> None:
    async with running(telegram, tmp_path, guide):
        ask(telegram, VISIT)
        [call] = await answers(telegram)
    best = results(call)[0]
    assert best["title"] == "When is Tokayev visiting Tajikistan?"
    assert "19–20 May 2021" in best["description"].split("\n")[0]
    assert best["description"].split("\n")[1].startswith("Source: Berik Uali")
    assert "19–20 May 2021" in text_of(best)
    assert "Source: Berik Uali, spokesman for the Kazakh president, on Facebook; Asia-Plus" in text_of(best)
    assert best["reply_markup"]["inline_keyboard"][0][0]["url"].startswith("https://www.asiaplustj.info/")
    assert best["input_message_content"]["link_preview_options"] == {"is_disabled": True}
    assert (call.parameters["cache_time"], call.parameters["is_personal"]) == ("300", "true")
    assert "button" not in call.parameters


class Many(SmallCore):
    """Has ten matches for everything."""

    def answer(self, *args: Any) -> Any:
        reply: Any
        reply, after = super().answer(*args)
        matches = tuple(Match(replace(FACTS["visit"], id=f"visit-{i}"), 9.0 - i) for i in range(10))
        return replace(reply, facts=matches[:1], matches=matches), after


async def test_inline_results_come_in_pages(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path, Many()):
        ask(telegram, "visit")
        [first] = await answers(telegram)
        ask(telegram, "visit", offset=first.parameters["next_offset"])
        _, second = await answers(telegram, 2)
        for number, odd in enumerate(("10", "-1", "x", "9" * 30)):
            ask(telegram, "visit", offset=odd)
            await answers(telegram, 3 + number)
        _, _, beyond, *others = telegram.sent("answerInlineQuery")
    assert [result["id"] for call in (first, second) for result in results(call)] == [
        f"en:visit-{number}" for number in range(10)
    ]
    assert second.parameters["next_offset"] == ""
    assert results(beyond) == []
    assert [results(other) for other in others] == [results(first)] * 3


async def test_a_good_question_offers_ten_matches(telegram: TelegramServer, tmp_path: Path, guide: Guide) -> None:
    found: list[dict[str, Any]] = []
    offset = ""
    async with running(telegram, tmp_path, guide):
        for page in (1, 2):
            ask(telegram, VISIT, offset=offset)
            call = (await answers(telegram, page))[-1]
            found += results(call)
            offset = call.parameters.get("next_offset", "")
    assert offset == ""
    assert len({result["id"] for result in found}) == len(found) == 10
    assert found[0]["id"] == "en:visit"
    assert all("\nSource: " in result["description"] for result in found)


async def test_what_is_not_sure_is_offered_beside_the_button(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path):
        ask(telegram, "which")
        [call] = await answers(telegram)
    assert [result["id"] for result in results(call)] == ["en:visit", "en:summit"]
    assert json.loads(call.parameters["button"])["start_parameter"] == "ask"


@pytest.mark.parametrize(
    ("code", "question", "lang"),
    [
        ("de", VISIT, "en"),
        ("ru", "Когда Токаев приедет в Таджикистан?", "ru"),
        ("kk", "Тоқаев Тәжікстанға қашан барады?", "kk"),
        (None, "Тоқаев ба Тоҷикистон кай меояд?", "tg"),
    ],
)
async def test_inline_speaks_the_askers_language(
    telegram: TelegramServer, tmp_path: Path, guide: Guide, code: str | None, question: str, lang: Lang
) -> None:
    async with running(telegram, tmp_path, guide):
        ask(telegram, question, lang=code)
        [call] = await answers(telegram)
    assert {result["id"] for result in results(call)} >= {f"{lang}:visit"}
    assert wording.sentence("source", lang, source="") in text_of(results(call)[0])


async def test_inline_keeps_to_the_language_that_was_chosen(
    telegram: TelegramServer, tmp_path: Path, guide: Guide
) -> None:
    async with running(telegram, tmp_path, guide):
        write(telegram, "private", "/language")
        [menu] = await asyncio.to_thread(telegram.wait_sent, 1)
        telegram.press(menu, "speak:kk")
        ask(telegram, VISIT)
        [call] = await answers(telegram)
    assert {result["id"].split(":")[0] for result in results(call)} == {"kk"}


@pytest.mark.parametrize("lang", ["en", "ru", "kk", "tg"])
@pytest.mark.parametrize("text", ["How do I get a visa?", "", "  ", "hello", "#en:gone", "x" * 256])
async def test_below_the_confidence_there_is_only_a_button(
    telegram: TelegramServer, tmp_path: Path, guide: Guide, text: str, lang: Lang
) -> None:
    async with running(telegram, tmp_path, guide):
        write(telegram, "private", "/language")
        [menu] = await asyncio.to_thread(telegram.wait_sent, 1)
        telegram.press(menu, f"speak:{lang}")
        ask(telegram, text, lang=lang)
        [call] = await answers(telegram)
        write(telegram, "private", "/start ask")  # what the button leads to
        _, hello = await asyncio.to_thread(telegram.wait_sent, 2)
    assert results(call) == []
    button = json.loads(call.parameters["button"])
    assert button == {"text": wording.sentence("button_ask_private", lang), "start_parameter": "ask"}
    assert hello.shown.startswith(wording.sentence("start", lang))


async def test_share_offers_the_fact_that_it_is_under(telegram: TelegramServer, tmp_path: Path, guide: Guide) -> None:
    async with running(telegram, tmp_path, guide):
        write(telegram, "private", "When was Tokayev born?")
        [call] = await asyncio.to_thread(telegram.wait_sent, 1)
        share = next(button for button in call.buttons if "switch_inline_query" in button)
        ask(telegram, share["switch_inline_query"], lang="ru")
        [shared] = await answers(telegram)
    [result] = results(shared)
    assert text_of(result) == call.shown


async def test_an_inline_query_too_long_ago_is_no_error(
    tmp_path: Path, guide: Guide, caplog: pytest.LogCaptureFixture
) -> None:
    with TelegramServer() as server:
        server.world.late_queries = True
        async with running(server, tmp_path, guide):
            ask(server, VISIT)
            await asyncio.to_thread(server.wait, lambda: bool(server.refused()), "the answer")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
