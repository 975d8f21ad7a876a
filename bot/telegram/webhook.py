"""Updates that Telegram brings itself, over HTTP: the other way in beside polling.

An update is acknowledged only when it is safe (intake.py), so a kill loses none. Who has no right to be
here is sent away before the body is read: wrong path 404, wrong method 405, wrong secret 403, no JSON type
415, too large 413; a body that is no update gets 400. TLS is a proxy's business; whatever it adds to a
request is ignored.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import time
from datetime import datetime
from urllib.parse import urlsplit

import structlog
import tornado.web
from telegram.error import TelegramError
from tornado.httpserver import HTTPServer

from bot.telegram.alarm import Alarm
from bot.telegram.health import Pulse
from bot.telegram.intake import Intake, update_id
from bot.telegram.transport import ServiceBot

LARGEST = 1_000_000
"""Bytes of a body; an update has some tens of thousands at most."""
CHECK_EVERY = 20.0
"""Seconds between two looks whether Telegram knows the webhook."""
ANSWER_WITHIN = 30.0
"""Seconds that such a look may take; a missing network must not look like a stuck process to the watchdog."""
PATIENCE = 0.5
"""Seconds in which an update is usually handled; one that takes longer is put aside and acknowledged."""
KEPT = 10_000
"""Handled updates that are remembered, should Telegram bring them again."""
CONNECTIONS = 40
"""Updates that Telegram brings at a time; its own default."""

log = structlog.stdlib.get_logger(__name__)


class Webhook:
    """A listener for updates, and its registration at Telegram."""

    def __init__(self, bot: ServiceBot, intake: Intake, pulse: Pulse, alarm: Alarm, url: str, secret: str) -> None:
        """`url` is what Telegram calls, `secret` what it shows us each time; `alarm` hears when it can't call."""
        self._bot = bot
        self._alarm = alarm
        self._intake = intake
        self._pulse = pulse
        self._url = url
        self._secret = secret

    def listen(self, port: int, address: str) -> HTTPServer:
        """Listens for updates under the path of the URL. Raises OSError when the port is taken."""
        path = urlsplit(self._url).path.rstrip("/")
        handlers = [(rf"{re.escape(path)}/?", _Update, {"intake": self._intake, "secret": self._secret})]
        application = tornado.web.Application(handlers, log_function=lambda _: None)
        return application.listen(port, address, max_body_size=2 * LARGEST, idle_connection_timeout=300)

    async def run(self, kinds: tuple[str, ...]) -> None:
        """Registers the webhook, then looks again and again whether it still is, until cancelled."""
        last_error = None
        while True:
            try:
                async with asyncio.timeout(ANSWER_WITHIN):
                    last_error = await self._look(kinds, last_error)
                self._pulse.completed = time.monotonic()
            except (TelegramError, TimeoutError) as error:
                self._pulse.errors += 1
                log.warning("the webhook could not be looked after", reason=f"{type(error).__name__}: {error}")
            self._pulse.turned = time.monotonic()
            self._intake.confirmed(self._intake.highest - KEPT)
            await asyncio.sleep(CHECK_EVERY)

    async def _look(self, kinds: tuple[str, ...], last_error: datetime | None) -> datetime | None:
        """Registers the webhook where it isn't; when Telegram last failed to reach us, `last_error` is known."""
        info = await self._bot.get_webhook_info()
        if info.url != self._url or not self._pulse.completed:
            await self._bot.set_webhook(
                self._url, secret_token=self._secret, allowed_updates=kinds, max_connections=CONNECTIONS
            )
            log.info("webhook set")
        elif info.last_error_date and info.last_error_date != last_error:
            log.warning("Telegram could not reach the webhook", reason=info.last_error_message)
            if info.pending_update_count:
                self._alarm.once("webhook", f"Telegram can't reach the webhook: {info.last_error_message}")
        return info.last_error_date


@tornado.web.stream_request_body
class _Update(tornado.web.RequestHandler):
    """One update."""

    def initialize(self, intake: Intake, secret: str) -> None:
        self._intake = intake
        self._secret = secret
        self._body = bytearray()

    def prepare(self) -> None:
        """Sends away who has no right to be here; called before the body arrives."""
        headers = self.request.headers
        if self.request.method != "POST":
            raise tornado.web.HTTPError(405)
        shown = headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(shown.encode("utf-8", "replace"), self._secret.encode()):
            raise tornado.web.HTTPError(403)
        if headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise tornado.web.HTTPError(415)
        length = headers.get("Content-Length", "0")
        if length.isdecimal() and int(length) > LARGEST:
            raise tornado.web.HTTPError(413)

    def data_received(self, chunk: bytes) -> None:
        """Collects the body, up to the limit."""
        self._body += chunk
        if len(self._body) > LARGEST:
            raise tornado.web.HTTPError(413)

    async def post(self) -> None:
        """Takes the update; answers when it is safe."""
        try:
            raw = json.loads(self._body)
        except (ValueError, RecursionError):
            raise tornado.web.HTTPError(400) from None
        number = update_id(raw)
        if number is None:
            raise tornado.web.HTTPError(400)
        self._intake.take([raw])
        if not await self._intake.secure(number, PATIENCE):
            raise tornado.web.HTTPError(503)  # Telegram brings it again
        self.finish()

    def write_error(self, status_code: int, **_: object) -> None:
        """The status says it all."""
        self.finish()

    def log_exception(self, *_: object) -> None:
        """Strangers' requests are none of the log's business."""
