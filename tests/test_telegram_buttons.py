"""The buttons under replies, by raw updates: what each does, after a restart too, pressed twice or by another."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import wording
from bot.browsing import Guide
from bot.model import Conversation, Match
from bot.state import State
from tests.telegram_bot import FACTS, SmallCore, running
from tests.telegram_places import GROUPS, PLACES, addressed, write
from tests.telegram_server import Call, TelegramServer

ADMIN = 900
BUTTONS = ["Source", "More", "Share", "Not what I asked", "This fact is wrong"]


async def replies(server: TelegramServer, count: int, method: str = "sendMessage") -> list[Call]:
    return await asyncio.to_thread(server.wait_sent, count, method)


async def asked(server: TelegramServer, place: str = "private", text: str = "visit") -> Call:
    """A question in a place, and the reply to it."""
    before = len(server.sent())
    write(server, place, addressed(place, text))
    return (await replies(server, before + 1))[-1]


def data(call: Call, label: str) -> str:
    """The callback data of the button with this label."""
    return next(button["callback_data"] for button in call.buttons if button["text"] == label)


def kept(folder: Path) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """What stands in state.db as asked in vain."""
    state = State(folder / "state.db")
    found: list[tuple[str, str, str, tuple[str, ...]]]
    found = [(one.text, one.lang, one.why, one.nearest) for one in state.in_vain()]
    state.close()
    return found


@pytest.mark.parametrize("place", PLACES)
async def test_an_answer_has_its_buttons(telegram: TelegramServer, tmp_path: Path, place: str) -> None:
    async with running(telegram, tmp_path, admins=frozenset([ADMIN])):
        call = await asked(telegram, place)
    assert [button["text"] for button in call.buttons] == BUTTONS
    source, more, share, not_it, wrong = call.buttons
    assert source["url"] == "https://example.org/?a=1&b=2"
    assert share["switch_inline_query"] == "#en:visit"
    assert [button["callback_data"] for button in (more, not_it, wrong)] == [
        *("more:en:visit:0", "not:en:visit", "bad:en:visit")
    ]


async def test_what_cannot_work_is_not_offered(telegram: TelegramServer, tmp_path: Path) -> None:
    telegram.world.bot["supports_inline_queries"] = False
    async with running(telegram, tmp_path):
        call = await asked(telegram)
        unknown = await asked(telegram, text="nothing")
    assert [button["text"] for button in call.buttons] == ["Source", "More", "Not what I asked"]
    assert unknown.buttons == []


async def test_the_longest_id_fits_into_64_bytes(telegram: TelegramServer, tmp_path: Path) -> None:
    class Longest(SmallCore):
        def answer(self, *args: Any) -> Any:
            reply: Any
            reply, after = super().answer(*args)
            fact = replace(FACTS["visit"], id="x" * 40)
            return replace(reply, facts=(Match(fact, 1.0),)), after

    async with running(telegram, tmp_path, Longest(), admins=frozenset([ADMIN])):
        call = await asked(telegram)
        suggestion = await asked(telegram, text="which")
    buttons = [button for one in (call, suggestion) for button in one.buttons]
    sizes = [len(button["callback_data"]) for button in buttons if "callback_data" in button]
    assert max(sizes) <= 64
    assert min(sizes) >= 40


async def test_what_else_may_be_meant_is_offered_under_an_answer(telegram: TelegramServer, tmp_path: Path) -> None:
    class Ambiguous(SmallCore):
        def answer(self, *args: Any) -> Any:
            reply: Any
            reply, after = super().answer(*args)
            return replace(reply, also=(Match(FACTS["summit"], 1.0),)), after

    async with running(telegram, tmp_path, Ambiguous()):
        call = await asked(telegram)
        label = wording.fact_labels([FACTS["summit"]])[0]
        telegram.press(call, data(call, label))
        [shown] = await replies(telegram, 1, "editMessageText")
    assert call.shown.endswith(f"\n\nOr do you mean:\n• {label}")
    assert shown.shown.startswith("The summit is planned.")


async def test_a_keyboard_that_telegram_refuses_costs_no_answer(tmp_path: Path) -> None:
    class Local(SmallCore):
        def answer(self, *args: Any) -> Any:
            reply: Any
            reply, after = super().answer(*args)
            fact = replace(FACTS["visit"], source=replace(FACTS["visit"].source, url="http://intranet/page"))
            return replace(reply, facts=(Match(fact, 1.0),)), after

    with TelegramServer() as server:
        async with running(server, tmp_path, Local()):
            call = await asked(server)
    assert call.shown.startswith("The visit is on")
    assert call.buttons == []


@pytest.mark.parametrize("place", PLACES)
async def test_more_tells_what_else_there_is_once(telegram: TelegramServer, tmp_path: Path, place: str) -> None:
    async with running(telegram, tmp_path):
        call = await asked(telegram, place)
        for user in (11, 11, 12):
            telegram.press(call, "more:en:visit:0", user=user)
        await replies(telegram, 3, "answerCallbackQuery")
        more = telegram.sent()[-1]
    assert len(telegram.sent()) == 2
    assert more.shown.startswith("The summit is planned.")
    assert more.result["reply_to_message"]["message_id"] == call.result["message_id"]
    assert more.result.get("message_thread_id") == call.result.get("message_thread_id")
    assert "More" not in [button["text"] for button in more.buttons]
    assert "More" not in [button["text"] for button in telegram.sent("editMessageReplyMarkup")[0].buttons]


async def test_more_goes_on_until_all_is_told(telegram: TelegramServer, tmp_path: Path, guide: Guide) -> None:
    told: list[str] = []
    async with running(telegram, tmp_path, guide):
        call = await asked(telegram, text="When was Tokayev born?")
        while "More" in [button["text"] for button in call.buttons]:
            told.append(call.shown)
            telegram.press(call, data(call, "More"))
            call = (await replies(telegram, len(told) + 1))[-1]
        told.append(call.shown)
        paragraphs = [part for text in told for part in text.split("\n\n") if not part.startswith("Source:")]
    fact, found = "tokayev-born", []
    for page in range(len(told)):
        more, _ = guide.more(fact, "en", page, Conversation())
        assert more
        found += [match.fact.text for match in more.answer.facts]
    assert len(found) > 4
    assert len(set(paragraphs)) == len(paragraphs) == 1 + len(found)
    assert all(any(text in part for part in paragraphs) for text in found)


@pytest.mark.parametrize("place", PLACES)
async def test_not_what_i_asked_is_noted_without_the_asker(
    telegram: TelegramServer, tmp_path: Path, place: str
) -> None:
    async with running(telegram, tmp_path):
        call = await asked(telegram, place, "visit of the queen")
        for _ in range(2):
            telegram.press(call, "not:en:visit")
        first, second = await replies(telegram, 2, "answerCallbackQuery")
        await replies(telegram, 1, "editMessageReplyMarkup")
    assert first.parameters["text"] == wording.sentence("not_what_i_asked", "en")
    assert first.parameters["show_alert"] == "true"
    assert second.parameters["text"] == wording.sentence("already_noted", "en")
    assert kept(tmp_path) == [("visit of the queen", "en", "not it", ("visit",))]
    assert "Not what I asked" not in [button["text"] for button in telegram.sent("editMessageReplyMarkup")[0].buttons]


@pytest.mark.parametrize("place", GROUPS)
@pytest.mark.parametrize("text", ["visit", "which"])
async def test_what_is_for_the_asker_is_for_nobody_else(
    telegram: TelegramServer, tmp_path: Path, place: str, text: str
) -> None:
    async with running(telegram, tmp_path):
        call = await asked(telegram, place, text)
        for button in call.buttons:
            if button.get("callback_data", "").startswith(("not:", "fact:")):
                telegram.press(call, button["callback_data"], user=12)
        answers = await replies(telegram, 3 if text == "which" else 1, "answerCallbackQuery")
    assert {answer.parameters["text"] for answer in answers} == {wording.sentence("not_your_button", "en")}
    assert telegram.sent("editMessageText") == telegram.sent("editMessageReplyMarkup") == []
    assert kept(tmp_path) == []


@pytest.mark.parametrize("place", PLACES)
async def test_a_wrong_fact_goes_to_the_admins_once(tmp_path: Path, place: str) -> None:
    with TelegramServer() as server:
        server.world.know(ADMIN)
        async with running(server, tmp_path, admins=frozenset([ADMIN, 901])):  # the second never wrote to the bot
            call = await asked(server, place)
            for user in (12, 11):
                server.press(call, "bad:en:visit", user=user)
            first, second = await replies(server, 2, "answerCallbackQuery")
            await replies(server, 1, "editMessageReplyMarkup")
        assert [one.result for one in server.refused()] == ["Bad Request: chat not found"]
    report = wording.sentence("report", "en", id="visit (en)", text=FACTS["visit"].text)
    assert [one.shown for one in server.sent(chat=ADMIN)] == [report]
    assert first.parameters["text"] == wording.sentence("thanks_for_report", "en")
    assert second.parameters["text"] == wording.sentence("already_noted", "en")


@pytest.mark.parametrize("place", PLACES)
async def test_buttons_work_after_a_restart(telegram: TelegramServer, tmp_path: Path, place: str) -> None:
    telegram.world.know(ADMIN)
    async with running(telegram, tmp_path, admins=frozenset([ADMIN])):
        call = await asked(telegram, place)
        suggestion = await asked(telegram, place, "which one")
    async with running(telegram, tmp_path, admins=frozenset([ADMIN])):
        for pressed, label in ((call, "More"), (call, "Not what I asked"), (call, "This fact is wrong")):
            telegram.press(pressed, data(pressed, label))
        telegram.press(suggestion, "fact:en:summit")
        [edited] = await replies(telegram, 1, "editMessageText")
        await replies(telegram, 4, "answerCallbackQuery")
        await replies(telegram, 4)
    assert edited.shown.startswith("The summit is planned.")
    assert kept(tmp_path) == [("visit", "en", "not it", ("visit",))]
    assert len(telegram.sent(chat=ADMIN)) == 1
    assert [call.shown.split("\n")[0] for call in telegram.sent(chat=call.chat)][2:] == ["The summit is planned."]


@pytest.mark.parametrize("way", ["more:en:visit:0", "not:en:visit", "bad:en:visit", "fact:en:summit"])
async def test_a_message_too_old_to_be_seen_harms_nothing(
    telegram: TelegramServer, tmp_path: Path, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.world.know(ADMIN)
    async with running(telegram, tmp_path, admins=frozenset([ADMIN])):
        call = await asked(telegram)
        old = {"message_id": call.result["message_id"], "date": 0, "chat": call.result["chat"]}
        telegram.push({"callback_query": query(telegram, way) | {"message": old}})
        telegram.push({"callback_query": query(telegram, way) | {"inline_message_id": "x"}})
        await replies(telegram, 2, "answerCallbackQuery")
        await asked(telegram, text="hello")
    assert kept(tmp_path) == []
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def query(server: TelegramServer, way: str) -> dict[str, Any]:
    """A press as Telegram writes it, without the message."""
    return {"id": way, "from": server.message()["from"], "chat_instance": "1", "data": way}


async def test_a_press_too_long_ago_is_acted_on_all_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with TelegramServer() as server:
        async with running(server, tmp_path):
            call = await asked(server)
            server.world.late_queries = True
            server.press(call, "more:en:visit:0")
            assert (await replies(server, 2))[1].shown.startswith("The summit")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_who_asked_as_a_group_may_press(telegram: TelegramServer, tmp_path: Path) -> None:
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    async with running(telegram, tmp_path):
        write(
            telegram, "topic", addressed("topic", "visit"), sender_chat=PLACES["topic"]["chat"], **{"from": anonymous}
        )
        [call] = await replies(telegram, 1)
        telegram.press(call, "not:en:visit", user=12)
        [answer] = await replies(telegram, 1, "answerCallbackQuery")
    assert answer.parameters["text"] == wording.sentence("not_what_i_asked", "en")
