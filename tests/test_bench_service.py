import re
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent


def test_every_question_of_a_short_run_is_answered() -> None:
    command = [sys.executable, "scripts/bench_service.py", "--questions", "60", "--rate", "40", "--seconds", "2"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for kind in ("each a new one", "the same few"):
        line = rf"^in process, {kind}: 60 replies to 60 questions, [\d,]+ a second$"
        assert re.search(line, done.stdout, re.M)
        line = rf"^over HTTP, {kind}, all at once: 60 replies to 60 questions, [\d,]+ a second$"
        assert re.search(line, done.stdout, re.M)
    assert re.search(
        r"^over HTTP, 40 a second: 80 replies to 80 questions, ms: p50 \S+ p99 \S+ most \S+; \d+ MB$", done.stdout, re.M
    )
