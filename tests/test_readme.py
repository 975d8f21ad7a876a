"""README is true: its commands run and print what it shows, and it names every command, option, setting and package.

Blocks marked `console` hold commands after "$ " and what they print; "…" stands for anything. Those marked `sh` hold
commands alone. All run in the order of the page, in a copy of the checkout.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from bot.config import Settings, read_settings
from bot.loading.rows import COLUMNS
from bot.model import Answer, Unknown
from scripts import draw_chat
from tests.tables import CHECKOUT, environment, run_bot
from tests.telegram_server import TelegramServer

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.M | re.S)
TICKED = re.compile(r"`([^`\n]+)`")
PAGE = (
    "<html><body><article><p>The city library was founded in 1954.</p><p>It burnt in 1961.</p></article></body></html>"
)
NOT_RUN = {
    "git clone REPOSITORY tajikistan-visit-bot && cd tajikistan-visit-bot": "needs the network",
    "BOT_TOKEN_FILE=~/bot-token scripts/bot serve": "does not end by itself; test_serve.py runs it",
    "scripts/test": "is what runs this",
}


def blocks(*kinds: str) -> list[tuple[str, str]]:
    """The fenced blocks of these kinds: kind and text, without the indentation of a list around them."""
    found = [(kind, re.sub(f"^{indent}", "", text, flags=re.M)) for indent, kind, text in BLOCK.findall(README)]
    return [(kind, text) for kind, text in found if kind in kinds]


def commands() -> list[tuple[str, str | None]]:
    """Every command of the page with what it prints, None where that is not shown."""
    found: list[tuple[str, str | None]] = []
    for kind, text in blocks("sh", "console"):
        if kind == "sh":
            found += [(line, None) for line in text.splitlines()]
        else:
            for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
                command, _, shown = part.partition("\n")
                found.append((command, shown))
    return found


def section(title: str) -> str:
    """What stands below a heading."""
    return re.split(r"^## ", README.partition(f"\n## {title}\n")[2], maxsplit=1, flags=re.M)[0]


def rows(header: str) -> dict[str, str]:
    """The table that begins with this header, a row's rest for each name in ticks in its first cell."""
    table = README.partition(f"\n| {header} |")[2].partition("\n\n")[0].splitlines()[2:]
    found = {}
    for line in table:
        first, _, rest = line.removeprefix("| ").partition(" | ")
        found.update(dict.fromkeys(TICKED.findall(first), rest))
    assert found
    return found


