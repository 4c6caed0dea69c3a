"""Access rows of the register of signals."""

from __future__ import annotations

from typing import Any

from palabre.archive.signals import Found
from palabre.desk.engine import archive
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import Row


def some_signal(workspace: Workspace) -> dict[str, Any]:
    found = Found("spike", "1", "batterie", "signal.spike", 1, 2, 3.0, "spikes", 1, {"n": 5})
    return {"signal_id": archive().signals.note(workspace.pk, found)[0]}


ROWS = (Row("insight:signal_change", "POST", "agent", 302, some_signal, {"signal_id": 10**9}, {"status": "watched"}),)
