"""The benchmark of loading in a short form: both ways load the same rows."""

import sqlite3
from contextlib import closing
from pathlib import Path

from scripts.bench_loading import compare, report


def test_both_ways_load_the_same_rows(tmp_path: Path) -> None:
    measured = compare(tmp_path, 300)
    assert [one.name for one in measured] == ["sqlite-utils insert", "sqlite-utils enable-fts", "load_facts"]
    texts = []
    for name in ("theirs.db", "ours.db"):
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            texts.append(connection.execute("SELECT id, text FROM facts ORDER BY id").fetchall())
    assert len(texts[0]) == 300
    assert texts[0] == texts[1]
    assert "300 facts: load_facts takes" in list(report(measured, 300))[-1]
