"""HTTP to Telegram: requests that outlast its bad moments, and updates as raw JSON.

What was not delivered is tried again here, below everything else: an answer with a 5xx, a broken
connection, no network. A refusal (4xx) is passed on as it is. How fast to send is limits.py's business.
"""

from __future__ import annotations

import asyncio
import functools
import json
import ssl
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp
import certifi
import structlog
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot
from telegram.request import BaseRequest, RequestData

POLL_SECONDS = 20
"""How long Telegram may hold a getUpdates open; at most 50."""
POLL_PATIENCE = POLL_SECONDS + 8
"""Seconds after which a getUpdates without an answer is dead."""
SEND_PATIENCE = 20.0
"""Seconds for any other request, the wait for a free connection included."""
CONNECT_PATIENCE = 8.0
"""Seconds for a new connection."""
CONNECTIONS = 256
"""To Telegram at a time."""
IDLE_SECONDS = 60.0
"""How long a connection is kept that nothing is under way on."""
GIVE_UP = 3600.0
"""Seconds after which a request that always fails is given up, so that its chat goes on."""
GIVE_UP_SOON = 20.0
"""The same for requests that mean nothing later on, and for a token that was good and is not: it may be once more."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PASSING = frozenset({"answerCallbackQuery", "answerInlineQuery", "sendChatAction", "answerGuestQuery"})

log = structlog.stdlib.get_logger(__name__)


class Request(BaseRequest):
    """Requests by aiohttp, which takes a third of the time that the library's own (httpx) takes, and ends a connection
    whose request ran out of time. Files are not sent.
    """

    def __init__(self, patience: float, proxy: str = "") -> None:
        """A request takes `patience` seconds at most; where `proxy` is an address, it goes that way."""
        self._timeout = aiohttp.ClientTimeout(total=patience, sock_connect=CONNECT_PATIENCE)
        self._proxy = proxy or None
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds that a request takes at most."""
        return self._timeout.total

    async def initialize(self) -> None:
        """Nothing to be done: the first request opens the first connection."""

    async def shutdown(self) -> None:
        """Closes all connections."""
        if self._session:
            await self._session.close()

    async def rebuild(self) -> None:
        """Goes on with new connections; what is under way on the old ones breaks."""
        old, self._session = self._session, self._new_session()
        if old:
            await old.close()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **named: Any
    ) -> tuple[int, bytes]:
        """Status and body of Telegram's answer; raises NetworkError, TimedOut included, where none comes.

        The library's time limits, one for each step of a request, do not count here.
        """
        self._session = self._session or self._new_session()
        form = urlencode(request_data.json_parameters).encode() if request_data else None
        try:
            async with self._session.request(method, url, data=form, headers=FORM, allow_redirects=False) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """The JSON in an answer; raises TelegramError where it is none."""
        try:
            found = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise TelegramError("Telegram's answer is no JSON object")
        return found

    def _new_session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=IDLE_SECONDS, ssl=_certificates()),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self.USER_AGENT},
            timeout=self._timeout,
            proxy=self._proxy,
        )


class SendingRequest(Request):
    """For everything but getUpdates: tries again until it is through, or for an hour."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **named: Any
    ) -> tuple[int, bytes]:
        """See the library; returns an answer of Telegram's, raises NetworkError when it gave up."""
        name = url.rsplit("/", 1)[-1]
        started = time.monotonic()
        limit = GIVE_UP_SOON if name in PASSING else GIVE_UP
        for attempt in range(1_000_000):
            try:
                code, payload = await super().do_request(url, method, request_data, *timeouts, **named)
                doubted = code == 401 and name != "getMe" and time.monotonic() - started < GIVE_UP_SOON
                if code < 500 and not doubted and (code != 200 or payload[:1] == b"{"):
                    return code, payload
                trouble = NetworkError(f"status {code}, not an answer of the Bot API")
            except NetworkError as error:
                trouble = error
            if time.monotonic() - started > limit:
                break
            if attempt in (0, 5) or attempt % 60 == 0:
                log.warning("a request failed and is tried again", method=name, reason=trouble.message)
            await asyncio.sleep(pause(attempt))
        raise trouble


def pause(attempt: int) -> float:
    """Seconds to wait after `attempt` failures (from 0): quick at first, never above 10."""
    return float(min(0.3 * 2 ** min(attempt, 10), 10.0))


class ServiceBot(ExtBot[None]):
    """The library's bot, able to fetch updates without parsing them, and to send without parsing what was sent."""

    async def post(self, chat: int, text: str, **options: object) -> int:
        """One sendMessage with these options of it, None where one isn't set; the id of the message that was sent.

        The library would make some hundred fields of what Telegram says of it. Raises TelegramError.
        """
        sent = await self._post("sendMessage", {"chat_id": chat, "text": text, **options})
        number = sent.get("message_id") if isinstance(sent, dict) else None
        if type(number) is not int:
            raise TelegramError("Telegram's answer to sendMessage is no message")
        return number

    async def fetch(self, offset: int | None, limit: int, seconds: int, kinds: tuple[str, ...]) -> list[object]:
        """One getUpdates: raw updates of these `kinds` from `offset` on, waiting `seconds` for the first.

        Raises TelegramError.
        """
        wanted = {"offset": offset, "limit": limit, "timeout": seconds, "allowed_updates": kinds}
        found = await self._post("getUpdates", wanted)
        if not isinstance(found, list):
            raise TelegramError("Telegram's answer to getUpdates is no list")
        return found


def polling_request(proxy: str) -> Request:
    """The connections for getUpdates."""
    return Request(POLL_PATIENCE, proxy)


def sending_request(proxy: str) -> SendingRequest:
    """The connections for all else."""
    return SendingRequest(SEND_PATIENCE, proxy)


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust: whom the system trusts, and Mozilla's list, as some systems have none.

    To read them takes a tenth of a second, in which nobody would be answered at a rebuild.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
