"""What cannot be loaded: a sentence for each, with its place and how to mend it, and the table as it was."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot import store
from scripts.load_facts import main
from tests.tables import CHECKOUT, environment

HEADER = b"text,publisher,lang\n"
OBJECT = b'{"text": "A b.", "publisher": "P", "lang": "en", %s}\n'


def load(*arguments: object) -> int:
    return main([str(one) for one in arguments])


def refused(capsys: pytest.CaptureFixture[str], table: Path, *arguments: object) -> str:
    """What the command says on standard error when it refuses; the table stays as it was."""
    before = table.read_bytes()
    assert load(*arguments, "--db", table) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert table.read_bytes() == before
    assert not table.with_name(f"{table.name}.new").exists()
    return said.err.strip()


@pytest.fixture
def table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path, file = tmp_path / "facts.db", tmp_path / "first.csv"
    file.write_bytes(HEADER + b"The harbour of Velm is 12 metres deep.,Herald,en\n")
    assert load(file, "--db", path) == 0
    capsys.readouterr()
    return path


CASES = {
    # whole files
    "empty.csv": (b"", ": is empty; there is nothing to load."),
    "spaces.json": (b" \n \n", "3: Expecting value (column 1); mend the JSON here."),
    "binary.csv": (
        b"\x7fELF\x02\x01\x00\x00",
        ": is a binary file, no text; load CSV, TSV, JSON, NDJSON or an article.",
    ),
    "zip.csv": (b"PK\x03\x04", ": is a binary file, no text; load CSV, TSV, JSON, NDJSON or an article."),
    "utf16.csv": ("текст".encode("utf-16"), ": its encoding is UTF-16; save it as UTF-8 and load it again."),
    "latin.csv": (
        HEADER + b"caf\xe9,P,en\n",
        "2: byte 24 (0xE9) is not UTF-8; save the file with the encoding UTF-8 and load it again.",
    ),
    "cut.csv": (
        HEADER + "é".encode()[:1],
        "2: byte 21 (0xC3) is not UTF-8; save the file with the encoding UTF-8 and load it again.",
    ),
    "bom-latin.csv": (
        b"\xef\xbb\xbf" + HEADER + b"\xff,P,en\n",
        "2: byte 24 (0xFF) is not UTF-8; save the file with the encoding UTF-8 and load it again.",
    ),
    # CSV
    "unknown.csv": (b"texd,publisher\na,b\n", "1: texd: no such column; did you mean text?"),
    "nameless.csv": (b"text,,publisher\na,b,c\n", "1: a column has no name; name it or take it out."),
    "twice.csv": (b"text,text\na,b\n", "1: text: stands twice in the header; take one out."),
    "textless.csv": (b"publisher\nP\n", "1: text: this column is missing; every fact needs it."),
    "headless.csv": (b"\n\n", ": has no header; its first line must name the columns."),
    "extra.csv": (
        HEADER + b"a,P,en,and more\n",
        "2: lang: 4 cells, but the header has 3: “and more” stands in none; put quotes around a cell that has the"
        " separator in it.",
    ),
    "short.csv": (
        HEADER + b'"over\r\ntwo lines",P,en\r\na,P\r\n',
        "4: lang: 2 cells, but the header has 3; add the missing ones, empty if need be.",
    ),
    "semicolons.csv": (
        b'"text";publisher\nA;P\n',
        "1: its columns are separated by semicolons, those of CSV are by commas; save it so and load it again.",
    ),
    "sep.csv": (
        b"sep=;\ntext;publisher\n",
        "1: its columns are separated by semicolons, those of CSV are by commas; save it so and load it again.",
    ),
    "tabs.csv": (
        b"text\tpublisher\nA\tP\n",
        "1: its columns are separated by tabs (add --format tsv), those of CSV are by commas; save it so and load it"
        " again.",
    ),
    "commas.tsv": (
        b"text,publisher\nA,P\n",
        "1: its columns are separated by commas (add --format csv), those of TSV are by tabs; save it so and load it"
        " again.",
    ),
    "returns.csv": (
        b"text,publisher\rA,P\r",
        "1: holds a carriage return (CR) without a line feed (LF) after it; save the file with the line ends of Windows"
        " or Unix, or put quotes around the cell.",
    ),
    "quotes.csv": (
        HEADER + b'ok,P,en\n"never closed,P,en\nmore,P,en\n',
        "3: unexpected end of data; check the quotes of this row, and that it is CSV.",
    ),
    # JSON
    "nan.json": (
        b'[{"text": "A", "publisher": "P", "position": NaN}]',
        "1: NaN is no value for a fact; leave it out or write null.",
    ),
    "comma.json": (
        b'[{"text": "A", "publisher": "P"}\n\n{"text": "B"}]',
        "3: a comma or ] is missing here; is the file complete?",
    ),
    "open.json": (b'[\n{"text": "A", "publisher": "P"},\n', "3: Expecting value (column 1); mend the JSON here."),
    "bracket.json": (b'[\n{"text": "A", "publisher": "P"}\n', "3: a comma or ] is missing here; is the file complete?"),
    "lines.json": (
        b'{"text": "A", "publisher": "P"}\n{"text": "B", "publisher": "P"}\n',
        "2: more JSON after the end; for an object a line use --format ndjson.",
    ),
    "deep.json": (b"[" * 100_000, "1: JSON nested too deeply; a fact is a flat object."),
    "deep.ndjson": (b'{"text":' * 100_000, "1: JSON nested too deeply; a fact is a flat object."),
    "list.ndjson": (b"[1]\n", '1: “[1]” is no object; write {"text": …}.'),
    "bad.ndjson": (b'\n{"text" "A"}\n', "2: column 9: Expecting ':' delimiter; each line must be one JSON object."),
    "twice.ndjson": (b'{"text": "A", "text": "B"}\n', "1: “text” stands twice in one object; take one out."),
    "infinite.ndjson": (
        OBJECT % b'"position": -Infinity',
        "1: -Infinity is no value for a fact; leave it out or write null.",
    ),
    "digits.json": (
        b'{"text": "A", "publisher": "P", "position": ' + b"7" * 5_000 + b"}",
        f"1: “{'7' * 39}…” is no number for a fact; put it in quotes or take it out.",
    ),
    "digits.ndjson": (
        OBJECT % (b'"id": ' + b"7" * 5_000),
        f"1: “{'7' * 39}…” is no number for a fact; put it in quotes or take it out.",
    ),
    # TOML
    "digits.toml": (
        b'publisher = "P"\n[[facts]]\ntext = "A"\nposition = ' + b"7" * 5_000 + b"\n",
        ": holds a number that is too long for a fact; take it out.",
    ),
    "hexadecimal.toml": (
        b'publisher = "P"\n[[facts]]\ntext = "A"\nposition = 0x' + b"7" * 5_000 + b"\n",
        "2: position: “…” is no place; write a whole number from 0, or leave it empty.",
    ),
    "bad.toml": (b"text = \n", "1: Invalid value; mend the TOML here."),
    "unknown.toml": (
        b'publisher = "P"\ntitel = "T"\n[[facts]]\ntext = "A"\n',
        "2: titel: no such column; did you mean title?",
    ),
    "fact.toml": (
        b'publisher = "P"\n\n[[facts]]\ntext = "Fine here."\n[[facts]]\nlang = "en"\n',
        "5: text: is empty; every row needs a statement.",
    ),
    "concept.toml": (
        b'[concepts]\nn_x = "X"\n',
        ": concepts.n_x: holds no languages; write [concepts.NAME] and a line for each language.",
    ),
    "words.toml": (b'[concepts.n_x]\nen = ""\n', ": words: the concept n_x (en) has none; add some, separated by “;”."),
    # cells
    "nul.ndjson": (OBJECT % b'"topic": "a\\u0000"', "1: topic: holds the control character U+0000; take it out."),
    "nul.csv": (HEADER + b"ok,P,en\n\x00,P,en\n", "3: text: holds the control character U+0000; take it out."),
    "surrogate.ndjson": (OBJECT % b'"topic": "\\ud800"', "1: topic: holds the control character U+D800; take it out."),
    "number.ndjson": (OBJECT % b'"topic": 3', "1: topic: “3” is no text; put it in quotes."),
    "column.ndjson": (OBJECT % b'"keyword": "k"', "1: keyword: no such column; did you mean keywords?"),
    "position.ndjson": (
        OBJECT % b'"position": 1.5',
        "1: position: “1.5” is no place; write a whole number from 0, or leave it empty.",
    ),
    "day.ndjson": (OBJECT % b'"as_of": "2021-02-30"', "1: as_of: “2021-02-30” is no day that there is; check it."),
    "month.ndjson": (OBJECT % b'"as_of": "2021-13"', "1: as_of: “2021-13” is no day that there is; check it."),
    "date.ndjson": (
        OBJECT % b'"published": "5 May 2021"',
        "1: published: “5 May 2021” is no date; write 2021-05-19, 2021-05 or 2021.",
    ),
    "url.ndjson": (
        OBJECT % b'"url": "ftp://x"',
        "1: url: “ftp://x” is no http or https address; write it like https://example.org/page.",
    ),
    "id.ndjson": (
        OBJECT % b'"id": "a b"',
        "1: id: “a b” is no id; use 1 to 40 letters a to z, digits, _ and -, or leave it empty.",
    ),
    "keywords.ndjson": (
        OBJECT % b'"keywords": [1]',
        "1: keywords: are no list of texts; write them with “;” between, or as a JSON list of texts.",
    ),
    "keywords.csv": (
        b'text,publisher,keywords\na b,P,"[1, "\n',
        "2: keywords: begin with [ and yet are no JSON list; mend it, or write them with “;” between.",
    ),
    "long.csv": (
        HEADER + b"word " * 400_000 + b",P,en\n",
        "2: text: is 1,999,999 characters long, at most 1,000 are allowed; split it.",
    ),
    "wordless.csv": (HEADER + b"...,P,en\n", "2: text: “...” has no word in it; write a statement."),
    "unsourced.csv": (
        b"text,title,published\nA fact.,T,2021\n",
        "2: publisher: is empty, and url too; a fact needs its source: give one of them.",
    ),
    "language.csv": (
        HEADER + b"A fact.,P,English\n",
        "2: lang: “English” is no language; write a two-letter code such as en, ru, kk or tg.",
    ),
    "guess.csv": (
        "text,publisher\n数字は一つもない。,P\n".encode(),
        "2: lang: cannot be told from the text; add it: en, ru, kk, tg or another two-letter code.",
    ),
    # articles
    "article.txt": (b"A sentence stands here.\n", ": does not say where it was published; add --publisher or --url."),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_told_with_its_place(
    name: str, table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content, message = CASES[name]
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    colon = "" if message.startswith(":") else ":"
    assert refused(capsys, table, name) == f"{name}{colon}{message}\nNothing was loaded."


def test_a_line_without_end(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "endless.ndjson"
    file.write_bytes(b"x" * 9_000_000)
    assert refused(capsys, table, file).startswith(f"{file}:1: a line of more than 8 MB; is this a text file?")


def test_files_that_are_not_there(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, table, tmp_path) == f"{tmp_path}: this is a folder; name the files in it."
    assert refused(capsys, table, "no.csv").startswith("no.csv: there is no such file; check the name.")
    assert refused(capsys, table, "no") == "no: there is no such file; check the name."
    odd = tmp_path / "facts.xlsx"
    odd.touch()
    assert refused(capsys, table, odd).startswith(f"{odd}: its ending tells no format; add --format (csv, tsv")
    (tmp_path / "folder.csv").mkdir()
    assert "folder.csv: this is a folder" in refused(capsys, table, tmp_path / "folder.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "closed.csv"
    file.touch(0o000)
    assert "cannot be read (Permission denied); check its permissions." in refused(capsys, table, file)


def test_twenty_problems_are_told_and_the_others_counted(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "many.csv"
    file.write_bytes(HEADER + b",P,en\n" * 45)
    told = refused(capsys, table, file).splitlines()
    assert told[0] == f"{file}:2: text: is empty; every row needs a statement."
    assert told[19].startswith(f"{file}:21: text:")
    assert told[20:] == ["… and 25 more.", "Nothing was loaded."]


def test_every_cell_and_every_file_is_looked_at(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, three = (tmp_path / name for name in ("1.csv", "2.csv", "3.csv"))
    one.write_bytes(b"text,as_of,position\n,soon,first\n")
    two.write_bytes(b"words\n")
    three.write_bytes(HEADER + b"Fine.,P,en\n")
    told = [line.split(": ")[0:2] for line in refused(capsys, table, one, two, three).splitlines()]
    assert told == [
        [f"{one}:2", "as_of"],
        [f"{one}:2", "position"],
        [f"{one}:2", "text"],
        [f"{one}:2", "publisher"],
        [f"{two}:1", "words"],
        ["Nothing was loaded."],
    ]


def test_ids_that_stand_twice_in_a_load(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "1.ndjson", tmp_path / "2.csv"
    row = {"id": "depth", "text": "A.", "publisher": "P", "lang": "en"}
    one.write_text("\n".join(json.dumps(row | more) for more in ({}, {"lang": "ru"})), encoding="utf-8")
    two.write_text("id,text,publisher,lang\ndepth,B.,P,en\n,C.,P,en\n,C.,P,en\n", encoding="utf-8")
    assert refused(capsys, table, one, two).splitlines() == [
        f"{two}:2: id: depth (en) stands already at {one}:1; give one of them another id, or take it out.",
        f"{two}:4: text: the same statement of the same source stands already at {two}:3; take one out.",
        "Nothing was loaded.",
    ]


def test_a_concept_that_stands_twice_in_a_load(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "concepts.ndjson"
    file.write_text('{"concept": "n_velm", "lang": "en", "words": ["Velm"]}\n' * 2, encoding="utf-8")
    assert f"{file}:2: concept: n_velm (en) stands twice in this load; take one out." in refused(capsys, table, file)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-"], "Standard input has no ending that tells its format: add --format (csv, tsv"),
        (["-", "-", "--format", "csv"], "Standard input (-) can be read only once; name it once."),
        (["--fresh"], "--fresh begins with an empty table; name the files to load into it."),
        (["--remove", "nobody"], "--remove nobody: the table has no fact with this id; --list shows them all."),
        (["--published", "yesterday"], "--published: “yesterday” is no date; write 2021-05-19, 2021-05 or 2021."),
        (
            ["--replace-source"],
            "--replace-source compares sources with their new version; name the files that hold it.",
        ),
        (["--rollback", "--dry-run"], "--rollback goes without --dry-run: take one out."),
        (["--rollback", "x.csv"], "--rollback goes without files to load: take them out."),
        (["--list", "x.csv"], "--list goes without files to load: take them out."),
        (["--list", "--remove", "x"], "--list goes without --remove: take one out."),
        (["--export", "x.csv", "--fresh"], "--export goes without --fresh: take one out."),
        (["--export", "facts.xlsx"], "--export facts.xlsx: add --format (csv, tsv, json, ndjson), or end the name so."),
        (["--export", "/no/such/folder/x.csv"], "/no/such/folder/x.csv: cannot be written (No such file or directory)"),
        (["--rollback"], "There is no "),
    ],
)
def test_arguments_that_make_no_sense(
    table: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert refused(capsys, table, *arguments).startswith(message)


def test_an_export_does_not_write_over_tables(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.csv").symlink_to(table)
    for name in (str(table), table.name, "link.csv"):
        said = f"--export {name}: this is a table of facts, no file to write over; choose another."
        assert refused(capsys, table, "--export", name, "--format", "csv") == said
    assert load("--remove", main_id(table), "--db", table) == 0
    capsys.readouterr()
    previous = table.with_name("facts.db.previous")
    before = previous.read_bytes()
    assert "this is a table of facts" in refused(capsys, table, "--export", previous, "--format", "json")
    assert previous.read_bytes() == before


def main_id(table: Path) -> str:
    """The id of the table's first fact."""
    with closing(store.open_reader(table)) as connection:
        return next(store.read_facts(connection)).id


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_output_that_cannot_be_written(table: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_bytes(HEADER + b"The pier of Velm is 90 metres long.,Herald,en\n")
    for arguments in (["--list"], ["--export", "-"], [str(more)]):
        with Path("/dev/full").open("wb") as full:
            done = process(*arguments, "--db", table, stdout=full)
        assert done.returncode == 2
        assert done.stderr == b"Standard output cannot be written (No space left on device): send it elsewhere.\n"


def test_a_reader_of_the_output_that_goes_is_no_error(table: Path, tmp_path: Path) -> None:
    file, lines = tmp_path / "many.csv", [f"f{number},Pier {number} is long.,P,en\n" for number in range(600)]
    file.write_text("id,text,publisher,lang\n" + "".join(lines), encoding="utf-8")
    assert load(file, "--db", table) == 0
    file.write_text(file.read_text(encoding="utf-8").replace("long", "short"), encoding="utf-8")
    for arguments in (["--list"], ["--export", "-"], [file, "--dry-run"]):
        read, write = os.pipe()
        os.close(read)
        done = process(*arguments, "--db", table, stdout=write)
        os.close(write)
        assert (done.returncode, done.stderr) == (0, b"")


def test_standard_input_that_is_closed(table: Path) -> None:
    code = f"{sys.executable} scripts/load_facts.py - --format csv --db {table} <&-"
    done = subprocess.run(["sh", "-c", code], cwd=CHECKOUT, env=environment(), capture_output=True)
    assert done.returncode == 2
    assert done.stderr.decode() == "standard input: is closed; pipe something into it.\nNothing was loaded.\n"


def process(*arguments: object, **streams: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "scripts/load_facts.py", *map(str, arguments)]
    return subprocess.run(command, cwd=CHECKOUT, env=environment(), stderr=subprocess.PIPE, **streams)
