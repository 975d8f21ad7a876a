"""Imported first by the scripts that people start: where the bot's packages are missing, go on in .venv, made ready.

So `scripts/load_facts.py FILE` works as it stands, like scripts/bot; with a Python that has the packages, in a
container say, nothing happens here.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
VENV = SCRIPTS.parent / ".venv"

if importlib.util.find_spec("rapidfuzz") is None and Path(sys.prefix).resolve() != VENV.resolve():
    command = ["bash", "-c", 'source "$0" && ready_environment run', str(SCRIPTS / "environment.sh")]
    made = subprocess.run(command, check=False)  # noqa: S603  # our own file, and the shell that scripts/bot needs too
    if made.returncode:
        sys.exit(made.returncode)
    python = str(VENV / "bin" / "python")
    os.execv(python, [python, *sys.argv])  # noqa: S606  # the same command again
