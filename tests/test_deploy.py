"""What the service is deployed with: checked by systemd's own tool where there is one, and against the settings."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tables import CHECKOUT

DEPLOY = CHECKOUT / "scripts" / "deploy"
UNIT = DEPLOY / "tajikistan-visit-bot.service"
MOST_EXPOSURE = 30
"""Of `systemd-analyze security`, in tenths: 3.0 of 10."""

with_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")


def here(tmp_path: Path) -> Path:
    """The unit as if this checkout stood in /opt."""
    unit = tmp_path / UNIT.name
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(shutil.which("true") or "/bin/true")
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/tajikistan-visit-bot", str(tmp_path)))
    return unit


@with_systemd
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    done = subprocess.run(["systemd-analyze", "verify", here(tmp_path)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@with_systemd
def test_the_unit_is_hardened() -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSURE}", UNIT],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_service_gets_its_own_table_once(tmp_path: Path) -> None:
    [command] = re.findall(r"^ExecStartPre=/bin/sh -c '(.+)'$", UNIT.read_text(encoding="utf-8"), re.M)
    own, shipped = tmp_path / "tajikistan-visit-bot" / "facts.db", tmp_path / "facts.db"
    own.parent.mkdir()
    for content in ("first", "second"):
        shipped.write_text(content)
        subprocess.run(["sh", "-c", command.replace("%S", str(tmp_path))], cwd=tmp_path, check=True)
        assert own.read_text() == "first"
    assert [path.name for path in own.parent.iterdir()] == ["facts.db"]


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_only_settings_that_there_are_are_set(path: Path) -> None:
    known = set(re.findall(r'"(BOT_[A-Z_]+)"', (CHECKOUT / "bot" / "config.py").read_text(encoding="utf-8")))
    assert set(re.findall(r"\bBOT_[A-Z_]+", path.read_text(encoding="utf-8"))) <= known


def test_the_image_is_made_of_what_there_is() -> None:
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines()
    copied = [
        name for line in lines if line.startswith("COPY ") and "--from" not in line for name in line.split()[1:-1]
    ]
    kept = {line[1:] for line in (DEPLOY / "Containerfile.dockerignore").read_text().splitlines() if line[0] == "!"}
    assert set(copied) == kept
    assert all((CHECKOUT / name).exists() for name in copied)
