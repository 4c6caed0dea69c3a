"""The answering rooms over the API: cases are worked on, replies drafted, promises settled; nothing is ever sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from palabre.desk.api import auth
from palabre.desk.api.tests.test_api import BASE, asker, key
from palabre.desk.engine import archive
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.models import CaseEvent
from palabre.desk.mentions.tests.posts import forget, hear
from palabre.desk.outbox.models import Sending
from palabre.desk.promises import access as promises
from palabre.desk.workspaces.models import User, Workspace
from palabre.model import Account, Post

ANA = Account("https://social.example/users/ana", "ana", "Ana Lyse")
Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def rested() -> None:
    auth.buckets.cache_clear()


@pytest.fixture
def ask(alice: User, alpha: Workspace) -> Iterator[Ask]:
    yield asker(key(alice, alpha, "read write people answer"))
    forget(alpha)


@pytest.fixture
def post_id(alpha: Workspace) -> int:
    hear(alpha, Post("https://social.example/1", "mastodon", text="Mon colis est perdu !", account=ANA))
    return archive().search(alpha.id, limit=1)[0].post_id


def test_a_case_is_opened_worked_on_and_told(ask: Ask, post_id: int, alice: User) -> None:
    status, case = ask("cases", "post", {"post": post_id})
    assert status == 201
    assert (case["title"], case["posts"], case["person"]["name"]) == ("Mon colis est perdu !", [post_id], "Ana Lyse")
    assert ask("cases", "post", {"post": post_id})[1]["id"] == case["id"]
    uid = case["id"]
    for body in ({"act": "assign", "to": alice.uid}, {"act": "label", "label": "livraison"}, {"act": "urgent"}):
        assert ask(f"cases/{uid}/acts", "post", body)[0] == 200
    assert ask(f"cases/{uid}/notes", "post", {"text": "Voir le transporteur."})[0] == 201
    told = ask(f"cases/{uid}")[1]
    assert (told["assignee"]["id"], told["labels"], told["urgent"]) == (alice.uid, ["livraison"], True)
    kinds = [one["kind"] for one in ask(f"cases/{uid}/events")[1]["items"]]
    assert kinds == ["opened", "assigned", "labelled", "urgent", "noted"]
    assert [one["id"] for one in ask("cases", queue="mine")[1]["items"]] == [uid]
    assert ask("cases", queue="unassigned")[1] == {"items": [], "after": ""}


def test_a_program_drafts_and_never_sends(ask: Ask, post_id: int, alpha: Workspace) -> None:
    uid = ask("cases", "post", {"post": post_id})[1]["id"]
    status, reply = ask(f"cases/{uid}/replies", "post", {"text": "Nous revenons vers vous vendredi.", "lang": "fr"})
    assert (status, reply["state"], reply["post"]) == (201, "draft", post_id)
    assert ask(f"replies/{reply['id']}")[1]["text"] == "Nous revenons vers vous vendredi."
    assert [one["id"] for one in ask(f"cases/{uid}/replies")[1]["items"]] == [reply["id"]]
    status, fault = ask(f"cases/{uid}/replies", "post", {"text": "Bonjour", "propose": True})
    assert (status, fault["key"]) == (400, "replies.no_channel")
    assert not Sending.objects.of(alpha).exists()


def test_advice_names_the_promises(ask: Ask) -> None:
    status, told = ask("advice", "post", {"text": "Nous revenons vers vous sous 48 heures !!", "lang": "fr"})
    assert status == 200
    assert [one["words"] for one in told["promises"]] == ["Nous revenons vers vous sous 48 heures"]
    assert "exclamations" in {one["kind"] for one in told["remarks"]}


def test_promises_are_listed_and_settled_with_their_proof(ask: Ask, alpha: Workspace) -> None:
    made = promises.made(alpha, "We fix it by Friday.", 1_800_000_000_000)
    assert [one["id"] for one in ask("promises", state="open")[1]["items"]] == [made.uid]
    assert ask(f"promises/{made.uid}", "post", {"state": "kept"})[1]["key"] == "promise_page.fault.proof"
    settled = ask(f"promises/{made.uid}", "post", {"state": "kept", "proof": "https://example.org/fixed"})[1]
    assert (settled["state"], settled["proof"]) == ("kept", "https://example.org/fixed")


def test_persons_need_their_own_right_and_are_noted(ask: Ask, post_id: int, alice: User, alpha: Workspace) -> None:
    ask("cases", "post", {"post": post_id})
    [person] = ask("persons", q="ana")[1]["items"]
    assert [one["id"] for one in ask("persons", q="ÀNA lyse")[1]["items"]] == [person["id"]]
    assert (person["name"], person["handles"][0]["network"]) == ("Ana Lyse", "mastodon")
    assert ask(f"persons/{person['id']}")[1]["name"] == "Ana Lyse"
    reader = asker(key(alice, alpha, "read"))
    assert reader("persons")[0] == 401
    assert reader("cases")[0] == 401
    assert reader(f"{BASE}/posts")[0] == 200


@pytest.mark.parametrize(
    "body", [{"act": "assign", "to": "nobody"}, {"act": "label"}, {"act": "snooze", "until": "2001-01-01"}]
)
def test_an_act_that_cannot_be_done_says_why(ask: Ask, post_id: int, body: dict[str, str], alpha: Workspace) -> None:
    uid = ask("cases", "post", {"post": post_id})[1]["id"]
    status, fault = ask(f"cases/{uid}/acts", "post", body)
    assert status in (400, 404)
    assert fault["message"]
    assert CaseEvent.objects.of(alpha).filter(case=inbox.of_post(alpha, post_id)).count() == 1
