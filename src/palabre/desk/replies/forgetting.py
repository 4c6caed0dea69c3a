"""What leaves with a person who is forgotten: the words we wrote to them."""

from __future__ import annotations

from collections.abc import Collection

from palabre.desk.outbox.forgetting import forget_about
from palabre.desk.replies.models import Reply
from palabre.desk.workspaces.models import Workspace


def forget(workspace: Workspace, persons: Collection[int], posts: Collection[int]) -> None:
    """persons: keys; posts: ids of what they published. A reply stays as a fact with its time, without its words."""
    theirs = Reply.objects.of(workspace).filter(case__person_id__in=persons)
    forget_about(workspace, list(theirs.values_list("uid", flat=True)))
    theirs.update(text="", read_text="", remark="", uri="", post_id=None, promises=None)
