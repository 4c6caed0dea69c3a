"""What leaves with a person who is forgotten: the words of their cases, and their posts in any case."""

from __future__ import annotations

from collections.abc import Collection

from palabre.desk.inbox.models import Case, CasePost
from palabre.desk.workspaces.models import Workspace

NOTHING = "—"
CHUNK = 500


def forget(workspace: Workspace, persons: Collection[int], posts: Collection[int]) -> None:
    """persons: keys; posts: ids of what they published. The cases stay, with their times, for the figures."""
    Case.objects.of(workspace).filter(person_id__in=persons).update(title=NOTHING, thread="")
    ids = list(posts)
    for start in range(0, len(ids), CHUNK):
        CasePost.objects.of(workspace).filter(post_id__in=ids[start : start + CHUNK]).delete()
