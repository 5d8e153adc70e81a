"""As an operator does: a broadcast to all workers, and their answers in a reply queue."""
import subprocess
import sys

from support import WORKER

command = [sys.executable, "-m", "celery", "--app", "tasks", "inspect", "ping", "--timeout", "2"]
ended = subprocess.run(command, capture_output=True, text=True, timeout=30)
for expected in [f"{WORKER}: OK", "pong", "1 node online."]:
    if ended.returncode != 0 or expected not in ended.stdout:
        raise AssertionError(f"no '{expected}' in: {' '.join((ended.stdout + ended.stderr).split())}")
