"""Set-up as on a stranger's machine: scripts/bot and scripts/test in a copy of the checkout.

Pythons, uv and pip are stand-ins (small shell scripts on a PATH of their own) that write down what they were asked to
do, so that nothing is downloaded; where CI is set, one test makes a real environment.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tables import CHECKOUT

TOOLS = ("bash", "env", "dirname", "cat", "cksum", "rm", "mkdir", "mktemp", "tail", "cp", "chmod", "sleep", "flock")
NO_PYTHON = "No Python 3.11 or newer on the PATH: install one (python.org, or your system's packages) and try again.\n"
SETTING_UP = "Setting up .venv from pyproject.toml ({}); this takes a minute and happens once.\n"

# A python that can do what the set-up asks of it: tell whether it is new enough, make an environment, install, run.
PYTHON = """#!/usr/bin/env bash
echo "$0 $*" >>"$LOG"
case "$1 $2" in
    "-c import sys; sys.exit"*) exit "${OLD:-0}" ;;
    "-m venv") [ -z "${NO_VENV:-}" ] || { echo "ensurepip is not available" >&2; exit 1; }
        mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
    "-m pip") [[ "$0" == */.venv/bin/python ]] || { echo "externally-managed-environment" >&2; exit 1; } # PEP 668
        sleep "${SLOW:-0}"; [ -z "${NO_PIP:-}" ] || { echo "no matching distribution" >&2; exit 1; } ;;
    "-m ruff") [ "$3" != "${BAD:-}" ] ;;
    "-m mypy" | "-m pytest") [ "${2}" != "${BAD:-}" ] ;;
    "-m bot") echo "the bot was asked: ${*:3}" ;;
    *) exit 64 ;;
