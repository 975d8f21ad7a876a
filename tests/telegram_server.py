"""A stand-in for Telegram: the Bot API over HTTP on loopback, with its checks and, on demand, its bad days.

It runs in a thread of its own, so that tests drive it from plain and from async code, against the
application in this process or a real `serve` in another. What users do goes in with `say`, `press` and
`push` (raw updates); what the bot asked for is read from `calls`. Faults are injected per method with
`fail`. What Telegram checks stands in telegram_rules.py, what its methods do in telegram_world.py; users'
rights, files and payments are left out.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests import telegram_rules as rules
from tests.telegram_rules import Refused
from tests.telegram_world import World

TOKEN = "123456789:AAStandInTokenForTests_0123456789-ab"
PATIENCE = 30.0
"""Seconds after which a test that waits for the bot gives up; far above what is needed."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the bot, and how it was answered."""

    method: str
    parameters: dict[str, str]
    at: float
    """time.monotonic() when the request had arrived."""
    code: int
    """HTTP status of the answer; 0 where a fault came between and nothing was done."""
    result: Any
    """What Telegram answered: the result, or the description of what was wrong."""

    @property
    def chat(self) -> int:
        """The chat that it goes to, or 0."""
        return int(self.parameters.get("chat_id", "0"))

    @property
    def shown(self) -> str:
        """The text as a person sees it."""
        text = self.parameters.get("text", "")
        return rules.parse_html(text) if self.parameters.get("parse_mode") == "HTML" else text

    @property
    def buttons(self) -> list[dict[str, str]]:
        """Its inline buttons, row by row."""
        markup = json.loads(self.parameters.get("reply_markup", "{}"))
        return [button for row in markup.get("inline_keyboard", []) for button in row]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with a request."""

    code: int = 0
    """HTTP status to answer with, instead of doing it; 0 for none."""
    retry_after: int = 0
    stall: float = 0.0
    """Seconds of silence before anything else happens."""
    drop: str = ""
    """"before": the connection is cut and nothing done; "after": it is done, and cut in the middle of the
    answer.
    """
    body: bytes = b""
    """Answered with status 200 instead of doing it."""


class TelegramServer:
    """See the module; use it as a context manager."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.calls: list[Call] = []
        self.arrived: list[str] = []
        """Methods asked for, answered or not."""
        self.world = World()
        self._port = 0
        self._next_update = 7001
        self._next_message = 100_001
        self._faults: dict[str, deque[Fault]] = {}
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.disconnect()
        asyncio.run_coroutine_threadsafe(self._cancel_all(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    @property
    def url(self) -> str:
        """What BOT_API_URL is set to."""
        return f"http://127.0.0.1:{self._port}"

    def connect(self) -> None:
        """Listens, on the same port as before if there was one."""
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(PATIENCE)

    def disconnect(self) -> None:
        """The network is gone: nobody listens, open connections break."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(PATIENCE)

    # --- what users do ---

    def say(self, text: str, *, user: int = 11, chat: int = 0, **message: Any) -> int:
        """A user writes `text`, in private unless `chat` is a group's id; returns the update's id."""
        return self.push({"message": self.message(user=user, chat=chat, text=text, **message)})

    def message(self, *, user: int = 11, chat: int = 0, lang: str = "en", **content: Any) -> dict[str, Any]:
        """A message as Telegram writes it, from `user` in `chat` (by default their private one)."""
        person = {"id": user, "is_bot": False, "first_name": f"Person {user}", "language_code": lang}
        place = (
            {"id": chat, "type": "supergroup", "title": f"Group {chat}"} if chat else {"id": user, "type": "private"}
        )
        self._next_message += 1
        message = {
            "message_id": self._next_message,
            "date": int(time.time()),
            "chat": place,
            "from": person,
            **content,
        }
        if str(content.get("text", "")).startswith("/"):
            command = content["text"].split()[0]
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
        return message

    def press(self, call: Call, data: str, *, user: int = 11) -> int:
        """A user presses the button with `data` under the message that `call` sent."""
        person = {"id": user, "is_bot": False, "first_name": f"Person {user}", "language_code": "en"}
        query = {
            "id": f"q{self._next_update}",
            "from": person,
            "chat_instance": "1",
            "data": data,
            "message": call.result,
        }
        return self.push({"callback_query": query})

    def push(self, update: dict[str, Any]) -> int:
        """Queues a raw update, which gets the next id unless it has one; returns the id."""
        number = int(update.get("update_id", self._next_update))
        self.push_as(number, {"update_id": number, **update})
        return number

    def push_as(self, number: int, anything: Any) -> None:
        """Queues whatever it is, in the place of update `number`."""
        self._next_update = max(self._next_update, number + 1)
        self._loop.call_soon_threadsafe(self.world.push, number, anything)

    def block(self, chat: int, blocked: bool = True) -> None:
        """The user of `chat` blocks the bot, or takes that back."""
        self.world.know(chat).blocked = blocked

    def fail(self, method: str, fault: Fault, times: int = 1) -> None:
        """The next `times` requests of `method` ("*": of any) meet `fault`."""
        self._faults.setdefault(method, deque()).extend([fault] * times)

    def heal(self) -> None:
        """No more faults."""
        self._faults.clear()

    # --- what tests read ---

    def sent(self, method: str = "sendMessage", chat: int | None = None) -> list[Call]:
        """The requests of `method` that were done, to `chat` or to any."""
        return [
            call
            for call in list(self.calls)
            if call.method == method and call.code == HTTPStatus.OK and (chat is None or call.chat == chat)
        ]

    def wait_sent(self, count: int, method: str = "sendMessage", chat: int | None = None) -> list[Call]:
        """`sent`, once there are at least `count` of them; fails the test when they don't come."""
        self.wait(lambda: len(self.sent(method, chat)) >= count, f"{count} x {method}")
        return self.sent(method, chat)

    def wait_arrived(self, method: str, count: int, since: int = 0) -> None:
        """Returns when `method` was asked for `count` times after the first `since` requests, answered or not."""
        self.wait(lambda: self.arrived[since:].count(method) >= count, f"{count} x {method} to arrive")

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Returns when `condition` holds; fails the test when it does not come to that."""
        deadline = time.monotonic() + PATIENCE
        with self._changed:
            while not condition():
                assert time.monotonic() < deadline, f"waited {PATIENCE} s for {what}; calls: {self.calls[-5:]}"
                self._changed.wait(0.02)

    def take_calls(self) -> list[Call]:
        """The calls so far, which are forgotten here: for long runs."""
        with self._changed:
            taken, self.calls = self.calls, []
            self.arrived.clear()
        return taken

    def refused(self) -> list[Call]:
        """Requests that broke a rule of Telegram's (not those that met an injected fault)."""
        return [call for call in list(self.calls) if call.code in (400, 404)]

    # --- the server ---

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _hang_up(self) -> None:
        if self._server:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _cancel_all(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._hang_up()  # on those, too, that had come in and were served by nobody yet

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        serving = self._loop.create_task(self._serve(reader, writer))
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one_request(reader, writer):
                pass
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _one_request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers one request; false when the connection is over."""
        target, parameters = await _read_request(reader)
        at = time.monotonic()
        method = target.rsplit("/", 1)[-1]
        self.arrived.append(method)
        fault = self._fault_for(method)
        await asyncio.sleep(fault.stall)
        if fault.drop == "before":
            self._note(Call(method, parameters, at, 0, "dropped"))
            return False
        try:
            code, answer = await self._answer(target, method, parameters, fault)
        except Refused as refused:
            code, answer = refused.code, _error(refused.code, refused.description)
            if refused.migrated_to:
                answer["parameters"] = {"migrate_to_chat_id": refused.migrated_to}
        result = answer.get("result", answer.get("description"))
        self._note(Call(method, parameters, at, 0 if fault.body else code, result))
        body = fault.body or json.dumps(answer).encode()
        head = f"HTTP/1.1 {code} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        whole = head.encode() + body
        writer.write(whole[: -(len(body) // 2)] if fault.drop == "after" else whole)
        await writer.drain()
        return fault.drop != "after"

    def _fault_for(self, method: str) -> Fault:
        for name in (method, "*"):
            if faults := self._faults.get(name):
                return faults.popleft()
        return Fault()

    def _note(self, call: Call) -> None:
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()

    async def _answer(
        self, target: str, method: str, parameters: dict[str, str], fault: Fault
    ) -> tuple[int, dict[str, Any]]:
        if target != f"/bot{self.token}/{method}":
            raise Refused(401, "Unauthorized")
        if fault.code == HTTPStatus.TOO_MANY_REQUESTS:
            answer = _error(fault.code, f"Too Many Requests: retry after {fault.retry_after}")
            return fault.code, answer | {"parameters": {"retry_after": fault.retry_after}}
        if fault.code:
            return fault.code, _error(fault.code, HTTPStatus(fault.code).phrase)
        if fault.body:
            return HTTPStatus.OK, {}
        return HTTPStatus.OK, {"ok": True, "result": await self.world.do(method, parameters)}


def _error(code: int, description: str) -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": description}


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    """The path and the parameters of the next request; EOFError at the end of the connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    request, *lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    url = urlsplit(request.split(" ")[1])
    parameters = dict(parse_qsl(url.query, keep_blank_values=True))
    if headers.get("content-type", "").startswith("application/json"):
        values = json.loads(body).items()
        parameters |= {name: value if isinstance(value, str) else json.dumps(value) for name, value in values}
    else:
        parameters |= dict(parse_qsl(body.decode("utf-8", "surrogateescape"), keep_blank_values=True))
    return url.path, parameters
