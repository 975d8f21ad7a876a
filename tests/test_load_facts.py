"""scripts/load_facts.py on real files: what it adds, changes, removes, shows and gives back."""

import io
import json
import os
import pty
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot import store
from bot.model import Fact, Source
from scripts.load_facts import main
from tests.tables import CHECKOUT, INVENTED, environment

ROWS = """\
id,lang,text,keywords,topic,attribution,as_of,position,publisher,title,url,published
depth,en,The harbour of Velm is 12 metres deep.,How deep is the harbour?;depth,harbour,Ida Kroon,2019,0,Herald,Harbour,https://velm.example/h,2019-03-02
depth,ru,Глубина гавани Вельма 12 метров.,"[""какая глубина; в метрах"", ""глубина""]",harbour,,2019-03,0,Herald,Harbour,https://velm.example/h,2019-03-02
,,"The mayor said: ""It is deep"", and
left.",,,,,1,Herald,Harbour,https://velm.example/h,2019-03-02
"""


class Table:
    """A table and the command that loads into it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = folder / "facts.db"
        self.folder = folder
        self._capsys = capsys

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *arguments: object) -> tuple[str, str]:
        """Standard output and error of a command that must succeed."""
        code = main([*map(str, arguments), "--db", str(self.path)])
        said = self._capsys.readouterr()
        assert code == 0, said.err
        return said.out, said.err

    def summary(self, *arguments: object) -> str:
        return self.run(*arguments)[0].splitlines()[-1].removeprefix(f"{self.path}: ")

    def facts(self) -> list[Fact]:
        with closing(store.open_reader(self.path)) as connection:
            return list(store.read_facts(connection))

    def whole(self) -> tuple[object, ...]:
        with closing(store.open_reader(self.path)) as connection:
            return self.facts(), store.read_concepts(connection), store.read_unanswerable(connection)


@pytest.fixture
def table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Table:
    return Table(tmp_path, capsys)


@pytest.fixture
def rows(table: Table) -> Path:
    return table.file("rows.csv", ROWS)


def test_rows_become_facts(table: Table, rows: Path) -> None:
    assert table.summary(rows) == "3 facts added, 0 changed, 0 unchanged; 3 in all."
    source = Source("Herald", "Harbour", "https://velm.example/h", "2019-03-02")
    english, russian, mayor = table.facts()
    assert english == Fact(
        "depth",
        "en",
        "The harbour of Velm is 12 metres deep.",
        source,
        ("How deep is the harbour?", "depth"),
        "harbour",
        "Ida Kroon",
        "2019",
        0,
    )
    assert (russian.keywords, russian.as_of) == (("какая глубина; в метрах", "глубина"), "2019-03")
    assert (mayor.lang, mayor.text, mayor.position) == ("en", 'The mayor said: "It is deep", and left.', 1)
    assert len(mayor.id) == 20


def test_loading_twice_changes_nothing(table: Table, rows: Path) -> None:
    table.run(rows)
    before = store.signature(table.path)
    assert table.summary(rows) == "0 facts added, 0 changed, 3 unchanged; 3 in all; nothing to write."
    assert store.signature(table.path) == before
    assert not table.path.with_name("facts.db.previous").exists()


AS_JSON = json.dumps([{"text": "A ferry runs.", "publisher": "P", "keywords": ["a", "b"], "published": 2021}])
SAME = {
    "a.csv": "text,publisher,keywords,published\nA ferry runs.,P,a;b,2021\n",
    "crlf.csv": "text,publisher,keywords,published\r\nA ferry runs.,P,a; b ;;a,2021\r\n\r\n",
    "bom.csv": "\ufefftext,publisher,keywords,published\nA ferry runs.,P,a;b,2021",
    "lines.csv": 'keywords,text,publisher,published\n"a\nb","A ferry\nruns. ",P,2021\n',
    "a.tsv": 'text\tpublisher\tkeywords\tpublished\n"A ferry runs."\tP\ta;b\t2021\n',
    "a.json": AS_JSON,
    "one.json": AS_JSON[1:-1],
    "pretty.json": json.dumps(json.loads(AS_JSON), indent=4).replace("\n", "\r\n"),
    "null.json": AS_JSON.replace("}", ', "topic": null, "as_of": ""}'),
    "a.ndjson": "\n" + AS_JSON[1:-1] + "\n\n",
    "a.jsonl": AS_JSON[1:-1],
    "a.toml": 'publisher = "P"\npublished = "2021"\n[[facts]]\ntext = "A ferry runs."\nkeywords = """\na\nb\n"""\n',
}


@pytest.mark.parametrize("name", SAME)
def test_every_format_says_the_same(table: Table, name: str) -> None:
    table.run(table.file(name, SAME[name]))
    (fact,) = table.facts()
    assert (fact.text, fact.source, fact.keywords) == ("A ferry runs.", Source("P", published="2021"), ("a", "b"))


def test_json_of_any_size_on_one_line_is_read_in_pieces(table: Table) -> None:
    rows = [{"text": f"Pier {number} is {'very ' * 30}long.", "publisher": "P"} for number in range(2_000)]
    table.run(table.file("long.json", json.dumps(rows)))
    assert [fact.text for fact in table.facts()] == [row["text"] for row in rows]


def test_standard_input_and_what_the_command_line_says_of_the_source(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = '{"text": "Паром ходит в 6:30."}\n{"text": "It is red.", "publisher": "Own"}\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    table.run("-", "--format", "ndjson", "--publisher", "P", "--published", "2020-01")
    assert {(fact.lang, fact.source.publisher, fact.source.published) for fact in table.facts()} == {
        ("ru", "P", "2020-01"),
        ("en", "Own", "2020-01"),
    }


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("The ferry runs at 6:30.", "en"),
        ("Паром ходит в 6:30 по будням.", "ru"),
        ("Он вернулся в порт и на паром.", "ru"),
        ("Паром сағат 6:30-да жүреді.", "kk"),
        ("Киме дар соати 6 меравад ва бармегардад.", "tg"),
        ("Киштӣ соати 6:30 меравад.", "tg"),
        ("Le café où il a été.", "fr"),
    ],
)
def test_the_language_is_guessed_where_it_is_not_said(table: Table, text: str, lang: str) -> None:
    given = ["--lang", "fr"] if lang == "fr" else []
    table.run(table.file("a.csv", f"text,publisher\n{text},P\n"), *given)
    assert [fact.lang for fact in table.facts()] == [lang]


def test_positions_follow_the_file_and_go_on_after_what_is_there(table: Table) -> None:
    table.run(table.file("1.csv", "id,text,publisher\na,A one.,P\nb,B two.,P\nc,C one.,Q\n"))
    table.run(table.file("2.csv", "id,text,publisher\nd,D three.,P\nb,B changed.,P\n"))
    assert [(fact.id, fact.position) for fact in table.facts()] == [("a", 0), ("b", 1), ("d", 2), ("c", 0)]


def test_given_positions_come_before_the_others(table: Table) -> None:
    table.run(table.file("1.csv", "id,text,publisher,position\na,A one.,P,\nb,B two.,P,7\nc,C three.,P,\n"))
    assert [(fact.id, fact.position) for fact in table.facts()] == [("b", 7), ("a", 8), ("c", 9)]


def test_changes_are_counted_and_shown_before_they_are_made(table: Table, rows: Path) -> None:
    table.run(rows)
    before = table.path.read_bytes()
    changed = (
        ROWS.replace("12 metres", "14 metres").replace("?;depth", "?;how many metres").replace(",2019,0", ",2020,0")
    )
    file = table.file("changed.csv", changed)
    out, _ = table.run(file, "--dry-run")
    assert out.splitlines() == [
        "changed depth (en)",
        "  - text: The harbour of Velm is 12 metres deep.",
        "  + text: The harbour of Velm is 14 metres deep.",
        "  - keyword: depth",
        "  + keyword: how many metres",
        "  - as_of: 2019",
        "  + as_of: 2020",
        f"{table.path}: would be 0 facts added, 1 changed, 2 unchanged; 3 in all. Nothing was written.",
    ]
    assert table.path.read_bytes() == before
    assert table.summary(file) == "0 facts added, 1 changed, 2 unchanged; 3 in all."
    assert table.facts()[0].text == "The harbour of Velm is 14 metres deep."


def test_a_dry_run_needs_no_table_and_leaves_none(table: Table, rows: Path) -> None:
    assert (
        table.summary(rows, "--dry-run")
        == "would be 3 facts added, 0 changed, 0 unchanged; 3 in all. Nothing was written."
    )
    assert list(table.folder.iterdir()) == [rows]


def test_what_a_source_no_longer_says_is_removed_on_demand(table: Table, rows: Path) -> None:
    other = "id,lang,text,publisher\nelse,en,Elsewhere it rains.,Other\n"
    table.run(rows, table.file("other.csv", other))
    shorter = table.file("shorter.csv", "\n".join(ROWS.splitlines()[:2]))
    assert table.summary(shorter) == "0 facts added, 0 changed, 1 unchanged; 4 in all; nothing to write."
    out, _ = table.run(shorter, "--replace-source", "--dry-run")
    assert out.splitlines()[0].endswith('(en): The mayor said: "It is deep", and left.')
    assert table.summary(shorter, "--replace-source") == "0 facts added, 0 changed, 1 unchanged, 1 removed; 3 in all."
    assert [(fact.id, fact.lang) for fact in table.facts()] == [("depth", "en"), ("depth", "ru"), ("else", "en")]


def test_a_source_is_known_by_its_url_or_by_publisher_and_title(table: Table) -> None:
    head = "id,text,publisher,title,url,published\n"
    table.run(table.file("1.csv", f"{head}a,A a.,P,T,https://x.example,2020\nb,B b.,P,T,,2020\nc,C c.,P,U,,2020\n"))
    table.run(table.file("2.csv", f"{head}d,D d.,P,New title,https://x.example,2021\n"), "--replace-source")
    assert [fact.id for fact in table.facts()] == ["b", "c", "d"]
    table.run(table.file("3.csv", f"{head}e,E e.,P,T,,2021\n"), "--replace-source")
    assert [fact.id for fact in table.facts()] == ["c", "d", "e"]


def test_a_fact_is_removed_in_all_its_languages(table: Table, rows: Path) -> None:
    table.run(rows)
    assert table.summary("--remove", "depth") == "0 facts added, 0 changed, 0 unchanged, 2 removed; 1 in all."
    assert [fact.position for fact in table.facts()] == [1]


def test_a_fresh_table_holds_the_load_alone(table: Table, rows: Path) -> None:
    table.run(INVENTED)
    assert table.summary(rows, "--fresh").startswith("3 facts added, 0 changed, 0 unchanged, 10 removed,")
    facts, concepts, unanswerable = table.whole()
    assert (len(facts), concepts, unanswerable) == (3, [], [])  # type: ignore[arg-type]


def test_near_duplicates_are_pointed_out_and_loaded(table: Table, rows: Path) -> None:
    table.run(rows)
    near = (
        "id,text,publisher\nnew,The harbour of Velm is 12 meters deep.,Q\n"
        "deeper,The harbour of Velm is 13 metres deep.,Q\nfar,A whale hangs in the hall.,Q\n"
    )
    file = table.file("near.csv", near)
    _, err = table.run(file, "--dry-run")
    said = f"{file}:2: new says nearly the same as depth, which is there: “The harbour of Velm is 12 metres deep.”\n"
    assert err == said
    assert table.run(file)[1] == said
    assert len(table.facts()) == 6


def test_facts_are_listed(table: Table, rows: Path) -> None:
    table.run(rows)
    assert table.run("--list")[0].splitlines()[:2] == [
        "depth\ten\tThe harbour of Velm is 12 metres deep.",
        "depth\tru\tГлубина гавани Вельма 12 метров.",
    ]


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.json", "out.ndjson"])
def test_what_is_exported_loads_to_the_same_table(table: Table, rows: Path, name: str) -> None:
    table.run(INVENTED, rows)
    whole = table.whole()
    assert table.run("--export", table.folder / name)[0] == f"{table.folder / name}: 13 facts written.\n"
    if name in ("out.csv", "out.tsv"):  # facts only
        assert table.summary(table.folder / name).startswith("0 facts added, 0 changed, 13 unchanged")
    table.path.unlink()
    table.run(table.folder / name)
    assert table.whole()[0] == whole[0]
    assert (table.whole() == whole) == (name in ("out.json", "out.ndjson"))


def test_an_export_to_standard_output(table: Table, rows: Path) -> None:
    table.run(rows)
    out, _ = table.run("--export", "-")
    assert [json.loads(line)["lang"] for line in out.splitlines()] == ["en", "ru", "en"]
    assert table.run("--export", "-", "--format", "csv")[0].startswith("id,lang,text,keywords")


def test_the_load_before_is_put_back_and_forth(table: Table, rows: Path) -> None:
    table.run(rows)
    table.run("--remove", "depth")
    table.run("--rollback")
    assert len(table.facts()) == 3
    table.run("--rollback")
    assert len(table.facts()) == 1


def test_several_files_are_loaded_at_once(table: Table, rows: Path) -> None:
    assert table.summary(rows, INVENTED).startswith("13 facts added")


def test_changed_concepts_and_questions_are_counted(table: Table) -> None:
    concepts = table.file("c.toml", '[concepts.n_velm]\nen = "Velm; Welm"\n[unanswerable]\nen = "who\\nwhy me"\n')
    assert table.summary(concepts) == (
        "0 facts added, 0 changed, 0 unchanged, 1 concept changed, 2 unanswerable questions changed; 0 in all."
    )
    assert table.summary(concepts).endswith("nothing to write.")
    table.file("c.toml", '[concepts.n_velm]\nen = "Velm"\n')
    assert "1 concept changed" in table.summary(concepts)


def test_the_command_as_a_process(table: Table, rows: Path) -> None:
    command = [sys.executable, "scripts/load_facts.py", "-", "--format", "csv", "--progress"]
    settings = environment(BOT_FACTS_DB=str(table.path))
    done = subprocess.run(command, input=ROWS.encode(), capture_output=True, cwd=CHECKOUT, env=settings)
    assert (done.returncode, done.stderr) == (0, b"")  # no bar where there is no terminal
    assert done.stdout.decode() == f"{table.path}: 3 facts added, 0 changed, 0 unchanged; 3 in all.\n"


def test_a_bar_on_a_terminal(table: Table, rows: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "scripts/load_facts.py", str(rows), "--db", str(table.path), "--progress"]
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=theirs, cwd=CHECKOUT, env=environment(TERM="xterm")
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "rows.csv" in shown
    assert "100%" in shown
