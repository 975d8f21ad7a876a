"""Files of facts under stress: whatever is written is read back, and whatever bytes come end in rows or a sentence."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.loading.checks import check_fact
from bot.loading.formats import rows_of, split_list
from bot.loading.inputs import ARTICLES, NAMES, Input, lines
from bot.loading.rows import LoadError, Problem, Row

CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=60)
ROWS = st.lists(st.fixed_dictionaries({"text": CELLS, "publisher": CELLS, "topic": CELLS}), min_size=1, max_size=8)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(file: Path, chosen: str) -> list[Row | Problem]:
    source = Input(str(file), chosen)
    return list(rows_of(source, lines(source, lambda _: None)))


def values(file: Path, chosen: str) -> list[dict[str, object]]:
    return [row.values for row in read(file, chosen) if isinstance(row, Row)]


@QUICK
@given(rows=ROWS, chosen=st.sampled_from(["csv", "tsv"]), end=st.sampled_from(["\n", "\r\n"]))
def test_separated_rows_are_read_as_they_were_written(
    tmp_path: Path, rows: list[dict[str, str]], chosen: str, end: str
) -> None:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter="\t" if chosen == "tsv" else ",", lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    file = tmp_path / "rows"
    file.write_bytes(out.getvalue().encode())
    assert values(file, chosen) == [row for row in rows if any(cell.strip() for cell in row.values())]


@QUICK
@given(rows=ROWS, indent=st.sampled_from([None, 0, 3]), escaped=st.booleans())
def test_json_is_read_as_it_was_written(
    tmp_path: Path, rows: list[dict[str, str]], indent: int | None, escaped: bool
) -> None:
    file = tmp_path / "rows"
    file.write_text(json.dumps(rows, indent=indent, ensure_ascii=escaped), encoding="utf-8")
    assert values(file, "json") == rows
    file.write_text("\n".join(json.dumps(row, ensure_ascii=escaped) for row in rows), encoding="utf-8")
    assert values(file, "ndjson") == rows


def lines_of(file: Path, content: bytes, chosen: str) -> list[int]:
    """The lines of the rows and problems that the file is read to; none where it ends in a sentence about the file."""
    file.write_bytes(content)
    try:
        return [one.line for one in read(file, chosen)]
    except LoadError as error:
        said = str(error)
    assert said.startswith(str(file))
    assert "\n" not in said
    return []


@settings(QUICK, max_examples=150)
@given(content=st.binary(max_size=200), chosen=st.sampled_from([name for name in NAMES if name not in ARTICLES]))
def test_any_bytes_end_in_rows_or_a_sentence(tmp_path: Path, content: bytes, chosen: str) -> None:
    lines = lines_of(tmp_path / "bytes", content, chosen)
    assert all(line <= content.count(b"\n") + content.count(b"\r") + 1 for line in lines)


@settings(QUICK, max_examples=150)
@given(text=st.text('{}[]",:\\ntfu1e-. \n', max_size=60), chosen=st.sampled_from(["json", "ndjson", "csv", "toml"]))
def test_broken_files_end_in_rows_or_a_sentence(tmp_path: Path, text: str, chosen: str) -> None:
    lines = lines_of(tmp_path / "broken", text.encode(), chosen)
    assert all(line <= text.count("\n") + 1 for line in lines)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
COLUMNS = ("id", "lang", "text", "keywords", "topic", "as_of", "position", "publisher", "url", "published", "other")


@settings(QUICK, max_examples=300)
@given(row=st.dictionaries(st.sampled_from(COLUMNS), ANYTHING))
def test_any_row_is_a_fact_or_wrong_in_sentences(row: dict[str, object]) -> None:
    checked, wrong = check_fact(row, {})
    assert (checked is None) == bool(wrong)
    assert all(": " in one and one.endswith((".", "?")) and one.isprintable() for one in wrong)


@pytest.mark.parametrize(
    ("listed", "parts"),
    [("", []), (" ; ;", []), ("a;b", ["a", "b"]), ("a\n b  c ;a\r\n", ["a", "b c"])],
)
def test_lists(listed: str, parts: list[str]) -> None:
    assert split_list(listed) == parts
