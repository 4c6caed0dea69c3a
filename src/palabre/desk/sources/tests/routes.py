"""Access rows of the sources."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from palabre.desk.engine import archive
from palabre.desk.sources.models import Visit
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, Row

FEED = "https://blog.example/feed.xml"


def some_source(workspace: Workspace) -> dict[str, Any]:
    return {"source_id": archive().sources.add(workspace.id, "feed", "Blog", {"url": FEED, "websub": True}).source_id}


def paid_source(workspace: Workspace) -> dict[str, Any]:
    config = {"list": "user", "value": "someone"}
    return {"source_id": archive().sources.add(workspace.id, "x", "X", config).source_id}


def some_visit(workspace: Workspace) -> dict[str, Any]:
    source = some_source(workspace)
    visit = Visit.objects.add(workspace, what="check", started_ms=1, state="done", said={"n": 1}, **source)
    return {"uid": visit.uid}


NO_SOURCE = {"source_id": 10**12}
FORM = {"name": "Blog", "rhythm": "3600", "keep": "all", "option_url": FEED}
OPML = b'<opml version="2.0"><body><outline xmlUrl="https://a.example/f" text="A"/></body></opml>'


def opml() -> SimpleUploadedFile:
    return SimpleUploadedFile("feeds.opml", OPML)


ROWS = (
    Row("sources:index"),
    Row("sources:board", htmx=True),
    Row("sources:choose", needs="manager"),
    Row("sources:add", "GET", "manager", 200, lambda _: {"connector": "feed"}, {"connector": "nothing-there"}),
    Row("sources:add", "POST", "manager", 302, lambda _: {"connector": "feed"}, {"connector": "nothing-there"}, FORM),
    Row("sources:find", "POST", needs="manager", ok=302, data={"feed": [f"{FEED} Blog"]}),
    Row("sources:opml", "POST", needs="manager", ok=400),
    Row("sources:feeds"),
    Row("sources:source", ids=some_source, absent=NO_SOURCE),
    Row("sources:settings", "GET", "manager", 200, some_source, NO_SOURCE),
    Row("sources:settings", "POST", "manager", 302, some_source, NO_SOURCE, FORM),
    Row("sources:state", "POST", "manager", 302, some_source, NO_SOURCE, {"state": "paused"}),
    Row("sources:ask", "POST", "agent", 302, some_source, NO_SOURCE),
    Row("sources:check", "POST", "agent", 302, some_source, NO_SOURCE),
    Row("sources:estimate", "POST", "manager", 302, paid_source, NO_SOURCE),
    Row("sources:backfill", "GET", "manager", 200, some_source, NO_SOURCE),
    Row("sources:backfill", "POST", "manager", 400, some_source, NO_SOURCE),
    Row("sources:remove", "GET", "manager", 200, some_source, NO_SOURCE),
    Row("sources:remove", "POST", "manager", 302, some_source, NO_SOURCE),
    Row("sources:visit", ids=some_visit, absent=ABSENT, htmx=True),
)
