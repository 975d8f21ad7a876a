"""Menus and descriptions at the start, against the stand-in: in every language, only what has changed."""

import asyncio
from pathlib import Path

import pytest

from bot import wording
from bot.model import LANGS
from tests.telegram_bot import running
from tests.telegram_server import Fault, TelegramServer

SETS = ("setMyCommands", "setMyDescription", "setMyShortDescription")
LAST = "getMyShortDescription"


async def started(server: TelegramServer, folder: Path) -> list[str]:
    """Starts the service; the set calls that it makes, in order."""
    before = len(server.calls)
    looks = server.arrived.count(LAST)
    async with running(server, folder):
        await asyncio.to_thread(server.wait_arrived, LAST, looks + len(LANGS))
        await asyncio.sleep(0.2)  # for what follows the last look
    return [call.method for call in server.calls[before:] if call.method in SETS]


async def test_menus_and_descriptions_are_set_in_every_language(telegram: TelegramServer, tmp_path: Path) -> None:
    assert sorted(await started(telegram, tmp_path)) == sorted([*SETS, "setMyCommands"] * len(LANGS))
    for lang in LANGS:
        code = "" if lang == "en" else lang  # English is for everyone else
        for scope, kind in (("default", "commands"), ("all_group_chats", "group_commands")):
            menu = telegram.world.profile["commands", scope, code]
            wanted = wording.commands(lang, kind)  # type: ignore[arg-type]
            assert [(command["command"], command["description"]) for command in menu] == wanted
        assert telegram.world.profile["description", code] == wording.sentence("description", lang)
        assert telegram.world.profile["short", code] == wording.sentence("short_description", lang)


async def test_only_what_has_changed_is_set_again(telegram: TelegramServer, tmp_path: Path) -> None:
    await started(telegram, tmp_path)
    assert await started(telegram, tmp_path) == []
    telegram.world.profile["commands", "default", "ru"] = [{"command": "old", "description": "Old"}]
    telegram.world.profile["description", "kk"] = ""
    assert await started(telegram, tmp_path) == ["setMyCommands", "setMyDescription"]


@pytest.mark.parametrize("code", [400, 404])
async def test_a_menu_call_that_fails_is_logged_and_stops_nothing(
    tmp_path: Path, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    with TelegramServer() as server:
        for method in (*SETS, "getMyCommands"):
            server.fail(method, Fault(code=code), times=2)
        async with running(server, tmp_path):
            server.say("visit")
            [call] = await asyncio.to_thread(server.wait_sent, 1)
            await asyncio.to_thread(server.wait_arrived, LAST, len(LANGS))
    assert call.shown.startswith("The visit is on")
    failures = [record for record in caplog.records if "a menu could not be set" in record.getMessage()]
    assert len(failures) == 8
    assert {record.levelname for record in failures} == {"WARNING"}


async def test_every_command_of_the_menus_is_answered(telegram: TelegramServer, tmp_path: Path) -> None:
    names = {name for kind in ("commands", "group_commands") for name, _ in wording.commands("en", kind)}
    async with running(telegram, tmp_path):
        for name in sorted(names):
            telegram.say(f"/{name}")
        calls = await asyncio.to_thread(telegram.wait_sent, len(names))
    assert wording.sentence("unknown_command", "en") not in [call.shown for call in calls]
