"""Starting and stopping the servers of the tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SERVERS = Path(os.environ.get("PALABRE_TEST_SERVERS", ROOT / "var" / "servers"))
HOW = "install the servers of the tests with ./run servers"


def need(program: str) -> str:
    """The path of a program, or the test is skipped with what to do."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin:/sbin")
    if not path:
        pytest.skip(f"{program} is not on this machine; {HOW}")
    return path


def need_path(path: Path) -> Path:
    """A folder or file that `./run servers` makes, or the test is skipped."""
    if not path.exists():
        pytest.skip(f"{path.name} is not on this machine; {HOW}")
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, process: subprocess.Popen[bytes] | None = None, seconds: float = 60) -> None:
    """Until something listens; an early death of the server is said at once."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port} after {seconds} s")


def wait_for_page(url: str, seconds: float = 60) -> None:
    """Until a page answers, whatever its status."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=5)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"{url} does not answer after {seconds} s")


@contextmanager
def running(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a process group of its own, which ends with the block; its output in ``folder/<program>.log``."""
    log = (folder / f"{Path(command[0]).name}.log").open("ab")
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **(environment or {})}, stdout=log, stderr=log, start_new_session=True
    )
    try:
        yield process
    finally:
        stop(process)
        log.close()


def stop(process: subprocess.Popen[bytes]) -> None:
    """TERM to the group, KILL after ten seconds."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(10)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
