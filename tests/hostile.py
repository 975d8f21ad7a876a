"""Raw updates of every kind, and broken copies of them: `python -m tests.hostile 1000000 [SEED]` tries so many.

Each goes through the real application, with the stand-in's checks on whatever it sends; no HTTP between, for speed.
The suite tries a few thousand (test_hostile.py).
"""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import random
import re
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import structlog

from bot.config import Settings
from bot.state import State
from bot.telegram import service
from bot.telegram.core import Core
from bot.telegram.transport import SendingRequest
from tests.telegram_rules import Refused
from tests.telegram_world import BOT, World

TOKEN = "123456789:AAHostile"
PERSON = {"id": 11, "is_bot": False, "first_name": "Ann", "last_name": "B", "username": "ann", "language_code": "en"}
PRIVATE = {"id": 11, "type": "private", "first_name": "Ann"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Talk", "is_forum": True}
CHANNEL = {"id": -1002, "type": "channel", "title": "News"}
FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 9, "width": 9, "height": 9, "duration": 3}
STICKER = {**FILE, "type": "regular", "is_animated": False, "is_video": False, "emoji": "😀"}

COMMANDS = ("ask", "topics", "sources", "language", "privacy", "forget", "status", "unanswered")

CONTENTS: list[dict[str, Any]] = [
    {"text": "When will Tokayev visit Tajikistan?"},
    {"text": "visit <b>when</b> & who?", "entities": [{"type": "bold", "offset": 6, "length": 4}]},
    {"text": "which one?", "reply_to_message": {"message_id": 3, "date": 1, "chat": PRIVATE, "text": "before"}},
    {"text": "/start summit", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]},
    {"text": "/help", "entities": [{"type": "bot_command", "offset": 0, "length": 5}]},
    {"text": "/nonsense@visit_test_bot x", "entities": [{"type": "bot_command", "offset": 0, "length": 24}]},
    {"text": "@visit_test_bot who?", "entities": [{"type": "mention", "offset": 0, "length": 15}]},
    {"text": "and when?", "reply_to_message": {"message_id": 6, "date": 1, "chat": GROUP, "from": BOT, "text": "a"}},
    *(
        {"text": f"/{one}", "entities": [{"type": "bot_command", "offset": 0, "length": len(one) + 1}]}
        for one in COMMANDS
    ),
    {"text": "via", "via_bot": BOT},
    {"text": "forwarded", "forward_origin": {"type": "user", "date": 1, "sender_user": PERSON}},
    {"text": "in a topic", "message_thread_id": 4, "is_topic_message": True},
    {"text": "quoting", "quote": {"text": "q", "position": 0}, "external_reply": {"origin": {"type": "hidden_user"}}},
    {"text": "x" * 4096},
    {"text": "Қазақстан \u202e \u200b \0 '; DROP TABLE facts; -- \" ( * NOT"},
    {"photo": [FILE, FILE], "caption": "visit?", "caption_entities": [{"type": "italic", "offset": 0, "length": 5}]},
    {"sticker": STICKER},
    {"voice": FILE},
    {"audio": FILE},
    {"video": FILE},
    {"video_note": {**FILE, "length": 9}},
    {"animation": FILE, "document": FILE},
    {"document": FILE},
    {"location": {"latitude": 38.5, "longitude": 68.8}},
    {"venue": {"location": {"latitude": 1, "longitude": 2}, "title": "t", "address": "a"}},
    {"contact": {"phone_number": "1", "first_name": "C"}},
    {"dice": {"emoji": "🎲", "value": 3}},
    {"poll": {"id": "1", "question": "q", "options": [], "total_voter_count": 0, "type": "regular"}},
    {"new_chat_members": [PERSON, BOT]},
    {"left_chat_member": PERSON},
    {"new_chat_title": "t"},
    {"pinned_message": {"message_id": 3, "date": 0, "chat": PRIVATE}},
    {"migrate_to_chat_id": -1003},
    {"forum_topic_created": {"name": "t", "icon_color": 1}},
    {"successful_payment": {"currency": "USD", "total_amount": 1, "invoice_payload": "p"}},
    {"web_app_data": {"data": "d", "button_text": "b"}},
    {"story": {"chat": CHANNEL, "id": 1}},
    {},
]
PRESSES = (
    *(
        "fact:en:visit",
        "fact:xx:gone",
        "old",
        "",
        "more:ru:visit:0",
        "more:en:visit:99",
        "not:kk:visit",
        "bad:tg:visit",
    ),
    *("topics:en:0", "topics:ru:9999", "topic:en:437ee939:0", "topic:en:00000000:7", "of:en:437ee939:0:visit"),
    *("sources:en:0", "sources:tg:9999", "speak:ru", "speak:en:auto"),
)
PIECES = (
    *("when ", "Tokayev ", "Токаев ", "қашан ", "кай ", "who? ", "' OR 1=1; --", '"', "(", "*", " NEAR ", " AND NOT "),
    *("<a href='", "</b>", "&", "&#0;", "\u200d", "\u0301", "🇹🇯", "\ufeff", "\t", "{text}", "%s", "$1", "../", "\\"),
)
ODD: list[Any] = [
    *(None, True, False, 0, -1, 1, 2**31, -(2**31), 2**53, 2**63, -(2**63), 10**30, 0.5, 1e308, float("inf")),
    *("", " ", "x", "\0", "0", "-1", "\ud800", "😀" * 3000, "<b>", "&lt;", "\u202e", "a\nb", "fact:en:visit", "/start"),
    *([], [[]], [None], {}, {"id": 1}, {"": ""}, [{}]),
]


