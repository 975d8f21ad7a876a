#!/usr/bin/env python3
"""Loads facts into the table the bot answers from, all or nothing, while it runs.

FILE is CSV, TSV, JSON, NDJSON or TOML with the columns id, lang, text, keywords, topic, attribution, as_of, position,
publisher, title, url, published; or an article as plain text, Markdown or HTML. - is standard input (with --format).
Without FILE, a table made by an older version of the bot is brought up to date.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import scripts.ready  # noqa: F401  # goes on in .venv
from bot import store, store_files
from bot.config import FACTS_DB, facts_db
from bot.loading import checks, exporting, wording
from bot.loading.changes import Wanted, load
from bot.loading.inputs import FORMATS, NAMES, input_of
from bot.loading.progress import Progress
from bot.loading.rows import LoadError
from bot.model import Fact


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0, or 2 with sentences on standard error."""
    args = _parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # both are text files here
    path = Path(args.db or facts_db()).resolve()
    try:
        code = _run(path, args)
        sys.stdout.flush()
        return code
    except (LoadError, store.TableError) as error:
        print(error, file=sys.stderr)
    except checks.Wrong as error:
        print(f"--{error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped; the table is as it was.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        _close_output()
        return 0
    except OSError as error:  # those of files have been put in sentences
        print(f"Standard output cannot be written ({error.strerror}): send it elsewhere.", file=sys.stderr)
        _close_output()
    return 2


def _run(path: Path, args: argparse.Namespace) -> int:
    _check_together(args)
    if args.list:
        return _list(path)
    if args.export:
        return _export(path, args.export, args.format)
    if args.rollback:
        return _roll_back(path, args.wait)
    return _load(path, args)


def _close_output() -> None:
    """What is left in it can't be written when Python ends either, which would complain of it."""
    with contextlib.suppress(OSError):
        sys.stdout.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="load_facts.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="what to load; several at once, all or nothing")
    parser.add_argument("--db", type=Path, help="the table (default: BOT_FACTS_DB, else facts.db of the checkout)")
    parser.add_argument("--format", choices=NAMES, help="of FILE or --export, where its ending doesn't tell")
    parser.add_argument("--dry-run", action="store_true", help="only say what would change, and how")
    parser.add_argument("--replace-source", action="store_true", help="remove what these sources no longer say")
    parser.add_argument("--fresh", action="store_true", help="begin with an empty table")
    parser.add_argument(
        "--remove", action="append", default=[], metavar="ID", help="remove a fact in all its languages"
    )
    parser.add_argument("--progress", action="store_true", help="show a bar, on a terminal")
    parser.add_argument("--wait", type=float, default=600, metavar="SECONDS", help="for another load to end (600)")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--list", action="store_true", help="print the id, language and text of every fact")
    instead.add_argument("--export", metavar="FILE", help="write the table to FILE, - for standard output")
    instead.add_argument("--rollback", action="store_true", help="put back the table that the last load replaced")
    source = parser.add_argument_group("for articles, and for rows that lack these columns")
    for name in ("publisher", "title", "url", "published", "lang", "attribution"):
        source.add_argument(f"--{name}")
    return parser


def _check_together(args: argparse.Namespace) -> None:
    """Raises LoadError for what would be passed over in silence, as --dry-run beside --rollback."""
    alone = "--list" if args.list else "--export" if args.export else "--rollback" if args.rollback else ""
    if alone and args.files:
        raise LoadError(f"{alone} goes without files to load: take them out.")
    for name in ("dry_run", "remove", "replace_source", "fresh"):
        if alone and getattr(args, name):
            raise LoadError(f"{alone} goes without --{name.replace('_', '-')}: take one out.")
    if args.fresh and not args.files:
        raise LoadError("--fresh begins with an empty table; name the files to load into it.")
    if args.replace_source and not args.files:
        raise LoadError("--replace-source compares sources with their new version; name the files that hold it.")


def _load(path: Path, args: argparse.Namespace) -> int:
    if args.files.count("-") > 1:
        raise LoadError("Standard input (-) can be read only once; name it once.")
    given = {name: getattr(args, name) for name in ("publisher", "title", "url", "published", "lang", "attribution")}
    wanted = Wanted(
        inputs=[input_of(name, args.format) for name in args.files],
        defaults=checks.check_defaults(given),
        remove=args.remove,
        replace_source=args.replace_source,
        fresh=args.fresh,
        dry_run=args.dry_run,
    )
    lock = contextlib.nullcontext() if args.dry_run else store_files.locked(path, args.wait, _say_waiting)
    with lock:
        report = load(path, wanted, Progress(args.progress), _tell)
    print(wording.summary(report, path, args.dry_run))
    for note in wording.notes(report, path, store.SCHEMA_VERSION, args.dry_run):
        print(note, file=sys.stderr)
    if report.written and path == FACTS_DB:
        print("This is the checkout's own table; a service keeps its own copy (see README).", file=sys.stderr)
    return 0


def _say_waiting() -> None:
    print("Another load is under way: waiting for it to end.", file=sys.stderr, flush=True)


def _tell(was: Fact, now: Fact | None) -> None:
    for line in wording.difference(was, now):
        print(line)


def _list(path: Path) -> int:
    with contextlib.closing(store.open_reader(path)) as connection, store.reading(path):
        for fact in store.read_facts(connection):
            print(fact.id, fact.lang, fact.text, sep="\t")
    return 0


def _export(path: Path, name: str, chosen: str | None) -> int:
    chosen = chosen or ("ndjson" if name == "-" else FORMATS.get(Path(name).suffix.lower(), ""))
    if chosen not in exporting.FORMATS:
        raise LoadError(f"--export {name}: add --format ({', '.join(exporting.FORMATS)}), or end the name so.")
    if Path(name).resolve() in (path, store_files.beside(path, ".previous")):
        raise LoadError(f"--export {name}: this is a table of facts, no file to write over; choose another.")
    with contextlib.closing(store.open_reader(path)) as connection, store.reading(path):
        if name == "-":
            exporting.export(connection, sys.stdout, chosen)
            return 0
        try:
            with Path(name).open("w", encoding="utf-8", newline="") as out:
                count = exporting.export(connection, out, chosen)
        except OSError as error:
            raise LoadError(f"{name}: cannot be written ({error.strerror}); choose another file.") from None
        print(f"{name}: {count:,} facts written.")
        if chosen in ("csv", "tsv"):
            print("Concepts and unanswerable questions are in JSON and NDJSON only.", file=sys.stderr)
    return 0


def _roll_back(path: Path, wait: float) -> int:
    with store_files.locked(path, wait, _say_waiting):
        store_files.roll_back(path)
    print(f"{path}: the table before the last load is back; --rollback again undoes this.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
