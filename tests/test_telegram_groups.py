"""Groups, by raw updates: when the bot answers there, when it is silent, and whose conversation it is."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import wording
from tests.telegram_bot import SmallCore, running
from tests.telegram_places import CHANNEL, FORUM, GROUPS, OPENED, POST, addressed, write, written
from tests.telegram_server import Call, TelegramServer
from tests.telegram_world import BOT

NAME = BOT["username"]


async def replies(server: TelegramServer, count: int, method: str = "sendMessage") -> list[Call]:
    return await asyncio.to_thread(server.wait_sent, count, method)


async def told(
    server: TelegramServer, folder: Path, *messages: dict[str, Any], core: SmallCore | None = None
) -> list[Call]:
    """What is sent to these messages of one chat, in order."""
    chat = messages[0]["chat"]
    async with running(server, folder, core):
        for message in messages:
            server.push({"message": message})
        server.push({"message": written(server, "linked", f"@{NAME} goodbye", chat=chat)})  # so all was handled
        await asyncio.to_thread(server.wait, lambda: any("goodbye" in call.shown for call in server.sent()), "all")
    return server.sent()[:-1]


@pytest.mark.parametrize("place", GROUPS)
@pytest.mark.parametrize(
    "text",
    [
        f"@{NAME} visit when?",
        f"visit when? @{NAME}",
        f"🙂 @{NAME.upper()}, visit",
        "/ask visit when?",
        f"/ask@{NAME} visit when?",
        f"/ASK@{NAME.upper()} visit when?",
    ],
)
async def test_a_group_is_answered_when_the_bot_is_called(
    telegram: TelegramServer, tmp_path: Path, place: str, text: str
) -> None:
    core = SmallCore()
    message = written(telegram, place, text)
    if NAME.upper() in text and text.startswith("🙂"):
        message["entities"] = [{"type": "mention", "offset": 3, "length": len(NAME) + 1}]
    [call] = await told(telegram, tmp_path, message, core=core)
    assert call.chat == message["chat"]["id"]
    assert call.result["reply_to_message"]["message_id"] == message["message_id"]
    assert call.result.get("message_thread_id") == (7 if place == "topic" else None)
    question = next(question for question, _ in core.asked if "visit" in question.text)
    assert NAME.casefold() not in question.text.casefold()
    assert "/ask" not in question.text.casefold()


@pytest.mark.parametrize("place", GROUPS)
async def test_a_group_is_answered_when_it_replies_to_the_bot(
    telegram: TelegramServer, tmp_path: Path, place: str
) -> None:
    async with running(telegram, tmp_path):
        write(telegram, place, addressed(place, "visit when?"))
        [first] = await replies(telegram, 1)
        write(telegram, place, "hello", reply_to_message=first.result)
        second = (await replies(telegram, 2))[1]
    assert second.shown == wording.sentence("greeting", "en")


def silent(server: TelegramServer, place: str) -> dict[str, dict[str, Any]]:
    """Messages that are for others."""
    other = server.message(user=12, text="visit?") | {"chat": written(server, place, "x")["chat"]}
    mention = [{"type": "mention", "offset": 0, "length": 10}]
    call = [{"type": "mention", "offset": 0, "length": len(NAME) + 1}]
    bot: dict[str, Any] = {"id": 5, "is_bot": True, "first_name": "Other", "username": "other_bot"}
    return {
        "talk": written(server, place, "visit when?"),
        "reply to another": written(server, place, "visit when?", reply_to_message=other),
        "another is mentioned": written(server, place, "@other_bot visit when?") | {"entities": mention},
        "the name without a mention": written(server, place, f"{NAME} visit"),
        "another bot is asked": written(server, place, "/ask@other_bot visit"),
        "another command": written(server, place, "/weather"),
        "an unknown command to the bot": written(server, place, f"/weather@{NAME}"),
        "a bot writes": written(server, place, f"@{NAME} visit") | {"from": bot},
        "sent through the bot": written(server, place, "visit", via_bot=BOT, reply_to_message=other | {"from": BOT}),
        "a channel's post": written(server, place, f"@{NAME} visit")
        | {"is_automatic_forward": True, "sender_chat": CHANNEL, "entities": call},
        "a picture": written(server, place, "") | {"text": None, "sticker": None},
    }


@pytest.mark.parametrize("place", GROUPS)
@pytest.mark.parametrize("can_read_all", [False, True], ids=["privacy mode", "no privacy mode"])
async def test_a_group_is_left_alone_otherwise(
    telegram: TelegramServer, tmp_path: Path, place: str, can_read_all: bool
) -> None:
    telegram.world.bot["can_read_all_group_messages"] = can_read_all
    assert await told(telegram, tmp_path, *silent(telegram, place).values()) == []


async def test_a_topic_that_the_bot_opened_is_no_reply_to_it(telegram: TelegramServer, tmp_path: Path) -> None:
    opened = OPENED | {"from": BOT}
    assert await told(telegram, tmp_path, written(telegram, "topic", "visit when?", reply_to_message=opened)) == []


async def test_a_call_in_reply_to_a_question_answers_that(telegram: TelegramServer, tmp_path: Path) -> None:
    core = SmallCore()
    asked = telegram.message(user=12, text="visit when?") | {"chat": FORUM}
    for text in (f"@{NAME}", "/ask"):
        [call] = await told(telegram, tmp_path, written(telegram, "topic", text, reply_to_message=asked), core=core)
        assert call.shown.startswith("The visit is on")
        telegram.take_calls()


async def test_a_call_without_a_question_asks_for_one(telegram: TelegramServer, tmp_path: Path) -> None:
    [call] = await told(telegram, tmp_path, written(telegram, "linked", f"@{NAME}"))
    assert call.shown == wording.sentence("ask_prompt", "en")


@pytest.mark.parametrize(
    "sender",
    [
        {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}, "sender_chat": FORUM},
        {"from": {"id": 136817688, "is_bot": True, "first_name": "Channel"}, "sender_chat": CHANNEL},
    ],
    ids=["anonymous admin", "as a channel"],
)
async def test_who_writes_as_a_group_or_channel_is_answered(
    telegram: TelegramServer, tmp_path: Path, sender: dict[str, Any]
) -> None:
    [call] = await told(telegram, tmp_path, written(telegram, "topic", f"@{NAME} visit", **sender))
    assert call.shown.startswith("The visit is on")


@pytest.mark.parametrize("place", ["private", *GROUPS])
async def test_an_unknown_is_short_in_groups(telegram: TelegramServer, tmp_path: Path, place: str) -> None:
    class Verbose(SmallCore):
        def answer(self, *args: Any) -> Any:
            reply, after = super().answer(*args)
            return reply if not hasattr(reply, "examples") else _with_examples(reply), after

    async with running(telegram, tmp_path, Verbose()):
        write(telegram, place, addressed(place, "nothing"))
        [call] = await replies(telegram, 1)
    assert (wording.sentence("examples", "en") in call.shown) == (place == "private")
    assert "“nothing”" in call.shown


def _with_examples(reply: Any) -> Any:
    return replace(reply, examples=("When is the summit?",))


async def test_a_conversation_belongs_to_a_person_in_a_topic(telegram: TelegramServer, tmp_path: Path) -> None:
    core = SmallCore()
    elsewhere = {"message_thread_id": 8, "reply_to_message": OPENED | {"message_id": 8, "message_thread_id": 8}}
    async with running(telegram, tmp_path, core):
        for user, text, more in (
            (11, "visit", {}),
            (12, "hello one", {}),
            (11, "hello two", elsewhere),
            (11, "and when?", {}),
            (12, "and who?", {}),
            (11, "and where?", elsewhere),
        ):
            write(telegram, "topic", addressed("topic", text), user=user, **more)
        await replies(telegram, 6)
    before = {question.text: conversation.last_question for question, conversation in core.asked}
    assert before == {
        **{"visit": "", "hello one": "", "hello two": ""},
        **{"and when?": "visit", "and who?": "hello one", "and where?": "hello two"},
    }


@pytest.mark.parametrize("place", GROUPS)
async def test_commands_in_groups_are_answered_briefly(telegram: TelegramServer, tmp_path: Path, place: str) -> None:
    commands = [written(telegram, place, text) for text in ("/help", f"/start@{NAME}", f"/privacy@{NAME}")]
    hello, again, privacy = await told(telegram, tmp_path, *commands)
    assert hello.shown == again.shown == wording.sentence("group_hello", "en")
    assert privacy.shown.startswith(wording.sentence("privacy", "en", hours=48, days=180)[:40])


async def test_a_group_that_the_bot_comes_into_is_told_how_to_ask(telegram: TelegramServer, tmp_path: Path) -> None:
    def change(old: str, new: str, chat: dict[str, Any]) -> dict[str, Any]:
        person = telegram.message(lang="ru")["from"]
        member = {"user": BOT, "until_date": 0}
        return {
            "my_chat_member": {
                **{"chat": chat, "from": person, "date": 1_700_000_000},
                **{"old_chat_member": member | {"status": old}, "new_chat_member": member | {"status": new}},
            }
        }

    async with running(telegram, tmp_path):
        telegram.world.know(FORUM["id"])
        telegram.push(change("left", "member", FORUM))
        telegram.push(change("member", "left", FORUM))
        telegram.push(change("member", "kicked", {"id": 12, "type": "private"}))
        telegram.push(change("left", "member", CHANNEL))
        telegram.say("hello")
        await asyncio.to_thread(telegram.wait, lambda: bool(telegram.sent(chat=11)), "hello")
        write(telegram, "topic", addressed("topic", "hello"))
        await replies(telegram, 3)
    [hello] = [call for call in telegram.sent(chat=FORUM["id"]) if "reply_parameters" not in call.parameters]
    assert hello.shown == wording.sentence("group_hello", "ru")


@pytest.mark.parametrize("fate", ["deleted", "migrated", "kicked", "topic gone"])
async def test_a_chat_that_is_gone_is_no_error(tmp_path: Path, fate: str, caplog: pytest.LogCaptureFixture) -> None:
    with TelegramServer() as server:
        async with running(server, tmp_path):
            message = written(server, "topic", addressed("topic", "visit"))
            server.push({"message": message})
            [call] = await replies(server, 1)
            talk = server.world.know(FORUM["id"])
            match fate:
                case "deleted":
                    del server.world.talks[FORUM["id"]]
                case "migrated":
                    talk.migrated_to = -1009
                case "kicked":
                    talk.blocked = True
                case "topic gone":
                    talk.topics.clear()
            server.press(call, "more:en:visit:0")
            server.push({"edited_message": {**message, "edit_date": 1_700_000_100, "text": f"@{NAME} hello"}})
            server.say("hello", user=77)
            await asyncio.to_thread(server.wait, lambda: bool(server.sent(chat=77)), "hello")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_question_that_was_deleted_is_answered_without_quoting_it(
    telegram: TelegramServer, tmp_path: Path
) -> None:
    async with running(telegram, tmp_path):
        message = written(telegram, "linked", addressed("linked", "visit"))
        telegram.push({"message": message})
        telegram.world.know(message["chat"]["id"]).messages.pop(message["message_id"], None)
        [call] = await replies(telegram, 1)
    assert call.shown.startswith("The visit is on")


async def test_talk_in_a_group_is_no_flood(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path, rate_limit=1.0):
        for number in range(25):
            write(telegram, "linked", f"talk {number}", reply_to_message=POST)
        telegram.say("hello", user=77)
        await replies(telegram, 1)
        await asyncio.sleep(0.5)
    assert {call.shown for call in telegram.sent()} == {wording.sentence("greeting", "en")}
