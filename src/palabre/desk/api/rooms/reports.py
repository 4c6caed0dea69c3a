"""Reports, their kept copies and files; alerts and what they told. A program makes a report; it sends none."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from pydantic import Field

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import Row, Thing, When, Who, listed, ms
from palabre.desk.api.screens import Values, deed, file
from palabre.desk.api.shapes import Limit
from palabre.desk.api.shapes_answer import Uid
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.reports import access, alerts, forms, watching
from palabre.desk.reports.models import Alert, Firing
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat
from palabre.errors import InputError


class ReportOut(Row):
    """blocks: what it is made of, in order; every: "", day, week or month; minute: of the day; next: when it leaves."""

    title: str
    blocks: list[dict[str, Any]]
    period: str
    versus: str
    lang: str
    tlp: str
    every: str
    minute: int
    weekday: int
    monthday: int
    zone: str
    addresses: list[str]
    files: list[str]
    owner: Who
    next: When = ms("next")


class CopyOut(Row):
    """A report as it was; sent: per address what became of it."""

    report: Thing
    title: str
    since: When = ms("since")
    until: When = ms("until")
    tlp: str
    lang: str
    by: Who
    made: When = ms("made")
    sent: dict[str, str]


class AlertOut(Row):
    """wants: threshold, hours, watches; hook_host, chat_host: where it is told, without the address."""

    name: str
    kind: str
    wants: dict[str, Any]
    lang: str
    addresses: list[str]
    hook_host: str
    chat_host: str
    zone: str
    cooldown_minutes: int
    active: bool
    muted_until: When = ms("muted_until")
    owner: Who


class FiringOut(Row):
    """Something that an alert saw. says: its sentence; told: per way what became of it; judged: useful or useless."""

    alert: Thing
    says: str
    n: int
    at: When
    state: str
    told: dict[str, str]
    judged: str


@operation("GET", "/reports", listed(ReportOut))
def reports(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": access.reports(seat_of(request).workspace)}


@operation("GET", "/reports/{uid}", ReportOut)
def report(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return access.report(seat_of(request), uid)


@operation("GET", "/report-copies", listed(CopyOut))
def report_copies(request: HttpRequest, workspace_slug: str, limit: Limit = 50) -> Any:
    return {"items": access.copies(seat_of(request).workspace)[:limit]}


@operation("GET", "/report-copies/{uid}", CopyOut)
def report_copy(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return access.copy(seat_of(request), uid)


@operation("GET", "/alerts", listed(AlertOut))
def alert_list(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": access.alerts(seat_of(request).workspace)}


@operation("GET", "/alerts/{uid}", AlertOut)
def alert(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return access.alert(seat_of(request), uid)


@operation("GET", "/alerts/{uid}/firings", listed(FiringOut))
def alert_firings(request: HttpRequest, workspace_slug: str, uid: Uid, limit: Limit = 50) -> Any:
    seat, lang = seat_of(request), lang_of(request)
    rows = access.firings(seat.workspace).filter(alert=access.alert(seat, uid))[:limit]
    return {"items": [firing_shown(one, lang) for one in rows]}


def firing_shown(one: Firing, lang: str) -> dict[str, Any]:
    same = {name: getattr(one, name) for name in ("uid", "alert", "n", "state", "told", "judged")}
    return same | {"says": speak(one.title, lang, **one.params), "at": one.at_ms}


@operation("POST", "/alerts/{uid}/try", listed(FiringOut))
def try_alert(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    """What the alert sees now, told to nobody."""
    seat, lang = seat_of(request, "agent"), lang_of(request)
    found = access.alert(seat, uid)
    audit.note(request, seat, "alert_tested", found.name)
    return {"items": [firing_shown(one, lang) for one in seen_now(seat, found)]}


def seen_now(seat: Seat, found: Alert) -> list[Firing]:
    seen = watching.test_of(seat, found, now_ms())[: alerts.TRIED]
    return [Firing(workspace=seat.workspace, alert=found, **watching.row_of(one)) for one in seen]


def with_secret(values: Values, said: Values) -> None:
    """The secret of a webhook is the program's to say: one that we made would be shown to nobody. Raises InputError."""
    values.update(said)
    if said.get("hook") and not said.get("hook_secret"):
        raise InputError("api.hook_secret")


ONE, COPY, ALERT = "/reports/{uid}", "/report-copies/{uid}", "/alerts/{uid}"
BEGINS = ("lang", "zone")
MOVE = body("BlockMove", place=(Annotated[int, Field(ge=0, le=999)], ...), act=(Literal["up", "down", "remove"], ...))
deed("POST", "/reports", "reports:fresh", "add_report", body("ReportIn", forms.ReportForm, begins=BEGINS), then=report,
     status=201, begins=True)  # fmt: skip
deed("PATCH", ONE, "reports:edit", "change_report", body("ReportChange", forms.ReportForm, part=True), then=report,
     begins=True)  # fmt: skip
deed("DELETE", ONE, "reports:remove", "remove_report")
deed("POST", f"{ONE}/blocks", "reports:block_add", "add_block", body("BlockIn", forms.BlockForm), then=report,
     status=201)  # fmt: skip
deed("POST", f"{ONE}/blocks/move", "reports:block_move", "move_block", MOVE, then=report)
deed("POST", f"{ONE}/copies", "reports:keep", "keep_report", then=report_copy, status=201)
deed("DELETE", COPY, "reports:copy_remove", "remove_report_copy")
file(f"{ONE}/now.{{kind}}", "reports:preview", "report_now")
file(f"{COPY}/file.{{kind}}", "reports:copy_file", "report_file")
deed("POST", "/alerts", "reports:alert_new", "add_alert",
     body("AlertIn", forms.AlertForm, begins=BEGINS, without=("forget_hook", "forget_chat")), then=alert, status=201,
     fill=with_secret, begins=True)  # fmt: skip
deed("PATCH", ALERT, "reports:alert_edit", "change_alert", body("AlertChange", forms.AlertForm, part=True), then=alert,
     fill=with_secret, begins=True)  # fmt: skip
deed("DELETE", ALERT, "reports:alert_remove", "remove_alert")
deed("POST", f"{ALERT}/mute", "reports:alert_mute", "mute_alert", then=alert)
deed("POST", f"{ALERT}/look", "reports:alert_look", "look_now", then=alert_firings)
deed("POST", "/firings/{uid}/judge", "reports:alert_judge", "judge_firing",
     body("FiringJudge", judged=(Literal["useful", "useless"], ...)), then=alert)  # fmt: skip
