"""Loads facts from files into the table: scripts/load_facts.py FILE… [--db facts.db]."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.config import FACTS_DB
from bot.loading import changes, formats
from bot.store import TableError


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--db", type=Path, default=FACTS_DB)
    args = parser.parse_args()
    try:
        count = changes.load(args.db, [formats.read_toml(file) for file in args.files])
    except (formats.LoadError, TableError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{count} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
