"""Access rows of the API: to a browser with a session and no token, it is closed, whoever is signed in."""

from __future__ import annotations

import re
from typing import Any

from palabre.desk.api.operations import URLS
from palabre.desk.api.reference import entries
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import PUBLIC, Row

PREFIX = "/api/v1/workspaces/{workspace_slug}"
NUMBERS = ("post_id", "watch_id", "test_id", "source_id", "signal_id", "need_id", "topic_id", "rumour_id", "sample_id",
           "quarantine_id")  # fmt: skip
ANY = dict.fromkeys(NUMBERS, 1) | {"view_id": "0" * 32, "uid": "0" * 32, "name": "volume", "kind": "csv"}


def ids(path: str, slug: str) -> dict[str, Any]:
    """The ids that an address holds."""
    return {"workspace_slug": slug} | {name: value for name, value in ANY.items() if f"{{{name}}}" in path}


def url_name(path: str) -> str:
    """The name of an address of the description."""
    bare = {re.sub(r"{\w+:", "{", known): name for known, name in URLS.items()}
    return bare[path.removeprefix(PREFIX)]


def row(method: str, path: str) -> Row:
    def own(workspace: Workspace) -> dict[str, Any]:
        return ids(path, workspace.slug)

    return Row(f"api:v1:{url_name(path)}", method, PUBLIC, 401, own, ids(path, "no-such"))


ROWS = (
    Row("api:reference", needs=PUBLIC),
    Row("api:reference_here", needs="agent"),
    Row("api:openapi", needs=PUBLIC),
    *(row(entry.method, entry.path) for entry in entries()),
)
