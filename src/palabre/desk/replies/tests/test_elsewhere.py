"""What an agent finds of replies elsewhere: in joined cases, by approvers, in the outbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from palabre.desk.calendar.models import Publication, Variant
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox import acts
from palabre.desk.inbox.models import Case
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.outbox.models import Channel, Sending
from palabre.desk.outbox.tests.platform import SERVER, channel_of
from palabre.desk.replies.models import Reply
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace, fresh_id
from palabre.desk.workspaces.tests.matrix import sit
from palabre.model import Account, Post

AsUser = Callable[[User], Client]


@pytest.fixture
def channel(alpha: Workspace) -> Channel:
    return channel_of(alpha, account="@maison@social.example")


def case_of(alpha: Workspace, name: str, text: str) -> tuple[Case, Post]:
    """A case of what somebody said on the channel's network."""
    who = Account(f"{SERVER}/users/{name}", f"{name}@social.example", name.title())
    post = Post(f"{SERVER}/{name}", "mastodon", text=text, account=who, published_ms=now_ms(), lang="fr")
    hear(alpha, post)
    row = archive().posts.by_uri(alpha.id, post.uri)
    assert row is not None
    return inbox.opened(alpha, row, user=None), post


def test_everybody_in_joined_cases_can_be_answered_from_the_one_that_goes_on(
    alpha: Workspace, channel: Channel, bob: User, alice: User, as_user: AsUser
) -> None:
    (case, _), (other, said) = case_of(alpha, "lea", "Quand ?"), case_of(alpha, "ivo", "Et le mien ?")
    mine: dict[str, Any] = {"case": other, "by": alice, "text": "Demain, Ivo.", "state": "proposed"}
    Reply.objects.add(alpha, made_ms=1, changed_ms=1, **mine)
    acts.merge(Seat(alpha, bob, "agent"), case, [other])
    row = archive().posts.by_uri(alpha.id, said.uri)
    assert row is not None
    form = {"action": "choose", "text": "Bonjour Ivo", "uid": fresh_id(), "post": str(row.post_id)}
    address = f"/w/alpha/cases/{case.uid}/reply/write"
    page = as_user(bob).post(address, form, headers={"hx-request": "true"}).content.decode()
    reply = Reply.objects.of(alpha).get(by=bob)
    assert (reply.uri, reply.channel) == (said.uri, channel)
    assert f'value="{row.post_id}" selected' in page
    assert "Demain, Ivo." in page  # what a colleague proposed there is seen here


def test_a_returned_reply_says_to_whom(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    case = Case.objects.add(alpha, title="Retard", opened_ms=1, changed_ms=1)
    back: dict[str, Any] = {"case": case, "by": bob, "text": "Non.", "state": "returned", "remark": "Trop sec"}
    reply = Reply.objects.add(alpha, made_ms=1, changed_ms=1, **back)
    carol = sit(alpha, "manager", "carol")
    own, theirs = (as_user(user).get(f"/w/alpha/replies/{reply.uid}").content.decode() for user in (bob, carol))
    assert ("Returned to you:" in own, "Returned to you:" in theirs) == (True, False)
    assert f"Returned to {bob.label}:" in theirs
    assert f"/w/alpha/cases/{case.uid}" in theirs


def test_a_refused_publication_leads_from_the_outbox_to_its_page(
    alpha: Workspace, channel: Channel, bob: User, as_user: AsUser
) -> None:
    planned = Publication.objects.add(alpha, title="Photo du mois", state="failed", made_ms=1, changed_ms=1)
    part = Variant.objects.add(alpha, publication=planned, channel=channel)
    told: dict[str, Any] = {"state": "refused", "error_key": "sending.gone", "error_params": {"host": "social.example"}}
    row: dict[str, Any] = {"channel": channel, "kind": "publication", "about": part.uid, "key": fresh_id()}
    Sending.objects.add(alpha, message={"text": "Voici"}, due_ms=1, made_ms=now_ms(), **told, **row)
    page = as_user(bob).get("/w/alpha/outbox").content.decode()
    assert "Photo du mois" in page
    assert page.count(f"/w/alpha/calendar/p/{planned.uid}") == 2  # its title, and what to do
