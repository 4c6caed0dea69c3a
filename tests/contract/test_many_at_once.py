"""What several colleagues do to one case at the same instant all shows, on either database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from palabre.settings import Settings

SCRIPT = Path(__file__).with_name("many_at_once.py")


def test_the_columns_of_a_case_hold_what_all_of_its_events_say(settings: Settings) -> None:
    environ = os.environ | {"PALABRE_HOME": str(settings.home), "PALABRE_LOG_LEVEL": "ERROR"}
    environ |= {"PALABRE_DATABASE_URL": settings.database_url} if settings.database_url else {}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run([sys.executable, str(SCRIPT)], env=environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    shown, said = json.loads(done.stdout.splitlines()[-1])
    assert len(said) == 40
    assert shown == said
