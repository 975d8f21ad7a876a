"""What those who look after the bot can ask it: /unanswered and /status. Nobody else learns that these exist."""

from __future__ import annotations

import asyncio
import time
from importlib.metadata import PackageNotFoundError, version

from telegram import Update
from telegram.ext import CommandHandler, filters

from bot import wording
from bot.in_vain import Group, grouped
from bot.telegram.parts import App, Context, Parts, message_of
from bot.telegram.sending import said, send

PACKAGE = "tajikistan-visit-bot"
SHOWN = 15
"""Groups of questions in a message."""
LINE_UNITS = 160


class Admins:
    """The handlers of what only admins can do."""

    def __init__(self, parts: Parts) -> None:
        """Works with these parts; the time from now on is the uptime."""
        self.parts = parts
        self._started = time.monotonic()

    async def unanswered(self, update: Update, context: Context) -> None:
        """/unanswered: what was asked in vain, most often first, with the nearest fact."""
        groups = await asyncio.to_thread(grouped, self.parts.notes.in_vain())
        lines = [_line(group) for group in groups[:SHOWN]]
        head = self.parts.sentence(update, "unanswered" if lines else "unanswered_none")
        await send(message_of(update), said("\n".join([head, *lines])), quote=False)

    async def status(self, update: Update, context: Context) -> None:
        """/status: version, facts, last load, uptime, errors."""
        table = await self.parts.desk.standing()
        text = self.parts.sentence(
            update,
            "status",
            version=_version(),
            facts=table.facts,
            loaded=f"{table.loaded_at:%Y-%m-%d %H:%M} UTC",
            uptime=_duration(time.monotonic() - self._started),
            errors=self.parts.metrics.errors(),
        )
        await send(message_of(update), said("\n\n".join(filter(None, (text.strip(), table.trouble)))), quote=False)


def add_admins(application: App, admins: Admins) -> None:
    """Ties the commands to what happens, in the chats of admins alone."""
    here = filters.UpdateType.MESSAGE & filters.Chat(admins.parts.admins)
    application.add_handlers(
        [CommandHandler("unanswered", admins.unanswered, here), CommandHandler("status", admins.status, here)]
    )


def _line(group: Group) -> str:
    where = ", ".join((group.lang, *group.nearest[:1]))
    return f"{group.times} × {wording.clip(group.question, LINE_UNITS)} ({where})"


def _version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:  # run from a checkout, with the packages from elsewhere
        return "?"


def _duration(seconds: float) -> str:
    """Hours, minutes and seconds, as 26:03:09."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
