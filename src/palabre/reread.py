"""Posts that wait to be read: imported ones, and all of them after a change of models or of what corrections taught.

Short steps, oldest first; it can be stopped at any instant and goes on from where it was. Memory is that of one step.
"""

from __future__ import annotations

from collections.abc import Callable

from palabre.archive import Archive
from palabre.reader import MENTIONS, NONE, Readers

STEP_POSTS = 2_000
Stopped = Callable[[], bool]
Report = Callable[[int], None]  # posts read in a step


def reread(
    archive: Archive,
    readers: Readers,
    workspace_id: int,
    stopped: Stopped = lambda: False,
    steps: int | None = None,
    report: Report = lambda _n: None,
) -> int:
    """Reads what waits in a workspace, ``steps`` at most (None: all of it). How many posts were read."""
    setting, total = archive.settings.read_posts, 0
    if setting == NONE:
        return 0
    reader = readers.present(workspace_id)
    while not stopped() and steps != 0:
        step = archive.readings.next(workspace_id, STEP_POSTS, mentions_only=setting == MENTIONS)
        if step is None:
            break
        done = archive.readings.keep(workspace_id, reader.version_id, step, reader.read(step.posts))
        total += done
        steps = None if steps is None else steps - 1
        report(done)
    return total


def reread_all(archive: Archive, readers: Readers, stopped: Stopped = lambda: False, steps: int | None = None) -> int:
    """The same for every workspace, in turn."""
    return sum(
        reread(archive, readers, one.workspace_id, stopped, steps) for one in archive.workspaces.all() if not stopped()
    )
