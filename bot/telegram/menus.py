"""The menus of commands and the bot's descriptions, in every language: set at the start where they have changed.

English is what people of any other language see. A call that fails is logged and stops nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable

import structlog
from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeDefault
from telegram.error import TelegramError

from bot import wording
from bot.model import LANGS, Lang
from bot.sentences import CommandScope

SCOPES: tuple[tuple[CommandScope, BotCommandScopeDefault | BotCommandScopeAllGroupChats], ...] = (
    ("commands", BotCommandScopeDefault()),
    ("group_commands", BotCommandScopeAllGroupChats()),
)
"""The menu in private, which shows wherever no other does, and that of groups."""

log = structlog.stdlib.get_logger(__name__)


async def set_menus(bot: Bot) -> None:
    """Compares what Telegram has with what there should be, and sets what differs."""
    for lang in LANGS:
        code = "" if lang == "en" else lang
        for scope, place in SCOPES:
            await _unless_failing(scope, lang, _set_commands(bot, scope, place, lang, code))
        await _unless_failing("description", lang, _set_description(bot, lang, code))
        await _unless_failing("short description", lang, _set_short_description(bot, lang, code))


async def _set_commands(
    bot: Bot,
    scope: CommandScope,
    place: BotCommandScopeDefault | BotCommandScopeAllGroupChats,
    lang: Lang,
    code: str,
) -> None:
    wanted = tuple(BotCommand(name, words) for name, words in wording.commands(lang, scope))
    if await bot.get_my_commands(place, code) != wanted:
        await bot.set_my_commands(wanted, place, code)
        log.info("menu set", scope=scope, lang=lang)


async def _set_description(bot: Bot, lang: Lang, code: str) -> None:
    wanted = wording.sentence("description", lang)
    if (await bot.get_my_description(code)).description != wanted:
        await bot.set_my_description(wanted, code)
        log.info("description set", lang=lang)


async def _set_short_description(bot: Bot, lang: Lang, code: str) -> None:
    wanted = wording.sentence("short_description", lang)
    if (await bot.get_my_short_description(code)).short_description != wanted:
        await bot.set_my_short_description(wanted, code)
        log.info("short description set", lang=lang)


async def _unless_failing(what: str, lang: Lang, act: Awaitable[None]) -> None:
    try:
        await act
    except TelegramError as error:
        log.warning("a menu could not be set", what=what, lang=lang, reason=error.message)
