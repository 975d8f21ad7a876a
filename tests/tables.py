"""Tables of facts for the core's tests, made as a user makes them: by scripts/load_facts.py from a file."""

import os
import subprocess
import sys
from pathlib import Path

from bot.model import Fact, Source

CHECKOUT = Path(__file__).resolve().parent.parent
SHIPPED = CHECKOUT / "facts.db"
INVENTED = CHECKOUT / "tests" / "invented.toml"

HERALD = Source("The Velm Herald", "How the harbour came to be", "https://velm.example/harbour?a=1&b=2", "2019-03-02")
MUSEUM = Source("Maritime Museum", "About the museum", "", "2018")
LIGHTHOUSE = Fact(
    id="lighthouse",
    lang="ru",
    text="Инженер Ида Кроон построила маяк Порт-Вельма в 1887 году.",
    source=HERALD,
    keywords=(
        "Когда построили маяк Порт-Вельма?",
        "кто построил маяк",
        "в каком году построен маяк",
        "что построила Ида Кроон",
        "строительство маяка",
    ),
    topic="harbour",
    attribution="Ида Кроон, в своих воспоминаниях",
)
FIGUREHEAD = Fact(
    id="figurehead",
    lang="en",
    text="Its oldest figurehead comes from the brig Saint Olga, which sank near Ostrey Island in 1794.",
    source=MUSEUM,
    topic="museum",
    position=1,
)


def environment(**settings: str) -> dict[str, str]:
    """The process's environment without the bot's settings and proxies, and with these."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("BOT_") and not name.lower().endswith("_proxy")
    }
    return kept | settings


Done = subprocess.CompletedProcess[str]


def run_bot(*arguments: str, lines: str = "", **settings: str) -> Done:
    """The bot's command line as its own process, with `lines` on standard input."""
    command = [sys.executable, "-m", "bot", *arguments]
    return _run(command, lines, settings)


def run_load(table: Path, *arguments: Path | str) -> Done:
    """The command that loads files into the table at a path."""
    return _run([sys.executable, "scripts/load_facts.py", *map(str, arguments), "--db", str(table)], "", {})


def _run(command: list[str], lines: str, settings: dict[str, str]) -> Done:
    return subprocess.run(
        command,
        input=lines,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        env=environment(**settings),
        cwd=CHECKOUT,
    )


def load(table: Path, *files: Path) -> None:
    """Load the files into the table at a path."""
    done = run_load(table, *files)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
