import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.telegram import polling, service, transport
from tests.telegram_bot import SmallCore, running
from tests.telegram_server import Call, Fault, TelegramServer


async def replies(server: TelegramServer, count: int, chat: int | None = None) -> list[Call]:
    return await asyncio.to_thread(server.wait_sent, count, "sendMessage", chat)


async def until(server: TelegramServer, condition: Callable[[], bool], what: str) -> None:
    await asyncio.to_thread(server.wait, condition, what)


def texts(calls: list[Call]) -> list[str]:
    return [call.result["reply_to_message"]["text"] for call in calls]


def said(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What the bot logged."""
    return [record.msg for record in caplog.records if isinstance(record.msg, dict)]


UNPARSEABLE: list[Any] = [
    {"message": {"message_id": "x"}},
    {"message": "not an object"},
    {"message": {"message_id": 1, "date": 10**18, "chat": {"id": 1, "type": "private"}, "text": "a"}},
    {"callback_query": {"id": "1"}},
    {"message": []},
]


@pytest.mark.parametrize("broken", UNPARSEABLE, ids=range(len(UNPARSEABLE)))
async def test_an_update_that_cannot_be_parsed_is_skipped_and_logged_once(
    telegram: TelegramServer, tmp_path: Path, broken: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    telegram.say("visit one")
    number = telegram.push(broken)
    telegram.say("visit two")
    async with running(telegram, tmp_path):
        assert texts(await replies(telegram, 2)) == ["visit one", "visit two"]
        telegram.say("visit three")
        assert texts(await replies(telegram, 3)) == ["visit one", "visit two", "visit three"]
        await until(telegram, lambda: telegram.world.offset > number + 2, "the offset to move on")
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1
    assert f"'update': {number}" in errors[0]


@pytest.mark.parametrize("odd", [None, 5, "update", [], {}, {"update_id": "7"}, {"update_id": True}])
@pytest.mark.parametrize("is_alone", [True, False])
async def test_what_is_no_update_at_all_is_got_past(
    telegram: TelegramServer, tmp_path: Path, odd: Any, is_alone: bool
) -> None:
    telegram.say("visit one")
    async with running(telegram, tmp_path):
        await replies(telegram, 1)
        telegram.push_as(7002, odd)
        if not is_alone:
            telegram.say("visit two")
            await replies(telegram, 2)
        await until(telegram, lambda: telegram.world.offset > 7002, "the offset to move on")
        telegram.say("visit three")
        assert texts(await replies(telegram, 2 if is_alone else 3))[-1] == "visit three"


@pytest.mark.parametrize(
    "odd", [b"[null]", b'[{"update_id": 1e400}]', b'[{"update_id": -5}]', b'[{"update_id": %d}]' % 10**22]
)
async def test_what_is_no_update_and_does_not_come_again_costs_no_question(
    telegram: TelegramServer, tmp_path: Path, odd: bytes
) -> None:
    telegram.say("visit one")
    async with running(telegram, tmp_path):
        await replies(telegram, 1)
        telegram.fail("getUpdates", Fault(body=b'{"ok": true, "result": %s}' % odd), polling.SURE - 1)
        for word in ("two", "three"):
            telegram.say(f"visit {word}")
        assert texts(await replies(telegram, 3)) == ["visit one", "visit two", "visit three"]


FAULTS = {
    "conflict": Fault(code=409),
    "flood": Fault(code=429, retry_after=1),
    "gateway": Fault(code=502),
    "page": Fault(body=b"<html>502 Bad Gateway</html>"),
    "not a list": Fault(body=b'{"ok": true, "result": {}}'),
    "nothing": Fault(body=b"{}"),
    "unauthorized": Fault(code=401),
    "dropped before": Fault(drop="before"),
    "dropped after": Fault(drop="after"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_polling_outlasts_a_fault_and_no_question_is_lost_or_answered_twice(
    telegram: TelegramServer, tmp_path: Path, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "CONFLICT_PAUSE", 0.1)
    async with running(telegram, tmp_path):
        telegram.say("visit one")
        await replies(telegram, 1)
        telegram.fail("getUpdates", fault, 2)
        telegram.say("visit two")
        telegram.say("visit three")
        await replies(telegram, 3)
        telegram.say("visit four")
        assert texts(await replies(telegram, 4)) == ["visit one", "visit two", "visit three", "visit four"]


SENDING_FAULTS = {name: FAULTS[name] for name in ("flood", "gateway", "page", "unauthorized", "dropped before")}


@pytest.mark.parametrize("fault", SENDING_FAULTS.values(), ids=SENDING_FAULTS)
async def test_a_reply_that_was_not_delivered_is_sent_again_and_order_kept(
    telegram: TelegramServer, tmp_path: Path, fault: Fault
) -> None:
    telegram.fail("sendMessage", fault, 2)
    async with running(telegram, tmp_path):
        for word in ("one", "two", "three"):
            telegram.say(f"visit {word}")
        assert texts(await replies(telegram, 3)) == ["visit one", "visit two", "visit three"]


async def test_silence_is_noticed_and_polling_begins_afresh(
    telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "POLL_PATIENCE", 0.5)
    monkeypatch.setattr(transport, "POLL_SECONDS", 0)
    telegram.fail("getUpdates", Fault(stall=3600), 3)
    async with running(telegram, tmp_path) as service:
        telegram.say("visit one")
        await replies(telegram, 1)
        assert service.pulse.errors == 3
        assert service.pulse.age() < 30


async def test_a_rebuild_goes_on_with_new_connections_and_closes_the_old_ones(
    telegram: TelegramServer, tmp_path: Path
) -> None:
    async with running(telegram, tmp_path) as service:
        telegram.say("visit one")
        await replies(telegram, 1)
        old = service.poller._request._session
        assert old is not None
        assert not old.closed
        await service.poller._request.rebuild()
        telegram.say("visit two")
        assert texts(await replies(telegram, 2)) == ["visit one", "visit two"]
        assert service.poller._request._session is not old
        assert old.closed


async def test_without_a_network_at_the_start_it_waits(tmp_path: Path) -> None:
    with TelegramServer() as server:
        server.disconnect()
        async with running(server, tmp_path):
            await asyncio.sleep(0.5)
            server.connect()
            server.say("visit one")
            assert texts(await replies(server, 1)) == ["visit one"]


async def test_the_network_goes_and_comes_back(tmp_path: Path) -> None:
    with TelegramServer() as server:
        async with running(server, tmp_path):
            server.say("visit one")
            await replies(server, 1)
            server.disconnect()
            server.say("visit two")
            await asyncio.sleep(0.5)
            server.connect()
            server.say("visit three")
            assert texts(await replies(server, 3)) == ["visit one", "visit two", "visit three"]


async def test_telegram_is_reached_through_a_proxy(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path, api_url="http://telegram.invalid", proxy=telegram.url):
        telegram.say("visit one")
        assert texts(await replies(telegram, 1)) == ["visit one"]


async def test_a_webhook_left_from_before_does_not_keep_it_from_polling(
    telegram: TelegramServer, tmp_path: Path
) -> None:
    telegram.world.webhook = {"url": "https://old.example.org"}
    async with running(telegram, tmp_path):
        telegram.say("visit one")
        await replies(telegram, 1)
    assert telegram.world.webhook == {}


async def test_questions_of_a_chat_keep_their_order_while_chats_run_side_by_side(
    telegram: TelegramServer, tmp_path: Path
) -> None:
    telegram.fail("sendMessage", Fault(code=429, retry_after=2))
    telegram.say("visit 0", user=1)
    for number in range(1, 10):
        for user in (1, 2, 3):
            telegram.say(f"visit {number}", user=user)
    async with running(telegram, tmp_path):
        slow = await replies(telegram, 10, 1)
        assert texts(slow) == [f"visit {number}" for number in range(10)]
        for user in (2, 3):
            fast = telegram.sent(chat=user)
            assert texts(fast) == [f"visit {number}" for number in range(1, 10)]
            assert max(call.at for call in fast) < min(call.at for call in slow)


async def test_a_slow_chat_holds_up_nobody_and_what_waits_is_safe(
    telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "FINISH", 0.1)
    telegram.fail("sendMessage", Fault(code=429, retry_after=3600))
    async with running(telegram, tmp_path):
        blocked = [telegram.say(f"visit {number}", user=1) for number in range(150)]
        for number in range(5):
            telegram.say(f"visit {number}", user=2)
            await replies(telegram, number + 1, 2)
        await until(telegram, lambda: telegram.world.offset > blocked[-1], "the offset to move past what is put aside")
        assert telegram.sent(chat=1) == []
        kept = sqlite3.connect(tmp_path / "state.db")
        assert [row[0] for row in kept.execute("SELECT update_id FROM waiting ORDER BY 1")] == blocked
        kept.close()
    telegram.heal()
    async with running(telegram, tmp_path):
        assert texts(await replies(telegram, 150, 1)) == [f"visit {number}" for number in range(150)]


async def test_what_telegram_sends_again_after_a_kill_is_not_answered_again(
    telegram: TelegramServer, tmp_path: Path
) -> None:
    first = telegram.say("visit one")
    async with running(telegram, tmp_path):
        await replies(telegram, 1)
    raw = {"message": telegram.message(text="visit one")}
    telegram.world.offset = 0
    state = sqlite3.connect(tmp_path / "state.db")
    state.execute("INSERT OR IGNORE INTO handled VALUES (?, ?)", (int(telegram.token.split(":")[0]), first))
    state.commit()
    state.close()
    telegram.push({"update_id": first, **raw})
    telegram.say("visit two")
    async with running(telegram, tmp_path):
        await replies(telegram, 2)
        await until(telegram, lambda: telegram.world.offset > first + 1, "the offset to move on")
    assert texts(telegram.sent()) == ["visit one", "visit two"]


async def test_the_offset_stays_before_a_question_that_is_being_answered(
    telegram: TelegramServer, tmp_path: Path
) -> None:
    core = SmallCore()
    core.delay = lambda text: 0.1
    async with running(telegram, tmp_path, core):
        number = telegram.say("visit one")
        await until(telegram, lambda: bool(telegram.sent()), "a reply")
        before = [call for call in telegram.calls if call.method == "getUpdates" and call.at < telegram.sent()[0].at]
        assert all(int(call.parameters.get("offset", 0)) <= number for call in before)


async def test_stopping_finishes_the_reply_under_way_and_leaves_the_rest_to_the_next_start(
    telegram: TelegramServer, tmp_path: Path
) -> None:
    core = SmallCore()
    core.delay = lambda text: 0.2
    for number in range(20):
        telegram.say(f"visit {number}")
    async with running(telegram, tmp_path, core):
        await until(telegram, lambda: len(telegram.sent()) >= 2, "two replies")
    assert len(telegram.sent()) < 20
    async with running(telegram, tmp_path):
        assert texts(await replies(telegram, 20)) == [f"visit {number}" for number in range(20)]


async def test_admins_are_told_once_of_a_conflict_that_lasts(
    telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "CONFLICT_PAUSE", 0.05)
    monkeypatch.setattr(polling, "TELL_AFTER", 0.2)
    telegram.world.know(99)
    telegram.fail("getUpdates", Fault(code=409), 20)
    async with running(telegram, tmp_path, admins=frozenset({99})):
        telegram.say("visit one")
        await replies(telegram, 1, 11)
    [told] = telegram.sent(chat=99)
    assert "409" in told.shown


async def test_a_full_disk_delays_nothing_loses_nothing_and_is_told_once(
    telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    telegram.world.know(99)
    async with running(telegram, tmp_path, admins=frozenset({99})) as service:
        with monkeypatch.context() as disk:
            for name in ("mark_handled", "put_aside", "forget_handled"):
                disk.setattr(service.intake._state, name, full)
            for number in range(3):
                telegram.say(f"visit {number}")
            assert texts(await replies(telegram, 3, 11)) == ["visit 0", "visit 1", "visit 2"]
            await replies(telegram, 1, 99)
            await asyncio.sleep(0.3)
        telegram.say("visit 3")
        await replies(telegram, 4, 11)
    assert len(telegram.sent(chat=11)) == 4
    [told] = telegram.sent(chat=99)
    assert told.shown == "state.db cannot be written: database or disk is full. Is the disk full?"
    assert [one["event"] for one in said(caplog) if one.get("subject") == "state.db"] == [
        "trouble begins",
        "trouble is over",
    ]


async def test_a_table_that_cannot_be_read_is_told_once_while_the_one_before_answers(
    telegram: TelegramServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    core = SmallCore()
    telegram.world.know(99)
    async with running(telegram, tmp_path, core, admins=frozenset({99})):
        for number, trouble in enumerate(("", "facts.db is empty.", "facts.db is empty.", ""), 1):
            core.trouble = trouble
            telegram.say("visit")
            await replies(telegram, number, 11)
        await replies(telegram, 1, 99)
    assert [call.shown for call in telegram.sent(chat=99)] == ["facts.db is empty."]
    assert [one["event"] for one in said(caplog) if one.get("subject") == "facts.db"] == [
        "trouble begins",
        "trouble is over",
    ]


async def test_admins_are_told_once_that_messages_are_not_answered(telegram: TelegramServer, tmp_path: Path) -> None:
    telegram.world.know(99)
    async with running(telegram, tmp_path, admins=frozenset({99})):
        for _ in range(3):
            telegram.say("break")
        await replies(telegram, 3, 11)
        await replies(telegram, 1, 99)
    [told] = telegram.sent(chat=99)
    assert told.shown == "A message could not be answered (RuntimeError); the log says more."
