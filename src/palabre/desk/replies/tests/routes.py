"""Access rows of replies."""

from __future__ import annotations

from typing import Any

from palabre.desk.inbox.models import Case
from palabre.desk.replies.models import Reply, Word
from palabre.desk.workspaces.models import Workspace, fresh_id
from palabre.desk.workspaces.tests.matrix import ABSENT, Row


def some_case(workspace: Workspace) -> dict[str, Any]:
    return {"uid": Case.objects.add(workspace, title="Retard", opened_ms=1, changed_ms=1).uid}


def some_reply(workspace: Workspace) -> dict[str, Any]:
    case = Case.objects.add(workspace, title="Retard", opened_ms=1, changed_ms=1)
    return {
        "uid": Reply.objects.add(workspace, case=case, text="Bonjour", state="proposed", made_ms=1, changed_ms=1).uid
    }


def some_word(workspace: Workspace) -> dict[str, Any]:
    return {"uid": Word.objects.add(workspace, word=fresh_id(), made_ms=1).uid}


ROWS = (
    Row("replies:outbox"),
    Row("replies:part", htmx=True),
    Row("replies:words"),
    Row("replies:words", "POST", "manager", 302, data={"word": "process", "say": "", "lang": "fr"}),
    Row("replies:remove_word", "POST", "manager", 302, some_word, ABSENT),
    Row("replies:composer", "GET", "agent", 200, some_case, ABSENT),
    Row("replies:write", "POST", "agent", 302, some_case, ABSENT, {"text": "Bonjour", "action": "save"}),
    Row("replies:reply", ids=some_reply, absent=ABSENT),
    Row("replies:judge", "POST", "agent", 422, some_reply, ABSENT, {"action": "approve", "version": "1"}),
    Row("replies:progress", ids=some_reply, absent=ABSENT, htmx=True),
    Row("replies:take_back", "POST", "agent", 302, some_reply, ABSENT),
    Row("replies:correct", "GET", "agent", 302, some_reply, ABSENT),
    Row("replies:correct", "POST", "agent", 422, some_reply, ABSENT, {"text": "Bonsoir", "action": "edit"}),
)
