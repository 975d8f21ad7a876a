"""The Telegram service: builds the application, runs it until it is told to stop, and says why it can't.

`build` makes an application that is not started, so that tests point it at a stand-in; `serve` is what the
command line calls. What happens in a chat is the handlers' business, how updates come in polling.py's and
intake.py's.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import structlog
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ApplicationBuilder
from tornado.httpserver import HTTPServer

from bot.browsing import Guide
from bot.state import State, StateError
from bot.store import TableError
from bot.telegram.admins import Admins, add_admins
from bot.telegram.alarm import Alarm
from bot.telegram.buttons import Buttons
from bot.telegram.core import Core, Desk, warm_up
from bot.telegram.guests import Guests, add_guests
from bot.telegram.handlers import Chat, add_chat
from bot.telegram.health import Health, Metrics, Pulse
from bot.telegram.inline import Inline, add_inline
from bot.telegram.instance import InstanceError, bot_id, lock_instance
from bot.telegram.intake import Intake
from bot.telegram.limits import Limiter
from bot.telegram.logs import set_up_logs
from bot.telegram.menus import set_menus
from bot.telegram.notes import PURGE_EVERY, Notes
from bot.telegram.pages import Pages, add_pages
from bot.telegram.parts import App, Context, Parts
from bot.telegram.polling import KINDS, Poller
from bot.telegram.presses import add_presses
from bot.telegram.sending import is_gone
from bot.telegram.transport import Request, ServiceBot, polling_request, sending_request
from bot.telegram.webhook import Webhook

if TYPE_CHECKING:
    from bot.config import Settings

FINISH = 3.5
"""Seconds that replies under way have after a SIGTERM; 5 in all."""
SWITCH = 0.001
"""Seconds after which a thinking core lets the messages in, where Python's own default is five times that."""
LAST_RESORT = 4.8
"""Seconds after a SIGTERM at which the process ends whatever hangs (a look-up in a dead network can't be
cancelled).
"""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of the service, built and not started."""

    application: App
    bot: ServiceBot
    intake: Intake
    poller: Poller
    webhook: Webhook | None
    """The way in instead of the poller, where an address is set."""
    parts: Parts
    health: Health
    pulse: Pulse
    tasks: set[asyncio.Task[None]]
    """What runs beside: messages to the admins, the menus."""


def build(settings: Settings, core: Core, state: State) -> Service:
    """The service, with nothing started and nothing sent."""
    pulse = Pulse()
    metrics = Metrics(pulse)
    tasks: set[asyncio.Task[None]] = set()
    polling = polling_request(settings.proxy)
    bot = make_bot(settings, polling)
    tell = _teller(bot, settings.admins, tasks)
    alarm = Alarm(tell)
    desk = Desk(core, alarm)
    application: App = ApplicationBuilder().bot(bot).updater(None).job_queue(None).build()
    number = bot_id(settings.token)
    parts = Parts(desk, Notes(state, number, alarm), metrics, settings.admins)
    chat = Chat(parts)
    _add_handlers(application, parts, chat)
    application.add_error_handler(_failure_teller(alarm))
    intake = Intake(application, state, number, chat.slow_down if settings.rate_limit else None, alarm)
    poller = Poller(bot, polling, intake, pulse, tell)
    webhook = None
    if settings.webhook_url:
        webhook = Webhook(bot, intake, pulse, alarm, settings.webhook_url, settings.webhook_secret)
    health = Health(pulse, metrics, desk.count_facts)
    return Service(application, bot, intake, poller, webhook, parts, health, pulse, tasks)


def _add_handlers(application: App, parts: Parts, chat: Chat) -> None:
    """All that the bot reacts to; the first that fits an update has it."""
    pages = Pages(parts)
    add_admins(application, Admins(parts))
    add_pages(application, pages)
    add_chat(application, chat)
    add_presses(application, parts, [*Buttons(parts).ways(), *pages.ways()])
    add_inline(application, Inline(parts))
    add_guests(application, Guests(parts))


def make_bot(settings: Settings, polling: Request) -> ServiceBot:
    """The bot behind the application; `polling` are its connections for getUpdates."""
    return ServiceBot(
        token=settings.token,
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=sending_request(settings.proxy),
        get_updates_request=polling,
        rate_limiter=Limiter(settings.rate_limit),
    )


def _teller(bot: ServiceBot, admins: frozenset[int], tasks: set[asyncio.Task[None]]) -> Callable[[str], None]:
    """A function that sends a line to the admins, in the background."""

    async def tell_one(admin: int, text: str) -> None:
        try:
            await bot.send_message(admin, text)
        except TelegramError as error:
            log.warning("an admin could not be told", reason=error.message)

    def tell(text: str) -> None:
        for admin in admins:
            _in_background(tasks, tell_one(admin, text))

    return tell


def _failure_teller(alarm: Alarm) -> Callable[[object, Context], Coroutine[Any, Any, None]]:
    """A function that has the admins told of a handler that failed (handlers.py sees to the log and the person)."""

    async def on_error(update: object, context: Context) -> None:
        error = context.error
        if not is_gone(error) and not isinstance(error, TableError):  # that one the desk tells
            alarm.once("handlers", f"A message could not be answered ({type(error).__name__}); the log says more.")

    return on_error


def _in_background(tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def run(service: Service, stop: asyncio.Event, settings: Settings) -> None:
    """Serves until `stop` is set, then finishes the replies under way.

    Waits for the network where there is none. Raises InvalidToken when Telegram rejects the token at the
    start, OSError when a port is taken.
    """
    servers = [service.health.listen(settings.health_port)] if settings.health_port else []
    watchdog = asyncio.create_task(service.health.feed_watchdog())
    work = asyncio.create_task(_work(service, settings, servers))
    house = asyncio.create_task(_keep_house(service.parts))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
    finally:
        log.info("stopping")
        for server in servers:
            server.stop()
        for task in (work, stopping, watchdog, house):
            await _cancel(task)
        await service.intake.stop(FINISH)
        for task in set(service.tasks):
            await _cancel(task)
        for server in servers:
            await server.close_all_connections()
        await service.application.shutdown()
        await service.bot.shutdown()
        service.parts.desk.close()


async def _work(service: Service, settings: Settings, servers: list[HTTPServer]) -> None:
    """Takes updates, by webhook or by polling, until it is cancelled."""
    await service.application.initialize()
    log.info("serving", bot=service.bot.username, by="webhook" if service.webhook else "polling")
    _in_background(service.tasks, set_menus(service.bot))
    service.intake.resume()
    if service.webhook:
        servers.append(service.webhook.listen(settings.webhook_port, settings.listen))
        await service.webhook.run(KINDS)
    else:
        await service.bot.delete_webhook()
        await service.poller.run()


async def _keep_house(parts: Parts) -> None:
    """Drops what has been kept long enough, again and again."""
    while True:
        parts.notes.purge()
        parts.desk.forget_silent()
        await asyncio.sleep(PURGE_EVERY)


async def _cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await task


def serve(settings: Settings) -> int:
    """Runs the service until SIGTERM or SIGINT; the exit code: 0, or 2 with a sentence on standard error."""
    settings = replace(settings, webhook_secret=settings.webhook_secret or secrets.token_urlsafe(32))
    set_up_logs(settings.log_format, settings.log_level, [settings.token, settings.webhook_secret])
    sys.setswitchinterval(SWITCH)
    return _guarded(settings, _serve)


def check(settings: Settings) -> int:
    """Tests settings, token and table, and says what it found; the exit code: 0, or 2 with a sentence."""
    set_up_logs(settings.log_format, "ERROR", [settings.token, settings.webhook_secret])
    return _guarded(settings, _check)


def _guarded(settings: Settings, act: Callable[[Settings, Core], Coroutine[Any, Any, int]]) -> int:
    """Opens the table and acts; whatever a person must mend becomes a sentence and exit code 2."""
    if not settings.token:
        return _fail("BOT_TOKEN is not set: get a token from @BotFather and set BOT_TOKEN, or BOT_TOKEN_FILE.")
    try:
        core = Guide(settings.facts_db)
        try:
            return asyncio.run(act(settings, core))
        finally:
            core.close()
    except (TableError, StateError, InstanceError) as error:
        return _fail(str(error))
    except InvalidToken:
        return _fail("Telegram rejects the token: copy it from @BotFather again (BOT_TOKEN or BOT_TOKEN_FILE).")
    except OSError as error:
        return _fail(
            f"The service cannot start ({error}): check BOT_HEALTH_PORT, BOT_WEBHOOK_PORT, BOT_LISTEN and the"
            " folder of BOT_STATE_DB."
        )


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


async def _serve(settings: Settings, core: Core) -> int:
    locks = lock_instance(settings.token, settings.state_db.parent)
    warm_up(core)
    state = State(settings.state_db)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _begin_stop, stop)
    try:
        await run(build(settings, core, state), stop, settings)
    finally:
        state.close()
        for lock in locks:
            lock.release()
    return 0


def _begin_stop(stop: asyncio.Event) -> None:
    stop.set()
    timer = threading.Timer(LAST_RESORT, os._exit, (0,))  # state.db is whole at any moment
    timer.daemon = True
    timer.start()


async def _check(settings: Settings, core: Core) -> int:
    """One getMe, without waiting for a network that is not there."""
    facts = core.count_facts()
    polling = polling_request(settings.proxy)
    bot = make_bot(settings, polling)
    try:
        async with asyncio.timeout(15):
            await bot.initialize()
    except TimeoutError:
        return _fail(f"Telegram does not answer at {settings.api_url}: check the network and BOT_API_URL.")
    finally:
        await bot.shutdown()
    print(f"All is well: @{bot.username} would answer from {facts} facts in {settings.facts_db}.")
    return 0
