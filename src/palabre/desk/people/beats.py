"""What the app does by itself: who was seen, codes posted, perhaps the same, scales, what is kept no longer."""

from __future__ import annotations

from collections.abc import Callable

from palabre.desk.beats import Beat, each
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.people import facts, figures, index, profiles, proving, suggesting
from palabre.desk.people.models import Intake, Person
from palabre.desk.workspaces.models import Workspace

DAY_MS = 86_400_000
_LOOKED: dict[tuple[str, int], int] = {}  # what was already reckoned: newest post, by work and workspace
_ASKED: set[int] = set()


def newest(workspace: Workspace) -> int:
    found = archive().search(workspace.id, limit=1)
    return found[0].post_id if found else 0


def seen() -> None:
    each(Workspace.objects.all(), index.seen)


def first_seen() -> None:
    """Those who were met a moment ago."""
    each(Workspace.objects.all(), seen_first)


def seen_first(workspace: Workspace) -> None:
    fresh = Person.objects.of(workspace).filter(seen_ms=0, merged_into=None, handles__isnull=False)
    index.seen(workspace, list(fresh.distinct().order_by("-pk").values_list("pk", flat=True)[:500]))


def looked() -> None:
    each(Workspace.objects.all(), look_again)


def look_again(workspace: Workspace) -> None:
    """Where somebody asked, or something new was heard since the last time."""
    if workspace.id in _ASKED:
        _LOOKED.pop(("look", workspace.id), None)
    where_heard("look", workspace, suggesting.look)
    _ASKED.discard(workspace.id)


def where_heard(work: str, workspace: Workspace, do: Callable[[Workspace], object]) -> None:
    """Does it where something new was heard since it was last done."""
    key, now = (work, workspace.id), newest(workspace)
    if now and _LOOKED.get(key) != now:
        do(workspace)
        _LOOKED[key] = now


def wanted(workspace: Workspace) -> None:
    """Somebody wants suggestions now."""
    _ASKED.add(workspace.id)


def reckoned() -> None:
    each(Workspace.objects.all(), reckon)


def reckon(workspace: Workspace) -> None:
    where_heard("scales", workspace, figures.reckon)


def linked() -> None:
    each(Workspace.objects.all(), link_heard)


def link_heard(workspace: Workspace) -> None:
    """Profiles of address books whose account was heard since."""
    where_heard("profiles", workspace, profiles.link)


def forgotten() -> None:
    facts.forget_overdue()
    Intake.waiting.filter(made_ms__lt=now_ms() - DAY_MS).delete()


BEATS = (
    Beat("people.seen", 300, seen),
    Beat("people.first_seen", 30, first_seen),
    Beat("people.codes", 60, proving.look),
    Beat("people.same", 6 * 3600, looked),
    Beat("people.profiles", 300, linked),
    Beat("people.scales", 3600, reckoned),
    Beat("people.forget", 3600, forgotten),
)