def examples() -> list[dict[str, Any]]:
    """A well-formed update of every kind that a bot may get."""
    found: list[dict[str, Any]] = []
    for content in CONTENTS:
        for chat in (PRIVATE, GROUP):
            message = {"message_id": 5, "date": 1_700_000_000, "chat": chat, "from": PERSON, **content}
            found += [{"message": message}, {"edited_message": {**message, "edit_date": 1_700_000_001}}]
        found.append({"channel_post": {"message_id": 5, "date": 1_700_000_000, "chat": CHANNEL, **content}})
    shown = {"message_id": 6, "date": 1_700_000_000, "chat": PRIVATE, "from": BOT, "text": "Did you mean"}
    shown["reply_to_message"] = {"message_id": 5, "date": 1_700_000_000, "chat": PRIVATE, "from": PERSON, "text": "x"}
    query = {"id": "1", "from": PERSON, "chat_instance": "c", "message": shown}
    found += [{"callback_query": {**query, "data": data}} for data in PRESSES]
    found.append(
        {"callback_query": {**query, "message": {"message_id": 1, "date": 0, "chat": PRIVATE}, "data": "fact:en:visit"}}
    )
    found.append(
        {"callback_query": {"id": "1", "from": PERSON, "chat_instance": "c", "inline_message_id": "i", "data": "x"}}
    )
    found.append({"inline_query": {"id": "1", "from": PERSON, "query": "visit", "offset": ""}})
    guest = {"message_id": 5, "date": 1_700_000_000, "chat": GROUP, "from": PERSON, "guest_query_id": "g"}
    for text in ("@visit_test_bot visit", "which", "@visit_test_bot"):
        found.append({"guest_message": {**guest, "text": text, "reply_to_message": {**guest, "text": "hello"}}})
    found.append({"chosen_inline_result": {"result_id": "1", "from": PERSON, "query": "visit"}})
    member = {"user": BOT, "status": "member"}
    found.append(
        {
            "my_chat_member": {
                "chat": GROUP,
                "from": PERSON,
                "date": 1,
                "old_chat_member": member,
                "new_chat_member": member,
            }
        }
    )
    found.append({"poll_answer": {"poll_id": "1", "user": PERSON, "option_ids": [0]}})
    found.append(
        {
            "message_reaction": {
                "chat": PRIVATE,
                "message_id": 5,
                "user": PERSON,
                "date": 1,
                "old_reaction": [],
                "new_reaction": [],
            }
        }
    )
    found.append({"kind_of_next_year": {"from": PERSON}})
    return found


def hostile_text(chance: random.Random) -> str:
    """What nobody would ask."""
    pieces = [one for one in ODD if isinstance(one, str) and len(one) < 100] + list(PIECES)
    return "".join(chance.choice(pieces) for _ in range(chance.choice((1, 2, 5, 40, 400))))[:4096]


