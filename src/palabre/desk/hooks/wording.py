"""The words that go along with an event where an endpoint asks for them: read when it leaves, kept nowhere else, so
that what was erased meanwhile is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from palabre.desk.calendar.models import Publication
from palabre.desk.hooks.models import Event
from palabre.desk.inbox.models import Case
from palabre.desk.promises.models import Promise
from palabre.desk.replies.models import Reply
from palabre.desk.workspaces.models import Workspace

Reader = Callable[[Workspace, str], Any]


def case(workspace: Workspace, uid: str) -> Any:
    return Case.objects.of(workspace).filter(uid=uid).values("title").first()


def reply(workspace: Workspace, uid: str) -> Any:
    return Reply.objects.of(workspace).filter(uid=uid).values("text", "lang").first()


def promise(workspace: Workspace, uid: str) -> Any:
    return Promise.objects.of(workspace).filter(uid=uid).values("words").first()


def publication(workspace: Workspace, uid: str) -> Any:
    return Publication.objects.of(workspace).filter(uid=uid).values("title", "text").first()


READERS: dict[str, Reader] = {"case": case, "reply": reply, "promise": promise, "publication": publication}


def of(event: Event) -> dict[str, Any]:
    """By the name of what it is about; nothing for what is there no more."""
    found = {}
    for name, read in READERS.items():
        uid = event.data.get(name)
        words = read(event.workspace, str(uid)) if uid else None
        if words:
            found[name] = words
    return found
