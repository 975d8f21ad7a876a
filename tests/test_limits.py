import asyncio
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot import wording
from bot.telegram import limits, traffic
from bot.telegram.limits import Window
from tests.telegram_bot import running
from tests.telegram_server import Call, Fault, TelegramServer


async def replies(server: TelegramServer, count: int, chat: int | None = None) -> list[Call]:
    return await asyncio.to_thread(server.wait_sent, count, "sendMessage", chat)


def too_early(calls: list[Call], began: float, count: int, seconds: float) -> list[int]:
    """Which calls, by their order, came before a window of `count` in `seconds` that opened at `began` has room.

    Not the times between calls: a busy machine may see some of them late, and then many at once.
    """
    times = sorted(call.at - began for call in calls)
    return [number for number, at in enumerate(times) if at < number // count * seconds]


def first_poll(server: TelegramServer) -> float:
    """When the bot first asked for updates: before it can have sent anything."""
    return server.sent("getUpdates")[0].at


@pytest.mark.parametrize(("count", "seconds"), [(1, 1.0), (3, 3.0), (30, 1.0)])
def test_a_window_never_lets_more_through_and_wastes_nothing(count: int, seconds: float) -> None:
    window = Window(count, seconds)
    taken = []
    for _ in range(4 * count):
        at = window.free_at(10.0)
        window.take(at)
        taken.append(at)
    assert taken == [10.0 + seconds * (number // count) for number in range(4 * count)]


async def test_a_burst_of_three_is_let_through_then_one_a_second(telegram: TelegramServer, tmp_path: Path) -> None:
    for number in range(6):
        telegram.say(f"visit {number}")
    async with running(telegram, tmp_path, rate_limit=1.0):
        calls = await replies(telegram, 6)
    assert too_early(calls, first_poll(telegram), 3, 3.0) == []
    assert calls[2].at - first_poll(telegram) < 3
    assert [call.result["reply_to_message"]["text"] for call in calls] == [f"visit {number}" for number in range(6)]


async def test_over_all_chats_at_most_thirty_a_second(telegram: TelegramServer, tmp_path: Path) -> None:
    for user in range(100):
        telegram.say("visit", user=1000 + user)
    async with running(telegram, tmp_path, rate_limit=1.0):
        calls = await replies(telegram, 100)
    assert too_early(calls, first_poll(telegram), 30, 1.0) == []


async def test_a_group_gets_at_most_its_share_and_private_chats_go_on(
    telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CHAT", (100, 1.0))
    monkeypatch.setattr(limits, "GROUP", (2, 2.0))
    async with running(telegram, tmp_path, rate_limit=1.0) as service:
        telegram.world.know(-100)
        telegram.world.know(7)
        began = time.monotonic()
        sends = [service.bot.send_message(-100, f"{number}") for number in range(5)]
        await asyncio.gather(*sends, *(service.bot.send_message(7, f"{number}") for number in range(5)))
    assert too_early(telegram.sent(chat=-100), began, 2, 2.0) == []
    assert max(call.at for call in telegram.sent(chat=7)) < telegram.sent(chat=-100)[2].at


async def test_a_smaller_share_is_slower(telegram: TelegramServer, tmp_path: Path) -> None:
    for user in range(6):
        telegram.say("visit", user=1000 + user)
    async with running(telegram, tmp_path, rate_limit=0.1):
        calls = await replies(telegram, 6)
    assert too_early(calls, first_poll(telegram), 3, 1.0) == []


@pytest.mark.parametrize("share", [0.0, 1.0])
async def test_retry_after_is_obeyed_for_its_chat_alone(telegram: TelegramServer, tmp_path: Path, share: float) -> None:
    telegram.fail("sendMessage", Fault(code=429, retry_after=2))
    telegram.say("visit one", user=1)
    async with running(telegram, tmp_path, rate_limit=share):
        await asyncio.to_thread(telegram.wait_arrived, "sendMessage", 1)
        telegram.say("visit two", user=1)
        telegram.say("visit", user=2)
        await replies(telegram, 3)
    refused = next(call for call in telegram.calls if call.code == 429)
    assert telegram.sent(chat=1)[0].at - refused.at >= 2
    assert telegram.sent(chat=2)[0].at - refused.at < 2


async def test_who_floods_is_slowed_with_one_word_and_others_are_not(
    telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CHAT", (100, 1.0))
    monkeypatch.setattr(limits, "OVERALL", (1000, 1.0))
    monkeypatch.setattr(traffic, "PAUSE", 0.3)
    for number in range(30):
        telegram.say(f"visit {number}", user=1)
    for number in range(10):
        telegram.say(f"visit {number}", user=2)
    async with running(telegram, tmp_path, rate_limit=1.0):
        calls = await replies(telegram, 31, 1)
    word = wording.sentence("slow_down", "en")
    assert [call.shown for call in calls].count(word) == 1
    answers = [call for call in calls if call.shown != word]
    assert [call.result["reply_to_message"]["text"] for call in answers] == [f"visit {number}" for number in range(30)]
    assert all(later.at - earlier.at >= 0.3 for earlier, later in pairwise(answers[20:]))
    assert max(call.at for call in telegram.sent(chat=2)) < answers[21].at


async def test_what_piled_up_while_away_is_no_flood(
    telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CHAT", (100, 1.0))
    monkeypatch.setattr(limits, "OVERALL", (1000, 1.0))
    for number in range(30):
        message: dict[str, Any] = telegram.message(text=f"visit {number}")
        message["date"] += 2 * number - 1000
        telegram.push({"message": message})
    async with running(telegram, tmp_path, rate_limit=1.0):
        calls = await replies(telegram, 30)
    assert wording.sentence("slow_down", "en") not in [call.shown for call in calls]
