"""What admins can ask in the chat, by raw updates, and that nobody else learns of it."""

import asyncio
import re
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest

from bot import wording
from bot.browsing import Guide
from tests import tables
from tests.telegram_bot import running
from tests.telegram_places import FORUM, GROUPS, write
from tests.telegram_server import Call, TelegramServer

ADMIN = 900


async def ask(server: TelegramServer, text: str, place: str = "private", user: int = ADMIN, lang: str = "en") -> Call:
    before = len(server.sent())
    write(server, place, text, user=user, lang=lang)
    return (await asyncio.to_thread(server.wait_sent, before + 1))[-1]


async def test_an_admin_sees_what_was_asked_in_vain(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path, admins=frozenset([ADMIN])):
        none = await ask(telegram, "/unanswered")
        for text in ("How do I get a visa?", "how do I get the visa", "Where is the <embassy>?", "visit of the queen"):
            call = await ask(telegram, text, user=11)
        telegram.press(call, "not:en:visit")
        await asyncio.to_thread(telegram.wait_sent, 1, "editMessageReplyMarkup")
        listed = await ask(telegram, "/unanswered")
    assert none.shown == wording.sentence("unanswered_none", "en")
    head, *lines = listed.shown.splitlines()
    assert head == wording.sentence("unanswered", "en")
    assert lines[0] == "2 × How do I get a visa? (en)"
    assert set(lines[1:]) == {"1 × Where is the <embassy>? (en)", "1 × visit of the queen (en, visit)"}


async def test_an_admin_sees_the_status(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path, admins=frozenset([ADMIN])):
        telegram.world.know(ADMIN)
        await ask(telegram, "break it", user=11)
        await asyncio.to_thread(telegram.wait_sent, 1, chat=ADMIN)  # told of the failure
        call = await ask(telegram, "/status", lang="ru")
    said = dict(line.split(": ", 1) for line in call.shown.splitlines())
    assert re.fullmatch(r"0:0\d:\d\d", said.pop("Работает"))
    assert said == {
        "Версия": version("tajikistan-visit-bot"),
        "Фактов": "2",
        "Последняя загрузка": "2021-05-05 09:41 UTC",
        "Ошибок": "1",
    }


async def test_the_status_tells_that_the_table_is_gone(telegram: TelegramServer, tmp_path: Path) -> None:
    table = tmp_path / "facts.db"
    shutil.copy(tables.SHIPPED, table)
    guide = Guide(table)
    telegram.world.know(ADMIN)
    async with running(telegram, tmp_path, guide, admins=frozenset([ADMIN])):
        well = await ask(telegram, "/status")
        table.rename(tmp_path / "away.db")
        await ask(telegram, "/status")
        *_, gone = await asyncio.to_thread(telegram.wait_sent, 3, chat=ADMIN)  # the alarm is one of them
        answer = await ask(telegram, "When will Tokayev visit Tajikistan?", user=11)
        (tmp_path / "away.db").rename(table)
        again = await ask(telegram, "/status")
    guide.close()
    statuses = [call.shown for call in telegram.sent(chat=ADMIN) if call.shown.startswith("Version: ")]
    assert [status.splitlines()[1:3] for status in statuses] == [well.shown.splitlines()[1:3]] * 3
    assert statuses[1].endswith(
        f"\n\nThere is no table of facts at {table}: make one with scripts/load_facts.py, or set BOT_FACTS_DB."
    )
    assert "19–20 May 2021" in answer.shown
    assert len(again.shown.splitlines()) == len(well.shown.splitlines()) == 5
    assert gone.shown


async def test_a_chat_of_admins_may_ask_too(telegram: TelegramServer, tmp_path: Path) -> None:
    async with running(telegram, tmp_path, admins=frozenset([FORUM["id"]])):
        call = await ask(telegram, "/status", "topic", user=11)
    assert call.shown.startswith("Version: ")


@pytest.mark.parametrize("command", ["/unanswered", "/status"])
@pytest.mark.parametrize("admins", [frozenset(), frozenset([ADMIN])])
async def test_nobody_else_learns_that_these_exist(
    telegram: TelegramServer, tmp_path: Path, command: str, admins: frozenset[int]
) -> None:
    async with running(telegram, tmp_path, admins=admins):
        stranger = await ask(telegram, command, user=11)
        nonsense = await ask(telegram, "/nonsense", user=11)
        for place in GROUPS:
            write(telegram, place, command, user=ADMIN)
        await ask(telegram, "hello", user=11)
    assert stranger.shown == nonsense.shown
    assert len(telegram.sent()) == 3
    for lang in ("en", "ru", "kk", "tg"):
        texts = [wording.sentence("help", lang), *(name for name, _ in wording.commands(lang))]
        assert command.removeprefix("/") not in " ".join(texts)
