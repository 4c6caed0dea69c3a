"""What every test may lean on: shared real data where it is, a data folder of its own, a clock that stands still."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from palabre.clock import FixedClock
from palabre.settings import Settings, load

# No test fails on a clock: the machine may be busy with something else.
hypothesis_settings.register_profile("palabre", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("palabre")
SHARED = Path(__file__).resolve().parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real public data beside the repository; the test is skipped where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the real data (../shared/data) is not on this machine")
    return SHARED


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, named by PALABRE_HOME."""
    monkeypatch.setenv("PALABRE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def own_settings(home: Path) -> Settings:
    return load(home, {})


TABLES = "from palabre.desk.config import start; start.django(); start.tables(); start.workspaces()"


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with all tables and nothing in them, to be copied: ten seconds of migrations once a process."""
    home = tmp_path_factory.mktemp("ready") / "home"
    home.mkdir(mode=0o700)
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment["PALABRE_HOME"] = str(home)
    subprocess.run([sys.executable, "-c", TABLES], env=environment, check=True)  # noqa: S603  # our own words
    return home
