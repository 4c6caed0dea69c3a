"""What every test may lean on: shared real data where it is, a data folder of its own, a clock that stands still."""

from __future__ import annotations

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
