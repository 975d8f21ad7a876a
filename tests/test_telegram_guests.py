"""Guest mode, by raw updates: the bot is called into chats that it is not in, and answers with one message."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot import wording
from bot.browsing import Guide
from bot.state import State
from tests import telegram_rules as rules
from tests.telegram_bot import SmallCore, running
from tests.telegram_places import FORUM, GROUP, write, written
from tests.telegram_server import Call, TelegramServer
from tests.telegram_world import BOT

NAME = BOT["username"]
OTHERS: dict[str, Any] = {"id": 12, "type": "private", "first_name": "Person 12"}
"""The chat of two people, as a bot sees it that one of them calls in."""
CHATS = {"of two people": OTHERS, "group": GROUP, "topic": FORUM}


def call(server: TelegramServer, text: str, chat: dict[str, Any] = GROUP, **more: Any) -> dict[str, Any]:
    """Somebody writes a message with the bot's name in a chat that it is not in; returns the message."""
    message = written(server, "group", text, **more) | {"chat": chat}
    message["guest_query_id"] = f"g{message['message_id']}"
    server.push({"guest_message": message})
    return message


async def answers(server: TelegramServer, count: int = 1) -> list[Call]:
    return await asyncio.to_thread(server.wait_sent, count, "answerGuestQuery")


def text_of(answer: Call) -> str:
    content = json.loads(answer.parameters["result"])["input_message_content"]
    assert content["link_preview_options"] == {"is_disabled": True}
    return rules.parse_html(content["message_text"])


def buttons(answer: Call) -> list[dict[str, str]]:
    markup = json.loads(answer.parameters["result"]).get("reply_markup", {"inline_keyboard": []})
    return [button for row in markup["inline_keyboard"] for button in row]


@pytest.mark.parametrize("chat", CHATS.values(), ids=CHATS)
async def test_a_guest_is_answered_where_it_was_called(
    telegram: TelegramServer, tmp_path: Path, guide: Guide, chat: dict[str, Any]
) -> None:
    async with running(telegram, tmp_path, guide):
        message = call(telegram, f"@{NAME} When will Tokayev visit Tajikistan?", chat)
        [answer] = await answers(telegram)
    assert answer.parameters["guest_query_id"] == message["guest_query_id"]
    assert "19–20 May 2021" in text_of(answer)
    assert "Source: Berik Uali" in text_of(answer)
    source, share = buttons(answer)
    assert source["url"].startswith("https://www.asiaplustj.info/")
    assert share["switch_inline_query"] == "#en:visit"
    assert telegram.sent() == []


async def test_a_suggestion_to_a_guest_leads_to_the_private_chat(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path):
        call(telegram, f"@{NAME} which one?")
        [answer] = await answers(telegram)
        links = [button["url"] for button in buttons(answer)]
        write(telegram, "private", f"/start {links[1].split('=')[1]}")
        [fact] = await asyncio.to_thread(telegram.wait_sent, 1)
    assert links == [f"https://t.me/{NAME}?start={fact_id}" for fact_id in ("visit", "summit")]
    assert text_of(answer).startswith(wording.sentence("did_you_mean", "en"))
    assert fact.shown.startswith("The summit is planned.")


async def test_an_unknown_is_short_to_guests_and_noted_without_them(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path):
        call(telegram, f"@{NAME} nothing")
        [answer] = await answers(telegram)
    assert text_of(answer) == wording.sentence("unknown_not_understood", "en", not_understood="“nothing”")
    assert buttons(answer) == []
    state = State(tmp_path / "state.db")
    assert [one.text for one in state.in_vain()] == ["nothing"]
    assert state.reply_to(BOT["id"], GROUP["id"], 1) is None
    state.close()


async def test_a_guest_may_be_called_to_what_another_asked(telegram: TelegramServer, tmp_path: Path) -> None:
    asked = telegram.message(user=12, text="visit when?") | {"chat": GROUP}
    async with running(telegram, tmp_path):
        call(telegram, f"@{NAME}", reply_to_message=asked)
        call(telegram, f"@{NAME}")
        call(telegram, f"@{NAME} {'x' * 2001}")
        visit, prompt, long = await answers(telegram, 3)
    assert text_of(visit).startswith("The visit is on")
    assert text_of(prompt) == wording.sentence("ask_prompt", "en")
    assert text_of(long) == wording.sentence("too_long", "en", limit=2000)


async def test_guests_chats_are_not_mistaken_for_others(telegram: TelegramServer, tmp_path: Path) -> None:
    """A chat of a guest may have the number of one that the bot is in."""
    core = SmallCore()
    async with running(telegram, tmp_path, core):
        write(telegram, "group", f"@{NAME} visit")
        await asyncio.to_thread(telegram.wait_sent, 1)
        call(telegram, f"@{NAME} and when?")
        await answers(telegram)
        write(telegram, "group", f"@{NAME} and who?")
        await asyncio.to_thread(telegram.wait_sent, 2)
    before = {question.text: conversation.last_question for question, conversation in core.asked}
    assert before == {"visit": "", "and when?": "", "and who?": "visit"}


@pytest.mark.parametrize("code", ["ru", "kk", "tg"])
async def test_a_guest_speaks_the_language_of_who_calls(telegram: TelegramServer, tmp_path: Path, code: str) -> None:
    async with running(telegram, tmp_path):
        call(telegram, f"@{NAME}", lang=code)
        call(telegram, f"@{NAME} break it", lang=code)
        prompt, sorry = await answers(telegram, 2)
    assert text_of(prompt) == wording.sentence("ask_prompt", code)  # type: ignore[arg-type]
    assert text_of(sorry) == wording.sentence("error", code)  # type: ignore[arg-type]
    assert telegram.sent() == []


async def test_what_is_no_call_or_too_late_is_silent(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bot: dict[str, Any] = {"id": 5, "is_bot": True, "first_name": "Other", "username": "other_bot"}
    with TelegramServer() as server:
        async with running(server, tmp_path):
            call(server, f"@{NAME} visit", **{"from": bot})
            call(server, f"@{NAME} visit", via_bot=BOT)
            server.world.late_queries = True
            call(server, f"@{NAME} hello")
            await asyncio.to_thread(server.wait, lambda: bool(server.refused()), "the answer")
        assert len(server.refused()) == 1
        assert server.sent() == []
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
