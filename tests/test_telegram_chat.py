import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot import wording
from bot.telegram.core import SHORT
from tests.telegram_bot import SmallCore, running
from tests.telegram_server import Call, TelegramServer


async def replies(server: TelegramServer, count: int, method: str = "sendMessage") -> list[Call]:
    return await asyncio.to_thread(server.wait_sent, count, method)


async def test_a_question_is_answered_with_its_source_quoting_it(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path):
        telegram.say("visit when?")
        [call] = await replies(telegram, 1)
    assert call.shown.startswith("The visit is on 19 <May> & lasts two days.")
    assert "Asia-Plus <news>" in call.shown
    assert 'href="https://example.org/?a=1&amp;b=2"' in call.parameters["text"]
    assert call.result["reply_to_message"]["text"] == "visit when?"
    assert call.parameters["link_preview_options"] == '{"is_disabled": true}'


async def test_start_help_and_a_command_that_there_is_not(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path):
        for text in ("/start", "/help", "/nonsense"):
            telegram.say(text)
        calls = await replies(telegram, 3)
    examples = wording.example_list(["When is the summit?"], "en")
    assert [call.shown for call in calls] == [
        f"{wording.sentence('start', 'en')}\n\n{examples}",
        f"{wording.sentence('help', 'en')}\n\n{examples}",
        wording.sentence("unknown_command", "en"),
    ]


async def test_a_long_question_holds_up_nobody_and_the_core_answers_one_at_a_time(
    telegram: TelegramServer, tmp_path: Path
) -> None:
    core = SmallCore()
    core.delay = lambda text: 1.5 if len(text) > SHORT else 0.0
    async with running(telegram, tmp_path, core):
        telegram.say("visit" + " and so on" * 40, user=1)
        telegram.say("/privacy", user=2)
        for user in range(3, 9):
            telegram.say("which one?", user=user)
        chats = [call.chat for call in await replies(telegram, 8)]
    assert sorted(chats) == list(range(1, 9))
    assert chats.index(2) < chats.index(1)
    assert not core.was_used_twice_at_once


@pytest.mark.parametrize(("code", "lang"), [("ru", "ru"), ("kk-KZ", "kk"), ("tg", "tg"), ("de", "en"), (None, "en")])
async def test_the_interface_speaks_the_persons_language(
    telegram: TelegramServer, tmp_path: Path, code: str | None, lang: Any
) -> None:
    message = telegram.message(text="/start")
    message["from"]["language_code"] = code
    async with running(telegram, tmp_path):
        telegram.push({"message": message})
        [call] = await replies(telegram, 1)
    assert call.shown.startswith(wording.sentence("start", lang))


async def test_a_deep_link_shows_its_fact(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path):
        telegram.say("/start summit")
        telegram.say("/start gone")
        known, gone = await replies(telegram, 2)
    assert known.shown.startswith("The summit is planned.")
    assert gone.shown.startswith(wording.sentence("start", "en"))


async def test_a_suggestion_has_buttons_and_a_press_shows_the_fact(telegram: TelegramServer, tmp_path: Path) -> None:
    core = SmallCore()
    async with running(telegram, tmp_path, core):
        telegram.say("which one?")
        [asked] = await replies(telegram, 1)
        assert [button["callback_data"] for button in asked.buttons] == [
            "fact:en:visit",
            "fact:en:summit",
            "not:en:visit",
        ]
        assert asked.buttons[1]["text"] == "When is the summit?"
        telegram.press(asked, "fact:en:summit")
        [edited] = await replies(telegram, 1, "editMessageText")
        telegram.say("and when?")
        await replies(telegram, 2)
    assert edited.shown.startswith("The summit is planned.")
    assert [button["text"] for button in edited.buttons[:2]] == ["Source", "Share"]
    assert edited.buttons[2:] == asked.buttons
    assert len(telegram.sent("answerCallbackQuery")) == 1
    assert core.asked[-1][1].last_facts == ("summit",)


