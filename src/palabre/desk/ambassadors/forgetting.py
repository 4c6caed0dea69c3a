"""What leaves with a person who is forgotten, beside what hangs on them: who was reminded of posts that are theirs."""

from __future__ import annotations

from collections.abc import Collection

from palabre.desk.ambassadors.models import Reminder
from palabre.desk.workspaces.models import Workspace

CHUNK = 500


def forget(workspace: Workspace, persons: Collection[int], posts: Collection[int]) -> None:
    """posts: ids of what they published. Invitations, consents, memberships and thanks go with the person."""
    ids = list(posts)
    for start in range(0, len(ids), CHUNK):
        Reminder.objects.of(workspace).filter(post_id__in=ids[start : start + CHUNK]).delete()