esac
"""
UV = """#!/usr/bin/env bash
echo "$0 $*" >>"$LOG"
[ -z "${NO_UV:-}" ] || { echo "uv found no network" >&2; exit 1; }
[ "$1" != venv ] || { mkdir -p "${@: -1}/bin"; cp "$(dirname "$0")/python3" "${@: -1}/bin/python"; }
"""


@dataclass(frozen=True)
class Machine:
    """A machine with a copy of the checkout's scripts, and only the programs put on its PATH."""

    checkout: Path
    programs: Path
    log: Path

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        """Begin to run a script of the checkout, from another folder."""
        return subprocess.Popen(
            [str(self.checkout / command[0]), *command[1:]],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=self.programs,
            start_new_session=True,
            env={"PATH": str(self.programs), "LOG": str(self.log), "TMPDIR": str(self.log.parent), **environment},
        )

    def run(self, *command: str, **environment: str) -> tuple[int, str, str]:
        """Run a script of the checkout: exit code, standard output, standard error."""
        process = self.start(*command, **environment)
        out, err = process.communicate()
        return process.returncode, out, err

    def put(self, name: str, script: str) -> None:
        """Put a program on the PATH."""
        file = self.programs / name
        file.write_text(script, encoding="utf-8")
        file.chmod(0o755)

    def did(self) -> list[str]:
        """What the stand-ins were asked since this was last called."""
        done = self.so_far()
        self.log.unlink(missing_ok=True)
        return done

    def so_far(self) -> list[str]:
        """The same, without forgetting it; checks of a python's version are left out."""
        done = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        done = [line.replace(str(self.checkout), ".").replace(f"{self.programs}/", "") for line in done]
        return [line for line in done if " -c import sys" not in line]

    @property
    def venv(self) -> Path:
        return self.checkout / ".venv"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with a good python 3 and neither uv nor an environment."""
    checkout = tmp_path / "a check out"
    shutil.copytree(CHECKOUT / "scripts", checkout / "scripts", ignore=shutil.ignore_patterns("*.toml", "__pycache__"))
    shutil.copytree(CHECKOUT / ".ci", checkout / ".ci")
    shutil.copyfile(CHECKOUT / "pyproject.toml", checkout / "pyproject.toml")
    programs = tmp_path / "programs"
    programs.mkdir()
    for tool in TOOLS:
        if found := shutil.which(tool):
            (programs / tool).symlink_to(found)
    made = Machine(checkout, programs, tmp_path / "log")
    made.put("python3", PYTHON)
    return made


INSTALLED = [
    "python3 -m venv ./.venv",
    "./.venv/bin/python -m pip install --quiet --disable-pip-version-check -e .",
]
INSTALLED_DEV = [INSTALLED[0], INSTALLED[1].replace("-e .", "-e .[dev]")]
RUN_TESTS = "pytest --numprocesses 3 --dist worksteal"
CHECKS = [f"./.venv/bin/python -m {check}" for check in ("ruff format --check .", "ruff check .", "mypy", RUN_TESTS)]
RUN = "./.venv/bin/python -m bot ask who is it?"
ASKED = "the bot was asked: ask who is it?\n"


def test_the_first_run_makes_the_environment_and_says_so(machine: Machine) -> None:
    assert machine.run("scripts/bot", "ask", "who is it?") == (0, ASKED, SETTING_UP.format("run"))
    assert machine.did() == [*INSTALLED, RUN]


def test_the_next_run_only_runs_the_bot(machine: Machine) -> None:
    machine.run("scripts/bot", "ask", "hello")
    machine.did()
    assert machine.run("scripts/bot", "ask", "who is it?") == (0, ASKED, "")
    assert machine.did() == [RUN]


def test_a_changed_pyproject_makes_it_anew(machine: Machine) -> None:
    machine.run("scripts/bot", "ask", "hello")
    (machine.venv / "left over").touch()
    with (machine.checkout / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    machine.did()
    assert machine.run("scripts/bot", "ask", "who is it?") == (0, ASKED, SETTING_UP.format("run"))
    assert machine.did() == [*INSTALLED, RUN]
    assert not (machine.venv / "left over").exists()
    assert machine.run("scripts/bot", "ask", "who is it?") == (0, ASKED, "")


def test_tests_need_more_and_replace_an_environment_that_only_runs(machine: Machine) -> None:
    machine.run("scripts/bot", "ask", "hello")
    machine.did()
    assert machine.run("scripts/test") == (0, "", SETTING_UP.format("dev"))
    assert machine.did() == [*INSTALLED_DEV, *CHECKS]


def test_an_environment_for_tests_also_runs_the_bot(machine: Machine) -> None:
    machine.run("scripts/test")
    machine.did()
    assert machine.run("scripts/bot", "ask", "who is it?") == (0, ASKED, "")
    assert machine.did() == [RUN]


def test_an_environment_for_tests_stays_one_when_made_anew(machine: Machine) -> None:
    machine.run("scripts/test")
    with (machine.checkout / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    machine.did()
    assert machine.run("scripts/bot", "ask", "who is it?") == (0, ASKED, SETTING_UP.format("dev"))
    assert machine.did()[:2] == INSTALLED_DEV


def test_uv_is_used_where_it_is(machine: Machine) -> None:
    machine.put("uv", UV)
    assert machine.run("scripts/bot", "ask", "who is it?") == (0, ASKED, SETTING_UP.format("run"))
    assert machine.did() == [
        "uv venv --quiet --python python3 ./.venv",
        "uv pip install --quiet --python ./.venv/bin/python -e .",
        RUN,
    ]


def test_the_tests_pass_their_arguments_to_pytest(machine: Machine) -> None:
    assert machine.run("scripts/test", "-k", "two words")[0] == 0
    assert machine.did()[-1] == f"{CHECKS[-1]} -k two words"


@pytest.mark.parametrize("bad", ["format", "check", "mypy", "pytest"])
def test_the_tests_stop_at_the_first_check_that_fails(machine: Machine, bad: str) -> None:
    code, _, _ = machine.run("scripts/test", BAD=bad)
    assert code != 0
    done = machine.did()[2:]
    assert done == CHECKS[: len(done)]
    assert bad in done[-1]


def test_ci_runs_the_same(machine: Machine) -> None:
    assert machine.run(".ci/run") == (0, "", SETTING_UP.format("dev"))
    assert machine.did() == [*INSTALLED_DEV, *CHECKS]


def test_a_commit_is_checked_with_the_same_but_the_tests(machine: Machine) -> None:
    machine.run("scripts/check")
    assert machine.did() == [*INSTALLED_DEV, *CHECKS[:-1]]


@pytest.mark.parametrize(
    ("file", "script"), [(".github/workflows/test.yml", ".ci/run"), (".pre-commit-config.yaml", "scripts/check")]
)
def test_the_files_for_ci_and_commits_call_a_script_of_the_checkout(file: str, script: str) -> None:
    called = re.findall(r"^[ -]*(?:run|entry): (.*)$", (CHECKOUT / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert called == [script]
    assert os.access(CHECKOUT / script, os.X_OK)


# What can go wrong


@pytest.mark.parametrize(
    ("fault", "reason"),
    [({"NO_PIP": "1"}, "no matching distribution"), ({"NO_VENV": "1"}, "ensurepip is not available")],
)
def test_a_failed_install_leaves_nothing_and_says_why(machine: Machine, fault: dict[str, str], reason: str) -> None:
    code, out, err = machine.run("scripts/bot", "ask", "who is it?", **fault)
    assert (code, out) == (2, "")
    assert err == SETTING_UP.format("run") + reason + (
        "\nSetting up .venv failed (last lines above) and was undone: check the network and the disk,"
        " on Debian also that python3-venv is installed, then try again.\n"
    )
    assert not machine.venv.exists()
    assert machine.run("scripts/bot", "ask", "who is it?") == (0, ASKED, SETTING_UP.format("run"))
    assert sorted(file.name for file in machine.log.parent.iterdir()) == ["a check out", "log", "programs"]


def test_a_failed_install_with_uv_leaves_nothing(machine: Machine) -> None:
    machine.put("uv", UV)
    code, _, err = machine.run("scripts/bot", "ask", "who is it?", NO_UV="1")
    assert code == 2
    assert "uv found no network" in err
    assert not machine.venv.exists()


def test_an_install_that_was_killed_is_begun_again(machine: Machine) -> None:
    process = machine.start("scripts/bot", "ask", "hello", SLOW="60")
    while machine.so_far() != INSTALLED:
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    machine.did()
    assert machine.venv.exists()  # half-made, and not taken for a whole one
    assert machine.run("scripts/bot", "ask", "who is it?")[:2] == (0, ASKED)
    assert machine.did() == [*INSTALLED, RUN]


@pytest.mark.skipif(shutil.which("flock") is None, reason="no flock here")
def test_two_first_runs_at_once_make_it_once(machine: Machine) -> None:
    both = [machine.start("scripts/bot", "ask", "who is it?", SLOW="0.3") for _ in range(2)]
    outs = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert [out for out, _ in outs] == [ASKED, ASKED]
    assert sorted(machine.did()) == sorted([*INSTALLED, *[RUN] * 2])
    assert sorted(err for _, err in outs) == ["", SETTING_UP.format("run")]


def test_an_old_python_gets_a_sentence(machine: Machine) -> None:
    code, out, err = machine.run("scripts/bot", "ask", "who is it?", OLD="1")
    assert (code, out, err) == (2, "", NO_PYTHON)
    assert not machine.venv.exists()


def test_no_python_gets_the_same_sentence(machine: Machine) -> None:
    (machine.programs / "python3").unlink()
    assert machine.run("scripts/bot", "ask", "who is it?") == (2, "", NO_PYTHON)


def test_an_older_python3_is_passed_over_for_a_newer_one(machine: Machine) -> None:
    machine.put("python3", "#!/usr/bin/env bash\nexit 1\n")
    machine.put("python3.12", PYTHON)
    assert machine.run("scripts/bot", "ask", "who is it?")[:2] == (0, ASKED)


def test_another_environment_that_is_active_does_not_matter(machine: Machine, tmp_path: Path) -> None:
    elsewhere = {"VIRTUAL_ENV": str(tmp_path / "other"), "PYTHONHOME": "", "PIP_REQUIRE_VIRTUALENV": "1"}
    assert machine.run("scripts/bot", "ask", "who is it?", **elsewhere)[:2] == (0, ASKED)
    assert machine.did()[:2] == INSTALLED


def test_a_link_to_the_script_finds_its_checkout(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(machine.checkout)
    done = subprocess.run(
        [str(tmp_path / "linked" / "scripts" / "bot"), "ask", "who is it?"],
        capture_output=True,
        text=True,
        env={"PATH": str(machine.programs), "LOG": str(machine.log)},
    )
    assert (done.returncode, done.stdout) == (0, ASKED)


@pytest.mark.skipif(not os.environ.get("CI"), reason="downloads packages: only where CI is set")
def test_a_real_environment_answers(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    ignore = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(CHECKOUT, checkout, ignore=ignore)
    done = subprocess.run(
        [str(checkout / "scripts" / "bot"), "ask", "When will Tokayev visit Tajikistan?"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "19–20 May 2021" in done.stdout
