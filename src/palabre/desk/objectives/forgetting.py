"""What leaves with a person who is forgotten: the words of what came of talking with them, and their posts as proof."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from palabre.desk.objectives.models import Outcome
from palabre.desk.workspaces.models import Workspace

NOTHING = "—"


def forget(workspace: Workspace, persons: Collection[int], posts: Collection[int]) -> None:
    """persons: keys; posts: ids of what they published. The outcomes stay, with day and amount, for the figures."""
    known, theirs = Outcome.objects.of(workspace), set(posts)
    known.filter(Q(person_id__in=persons) | Q(case__person_id__in=persons)).update(words=NOTHING, basis="")
    for one in known.exclude(post_ids=[]) if theirs else ():
        kept = [post for post in one.post_ids if post not in theirs]
        if len(kept) < len(one.post_ids):
            known.filter(pk=one.pk).update(post_ids=kept)
