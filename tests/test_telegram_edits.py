"""Changed questions, by raw updates: the reply follows, after a restart too, and no other message does."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot import wording
from bot.state import State
from tests.telegram_bot import SmallCore, running
from tests.telegram_places import GROUPS, PLACES, addressed, write, written
from tests.telegram_server import Call, TelegramServer

DAY = 86_400


async def replies(server: TelegramServer, count: int, method: str = "sendMessage") -> list[Call]:
    return await asyncio.to_thread(server.wait_sent, count, method)


def change(server: TelegramServer, place: str, message: dict[str, Any], text: str) -> None:
    """The author of a message changes its text."""
    edited = written(server, place, text)
    kept = {key: message[key] for key in ("message_id", "date", "from")}
    server.push({"edited_message": edited | kept | {"edit_date": message["date"] + 60}})


async def settled(server: TelegramServer, place: str) -> None:
    """Returns when all that was written in a place is handled."""
    count = len(server.sent())
    write(server, place, addressed(place, "goodbye"))
    await replies(server, count + 1)


@pytest.mark.parametrize("place", PLACES)
async def test_a_changed_question_changes_its_reply(telegram: TelegramServer, tmp_path: Path, place: str) -> None:
    async with running(telegram, tmp_path):
        message = write(telegram, place, addressed(place, "vsit"))
        [unknown] = await replies(telegram, 1)
        change(telegram, place, message, addressed(place, "visit"))
        [edited] = await replies(telegram, 1, "editMessageText")
        change(telegram, place, message, addressed(place, "which"))
        await replies(telegram, 2, "editMessageText")
        change(telegram, place, message, addressed(place, "hello"))
        _, suggested, greeted = await replies(telegram, 3, "editMessageText")
    assert len(telegram.sent()) == 1
    assert edited.parameters["message_id"] == str(unknown.result["message_id"])
    assert edited.shown.startswith("The visit is on")
    assert "More" in [button["text"] for button in edited.buttons]
    assert suggested.buttons[0]["callback_data"] == "fact:en:visit"
    assert (greeted.shown, greeted.buttons) == (wording.sentence("greeting", "en"), [])


@pytest.mark.parametrize("place", PLACES)
async def test_what_was_no_question_becomes_one(telegram: TelegramServer, tmp_path: Path, place: str) -> None:
    empty = "/ask" if place == "private" else addressed(place, "")
    async with running(telegram, tmp_path):
        message = write(telegram, place, addressed(place, "visit " * 500))
        [long] = await replies(telegram, 1)
        for text in (addressed(place, "visit"), empty, addressed(place, "x" * 2001)):
            change(telegram, place, message, text)
        visit, prompt, long_again = await replies(telegram, 3, "editMessageText")
    too_long = wording.sentence("too_long", "en", limit=2000)
    assert long.shown == too_long
    assert visit.shown.startswith("The visit is on")
    assert (prompt.shown, long_again.shown) == (wording.sentence("ask_prompt", "en"), too_long)
    assert prompt.buttons == []


@pytest.mark.parametrize("place", PLACES)
async def test_a_question_is_changed_after_a_restart(telegram: TelegramServer, tmp_path: Path, place: str) -> None:
    async with running(telegram, tmp_path):
        message = write(telegram, place, addressed(place, "vsit"))
        await replies(telegram, 1)
    async with running(telegram, tmp_path):
        change(telegram, place, message, addressed(place, "visit"))
        [edited] = await replies(telegram, 1, "editMessageText")
    assert edited.shown.startswith("The visit is on")


@pytest.mark.parametrize("age", [1.9 * DAY, 2.1 * DAY])
async def test_which_message_answers_which_is_known_for_48_hours(
    telegram: TelegramServer, tmp_path: Path, age: float
) -> None:
    async with running(telegram, tmp_path):
        message = write(telegram, "private", "vsit")
        await replies(telegram, 1)
    _make_older(tmp_path, round(age))
    async with running(telegram, tmp_path):
        change(telegram, "private", message, "visit")
        await settled(telegram, "private")
    assert len(telegram.sent("editMessageText")) == (1 if age < 2 * DAY else 0)


def _make_older(folder: Path, seconds: int) -> None:
    connection = sqlite3.connect(folder / "state.db")
    connection.execute("UPDATE replies SET at = at - ?", (seconds,))
    connection.commit()
    connection.close()


async def test_a_changed_question_leans_on_what_stood_before_it(telegram: TelegramServer, tmp_path: Path) -> None:
    core = SmallCore()
    async with running(telegram, tmp_path, core):
        first = write(telegram, "private", "hello first")
        second = write(telegram, "private", "and whn?")
        await replies(telegram, 2)
        change(telegram, "private", second, "and when?")
        await replies(telegram, 1, "editMessageText")
        change(telegram, "private", first, "visit once more")
        await replies(telegram, 2, "editMessageText")
        write(telegram, "private", "and who?")
        await replies(telegram, 3)
    before = [(question.text, conversation.last_question) for question, conversation in core.asked]
    assert before == [
        ("hello first", ""),
        ("and whn?", "hello first"),
        ("and when?", "hello first"),
        ("visit once more", ""),
        ("and who?", "and when?"),
    ]


@pytest.mark.parametrize("place", PLACES)
async def test_what_changes_nothing_is_silent(tmp_path: Path, place: str, caplog: pytest.LogCaptureFixture) -> None:
    with TelegramServer() as server:
        async with running(server, tmp_path):
            message = write(server, place, addressed(place, "visit"))
            [call] = await replies(server, 1)
            change(server, place, message, addressed(place, "visit"))  # a preview was loaded, say
            await asyncio.to_thread(server.wait, lambda: bool(server.refused()), "the first change")
            del server.world.know(call.chat).messages[call.result["message_id"]]
            change(server, place, message, addressed(place, "hello"))
            change(server, place, message | {"message_id": 1}, addressed(place, "visit"))
            await settled(server, place)
        refused = [call.result for call in server.refused()]
        assert len(server.sent()) == 2
    assert refused == ["Bad Request: message is not modified", "Bad Request: message to edit not found"]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize("place", GROUPS)
async def test_talk_that_is_changed_stays_talk(telegram: TelegramServer, tmp_path: Path, place: str) -> None:
    async with running(telegram, tmp_path):
        talk = write(telegram, place, "visit when")
        change(telegram, place, talk, "visit when?")
        question = write(telegram, place, addressed(place, "visit"))
        await replies(telegram, 1)
        change(telegram, place, question, "never mind")
        await settled(telegram, place)
    assert len(telegram.sent()) == 2
    assert telegram.sent("editMessageText") == []


async def test_a_command_that_a_question_is_changed_into_is_no_question(
    telegram: TelegramServer, tmp_path: Path
) -> None:
    async with running(telegram, tmp_path):
        question = write(telegram, "private", "visit")
        await replies(telegram, 1)
        change(telegram, "private", question, "/help")
        await settled(telegram, "private")
    assert telegram.sent("editMessageText") == []


async def test_a_state_that_cannot_be_written_costs_no_answer(
    telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async with running(telegram, tmp_path):
        for name in ("note_reply", "note_in_vain", "language", "reply_to", "choose_language"):
            monkeypatch.setattr(State, name, broken)
        write(telegram, "private", "nothing")
        write(telegram, "private", "visit")
        _, visit = await replies(telegram, 2)
    assert visit.shown.startswith("The visit is on")
