"""Whether the service is alive: told to who asks (/healthz and /metrics on loopback), and to systemd.

Alive means that Telegram answered a getUpdates lately and that facts can be read; a process that merely
runs is not alive. The watchdog is fed while polling makes its rounds, with or without success: a restart
mends a stuck process, not a missing network. Nothing here mends anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
import tornado.web
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from systemd_watchdog.systemd_watchdog import WatchDog
from tornado.httpserver import HTTPServer

from bot.model import Reply
from bot.store import TableError

STALE = 60.0
"""Seconds after which the last getUpdates no longer proves life; one takes up to 28."""
STUCK = 90.0
"""Seconds without a round of polling after which the watchdog is no longer fed."""
LOOPBACK = "127.0.0.1"

log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True)
class Pulse:
    """Signs of life of polling, as time.monotonic() values; 0 means never."""

    completed: float = 0.0
    """The last getUpdates that Telegram answered."""
    turned: float = 0.0
    """The last time the loop went round, with or without success."""
    errors: int = 0
    """Failed getUpdates since the start."""

    def age(self) -> float:
        """Seconds since the last completed getUpdates; infinite before the first."""
        return time.monotonic() - self.completed if self.completed else float("inf")


class Metrics:
    """What is counted, in Prometheus's terms; each has a registry of its own."""

    def __init__(self, pulse: Pulse) -> None:
        """Polling's share is read from `pulse` when asked for."""
        self._registry = CollectorRegistry()
        self._questions = Counter("bot_questions", "Questions by kind of reply", ["kind"], registry=self._registry)
        self._seconds = Histogram(
            "bot_reply_seconds",
            "From taking up a question to its reply being delivered",
            buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
            registry=self._registry,
        )
        self._failed = Counter("bot_handler_errors", "Updates whose handler failed", registry=self._registry)
        polls = Gauge("bot_poll_errors", "Failed getUpdates since the start", registry=self._registry)
        polls.set_function(lambda: pulse.errors)
        age = Gauge("bot_last_poll_age_seconds", "Since the last completed getUpdates", registry=self._registry)
        age.set_function(pulse.age)
        self.facts = Gauge("bot_facts", "Facts in the table; NaN when unreadable", registry=self._registry)

    def question(self, reply: Reply, seconds: float) -> None:
        """A question was answered with `reply`, in so many seconds."""
        self._questions.labels(type(reply).__name__.lower()).inc()
        self._seconds.observe(seconds)

    def handler_failed(self) -> None:
        """An update's handler failed."""
        self._failed.inc()

    def page(self) -> bytes:
        """The metrics as Prometheus reads them."""
        return generate_latest(self._registry)


class Health:
    """Judges whether the service is alive."""

    def __init__(self, pulse: Pulse, metrics: Metrics, count_facts: Callable[[], Awaitable[int]]) -> None:
        """`count_facts` raises store.TableError when facts cannot be read."""
        self._pulse = pulse
        self._metrics = metrics
        self._count_facts = count_facts

    async def complaints(self) -> list[str]:
        """What is wrong, in a few words each; nothing when the service is alive."""
        found = []
        age = self._pulse.age()
        if age > STALE:
            found.append("no getUpdates completed yet" if age == float("inf") else f"no getUpdates for {age:.0f} s")
        try:
            async with asyncio.timeout(5):
                self._metrics.facts.set(await self._count_facts())
        except (TableError, TimeoutError) as error:
            self._metrics.facts.set(float("nan"))
            found.append(str(error) if isinstance(error, TableError) else "the core does not answer")
        return found

    async def page(self) -> bytes:
        """The metrics, the number of facts up to date."""
        await self.complaints()
        return self._metrics.page()

    def listen(self, port: int) -> HTTPServer:
        """Serves /healthz and /metrics on loopback. Raises OSError when the port is taken."""
        pages = [("/healthz", _Healthz, {"health": self}), ("/metrics", _Metrics, {"health": self})]
        application = tornado.web.Application(pages, log_function=lambda _: None)
        return application.listen(port, LOOPBACK)

    async def feed_watchdog(self) -> None:
        """Tells systemd, if it started us: ready after the first getUpdates, then alive while polling turns."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            watchdog = WatchDog(channel)
            is_ready = False
            while watchdog.is_enabled:
                with contextlib.suppress(OSError):  # systemd may be away for a moment
                    if self._pulse.completed and not is_ready:
                        watchdog.ready()
                        is_ready = True
                    if time.monotonic() - self._pulse.turned < STUCK:
                        watchdog.ping()
                await asyncio.sleep(1.0)


class _Page(tornado.web.RequestHandler):
    def initialize(self, health: Health) -> None:
        self.health = health


class _Healthz(_Page):
    async def get(self) -> None:
        complaints = await self.health.complaints()
        self.set_status(503 if complaints else 200)
        self.set_header("Content-Type", "application/json")
        self.write(json.dumps({"alive": not complaints, "complaints": complaints}))


class _Metrics(_Page):
    async def get(self) -> None:
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.write(await self.health.page())