def broken(update: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A copy with a hostile text, or with one to four things changed, removed or added somewhere."""
    changed = copy.deepcopy(update)
    message = changed.get("message")
    if message and "text" in message and chance.random() < 0.6:
        changed["message"] = {**message, "text": hostile_text(chance), "entities": []}
        return changed
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        place: Any = changed
        key: Any = chance.choice(list(place))
        while isinstance(place[key], dict | list) and place[key] and chance.random() < 0.85:
            place = place[key]
            key = chance.randrange(len(place)) if isinstance(place, list) else chance.choice(list(place))
        deed = chance.random()
        if deed < 0.2:
            del place[key]
        elif deed < 0.3 and isinstance(place, dict):
            place[chance.choice(("text", "entities", "from", "chat", "sender_chat", "date", "odd"))] = chance.choice(
                ODD
            )
        else:
            place[key] = copy.deepcopy(chance.choice(ODD))
        if not changed:
            break
    return changed


class _Complaints(logging.Handler):
    """Keeps what is an error and not the skipping of an update."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.skipped = 0
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if "cannot be parsed and is skipped" in text or "is no update" in text:
            self.skipped += 1
        else:
            error = record.msg.get("exc_info") if isinstance(record.msg, dict) else None
            trace = "".join(traceback.format_exception(error)) if isinstance(error, BaseException) else ""
            self.found.append(text + trace[-1000:])


async def attack(core: Core, count: int, seed: int, folder: Path) -> tuple[Counter[str], list[str]]:
    """Sends `count` broken updates; what was asked of Telegram, by method, and every complaint."""
    chance = random.Random(seed)
    world, asked, complaints = World(), Counter[str](), _Complaints()
    logging.getLogger().addHandler(complaints)
    settings = Settings(folder / "facts.db", folder / "state.db", token=TOKEN, rate_limit=0.0)
    state = State(settings.state_db)
    built = service.build(settings, core, state)
    send, SendingRequest.do_request = SendingRequest.do_request, _straight_to(world, asked, complaints)  # type: ignore[method-assign]
    try:
        await built.application.initialize()
        seeds = examples()
        for start in range(0, count, 50):
            batch = [broken(chance.choice(seeds), chance) for _ in range(min(50, count - start))]
            built.intake.take([{"update_id": start + place, **update} for place, update in enumerate(batch)])
            await built.intake.settle(60.0)
            built.intake.confirmed(start)
        await built.application.shutdown()
        built.parts.desk.close()
    finally:
        SendingRequest.do_request = send  # type: ignore[method-assign]
        logging.getLogger().removeHandler(complaints)
        state.close()
    asked["(updates skipped)"] = complaints.skipped
    return asked, complaints.found


def _straight_to(world: World, asked: Counter[str], complaints: _Complaints) -> Any:
    """A do_request that asks the stand-in's world directly."""

    async def do_request(self: object, url: str, method: str, request_data: Any = None, **_: Any) -> tuple[int, bytes]:
        name = url.rsplit("/", 1)[-1]
        asked[name] += 1
        parameters = request_data.json_parameters if request_data else {}
        if "chat_id" in parameters:
            world.know(int(parameters["chat_id"])).messages.clear()
        world.answered_guests.clear()
        try:
            result = await world.do(name, parameters)
        except Refused as refused:
            if "not found" not in refused.description:
                complaints.found.append(f"{refused.description}: {parameters}")
            return refused.code, json.dumps({"ok": False, "description": refused.description}).encode()
        return 200, json.dumps({"ok": True, "result": result}).encode()

    return do_request


def main() -> int:
    """Attacks the real core and the shipped table."""
    from bot.browsing import Guide
    from bot.config import FACTS_DB

    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        facts = Path(shutil.copy(FACTS_DB, folder))  # a long run minds no load that comes between
        asked, complaints = asyncio.run(attack(Guide(facts), count, seed, Path(folder)))
    print(f"{count} broken updates, seed {seed}: {dict(asked)}; complaints: {len(complaints)}")
    kinds = Counter(re.sub(r"'update': \d+, ", "", complaint)[:1500] for complaint in complaints)
    for text, times in kinds.most_common(20):
        print(f"{times} x {text}")
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
