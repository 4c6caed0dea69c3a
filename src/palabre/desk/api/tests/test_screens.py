"""Everything a screen does, a program can do, or the table says why not; and it is done as the screen does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from palabre.desk.api import auth
from palabre.desk.api.bucket import Buckets
from palabre.desk.api.reference import Entry, entries
from palabre.desk.api.screens import DEEDS, FILES
from palabre.desk.api.tests.routes import ids
from palabre.desk.api.tests.screens import OURS, WHY_NOT
from palabre.desk.api.tests.test_api import asker, key
from palabre.desk.outbox.models import Sending
from palabre.desk.outbox.tests.platform import channel_of
from palabre.desk.workspaces.models import ROLES, User, Workspace
from palabre.desk.workspaces.tests.matrix import Row, sit, table
from palabre.desk.workspaces.tokens import SCOPES

jsonschema = pytest.importorskip("jsonschema")
BASE = "/api/v1/workspaces/{workspace_slug}"
ALL = " ".join(SCOPES)
FINE = {200, 201, 204}
BY_NAME: dict[str, Entry] = {one.name: one for one in entries()}
Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "buckets", lambda: Buckets(10**9, 10**9))


def changing() -> set[str]:
    """Routes of the desk that change something."""
    return {row.route for row in table() if row.method != "GET" and not row.route.startswith("api:")}


def test_every_screen_that_changes_something_is_in_the_table_once() -> None:
    kinds = [set(DEEDS), set(OURS), set(WHY_NOT)]
    assert set().union(*kinds) == changing()
    assert sum(len(one) for one in kinds) == len(changing())


def test_every_operation_of_the_table_is_there() -> None:
    named = {name for names in DEEDS.values() for name in names} | set(OURS.values()) | set(FILES.values())
    assert named <= set(BY_NAME)


def test_no_address_hides_another(client: Any, db: None) -> None:
    """Django takes the first pattern that fits: each method of each address must answer by itself."""
    for one in entries():
        path = one.path.replace("{workspace_slug}", "alpha")
        for name, _, _ in one.parameters:
            path = path.replace(f"{{{name}}}", "1")
        assert getattr(client, one.method.lower())(path).status_code == 401, one.name


def within(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a description."""
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from within(one)


def test_the_description_holds_together(client: Any, db: None) -> None:
    """OpenAPI 3.1: each schema is JSON Schema 2020-12, each reference leads somewhere, each id is there once."""
    told = client.get("/api/v1/openapi.json").json()
    parts = told["components"]["schemas"]
    for schema in parts.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    led_to = {one["$ref"].rpartition("/")[2] for one in within(told) if isinstance(one.get("$ref"), str)}
    assert led_to <= set(parts)
    said = [(path, one) for path, methods in told["paths"].items() for one in methods.values()]
    assert len({one["operationId"] for _, one in said}) == len(said)
    for path, one in said:
        given = {found["name"] for found in one.get("parameters", ()) if found["in"] == "path"}
        assert given == set(re.findall(r"{(\w+)}", path)), path
        assert one["responses"]


# What a program says where a form says it otherwise.
BODIES: dict[str, dict[str, Any]] = {
    "add_view": {"name": "Pluie", "asks": "q=pluie"},
    "keep_beliefs": {"wishes": [{"words": "Un vélo moins lourd"}]},
    "complete_rumour": {"tag": [], "sources": ["https://gazette.example/a"]},
    "act_on_promise": {"what": "remind", "day": date(2099, 1, 7).isoformat()},
    "act_on_contact": {"what": "take"},
    "try_rule": {"days": 7},
    "change_report": {"title": "March"},
    "change_rule": {"do_label": "autre"},
    "change_team": {"about": "Les journaux"},
    "change_saved_reply": {"folder": "Accueil"},
    "change_target": {"resolution": "3 j"},
    "change_objective": {"why": "Because"},
    "change_outcome": {"text": "Two seats"},
    "change_alert": {"addresses": "ada@example.org"},
    "change_publication": {"title": "Soleil"},
    "change_approval_path": {"labels": "presse"},
    "change_webhook": {"name": "ERP"},
    "change_habit": {"minutes": 20},
    "change_view": {"name": "Soleil"},
    "change_intake": {"days": 9},
    "add_feeds": {"feeds": [{"url": "https://blog.example/feed.xml", "title": "Blog"}]},
    "add_measure": {"name": "volume", "days": 30},
    "change_source": {"name": "Journal"},
    "send_file": {"file": {"name": "posts.csv", "text": "text,author\nCyclovent,Ada\n"}},
}
# Rows of the matrix whose own data does nothing for a program, or need a server; most have a test in `test_rooms`.
QUIET = {
    "settle_disclosure", "take_dates", "undo_act", "merge_cases", "split_case", "restore_posts", "fold_posts",
    "correct_many", "undo_corrections", "person_of_account", "read_person_file", "merge_persons", "erase_person",
    "hand_back_reply", "add_source", "backfill_source", "take_opml", "tick_entry", "act_on_publication",
    "open_channel", "check_channel", "test_webhook", "keep_publication_promises", "answer_audit", "keep_on_lists",
    "switch_rule", "weekly_look", "draw_audit", "judge_sample", "remove_step", "remove_measure", "take_back_reply",
    "set_address_book", "check_address_book",
}  # fmt: skip


