#!/usr/bin/env python3
"""What people asked in vain: similar wordings together, those asked most often first, each with the nearest fact.

Read from state.db, also while the service runs. --csv writes a row for each group, to be filled in (text, publisher or
url) and given to scripts/load_facts.py; the wordings become its keywords.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import sys
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import scripts.ready  # noqa: F401  # goes on in .venv
from bot import store
from bot.config import SettingError, facts_db, state_db
from bot.in_vain import Group, grouped
from bot.loading.rows import COLUMNS
from bot.state import State, StateError, StateFault

MOST_WAYS = 100
"""Wordings of a group that become keywords."""
WIDE = 60
"""Characters of a question in the table."""
Nearest = dict[tuple[str, str], str]
"""Id and language of a fact -> its text."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0, or 2 with a sentence on standard error."""
    args = _parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # both are text files here
    try:
        groups = _groups(args.state or state_db(), args.lang)[: max(0, args.limit) if args.limit is not None else None]
        texts = _texts(args.db or facts_db(), groups)
        if args.csv:
            _write_csv(groups, args.csv)
        elif args.json:
            print(json.dumps([_as_json(group, texts) for group in groups], ensure_ascii=False, indent=2))
        else:
            _print_table(groups, texts, sys.stdout)
        sys.stdout.flush()
    except (SettingError, StateError, store.TableError) as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        _close_output()
    except OSError as error:
        name = "Standard output" if args.csv in (None, "-") else args.csv
        print(f"{name} cannot be written ({error.strerror}): name another file.", file=sys.stderr)
        _close_output()
        return 2
    return 0


def _close_output() -> None:
    """What is left in it can't be written when Python ends either, which would complain of it."""
    with contextlib.suppress(OSError):
        sys.stdout.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="unanswered.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--state", type=Path, help="state.db (default: BOT_STATE_DB, else the user's data folder)")
    parser.add_argument("--db", type=Path, help="the table of facts (default: BOT_FACTS_DB, else the checkout's)")
    parser.add_argument("--lang", help="only questions in this language")
    parser.add_argument("--limit", type=int, default=None, metavar="N", help="only the first N groups")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON list")
    form.add_argument("--csv", metavar="FILE", help="write a CSV to fill in, - for standard output")
    return parser


def _groups(path: Path, lang: str | None) -> list[Group]:
    if not path.exists():
        raise StateError(f"There is no state.db at {path}: name it with --state or BOT_STATE_DB; serve makes it.")
    state = State(path)
    try:
        asked = state.in_vain()
    except StateFault as error:
        raise StateError(f"{path} cannot be read ({error}): is it whole?") from None
    finally:
        state.close()
    return grouped([one for one in asked if lang in (None, one.lang)])


def _texts(path: Path, groups: Sequence[Group]) -> Nearest:
    """The texts of the nearest facts; one that a load took away has none."""
    found: Nearest = {}
    connection = store.open_reader(path)
    with store.reading(path):
        for group in groups:
            for fact_id in group.nearest[:1]:
                fact = store.read_fact(connection, fact_id, group.lang) or store.read_fact(connection, fact_id, "en")
                found[fact_id, group.lang] = fact.text if fact else ""
    connection.close()
    return found


def _print_table(groups: Sequence[Group], texts: Nearest, out: TextIO) -> None:
    if not groups:
        print("Nothing was asked in vain.", file=out)
        return
    print(f"{'times':>5}  {'last':<10}  {'lang':<4}  {'question':<{WIDE}}  nearest fact", file=out)
    print(f"{'-' * 5}  {'-' * 10}  {'-' * 4}  {'-' * WIDE}  {'-' * 12}", file=out)
    for group in groups:
        question = textwrap.shorten(group.question, WIDE, placeholder="…")
        near = group.nearest[0] if group.nearest else ""
        text = textwrap.shorten(texts.get((near, group.lang), ""), WIDE, placeholder="…")
        nearest = f"{near}: {text}" if text else near
        print(
            f"{group.times:>5}  {_day(group.last)}  {group.lang:<4}  {question:<{WIDE}}  {nearest}".rstrip(), file=out
        )


def _as_json(group: Group, texts: Nearest) -> dict[str, object]:
    return {
        "question": group.question,
        "lang": group.lang,
        "times": group.times,
        "not_it": group.not_it,
        "last": _day(group.last),
        "nearest": [{"id": near, "text": texts.get((near, group.lang), "")} for near in group.nearest[:1]],
        "wordings": list(group.wordings),
    }


def _write_csv(groups: Sequence[Group], name: str) -> None:
    if name == "-":
        _write_rows(groups, sys.stdout)
        return
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        _write_rows(groups, file)


def _write_rows(groups: Sequence[Group], out: TextIO) -> None:
    """Rows with the columns that load_facts takes: all is filled in but what only a person knows."""
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for group in groups:
        writer.writerow({"lang": group.lang, "keywords": json.dumps(group.wordings[:MOST_WAYS], ensure_ascii=False)})


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


if __name__ == "__main__":
    sys.exit(main())
