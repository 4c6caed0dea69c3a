"""The sample in a workspace, begun from the desk: the panel at once, the conversation in the background."""

from __future__ import annotations

from palabre.archive import Archive
from palabre.desk.clock import CLOCK
from palabre.desk.panel import jobs
from palabre.desk.workspaces.models import Workspace

ORGANISATION = "Cyclovent"


def begin(archive: Archive, workspace_id: int, lang: str) -> None:
    """The workspace bears the fictional company's name, and fills."""
    from palabre.sample.load import add_panel

    add_panel(archive, workspace_id, lang)
    name = archive.workspaces.rename(workspace_id, ORGANISATION).name
    Workspace.objects.filter(pk=workspace_id).update(set_up=True, name=name)
    jobs.start(Workspace.objects.get(pk=workspace_id), "sample", lambda report: play(archive, workspace_id, report))


def play(archive: Archive, workspace_id: int, report: jobs.Report) -> None:
    """The posts, by the road that every post takes; a second time none is doubled."""
    from palabre.sample.load import load

    load(archive, CLOCK, workspace_id, report)