def matches(shown: str, printed: str) -> bool:
    """Whether that was printed; "…" stands for anything."""
    return bool(re.fullmatch(".*".join(map(re.escape, shown.split("…"))), printed, re.S))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the checkout, with this environment as its .venv."""
    folder = tmp_path / "checkout"
    ignored = shutil.ignore_patterns(".git", ".venv*", ".*_cache", "__pycache__", ".hypothesis", "*.previous")
    shutil.copytree(CHECKOUT, folder, ignore=ignored)
    (folder / ".venv").mkdir()
    for part in Path(sys.prefix).iterdir():
        if not part.name.startswith(".complete"):
            (folder / ".venv" / part.name).symlink_to(part)
    with (folder / "pyproject.toml").open("rb") as file:
        mark = subprocess.run(["cksum"], stdin=file, capture_output=True, check=True).stdout
    (folder / ".venv" / ".complete-dev").write_bytes(mark)
    (folder / ".venv" / ".complete-run").write_bytes(mark)
    return folder


def test_the_commands_do_what_the_page_shows(copy: Path, tmp_path: Path, telegram: TelegramServer) -> None:
    (tmp_path / "bot-token").write_text(telegram.token)
    (copy / "page.html").write_text(PAGE)
    for _, text in blocks("csv"):
        (copy / "library.csv").write_text(text, encoding="utf-8")
    around = environment(HOME=str(tmp_path), BOT_API_URL=telegram.url, LC_ALL="C.UTF-8")
    for command, shown in commands():
        if command in NOT_RUN:
            continue
        done = subprocess.run(
            ["bash", "-c", command], cwd=copy, env=around, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if shown is None:
            assert done.returncode == 0, f"{command}\n{done.stdout}"
        else:
            assert matches(shown, done.stdout), f"{command}\n{done.stdout}"


def test_what_is_not_run_stands_on_the_page() -> None:
    assert set(NOT_RUN) <= {command for command, _ in commands()}


def test_every_command_of_the_bot_is_explained() -> None:
    explained = "\n".join(rows("Command"))
    offered = re.findall(r"^    (\w+)  ", run_bot("--help").stdout, re.M)
    assert {"ask", "chat", "serve"} <= set(offered)
    for command in offered:
        assert f"scripts/bot {command}" in explained
        for option in set(re.findall(r"--[a-z-]+", run_bot(command, "--help").stdout)) - {"--help"}:
            assert re.search(rf"scripts/bot {command} .*{option}\b", explained), f"{command} {option}"


def test_every_option_of_loading_is_explained() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/load_facts.py", "--help"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    options = set(re.findall(r"--[a-z][a-z-]+", done.stdout)) - {"--help"}
    assert set(re.findall(r"--[a-z][a-z-]+", section("Load facts"))) - {"--table"} == options


def test_every_script_is_named() -> None:
    for path in (CHECKOUT / "scripts").iterdir():
        if path.is_file() and (os.access(path, os.X_OK) or '__name__ == "__main__"' in path.read_text()):
            assert f"scripts/{path.name}" in README


def test_every_setting_is_explained_with_its_default() -> None:
    class Asked(dict[str, str]):
        def get(self, key: str, default: object = None) -> object:  # type: ignore[override]  # notes what is read
            self[key] = ""
            return default

    asked = Asked()
    settings = read_settings(asked)
    explained = rows("Setting")
    assert set(explained) == {name for name in asked if name.startswith("BOT_")}
    for field in fields(Settings):
        default, name = getattr(settings, field.name), f"BOT_{field.name.upper()}"
        if isinstance(default, str | int | float) and default != "":
            shown = f"{default:g}" if isinstance(default, float) else str(default)
            assert explained[name].startswith(f"`{shown}` |"), name


def test_every_column_and_key_is_explained() -> None:
    reply = json.loads(run_bot("ask", "--json", "Who is Berik Uali?").stdout)
    assert set(rows("Column")) == set(COLUMNS)
    assert set(rows("Key")) == set(reply)
    assert set(reply["facts"][0]) | set(reply["facts"][0]["source"]) <= set(TICKED.findall(rows("Key")["facts"]))


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    names = {re.split(r"[\[<>=~!; ]", requirement, maxsplit=1)[0] for requirement in wanted}
    reasons = re.findall(r"^- (\*\*.+?): \S", section("Develop"), re.M)
    assert {name for line in reasons for name in re.findall(r"\*\*(.+?)\*\*", line)} == names


def test_the_layout_and_the_links_are_real() -> None:
    folder = CHECKOUT
    for line in dict(blocks(""))[""].splitlines():
        if line[:3].strip():
            names, folder = line, CHECKOUT / re.split(r",? {2,}|, ", line)[0]
            base = CHECKOUT
        else:
            names, base = line.strip(), folder
        for name in re.split(r" {2,}", names)[0].split(", "):
            assert (base / name).exists(), name
    for link in re.findall(r'src="([^"]+)"|\]\((?!http)([^)#]+)\)', README):
        assert (CHECKOUT / "".join(link)).is_file(), link


def test_the_facts_are_as_many_as_the_page_says() -> None:
    languages = ("en", "ru", "kk", "tg")
    listed = [tomllib.loads((CHECKOUT / f"scripts/facts/article.{lang}.toml").read_text("utf-8")) for lang in languages]
    assert {f"{len(one['facts'])} statements" for one in listed} == set(re.findall(r"\d+ statements", README))


def test_the_picture_shows_what_the_bot_replies_today() -> None:
    turns = draw_chat.talk()
    assert [type(reply) for _, reply in turns] == [Answer, Answer, Answer, Answer, Unknown]
    assert [reply.lang for _, reply in turns] == ["en", "en", "tg", "en", "en"]
    assert draw_chat.PICTURE.read_text(encoding="utf-8") == draw_chat.draw(turns), "run scripts/draw_chat.py"
