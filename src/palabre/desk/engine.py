"""The desk's one hold on the engine: the archive, opened when it is first needed and kept for the process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from palabre.desk.clock import CLOCK

if TYPE_CHECKING:
    from palabre.archive import Archive
    from palabre.net import Net


@cache
def archive() -> Archive:
    """The archive of this installation."""
    from palabre.archive import open_archive

    return open_archive(settings.PALABRE, CLOCK)


@cache
def net() -> Net:
    """The network client of this installation."""
    from palabre.net import Net

    return Net(settings.PALABRE, CLOCK)
