import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent


def test_a_short_soak_loses_doubles_and_disorders_nothing() -> None:
    command = [sys.executable, "scripts/soak.py", "--updates", "700", "--fault-every", "0.6"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 lost, 0 doubled, 0 out of order" in done.stdout
