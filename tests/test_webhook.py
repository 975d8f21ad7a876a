import asyncio
import contextlib
import json
import socket
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.telegram import webhook
from bot.telegram.polling import KINDS
from tests.telegram_bot import SmallCore, running
from tests.telegram_server import Call, Fault, TelegramServer

SECRET = "made-up_secret"
GOOD = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}


@contextlib.asynccontextmanager
async def hooked(
    server: TelegramServer, folder: Path, core: SmallCore | None = None, **more: Any
) -> AsyncIterator[aiohttp.ClientSession]:
    """The service behind a webhook, and a client that calls it as Telegram does."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    changed: dict[str, Any] = {"webhook_url": "https://bot.example.org/hook/a.b", "webhook_secret": SECRET}
    async with running(server, folder, core, webhook_port=port, **changed, **more):
        await asyncio.to_thread(server.wait, lambda: bool(server.world.webhook), "the webhook to be set")
        connector = aiohttp.TCPConnector(force_close=True)  # the webhook hangs up on who breaks its rules
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=connector) as client:
            yield client


async def replies(server: TelegramServer, count: int) -> list[Call]:
    return await asyncio.to_thread(server.wait_sent, count)


def update(server: TelegramServer, number: int, text: str, user: int = 11) -> dict[str, Any]:
    server.world.know(user)
    return {"update_id": number, "message": server.message(text=text, user=user)}


async def test_what_telegram_brings_is_answered(telegram: TelegramServer, tmp_path: Path) -> None:
    async with hooked(telegram, tmp_path) as client:
        for number in range(3):
            answer = await client.post("/hook/a.b", json=update(telegram, 5 + number, f"visit {number}"), headers=GOOD)
            assert answer.status == 200
        again = await client.post("/hook/a.b", json=update(telegram, 5, "visit 0"), headers=GOOD)
        assert again.status == 200
        calls = await replies(telegram, 3)
    assert [call.shown.splitlines()[0] for call in calls] == ["The visit is on 19 <May> & lasts two days."] * 3
    assert telegram.world.webhook["secret_token"] == SECRET
    assert json.loads(telegram.world.webhook["allowed_updates"]) == list(KINDS)
    assert "getUpdates" not in telegram.arrived


@pytest.mark.parametrize(
    ("status", "method", "path", "headers", "body"),
    [
        (404, "POST", "/", GOOD, b"{}"),
        (404, "POST", "/hook/aXb", GOOD, b"{}"),
        (405, "GET", "/hook/a.b", GOOD, b""),
        (403, "POST", "/hook/a.b", GOOD | {"X-Telegram-Bot-Api-Secret-Token": "wrong"}, b"{}"),
        (403, "POST", "/hook/a.b", {"Content-Type": "application/json"}, b"{}"),
        (415, "POST", "/hook/a.b", GOOD | {"Content-Type": "text/plain"}, b"{}"),
        (400, "POST", "/hook/a.b", GOOD, b"{"),
        (400, "POST", "/hook/a.b", GOOD, b"\xff\xfe"),
        (400, "POST", "/hook/a.b", GOOD, b""),
        (400, "POST", "/hook/a.b", GOOD, b"[" * 100_000),
        (400, "POST", "/hook/a.b", GOOD, b'{"message": {}}'),
        (413, "POST", "/hook/a.b", GOOD, b" " * (webhook.LARGEST + 1)),
        (200, "POST", "/hook/a.b", GOOD, b'{"update_id": 9, "message": "unparseable"}'),
        (200, "POST", "/hook/a.b/", GOOD, b'{"update_id": 9}'),
    ],
)
async def test_the_right_status_for_everyone_else_and_no_reply(
    telegram: TelegramServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    status: int,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
) -> None:
    async with hooked(telegram, tmp_path) as client:
        answer = await client.request(method, path, headers=headers, data=body)
        assert answer.status == status
        assert (await client.post("/hook/a.b", json=update(telegram, 1, "visit"), headers=GOOD)).status == 200
        await replies(telegram, 1)
    assert len(telegram.sent()) == 1
    assert SECRET not in caplog.text


async def test_a_body_without_a_stated_length_ends_at_the_limit(telegram: TelegramServer, tmp_path: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * (webhook.LARGEST // 20)

    async with hooked(telegram, tmp_path) as client:
        with contextlib.suppress(aiohttp.ClientError):  # cut off in the middle of sending
            assert (await client.post("/hook/a.b", headers=GOOD, data=endless())).status in (400, 413)
        assert (await client.post("/hook/a.b", json=update(telegram, 1, "visit"), headers=GOOD)).status == 200
        await replies(telegram, 1)


async def test_an_update_is_acknowledged_only_when_it_is_safe(
    telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "PATIENCE", 0.1)
    core = SmallCore()
    core.delay = lambda text: 1.0 if "slow" in text else 0.0
    async with hooked(telegram, tmp_path, core) as client:
        answer = await client.post("/hook/a.b", json=update(telegram, 1, "visit" + " slow" * 100), headers=GOOD)
        assert answer.status == 200
        assert telegram.sent() == []
        with contextlib.closing(sqlite3.connect(tmp_path / "state.db")) as state:
            assert state.execute("SELECT update_id FROM waiting").fetchall() == [(1,)]
        await replies(telegram, 1)
        answer = await client.post("/hook/a.b", json=update(telegram, 2, "visit"), headers=GOOD)
        assert len(telegram.sent()) == 2


async def test_a_webhook_that_someone_removed_is_set_again(
    telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "CHECK_EVERY", 0.1)
    async with hooked(telegram, tmp_path):
        telegram.world.webhook = {}
        await asyncio.to_thread(telegram.wait, lambda: bool(telegram.world.webhook), "the webhook to be set again")
        assert telegram.world.webhook["url"].endswith("/hook/a.b")


async def test_a_silent_telegram_does_not_keep_the_webhook_from_being_looked_after(
    telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "CHECK_EVERY", 0.1)
    monkeypatch.setattr(webhook, "ANSWER_WITHIN", 0.5)
    async with hooked(telegram, tmp_path):
        telegram.fail("getWebhookInfo", Fault(stall=3600), 2)
        telegram.world.webhook = {}
        await asyncio.to_thread(telegram.wait, lambda: bool(telegram.world.webhook), "the webhook to be set again")
        assert telegram.world.webhook["url"].endswith("/hook/a.b")


async def test_admins_are_told_once_that_telegram_cannot_reach_the_webhook(
    telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "CHECK_EVERY", 0.05)
    telegram.world.know(99)
    async with hooked(telegram, tmp_path, admins=frozenset({99})):
        for date in (1_700_000_000, 1_700_000_020):
            telegram.world.webhook_trouble = {
                "pending_update_count": 3,
                "last_error_date": date,
                "last_error_message": "Connection refused",
            }
            asked = telegram.arrived.count("getWebhookInfo")
            await asyncio.to_thread(telegram.wait_arrived, "getWebhookInfo", asked + 3)
        await asyncio.to_thread(telegram.wait_sent, 1)
    assert [call.shown for call in telegram.sent(chat=99)] == ["Telegram can't reach the webhook: Connection refused"]
