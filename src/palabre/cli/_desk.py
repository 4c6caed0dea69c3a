"""What commands about the desk share. Django is loaded by the command, before this is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from palabre.errors import InputError

if TYPE_CHECKING:
    from palabre.desk.workspaces.models import Workspace


def workspace_of(slug: str) -> Workspace:
    """Raises InputError."""
    from palabre.desk.workspaces.models import Workspace

    one = Workspace.objects.filter(slug=slug).first()
    if one is None:
        known = ", ".join(Workspace.objects.order_by("slug").values_list("slug", flat=True))
        raise InputError("inbox.cli.unknown", name=slug, known=known)
    return one
