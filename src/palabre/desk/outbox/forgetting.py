"""What leaves with a person who is forgotten: messages that were sent to them, and those that wait to be."""

from __future__ import annotations

from collections.abc import Collection

from palabre.desk.outbox.models import Sending
from palabre.desk.workspaces.models import Workspace

OVER = ("sent", "refused", "cancelled", "deleted")  # one whose outcome is not known yet is still compared by its words


def forget_about(workspace: Workspace, uids: Collection[str]) -> None:
    """uids: of replies. What waits is not sent any more; what is over keeps its times alone."""
    theirs = Sending.objects.of(workspace).filter(about__in=list(uids))
    theirs.filter(state="queued").update(state="cancelled")
    theirs.filter(state__in=OVER).update(message={}, uri="", url="")