def deeds() -> list[tuple[str, Row]]:
    rows = {row.route: row for row in table() if row.method != "GET"}
    return [(name, rows[route]) for route, names in sorted(DEEDS.items()) for name in names]


def said(name: str, row: Row) -> dict[str, Any] | None:
    """The body of an operation: what the matrix posts, as far as the operation knows it."""
    fields = {field for field, _ in BY_NAME[name].fields}
    given = BODIES.get(name) or {field: value for field, value in row.data.items() if field in fields}
    return given if fields else None


def call(ask: Ask, name: str, row: Row, own: dict[str, Any]) -> tuple[int, Any]:
    one = BY_NAME[name]
    path = one.path.replace(BASE, "/api/v1/workspaces/alpha")
    for field, value in {**own, "view_id": own.get("uid", "")}.items():
        path = path.replace(f"{{{field}}}", str(value))
    answer: tuple[int, Any] = ask(path, one.method.lower(), said(name, row))
    return answer


@pytest.mark.parametrize(("name", "row"), deeds(), ids=lambda given: given if isinstance(given, str) else "")
def test_a_deed_does_what_its_screen_does(name: str, row: Row, alpha: Workspace, alice: User) -> None:
    own = row.ids(alpha)
    if row.needs in ROLES[1:]:
        lower = sit(alpha, ROLES[ROLES.index(row.needs) - 1], "lower")
        assert call(asker(key(lower, alpha, ALL)), name, row, own)[0] in (404, 422)
    status, answer = call(asker(key(alice, alpha, ALL)), name, row, own)
    assert status in FINE or (name in QUIET and status < 500), (status, answer)


# Bodies of operations of our own, so that only the role can be wrong.
WORDS = {"query": "pluie"}
SAID: dict[str, dict[str, Any]] = {
    "invite_ambassador": {"kind": "customer"},
    "make_calendar_feed": {"name": "x"},
    "add_webhook": {"name": "x", "url": "https://hooks.example"},
    "act_on_case": {"act": "urgent"},
    "act_on_cases": {"act": "urgent", "cases": ["0" * 32]},
    "note_on_case": {"text": "x"},
    "open_case": {"post": 1},
    "lint": WORDS,
    "preview": WORDS,
    "convert_query": {"dialect": "brandwatch", "text": "pluie"},
    "add_watch": WORDS | {"name": "x"},
    "change_watch": WORDS,
    "settle_promise": {"state": "kept"},
    "draft_reply": {"text": "x"},
    "invite": {"role": "reader"},
}


@pytest.mark.parametrize("route", sorted(OURS))
def test_an_operation_of_our_own_asks_for_the_role_of_its_screen(route: str, alpha: Workspace) -> None:
    needs = next(row.needs for row in table() if row.route == route and row.method == "POST")
    one = BY_NAME[OURS[route]]
    if one.method == "GET" or needs == "reader":
        return
    path = one.path.replace("{workspace_slug}", "alpha")
    for field, value in ids(one.path, "alpha").items():
        path = path.replace(f"{{{field}}}", str(value))
    lower = asker(key(sit(alpha, ROLES[ROLES.index(needs) - 1], "lower"), alpha, ALL))
    assert lower(path, one.method.lower(), SAID.get(one.name))[0] == 404


@pytest.fixture
def ask(alice: User, alpha: Workspace) -> Ask:
    return asker(key(alice, alpha, ALL))


