"""What goes wrong between a case and its answer: originals that went or changed, accounts that block, HTML of mails."""

# ruff: noqa: F811  # fixtures of the neighbour are asked for by their names
from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from palabre.clock import FixedClock
from palabre.collect.sending import BLOCKED
from palabre.desk.engine import archive
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox import upkeep
from palabre.desk.inbox.models import Case, CaseEvent, CasePost
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.outbox import courier
from palabre.desk.outbox.models import Channel
from palabre.desk.outbox.tests.platform import SERVER, Platform
from palabre.desk.replies.tests.test_replying import (  # noqa: F401  # fixtures
    ask,
    case,
    channel,
    heard,
    now,
    platform,
    sendings,
    the_reply,
)
from palabre.desk.workspaces.models import User, Workspace
from palabre.errors import RefusedError
from palabre.model import Account, Post, PostKind

LEA = Account(f"{SERVER}/users/lea", "lea@social.example", "Léa")


def composer(browser: Client, alpha: Workspace, case: Case) -> str:
    address = reverse("replies:composer", kwargs={"workspace_slug": alpha.slug, "uid": case.uid})
    return browser.get(address).content.decode()


def test_an_account_that_blocks_us_gets_nothing_more_it_is_said_and_the_channel_goes_on(
    ask: Any, alice: User, as_user: Any, alpha: Workspace, platform: Platform, case: Case, now: FixedClock,
    channel: Channel,
) -> None:  # fmt: skip
    platform.before = [lambda: RefusedError(BLOCKED, host="social.example")]
    ask(alice, "send", "Bonjour.")
    for _ in range(3):
        now.sleep(400)
        courier.run()
    assert the_reply(alpha).state == "draft"
    channel.refresh_from_db()
    assert (channel.state, [one.state for one in sendings(alpha)], sendings(alpha)[0].tries) == (
        "active", ["refused"], 1,
    )  # fmt: skip
    assert "block" in composer(as_user(alice), alpha, case)
    assert not CaseEvent.objects.of(alpha).filter(kind="reply").exists()


def test_an_original_that_was_edited_is_shown_as_it_is_now_once_and_says_so(
    alice: User, as_user: Any, alpha: Workspace, channel: Channel, case: Case, now: FixedClock
) -> None:
    changed = Post(f"{SERVER}/1", "mastodon", PostKind.NOTE, "Non : mon vélo ROUGE ?", lang="fr",
                   published_ms=now.ms - 60_000, edited_ms=now.ms, account=LEA)  # fmt: skip
    heard(alpha, channel.source_id, changed)
    assert [upkeep.looked(alpha), upkeep.looked(alpha)] == [1, 0]
    page = as_user(alice).get(f"/w/alpha/cases/{case.uid}").content.decode()
    assert "mon vélo ROUGE" in page
    assert "quand livrez-vous" not in page.partition('id="thread"')[2].partition("</section>")[0]
    assert [one.kind for one in CaseEvent.objects.of(alpha).filter(kind="edited")] == ["edited"]


def test_an_original_that_went_before_we_answered_is_not_answered_and_it_is_said(
    ask: Any, alice: User, as_user: Any, alpha: Workspace, platform: Platform, case: Case, now: FixedClock
) -> None:
    ask(alice, "save", "Bonjour, il part demain.")
    post = CasePost.objects.of(alpha).get()
    archive().erasing.erase_post(alpha.id, post.post_id)
    assert upkeep.looked(alpha) == 1
    said = composer(as_user(alice), alpha, case)
    answer = ask(alice, "send", "Bonjour, il part demain.", uid=the_reply(alpha).uid)
    now.sleep(11)
    courier.run()
    assert platform.taken == []
    assert "no longer" in said + answer.content.decode()
    assert the_reply(alpha).text == "Bonjour, il part demain."


def test_an_html_mail_with_trackers_and_scripts_is_words_on_the_page_of_its_case(
    alice: User, as_user: Any, alpha: Workspace, channel: Channel
) -> None:
    """The mailbox keeps words alone; whatever else might have come in is cut again where it is shown."""
    html = (
        "<p>Mon vélo siffle.</p><script>fetch('https://spy.example/x')</script>"
        "<img src='https://spy.example/p.gif' width=1><p onclick='x()' style='background:url(https://spy.example/b)'>Merci</p>"
    )
    post = Post("mid:1", "mail", PostKind.MESSAGE, "Mon vélo siffle. Merci", "Vélo", html=html, account=LEA,
                published_ms=1)  # fmt: skip
    [number] = hear(alpha, post, source_id=channel.source_id)
    made = inbox.opened(alpha, archive().post(alpha.id, number), private=True)
    page = as_user(alice).get(f"/w/alpha/cases/{made.uid}").content.decode()
    assert "Mon vélo siffle." in page
    assert "spy.example" not in page
    assert "onclick" not in page


@pytest.mark.parametrize("number", [1, 100, 101])
def test_the_page_of_a_case_with_5000_comments_shows_one_page_of_them(
    number: int, alice: User, as_user: Any, alpha: Workspace, channel: Channel, case: Case
) -> None:
    posts = [Post(f"{SERVER}/c{n}", "mastodon", PostKind.NOTE, f"comment number {n}", parent=f"{SERVER}/1",
                  root=f"{SERVER}/1", account=LEA, published_ms=n + 1) for n in range(4_999)]  # fmt: skip
    ids = hear(alpha, *posts, source_id=channel.source_id)
    rows = archive().posts.many(alpha.id, ids)
    assert inbox.joined_at_once(case, [(row, False) for row in rows], lambda *_: "customer") == 4_999
    answer = as_user(alice).get(f"/w/alpha/cases/{case.uid}?page={number}")
    assert answer.status_code == 200
    assert len(answer.content) < 400_000
    shown = min(number, 100)  # a page that is not there is the last
    assert f"comment number {(shown - 1) * 50}<" in answer.content.decode()
