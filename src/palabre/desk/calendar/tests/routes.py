"""Access rows of the calendar."""

from __future__ import annotations

from typing import Any

from palabre.desk.calendar.models import Feed, Publication, Variant
from palabre.desk.outbox.models import Channel
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, PUBLIC, Row


def some_channel(workspace: Workspace) -> dict[str, Any]:
    known = Channel.objects.of(workspace).filter(source_id=77).first()
    made = known or Channel.objects.add(workspace, source_id=77, connector="mastodon", name="M", made_ms=1)
    return {"uid": made.uid}


def some_publication(workspace: Workspace) -> dict[str, Any]:
    made = Publication.objects.add(workspace, title="Pluie", text="Il pleut.", state="draft", made_ms=1, changed_ms=1)
    return {"uid": made.uid}


def some_act(workspace: Workspace) -> dict[str, Any]:
    return {**some_publication(workspace), "what": "remove"}


def some_variant(workspace: Workspace) -> dict[str, Any]:
    publication = Publication.objects.of(workspace).get(**some_publication(workspace))
    channel = Channel.objects.of(workspace).get(**some_channel(workspace))
    return {"uid": Variant.objects.add(workspace, publication=publication, channel=channel).uid}


def some_feed(workspace: Workspace) -> dict[str, Any]:
    token = f"{workspace.pk}-{Feed.objects.of(workspace).count()}"
    return {"uid": Feed.objects.add(workspace, name="Agenda", token_hash=token, made_ms=1).uid}


NEW = {"title": "Pluie", "day": "2026-12-01", "time": "09:00"}
DAY = {"day": "2026-12-02"}
HABIT = {"zone": "Europe/Paris", "country": "fr", "apart_hours": "4"}
NO_ACT = {**ABSENT, "what": "remove"}
ROWS = (
    Row("calendar:index"),
    Row("calendar:new", needs="agent"),
    Row("calendar:new", "POST", "agent", 302, data=NEW),
    Row("calendar:count", "POST", "agent", data={"text": "Bonjour"}, htmx=True),
    Row("calendar:export"),
    Row("calendar:rhythm"),
    Row("calendar:promise_rhythm", "POST", "manager", 302, some_channel, ABSENT, {"per_week": "3"}),
    Row("calendar:results"),
    Row("calendar:around"),
    Row("calendar:make_feed", "POST", "agent", data={"name": "Mon agenda"}),
    Row("calendar:revoke_feed", "POST", "agent", 302, some_feed, ABSENT),
    Row("calendar:take_file", "POST", "agent", 400, data={"file": ""}),
    Row("calendar:drop_dates", "POST", "agent", 302, data={"batch": "dates.ics"}),
    Row("calendar:set_habit", "POST", "manager", 302, data=HABIT),
    Row("calendar:edit_sent", "POST", "agent", 302, some_variant, ABSENT, {"text": "Bonjour"}),
    Row("calendar:delete_sent", "POST", "agent", 302, some_variant, ABSENT),
    Row("calendar:publication", ids=some_publication, absent=ABSENT),
    Row("calendar:publication", "POST", "agent", 302, some_publication, ABSENT, NEW),
    Row("calendar:move", "POST", "agent", 302, some_publication, ABSENT, DAY),
    Row("calendar:keep_promises", "POST", "agent", 302, some_publication, ABSENT),
    Row("calendar:act", "POST", "agent", 302, some_act, NO_ACT),
    Row("calendar:feed", needs=PUBLIC, ok=404, ids=lambda _: {"token": "no-such"}, absent={"token": "none"}),
)