def test_what_a_patch_does_not_say_stays(ask: Ask, alice: User) -> None:
    made = ask("teams", "post", {"name": "Presse", "about": "Les journaux", "members": [alice.uid]})
    assert made[0] == 201, made
    uid = made[1]["id"]
    status, changed = ask(f"teams/{uid}", "patch", {"department": True})
    assert status == 200
    assert (changed["name"], changed["about"], changed["department"]) == ("Presse", "Les journaux", True)
    assert [one["id"] for one in changed["members"]] == [alice.uid]
    assert ask(f"teams/{uid}", "delete") == (204, None)
    assert ask(f"teams/{uid}")[0] == 404


def test_a_form_s_complaint_comes_with_its_field_and_its_sentence(ask: Ask) -> None:
    ask("teams", "post", {"name": "Presse"})
    status, fault = ask("teams", "post", {"name": "Presse"})
    assert (status, fault["key"]) == (422, "api.invalid")
    assert [one["where"] for one in fault["fields"]] == ["name"]
    assert fault["fields"][0]["what"]


def test_a_screen_s_refusal_is_said_in_its_words(ask: Ask) -> None:
    rule = {"name": "Plaintes", "intent": ["complaint"], "do_label": "plainte"}
    status, made = ask("rules", "post", rule)
    assert (status, made["state"], made["hourly_max"]) == (201, "off", 60), made
    uid = made["id"]
    status, fault = ask(f"rules/{uid}/state", "post", {"state": "on"})
    assert (status, fault["key"]) == (400, "api.refused")
    assert "try" in fault["message"].lower()
    assert ask(f"rules/{uid}/trials", "post", {"days": 7})[0] == 200
    assert ask(f"rules/{uid}/state", "post", {"state": "on"})[1]["state"] == "on"
    assert ask(f"rules/{uid}", "patch", {"stops": True})[1]["conditions"] == made["conditions"]


def test_a_program_plans_and_approves_and_sends_nothing_off(ask: Ask, alpha: Workspace) -> None:
    channel = channel_of(alpha)
    said = {"title": "Pluie", "text": "Il pleut.", "day": "2099-01-05", "time": "09:00", "channels": {channel.uid: ""}}
    planned = ask("publications", "post", said)
    assert planned[0] == 201, planned
    uid = planned[1]["id"]
    assert planned[1]["state"] == "draft"
    assert [one["channel"]["id"] for one in planned[1]["channels"]] == [channel.uid]
    moved = ask(f"publications/{uid}/move", "post", {"day": "2099-01-06"})[1]
    assert moved["due"] > planned[1]["due"]
    for what in ("schedule", "now", "again"):
        assert ask(f"publications/{uid}/acts", "post", {"what": what, "version": 1})[0] == 422
    assert ask(f"publications/{uid}/acts", "post", {"what": "approve", "version": 1})[1]["state"] == "approved"
    assert not Sending.objects.of(alpha).exists()
    assert ask(f"publications/{uid}", "delete") == (204, None)


def test_a_webhook_is_made_with_its_secret_and_told_again(ask: Ask) -> None:
    status, made = ask("webhooks", "post", {"name": "CRM", "url": "https://hooks.example/in"})
    assert status == 201, made
    assert made["secret"].startswith("whsec_")
    uid = made["endpoint"]["id"]
    assert "secret" not in ask(f"webhooks/{uid}")[1]
    assert ask(f"webhooks/{uid}/deliveries")[1] == {"items": []}
    assert ask(f"webhooks/{uid}/replay", "post", {"since": "2026-11-01", "until": "2026-11-02"})[0] == 200
    assert ask("webhooks", "post", {"name": "x", "url": "ftp://hooks.example"})[0] == 422


def test_files_are_given_as_the_screens_give_them(alice: User, alpha: Workspace) -> None:
    from django.test import Client

    browser = Client(headers={"authorization": f"Bearer {key(alice, alpha, ALL)}"})
    for name, kind in (("publications.csv", "text/csv"), ("promises.ics", "text/calendar"), ("persons-as/csv", "csv")):
        answer = browser.get(f"/api/v1/workspaces/alpha/{name}")
        assert answer.status_code == 200, name
        assert kind in answer["Content-Type"]
    assert browser.get("/api/v1/workspaces/alpha/persons-as/exe").status_code == 404


def test_each_scope_opens_its_own_rooms(alice: User, alpha: Workspace) -> None:
    places = {"write": "teams", "read": "members", "answer": "persons", "people": "rules", "house": "contacts"}
    for scope, elsewhere in places.items():
        assert asker(key(alice, alpha, scope))(elsewhere)[0] == 401, scope
    for scope, own in {"answer": "teams", "house": "members", "people": "contacts", "read": "reports"}.items():
        assert asker(key(alice, alpha, scope))(own)[0] == 200, scope
