"""The judgements people gave in the desk's editor, as an estimate of noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palabre.settings import Settings


def noise_of(settings: Settings, workspace_id: int, query: str) -> dict[str, object] | None:
    """{"n", "unwanted", "share", "low", "high"}: Wilson interval at 95 %. None where nobody judged this query, or
    where there is no desk."""
    if not settings.database_url and not (settings.home / "desk.sqlite3").exists():
        return None
    from palabre.desk.config import start

    start.django()
    from django.db import DatabaseError

    from palabre.desk.panel.models import Judgement
    from palabre.desk.panel.noise import noise
    from palabre.desk.panel.queries import digest
    from palabre.desk.workspaces.models import Workspace

    rows = Judgement.objects.of(Workspace(pk=workspace_id)).filter(query_hash=digest(query))
    try:
        answers = list(rows.values_list("wanted", flat=True))
    except DatabaseError:  # a desk that was never opened has no tables
        return None
    if not answers:
        return None
    found = noise(sum(answers), len(answers) - sum(answers))
    return {name: getattr(found, name) for name in ("n", "unwanted", "share", "low", "high")}
