"""The command line, and the place where everything is built and tied: ask, chat, serve.

Heavy parts are imported by the command that needs them, so that `ask` starts fast.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TextIO

from bot.answering import Answerer
from bot.config import SettingError, Settings, read_settings
from bot.model import Answer, Conversation, Match, Question, Reply, Suggestion
from bot.store import TableError
from bot.wording import offered_labels, to_text


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code: 0, or 2 with a sentence on standard error."""
    args = _parser().parse_args(argv)
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # both are text files here
    try:
        settings = read_settings()
        return int(args.run(args, settings))
    except (SettingError, TableError) as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        sys.stderr.close()
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot", description="Answers questions from a table of sourced facts.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    ask = commands.add_parser("ask", help="print the reply to a question")
    ask.add_argument("question", nargs="+", metavar="QUESTION", help="the question; with --json, - reads one per line")
    ask.add_argument("--json", action="store_true", help="print one JSON object per reply, on one line")
    ask.add_argument(
        "--conversation",
        action="store_true",
        help="with --json -: lines are turns of one talk, an empty line begins a new one",
    )
    ask.set_defaults(run=_ask)
    chat = commands.add_parser("chat", help="chat in the terminal")
    chat.set_defaults(run=_chat)
    serve = commands.add_parser("serve", help="run the Telegram service")
    serve.add_argument("--check", action="store_true", help="test settings, token and table, and exit")
    serve.set_defaults(run=_serve)
    return parser


def _ask(args: argparse.Namespace, settings: Settings) -> int:
    if args.conversation and not (args.json and args.question == ["-"]):
        print(
            "--conversation goes with --json and - : scripts/bot ask --json --conversation - < FILE",
            file=sys.stderr,
        )
        return 2
    answerer = Answerer(settings.facts_db)
    if args.json and args.question == ["-"]:
        for line in _replies(answerer, sys.stdin, args.conversation):
            print(line, flush=True)
        return 0
    asked = " ".join(args.question)
    line, reply, _ = _reply(answerer, asked, Conversation())
    print(line if args.json else to_text(reply))
    return 0


def _replies(answerer: Answerer, lines: TextIO, conversing: bool) -> Iterator[str]:
    """A JSON line for each line; an empty one gives none, and begins a new conversation."""
    conversation = Conversation()
    for raw in lines:
        asked = raw.rstrip("\r\n")
        if not asked:
            conversation = Conversation()
            continue
        line, _, after = _reply(answerer, asked, conversation)
        if conversing:
            conversation = after
        yield line


def _reply(answerer: Answerer, asked: str, conversation: Conversation) -> tuple[str, Reply, Conversation]:
    """A reply as JSON and as it is, and the conversation after it."""
    started = time.perf_counter()
    reply, after = answerer.answer(Question(asked, datetime.now(UTC)), conversation)
    elapsed = (time.perf_counter() - started) * 1000
    line = json.dumps(_as_json(asked, reply, elapsed), ensure_ascii=False).translate(_LINE_ENDS)
    return line, reply, after


_LINE_ENDS = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}
"""What other readers than JSON's take for the end of a line."""


def _as_json(asked: str, reply: Reply, elapsed: float) -> dict[str, object]:
    """The contract of `ask --json`; `elapsed` in milliseconds."""
    return {
        "question": asked.encode("utf-8", "replace").decode(),
        "kind": type(reply).__name__.lower(),
        "lang": reply.lang,
        "confidence": round(getattr(reply, "confidence", 0.0), 4),
        "text": to_text(reply),
        "facts": [_fact_json(match) for match in reply.facts] if isinstance(reply, Answer) else [],
        "suggestions": offered_labels(reply) if isinstance(reply, Suggestion) else [],
        "matches": [
            {"id": match.fact.id, "lang": match.fact.lang, "score": match.score}
            for match in getattr(reply, "matches", ())
        ],
        "elapsed_ms": round(elapsed, 3),
    }


def _fact_json(match: Match) -> dict[str, object]:
    fact = match.fact
    return {
        "id": fact.id,
        "lang": fact.lang,
        "text": fact.text,
        "score": match.score,
        "attribution": fact.attribution,
        "as_of": fact.as_of,
        "source": {
            "publisher": fact.source.publisher,
            "title": fact.source.title,
            "url": fact.source.url,
            "published": fact.source.published,
        },
    }


def _chat(args: argparse.Namespace, settings: Settings) -> int:
    from bot.console import chat

    chat(Answerer(settings.facts_db).answer, lines=sys.stdin, out=sys.stdout)
    return 0


def _serve(args: argparse.Namespace, settings: Settings) -> int:
    from bot.telegram import service

    return service.check(settings) if args.check else service.serve(settings)


if __name__ == "__main__":
    sys.exit(main())
