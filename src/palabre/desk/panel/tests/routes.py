"""Access rows of the panel."""

from __future__ import annotations

from typing import Any

from palabre.desk.engine import archive
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import Row


def some_watch(workspace: Workspace) -> dict[str, Any]:
    return {"watch_id": archive().watches.add(workspace.id, "Nom", "pluie").watch_id}


def some_test(workspace: Workspace) -> dict[str, Any]:
    watch = some_watch(workspace)
    return watch | {"test_id": archive().watches.add_test(watch["watch_id"], workspace.id, "la pluie", True).test_id}


NO_WATCH = {"watch_id": 10**12}
NO_TEST = NO_WATCH | {"test_id": 10**12}
QUERY = {"mode": "query", "query": "pluie"}
WATCH = QUERY | {"name": "Pluie", "kind": "theme"}
ROWS = (
    Row("panel:index"),
    Row("panel:new", needs="agent"),
    Row("panel:new", "POST", needs="agent", ok=302, data=WATCH),
    Row("panel:check", "POST", needs="agent", data=QUERY, htmx=True),
    Row("panel:preview", "POST", needs="agent", data=QUERY, htmx=True),
    Row("panel:judge", "POST", needs="agent", data={"query": "pluie", "post_id": "x", "wanted": "yes"}, htmx=True),
    Row("panel:convert", needs="agent"),
    Row("panel:convert", "POST", needs="agent", data={"dialect": "brandwatch", "text": "pluie"}),
    Row("panel:lists"),
    Row("panel:lists", "POST", needs="agent", ok=302, data={"name": "meteo", "query": "pluie"}),
    Row("panel:remove_list", "POST", needs="agent", ok=302, data={"name": "none"}),
    Row("panel:watch", ids=some_watch, absent=NO_WATCH),
    Row("panel:watch", "POST", "agent", 302, some_watch, NO_WATCH, WATCH),
    Row("panel:history", ids=some_watch, absent=NO_WATCH, htmx=True),
    Row("panel:set_state", "POST", "agent", 302, some_watch, NO_WATCH, {"state": "paused"}),
    Row("panel:retire", "POST", "manager", 302, some_watch, NO_WATCH),
    Row("panel:restore", "POST", "agent", 302, some_watch, NO_WATCH, {"version": "1"}),
    Row("panel:add_test", "POST", "agent", 302, some_watch, NO_WATCH, {"text": "la pluie", "must_match": "yes"}),
    Row("panel:remove_test", "POST", "agent", 302, some_test, NO_TEST),
    Row("panel:start", needs="manager"),
    Row("panel:start", "POST", needs="manager", data={"name": "Cyclovent", "languages": ["fr"]}),
    Row("panel:sources", "POST", needs="manager", data={"name": "Cyclovent"}, htmx=True),
    Row("panel:finish", "POST", needs="manager", ok=302, data={"name": "Cyclovent"}),
    Row("panel:sample", "POST", needs="manager", ok=302),
    Row("panel:skip", "POST", needs="manager", ok=302),
    Row("panel:filling"),
    Row("panel:filling_state", htmx=True),
)
