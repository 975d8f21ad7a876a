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
from collections import Counter
from typing import Any

import httpx
import structlog
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest, RequestData

POLL_SECONDS = 20
"""How long Telegram may hold a getUpdates open; at most 50."""
POLL_PATIENCE = POLL_SECONDS + 8
"""Seconds after which a getUpdates without an answer is dead."""
SEND_PATIENCE = 20.0
"""Seconds to wait for the answer to any other request."""
POOL_PATIENCE = 20.0
"""Seconds to wait for one of the connections to come free."""
CONNECTIONS = 256
IDLE_CONNECTIONS = 8
"""Kept open between requests; the client looks at each of them for each request."""
LIMITS = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=IDLE_CONNECTIONS, keepalive_expiry=60)
GIVE_UP = 3600.0
"""Seconds after which a request that always fails is given up, so that its chat goes on."""
GIVE_UP_SOON = 20.0
"""The same for requests that mean nothing later on."""
PASSING = frozenset({"answerCallbackQuery", "answerInlineQuery", "sendChatAction", "answerGuestQuery"})
REBUILD_EVERY = 60.0
"""Seconds between two rebuilds of a wedged connection pool, at least."""

log = structlog.stdlib.get_logger(__name__)


class Request(HTTPXRequest):
    """The library's, which neither prints answers that are no JSON nor keeps connections that are stuck."""

    def __init__(self, **settings: Any) -> None:
        """`settings` are the library's."""
        super().__init__(**settings)
        self._under_way: Counter[httpx.AsyncClient] = Counter()

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """The JSON in an answer; raises TelegramError where it is none."""
        try:
            found = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise TelegramError("Telegram's answer is no JSON object")
        if isinstance(found.get("result"), dict):
            # what a sent reply quotes; to parse it would take the library as long as the reply itself
            found["result"].pop("reply_to_message", None)
        return found

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **named: Any
    ) -> tuple[int, bytes]:
        """See the library; its connections may be replaced meanwhile."""
        client = self._client
        self._under_way[client] += 1
        try:
            return await super().do_request(url, method, request_data, *timeouts, **named)
        finally:
            self._under_way[client] -= 1
            await self._retire(client)

    async def rebuild(self) -> None:
        """Goes on with new connections.

        The old ones are closed when what is under way on them has ended, which it does by its own time limits: to
        close them earlier would break requests that may have been done already, and miss connections that are being
        opened.
        """
        old, self._client = self._client, self._build_client()
        await self._retire(old)

    async def _retire(self, client: httpx.AsyncClient) -> None:
        """Closes connections that were replaced and that nothing is under way on."""
        if self._under_way[client]:
            return
        del self._under_way[client]
        if client is self._client:
            return
        try:
            async with asyncio.timeout(3):
                await client.aclose()
        except Exception as error:
            log.warning("closing stuck connections failed", reason=type(error).__name__)


class SendingRequest(Request):
    """For everything but getUpdates: tries again until it is through, or for an hour."""

    _rebuilt = -REBUILD_EVERY

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
                if code < 500 and (code != 200 or payload[:1] == b"{"):
                    return code, payload
                trouble = NetworkError(f"status {code}, not an answer of the Bot API")
            except NetworkError as error:
                trouble = error
                await self._mend(error)
            if time.monotonic() - started > limit:
                break
            if attempt in (0, 5) or attempt % 60 == 0:
                log.warning("a request failed and is tried again", method=name, reason=trouble.message)
            await asyncio.sleep(pause(attempt))
        raise trouble

    async def _mend(self, error: NetworkError) -> None:
        """Rebuilds a pool from which no connection comes any more."""
        wedged = isinstance(error, TimedOut) and isinstance(error.__cause__, httpx.PoolTimeout)
        if wedged and time.monotonic() - self._rebuilt >= REBUILD_EVERY:
            self._rebuilt = time.monotonic()
            log.error("no connection has come free for long: starting afresh")
            await self.rebuild()


def pause(attempt: int) -> float:
    """Seconds to wait after `attempt` failures (from 0): quick at first, never above 10."""
    return float(min(0.3 * 2 ** min(attempt, 10), 10.0))


class ServiceBot(ExtBot[None]):
    """The library's bot, able to fetch updates without parsing them."""

    async def fetch(self, offset: int | None, limit: int, seconds: int, kinds: tuple[str, ...]) -> list[object]:
        """One getUpdates: raw updates of these `kinds` from `offset` on, waiting `seconds` for the first.

        Raises TelegramError.
        """
        wanted = {"offset": offset, "limit": limit, "timeout": seconds, "allowed_updates": kinds}
        found = await self._post("getUpdates", wanted, read_timeout=POLL_PATIENCE)
        if not isinstance(found, list):
            raise TelegramError("Telegram's answer to getUpdates is no list")
        return found


def polling_request() -> Request:
    """The connections for getUpdates: one is enough, a second replaces one that hangs."""
    return Request(
        connection_pool_size=2,
        httpx_kwargs={"verify": _certificates()},
        connect_timeout=8,
        pool_timeout=3,
        read_timeout=POLL_PATIENCE,
    )


def sending_request() -> SendingRequest:
    """The connections for all else."""
    return SendingRequest(
        httpx_kwargs={"limits": LIMITS, "verify": _certificates()},
        connect_timeout=8,
        pool_timeout=POOL_PATIENCE,
        read_timeout=SEND_PATIENCE,
        write_timeout=SEND_PATIENCE,
    )


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust; to read that takes a tenth of a second, in which nobody would be answered at a rebuild."""
    return httpx.create_ssl_context()
