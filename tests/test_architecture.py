"""Who may import whom: what keeps the modules small, the core free of its surroundings, and `ask` fast to start."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.tables import CHECKOUT, environment

MODULES = {
    ".".join(path.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((CHECKOUT / "bot").rglob("*.py"))
}
LAYERS = [
    {"bot.__main__"},
    {"bot.telegram", "bot.console", "bot.loading"},
    {"bot.browsing"},
    {"bot.answering"},
    {"bot.beside", "bot.follow_up"},
    {"bot.reading", "bot.in_vain"},
    {"bot.confidence", "bot.similar"},
    {"bot.matcher"},
    {"bot.by_ways", "bot.by_words"},
    {"bot.query"},
    {"bot.opened"},
    {"bot.index"},
    {"bot.documents"},
    {"bot.candidates"},
    {"bot.vocabulary"},
    {"bot.store_comparing"},
    {"bot.store_files", "bot.store_writing", "bot.state", "bot.wording"},
    {"bot.courtesy", "bot.dialogue", "bot.classifier", "bot.sentences"},
    {"bot.kinds"},
    {"bot.lexicon"},
    {"bot.text", "bot.store"},
    {"bot.language"},
    {"bot.model"},
    {"bot.config", "bot"},
]
"""From the top: a module imports only what stands in layers below its own, or in its own package."""

PURE = ["bot.text", "bot.kinds", "bot.courtesy", "bot.dialogue", "bot.model", "bot.lexicon", "bot.classifier"]
CORE = [
    *PURE,
    "bot.query",
    "bot.matcher",
    "bot.by_ways",
    "bot.by_words",
    "bot.confidence",
    "bot.index",
    "bot.documents",
    "bot.candidates",
    "bot.vocabulary",
    "bot.opened",
    "bot.answering",
    "bot.beside",
    "bot.follow_up",
    "bot.browsing",
]

ONLY = {
    "telegram": {"bot.telegram"},
    "sqlite3": {"bot.store", "bot.store_files", "bot.store_writing", "bot.store_comparing", "bot.index", "bot.state"},
    "rapidfuzz": {"bot.vocabulary", "bot.matcher", "bot.by_ways", "bot.by_words", "bot.similar"},
    "trafilatura": {"bot.loading"},
    "numpy": {"bot.loading"},
}
"""Packages and the modules that may import them."""

WORD_OF_A_LIST = re.compile(r' +"[^"]*",')
"""A line that nobody has to understand in its turn."""


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """All that runs, or may run; what stands under `if TYPE_CHECKING` doesn't."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from statements(child)


def imported(name: str) -> set[str]:
    """The modules that a module of ours imports, anywhere in it; ours by their full names."""
    found: set[str] = set()
    for node in statements(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            below = {f"{node.module}.{alias.name}" for alias in node.names}
            found.update(below & set(MODULES) or {str(node.module)})
    return found


def part(name: str) -> str:
    """The entry of `LAYERS` to which a module belongs: itself, or its package."""
    return ".".join(name.split(".")[:2])


def layer(name: str) -> int:
    return next(at for at, names in enumerate(LAYERS) if part(name) in names)


def ours(name: str) -> set[str]:
    return {other for other in imported(name) if other.split(".")[0] == "bot"}


def test_every_module_has_its_layer() -> None:
    assert {part(name) for name in MODULES} - set().union(*LAYERS) == set()


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_one_way(name: str) -> None:
    upward = {other for other in ours(name) if part(other) != part(name) and layer(other) <= layer(name)}
    assert upward == set()


def test_only_the_command_line_reads_settings() -> None:
    assert {name for name in MODULES if "bot.config" in imported(name)} == {"bot.__main__"}


@pytest.mark.parametrize("package", ONLY)
def test_a_package_is_imported_where_it_belongs(package: str) -> None:
    users = {part(name) for name in MODULES if package in {other.split(".")[0] for other in imported(name)}}
    assert users <= ONLY[package]


def test_only_settings_read_the_environment() -> None:
    readers = set()
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node) in (
                "os.environ",
                "os.getenv",
                "getenv",
            ):
                readers.add(name)
    assert readers - {"bot.telegram"} == {"bot.config"}  # bot.telegram only sets how its own library behaves


@pytest.mark.parametrize("name", [name for name in CORE if name in MODULES])
def test_the_core_has_no_clock_network_or_log(name: str) -> None:
    packages = {other.split(".")[0] for other in imported(name)}
    assert (
        packages & {"time", "socket", "logging", "structlog", "urllib", "http", "httpx", "asyncio", "random"} == set()
    )


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_touch_no_files(name: str) -> None:
    packages = {other.split(".")[0] for other in imported(name)}
    assert packages & {"os", "pathlib", "io", "shutil", "tempfile", "sqlite3", "subprocess"} == set()


def test_there_is_no_circle() -> None:
    needs = {name: ours(name) & set(MODULES) - {name} for name in MODULES}
    while needs:
        free = {name for name, others in needs.items() if not others}
        assert free, f"a circle among {sorted(needs)}"
        needs = {name: others - free for name, others in needs.items() if name not in free}


@pytest.mark.parametrize("name", MODULES)
def test_no_module_is_over_300_lines(name: str) -> None:
    lines = MODULES[name].read_text(encoding="utf-8").splitlines()
    assert sum(not WORD_OF_A_LIST.fullmatch(line) for line in lines) <= 300


def test_asking_loads_no_heavy_package() -> None:
    code = "import sys, bot.__main__; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CHECKOUT, env=environment()
    )
    heavy = {"telegram", "numpy", "sqlite_utils", "httpx", "asyncio", "tornado", "structlog", "babel"}
    assert heavy & set(done.stdout.split()) == set()
    assert "bot" in done.stdout.split()