async def test_a_button_whose_fact_is_gone_says_so(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path):
        telegram.say("which one?")
        [asked] = await replies(telegram, 1)
        telegram.press(asked, "fact:en:removed")
        telegram.press(asked, "from-an-older-version")
        calls = await replies(telegram, 2, "answerCallbackQuery")
    assert {call.parameters["text"] for call in calls} == {wording.sentence("fact_gone", "en")}
    assert telegram.sent("editMessageText") == []


async def test_the_same_button_twice_changes_nothing_and_is_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with TelegramServer() as server:
        async with running(server, tmp_path):
            server.say("which one?")
            [asked] = await replies(server, 1)
            server.press(asked, "fact:en:summit")
            server.press(asked, "fact:en:summit")
            await replies(server, 2, "answerCallbackQuery")
            server.say("hello")
            await replies(server, 2)
        assert [call.result for call in server.refused()] == ["Bad Request: message is not modified"]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_unknown_and_courtesy(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path):
        telegram.say("<b>wife</b>?")
        telegram.say("hello")
        unknown, hello = await replies(telegram, 2)
    assert "“<b>wife</b>?”" in unknown.shown
    assert hello.shown == wording.sentence("greeting", "en")


MEDIA: list[tuple[str, dict[str, Any]]] = [
    ("photo", {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}]}),
    (
        "sticker",
        {
            "sticker": {
                **{"file_id": "a", "file_unique_id": "b", "type": "regular", "width": 9, "height": 9},
                **{"is_animated": False, "is_video": False},
            }
        },
    ),
    ("voice", {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 3}}),
    ("other_message", {"location": {"latitude": 38.5, "longitude": 68.8}}),
]


@pytest.mark.parametrize(("key", "content"), MEDIA, ids=[key for key, _ in MEDIA])
async def test_a_message_without_words_gets_a_kind_word(
    telegram: TelegramServer, tmp_path: Path, key: str, content: dict[str, Any]
) -> None:
    async with running(telegram, tmp_path):
        telegram.push({"message": telegram.message(**content)})
        [call] = await replies(telegram, 1)
    assert call.shown == wording.sentence(key, "en")


async def test_the_words_under_a_picture_are_a_question(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path):
        telegram.push({"message": telegram.message(caption="visit when?", **MEDIA[0][1])})
        [call] = await replies(telegram, 1)
    assert call.shown.startswith("The visit is on")


async def test_service_messages_are_not_answered(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path):
        telegram.push({"message": telegram.message(pinned_message=telegram.message(text="visit"))})
        telegram.say("hello")
        await replies(telegram, 1)
    assert [call.shown for call in telegram.sent()] == [wording.sentence("greeting", "en")]


@pytest.mark.parametrize("text", ["break it", "broken-table"])
async def test_an_error_is_logged_with_its_update_and_the_person_told(
    telegram: TelegramServer, tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(telegram, tmp_path):
        number = telegram.say(text)
        telegram.say("hello")
        told, hello = await replies(telegram, 2)
    assert told.shown == wording.sentence("error", "en")
    assert hello.shown == wording.sentence("greeting", "en")
    [record] = [record for record in caplog.records if "a handler failed" in record.getMessage()]
    assert f"'update': {number}" in record.getMessage()


async def test_html_that_telegram_cannot_parse_is_sent_as_plain_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wording, "to_html", lambda reply, brief=False: "<broken>")
    with TelegramServer() as server:
        async with running(server, tmp_path):
            server.say("visit?")
            [call] = await replies(server, 1)
    assert call.shown.startswith("The visit is on 19 <May> & lasts")
    assert "parse_mode" not in call.parameters


async def test_who_blocked_the_bot_is_no_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with TelegramServer() as server:
        async with running(server, tmp_path):
            server.block(11)
            server.say("visit?")
            server.say("hello", user=12)
            await replies(server, 1)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_each_person_has_a_conversation_of_their_own(telegram: TelegramServer, tmp_path: Path) -> None:
    core = SmallCore()
    async with running(telegram, tmp_path, core):
        telegram.say("visit?", user=11)
        telegram.say("hello", user=12)
        await replies(telegram, 2)
        telegram.say("and when?", user=11)
        await replies(telegram, 3)
    question, conversation = core.asked[-1]
    assert (question.text, conversation.last_question) == ("and when?", "visit?")
    assert question.language_hint == "en"
