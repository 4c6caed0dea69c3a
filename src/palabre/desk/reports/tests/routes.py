"""Access rows of reports and alerts."""

from __future__ import annotations

from typing import Any

from palabre.desk.reports.models import Alert, Copy, Firing, Report
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, Row
from palabre.measure.report import Document, Heading, kept

SAID = {"title": "March", "period": "month", "versus": "before", "lang": "en", "tlp": "TLP:AMBER",
        "zone": "Europe/Paris"}  # fmt: skip
RULE = {"name": "Spikes", "kind": "spike", "lang": "en", "addresses": "ada@example.org", "zone": "Europe/Paris",
        "cooldown_minutes": "60", "active": "on"}  # fmt: skip


def template(workspace: Workspace) -> Report:
    blocks = [{"kind": "title", "text": "Hello"}, {"kind": "text", "text": "Words"}]
    return Report.objects.add(workspace, title="March", blocks=blocks, lang="en", made_ms=1, changed_ms=1)


def a_report(workspace: Workspace) -> dict[str, Any]:
    return {"uid": template(workspace).uid}


def a_report_file(workspace: Workspace) -> dict[str, Any]:
    return {"uid": template(workspace).uid, "kind": "html"}


def a_copy(workspace: Workspace) -> dict[str, Any]:
    made = Document("March", "en", "TLP:RED", "1 to 31 March", parts=(Heading("Hello"),))
    row = Copy.objects.add(
        workspace, title="March", since_ms=0, until_ms=86_400_000, tlp="TLP:RED", lang="en", body=kept(made), made_ms=1
    )
    return {"uid": row.uid}


def a_copy_file(workspace: Workspace) -> dict[str, Any]:
    return {"kind": "html", **a_copy(workspace)}


def rule(workspace: Workspace) -> Alert:
    return Alert.objects.add(workspace, name="Late promises", kind="promise", live_ms=1, made_ms=1)


def an_alert(workspace: Workspace) -> dict[str, Any]:
    return {"uid": rule(workspace).uid}


def a_firing(workspace: Workspace) -> dict[str, Any]:
    made = Firing.objects.add(workspace, alert=rule(workspace), key="k", title="alerts.says.test", at_ms=1, seen_ms=1)
    return {"uid": made.uid}


NO_FILE = {"kind": "html", **ABSENT}
ROWS = (
    Row("reports:index"),
    Row("reports:fresh", needs="agent"),
    Row("reports:fresh", "POST", "manager", 302, data=SAID),
    Row("reports:report", ids=a_report, absent=ABSENT),
    Row("reports:edit", needs="agent", ids=a_report, absent=ABSENT),
    Row("reports:edit", "POST", "manager", 302, a_report, ABSENT, SAID),
    Row("reports:block_add", "POST", "manager", 302, a_report, ABSENT, {"kind": "text", "text": "More"}),
    Row("reports:block_move", "POST", "manager", 302, a_report, ABSENT, {"place": "0", "act": "down"}),
    Row("reports:remove", "POST", "manager", 302, a_report, ABSENT),
    Row("reports:preview", ids=a_report_file, absent=NO_FILE),
    Row("reports:keep", "POST", "agent", 302, a_report, ABSENT),
    Row("reports:copy", ids=a_copy, absent=ABSENT),
    Row("reports:copy_file", ids=a_copy_file, absent=NO_FILE),
    Row("reports:copy_remove", "POST", "manager", 302, a_copy, ABSENT),
    Row("reports:alerts"),
    Row("reports:alert_new", needs="agent"),
    Row("reports:alert_new", "POST", "manager", 302, data=RULE),
    Row("reports:alert", ids=an_alert, absent=ABSENT),
    Row("reports:alert_edit", needs="agent", ids=an_alert, absent=ABSENT),
    Row("reports:alert_edit", "POST", "manager", 302, an_alert, ABSENT, RULE),
    Row("reports:alert_remove", "POST", "manager", 302, an_alert, ABSENT),
    Row("reports:alert_mute", "POST", "agent", 302, an_alert, ABSENT),
    Row("reports:alert_test", "POST", "agent", 200, an_alert, ABSENT),
    Row("reports:alert_look", "POST", "agent", 302, an_alert, ABSENT),
    Row("reports:alert_judge", "POST", "agent", 302, a_firing, ABSENT, {"judged": "useful"}),
)
