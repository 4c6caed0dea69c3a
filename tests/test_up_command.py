"""`palabre up` as a process of its own: what it says, and that it goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

WELL_UNDER_WAY_SECONDS = 8.0  # what works in the background begins after two


def test_a_desk_that_nobody_visits_gets_ready_without_a_complaint(tmp_path: Path) -> None:
    """No page is asked, so nothing that a page would load can be taken for granted."""
    command = [sys.executable, "-c", "from palabre.cli.main import main; main()", "up", "--no-browser", "--port", "0"]
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    started = subprocess.Popen(
        command,
        env=environment | {"PALABRE_HOME": str(home), "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert started.stdout is not None
    said = [started.stdout.readline()]
    while "Palabre is ready" not in said[-1]:
        said.append(started.stdout.readline())
        assert said[-1], "".join(said)
    time.sleep(WELL_UNDER_WAY_SECONDS)
    started.send_signal(signal.SIGTERM)
    rest, _ = started.communicate(timeout=60)
    told = "".join(said) + rest
    for complaint in ("Collecting did not start", "has stopped:", "could not be got ready"):
        assert complaint not in told
    assert "Palabre has stopped." in told
