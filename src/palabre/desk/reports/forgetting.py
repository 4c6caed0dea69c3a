"""What leaves with a person who is forgotten: what alerts told of them, and their words in reports that were kept."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import orjson
import zstandard

from palabre.desk.reports.models import Copy, Firing
from palabre.desk.workspaces.models import Workspace
from palabre.measure.report.keeping import BYTES_MAX

NOTHING = "—"


def forget(workspace: Workspace, persons: Collection[int], posts: Collection[int]) -> None:
    """posts: ids of what they published. An alert that rests on their posts keeps its day and its numbers; one that
    waits to be told is told no more."""
    theirs = set(posts)
    for one in Firing.objects.of(workspace).exclude(evidence=None) if theirs else ():
        known = one.evidence or {}
        rests = known.get("post_ids", ())
        if theirs.isdisjoint(rests):
            continue
        rows = Firing.objects.of(workspace).filter(pk=one.pk)
        if one.state == "held":
            rows.delete()
            continue
        left = {**known, "post_ids": [post for post in rests if post not in theirs]}
        params = {name: NOTHING if isinstance(value, str) else value for name, value in one.params.items()}
        rows.update(why=[], params=params, evidence=left)


def forget_words(workspace: Workspace, cleaned: Callable[[Any], Any]) -> None:
    """Kept reports: rows of promises and hypotheses carry words."""
    for one in Copy.objects.of(workspace):
        was = orjson.loads(zstandard.ZstdDecompressor().decompress(bytes(one.body), max_output_size=BYTES_MAX))
        now = cleaned(was)
        if now != was:
            Copy.objects.of(workspace).filter(pk=one.pk).update(body=zstandard.compress(orjson.dumps(now)))
