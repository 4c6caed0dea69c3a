"""Rooms whose deeds need more than a row of the matrix: real posts, files, two cases, two persons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from palabre.desk.api import auth
from palabre.desk.api.tests.test_api import asker, key
from palabre.desk.calendar.models import Feed
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox import access as inbox
from palabre.desk.insight.tests.trust_rows import a_post
from palabre.desk.mentions.tests.posts import forget, hear
from palabre.desk.promises import access as promises
from palabre.desk.workspaces.models import AuditEntry, User, Workspace
from palabre.desk.workspaces.tests.matrix import sit
from palabre.model import Account, Post

Ask = Callable[..., Any]
ALL = "read write people answer house"
ANA = Account("https://social.example/users/ana", "ana", "Ana Lyse")
VCARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Béa Martin\r\nEMAIL:bea@row.example\r\nEND:VCARD\r\n"
OPML = '<opml version="2.0"><body><outline type="rss" text="B" xmlUrl="https://blog.example/f.xml"/></body></opml>'
ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20270105\r\n"
    "DTSTAMP:20260101T000000Z\r\nSUMMARY:Salon\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def ask(alice: User, alpha: Workspace) -> Iterator[Ask]:
    auth.buckets.cache_clear()
    yield asker(key(alice, alpha, ALL))
    forget(alpha)


@pytest.fixture
def heard(alpha: Workspace) -> list[int]:
    posts = [Post(f"https://social.example/{n}", "mastodon", text=f"Colis {n} perdu", account=ANA) for n in range(3)]
    return hear(alpha, *posts)


def test_cases_are_worked_on_together_and_taken_back(ask: Ask, heard: list[int]) -> None:
    uids = [ask("cases", "post", {"post": post})[1]["id"] for post in heard]
    status, act = ask("case-acts", "post", {"act": "label", "label": "colis", "cases": uids})
    assert (status, act["n"]) == (200, len(set(uids)))
    assert ask(f"cases/{uids[0]}")[1]["labels"] == ["colis"]
    assert ask(f"case-acts/{act['id']}/undo", "post")[0] == 204
    assert ask(f"cases/{uids[0]}")[1]["labels"] == []


def test_cases_are_joined_and_split(ask: Ask, heard: list[int], alpha: Workspace, alice: User) -> None:
    first = ask("cases", "post", {"post": heard[0]})[1]["id"]
    other = inbox.by_hand(alpha, "Appel", alice).uid
    assert ask(f"cases/{first}/merge", "post", {"case": [other]})[0] == 200
    assert ask(f"cases/{other}")[1]["merged_into"] == first
    assert ask(f"cases/{other}/unmerge", "post")[1]["merged_into"] is None
    status, fault = ask(f"cases/{first}/merge", "post", {"case": ["f" * 32]})
    assert (status, fault["key"]) == (400, "api.refused")


def test_noise_and_readings_are_corrected(ask: Ask, heard: list[int], alpha: Workspace) -> None:
    assert [one["post"] for one in ask("folds", "post", {"post": heard[:1]})[1]["items"]] == heard[:1]
    assert ask("folds/restore", "post", {"post": heard[:1]})[0] == 200
    post = a_post(alpha)["post_id"]
    status, made = ask("corrections", "post", {"posts": [post], "name": "tone", "said": "negative"})
    assert (status, [(one["post"], one["said"]) for one in made["items"]]) == (200, [(post, "negative")])
    assert ask(f"posts/{post}/reading", "post", {"tone": "positive"})[1]["items"][0]["said"] == "positive"
    ids = [one["id"] for one in ask("corrections")[1]["items"]]
    assert ask("corrections/undo", "post", {"correction": ids})[1]["items"] == []


def test_sources_are_added_set_and_imported(ask: Ask, alpha: Workspace) -> None:
    said = {"connector": "feed", "name": "Blog", "options": {"url": "https://blog.example/feed.xml"}}
    status, made = ask("sources", "post", said)
    assert (status, made["name"], made["connector"]) == (201, "Blog", "feed"), made
    path = f"sources/{made['id']}"
    assert ask(path, "patch", {"name": "Journal"})[1]["name"] == "Journal"
    kept = archive().sources.get(made["id"], alpha.id)
    assert kept.config["url"] == "https://blog.example/feed.xml"
    assert ask(f"{path}/state", "post", {"state": "paused"})[1]["state"] == "paused"
    assert ask("feeds/opml", "post", {"file": {"name": "f.opml", "text": OPML}})[0] == 200
    status, fault = ask("sources", "post", {"connector": "feed", "options": {}})
    assert (status, fault["key"], fault["fields"][0]["where"]) == (422, "api.invalid", "option_url")
    assert ask("sources", "post", {"connector": "nothing"})[0] == 404
    assert {one["name"] for one in ask("connectors")[1]["items"]} >= {"feed", "mastodon"}
    for one in archive().sources.all(alpha.id):
        archive().sources.remove(one.source_id, alpha.id)


def test_persons_come_from_files_are_joined_and_parted(ask: Ask) -> None:
    status, read = ask("person-files", "post", {"file": {"name": "a.vcf", "text": VCARD}})
    assert (status, len(read["rows"])) == (201, 1), read
    taken = ask(f"person-files/{read['id']}", "post", {"purpose": "answer", "basis": "consent"})
    assert taken[0] == 204
    [bea] = ask("persons", q="Béa")[1]["items"]
    made = ask("persons", "post", {"name": "B. Martin", "kind": "human", "source": "told us", "purpose": "answer",
                                   "basis": "consent"})  # fmt: skip
    assert made[0] == 201, made
    assert ask(f"persons/{bea['id']}/merge", "post", {"other": made[1]["id"]})[1]["name"] == "Béa Martin"
    [merge] = ask(f"persons/{bea['id']}/known")[1]["merges"]
    assert ask(f"merges/{merge['id']}/undo", "post")[0] == 200
    kept = ask("person-lists", "post", {"name": "Mars"})[1]
    assert ask(f"persons/{bea['id']}/lists", "put", {"list": [kept["id"]]})[1]["lists"][0]["name"] == "Mars"
    assert [one["name"] for one in ask(f"person-lists/{kept['id']}/persons")[1]["items"]] == ["Béa Martin"]
    segment = ask("person-lists", "post", {"name": "Presse", "conditions": {"relation": "press"}})[1]
    assert segment["conditions"] == {"relation": "press"}
    assert ask(f"persons/{bea['id']}/erase", "post", {"typed": "wrong"})[0] == 400


def test_invitations_are_made_and_sent_to_nobody(ask: Ask, heard: list[int], alpha: Workspace) -> None:
    ask("cases", "post", {"post": heard[0]})
    status, made = ask("ambassador-invites", "post", {"kind": "customer", "account": ANA.uri})
    assert status == 201, made
    assert "/yes/" in made["address"]
    assert made["invite"]["person"]["name"] == "Ana Lyse"
    uid = made["invite"]["id"]
    assert ask(f"ambassador-invites/{uid}/withdraw", "post")[1]["items"][0]["withdrawn"]
    assert ask("ambassadors")[1]["items"] == []
    status, guest = ask("invitations", "post", {"role": "agent"})
    assert status == 201
    assert "/invitation/" in guest["address"]
    assert len(ask("invitations")[1]["items"]) == 1
    assert AuditEntry.objects.of(alpha).filter(what="invited").count() == 1


def test_nobody_invites_above_their_own_role(alpha: Workspace) -> None:
    manager = asker(key(sit(alpha, "manager"), alpha, ALL))
    assert manager("invitations", "post", {"role": "owner"})[0] == 404
    assert manager("invitations", "post", {"role": "agent"})[0] == 201
    owner = manager("members")[1]["items"][0]
    assert manager(f"members/{owner['id']}/role", "post", {"role": "owner"})[0] in (400, 422)


def test_promises_are_followed_by_another_calendar(ask: Ask, alpha: Workspace, alice: User) -> None:
    due = now_ms() + 10**9
    promises.made(alpha, "We call you back.", due, owner=alice)
    promises.made(alpha, "Without a day.", 0, owner=alice)
    status, made = ask("calendar-feeds", "post", {"name": "Mine", "what": "promises"})
    assert status == 201, made
    path = made["address"].partition("testserver")[2]
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    body = answer.content.decode()
    assert body.count("BEGIN:VEVENT") == 1
    assert "We call you back." in body
    [kept] = ask("calendar-feeds")[1]["items"]
    assert (kept["name"], kept["what"]) == ("Mine", "promises")
    assert ask(f"calendar-feeds/{kept['id']}", "delete") == (204, None)
    assert Client().get(path).status_code == 404


def test_the_address_of_somebody_who_left_opens_no_more(ask: Ask, alpha: Workspace) -> None:
    leaver = sit(alpha, "agent", "leaver")
    made = asker(key(leaver, alpha, ALL))("calendar-feeds", "post", {"name": "Mine"})[1]
    path = made["address"].partition("testserver")[2]
    assert Client().get(path).status_code == 200
    [seat] = [one for one in ask("members")[1]["items"] if one["user"]["id"] == leaver.uid]
    assert ask(f"members/{seat['id']}", "delete") == (204, None)
    assert Client().get(path).status_code == 404
    assert Feed.objects.of(alpha).filter(revoked_ms=0).count() == 1


def test_a_word_that_is_not_of_a_closed_list_is_told_the_list(ask: Ask) -> None:
    status, fault = ask("calendar-feeds", "post", {"name": "Agenda", "what": "all"})
    assert (status, fault["key"]) == (422, "api.invalid")
    assert fault["fields"] == [
        {"where": "what", "what": "literal_error", "known": "'publications' or 'promises'"},
    ]


def test_dates_of_others_are_taken_in(ask: Ask) -> None:
    found = ask("dates", "post", {"file": {"name": "salons.ics", "text": ICS}})
    assert (found[0], [one["title"] for one in found[1]["items"]]) == (200, ["Salon"]), found
    assert ask("dates/drop", "post", {"batch": "salons.ics"})[1]["items"] == []


def test_the_day_is_listed_and_ticked(ask: Ask, alpha: Workspace, alice: User) -> None:
    promises.made(alpha, "We call you back.", now_ms() + 3_600_000, owner=alice)
    status, day = ask("today")
    assert status == 200, day
    assert day["minutes"] > 0
    entry = next(one for one in day["entries"] if one["key"].startswith("promise"))
    ticked = ask("today/ticks", "post", {"key": entry["key"]})[1]
    assert next(one for one in ticked["entries"] if one["key"] == entry["key"])["done"]
    assert ask("today/again", "post", {"minutes": 10})[1]["minutes"] == 10


def test_figures_of_the_service_carry_their_method(ask: Ask) -> None:
    status, found = ask("service", days=30)
    assert (status, found["cases"]) == (200, 0)
    assert all(one["method"] for one in found["figures"])
    assert ask("work-hours", "put", {"hours": "mon-fri 09:00-18:00", "zone": "Europe/Paris"})[0] == 200
    assert ask("targets", "post", {"first": "4 h"})[1]["items"][0]["first"] == 240


def test_an_objective_is_proved(ask: Ask, heard: list[int]) -> None:
    uid = ask("objectives", "post", {"sentence": "Fewer people wait"})[1]["id"]
    ask(f"objectives/{uid}/steps", "post", {"text": "Ask the shops"})
    whole = ask(f"objectives/{uid}/measures", "post", {"name": "volume"})[1]
    assert [one["name"] for one in whole["measures"]] == ["volume"]
    assert ask(f"steps/{whole['steps'][0]['id']}/done", "post")[1]["steps"][0]["done"]
    said = {"kind": "order", "text": "A bicycle", "currency": "EUR", "low": 900, "high": 1100, "basis": "the invoice",
            "posts": heard[:1], "objective": uid}  # fmt: skip
    status, proved = ask("outcomes", "post", said)
    assert (status, proved["posts"]) == (201, heard[:1]), proved
    assert proved["outcome"]["low"] == 900
    changed = ask(f"outcomes/{proved['outcome']['id']}", "patch", {"high": 1200})[1]["outcome"]
    assert (changed["low"], changed["high"], changed["words"]) == (900, 1200, "A bicycle")
    assert ask("outcomes", "post", said | {"posts": []})[0] == 422


def test_a_report_is_made_and_downloaded(ask: Ask, alice: User, alpha: Workspace) -> None:
    uid = ask("reports", "post", {"title": "March"})[1]["id"]
    status, copy = ask(f"reports/{uid}/copies", "post")
    assert (status, copy["sent"]) == (201, {})
    browser = Client(headers={"authorization": f"Bearer {key(alice, alpha, 'read')}"})
    answer = browser.get(f"/api/v1/workspaces/alpha/report-copies/{copy['id']}/file.html")
    assert answer.status_code == 200
    assert b"March" in answer.content
    fault = ask("alerts", "post", {"name": "Peaks", "kind": "spike", "hook": "https://hooks.example/x"})
    assert (fault[0], fault[1]["key"]) == (400, "api.hook_secret")
