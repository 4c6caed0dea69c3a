"""What the desk does by itself goes on past what fails."""

from __future__ import annotations

import logging

import pytest

from palabre.desk import beats
from palabre.desk.workspaces.models import Workspace


def test_what_fails_costs_itself_alone_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def act(one: Workspace) -> int:
        if one.pk == 2:
            raise RuntimeError("secret words")
        return 10

    with caplog.at_level(logging.ERROR, "palabre.desk.beats"):
        assert beats.each([Workspace(pk=1), Workspace(pk=2), Workspace(pk=3)], act) == 20
    [record] = caplog.records
    assert record.getMessage().startswith("act failed for Workspace 2")
    assert "secret" not in record.getMessage()
