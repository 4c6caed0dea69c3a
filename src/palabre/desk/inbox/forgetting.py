"""What leaves with a person who is forgotten: the words of their cases, and their posts in any case."""

from __future__ import annotations

from collections.abc import Collection

from palabre.desk.inbox.models import Case, CaseEvent, CaseNote, CasePost
from palabre.desk.workspaces.models import Workspace

NOTHING = "—"
CHUNK = 500


def forget(workspace: Workspace, persons: Collection[int], posts: Collection[int]) -> None:
    """persons: keys; posts: ids of what they published. The cases stay, with their times, for the figures: without
    their words, what members noted there, and the addresses of what was said."""
    theirs = Case.objects.of(workspace).filter(person_id__in=persons)
    CaseNote.objects.of(workspace).filter(case__in=theirs).update(text=NOTHING)
    for event in CaseEvent.objects.of(workspace).filter(case__in=theirs, data__has_key="url"):
        left = {name: value for name, value in event.data.items() if name != "url"}
        CaseEvent.objects.of(workspace).filter(pk=event.pk).update(data=left)
    theirs.update(title=NOTHING, thread="")
    ids = list(posts)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        begun = CaseEvent.objects.of(workspace).filter(kind="opened", data__post_id__in=part)
        Case.objects.of(workspace).filter(pk__in=begun.values("case_id")).update(title=NOTHING)
        CasePost.objects.of(workspace).filter(post_id__in=part).delete()
