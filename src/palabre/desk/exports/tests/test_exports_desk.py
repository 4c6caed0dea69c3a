"""Views as files and feeds: under pseudonyms, noted, limited, and closed again when they should be."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client
from lxml import etree

from palabre.desk.engine import archive
from palabre.desk.exports.models import FeedLink
from palabre.desk.mentions.models import SavedView
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.workspaces.models import AuditEntry, User, Workspace
from palabre.desk.workspaces.tests.matrix import sit
from palabre.model import Account, Post

AsUser = Callable[[User], Client]
ATOM = "{http://www.w3.org/2005/Atom}"
ANA = Account("https://social.example/users/ana", "ana", "Ana Lyse")


@pytest.fixture
def view(alpha: Workspace) -> SavedView:
    """A shared view of two posts, one of which begins like a formula."""
    texts = ["=HYPERLINK(1) congère", "une congère & un <b>mot</b> de @bob"]
    hear(
        alpha, *(Post(f"https://social.example/@ana/{n}", "mastodon", text=t, account=ANA) for n, t in enumerate(texts))
    )
    asks = "q=cong%C3%A8re&scope=all"
    return SavedView.objects.add(
        alpha, name="Congères d’été", asks=asks, shared=True, user=None, made_ms=1, changed_ms=1
    )


def body(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_a_file_is_safe_masked_and_noted(view: SavedView, alpha: Workspace, bob: User, as_user: AsUser) -> None:
    answer = as_user(bob).get(f"/w/alpha/exports/{view.uid}/file?kind=csv")
    assert answer["Content-Disposition"] == 'attachment; filename="congeres-d-ete.csv"'
    text = body(answer).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert "ana" not in text.lower()
    assert "@bob" not in text
    assert AuditEntry.objects.of(alpha).get(what="export").user == bob


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet", "ndjson"])
def test_every_format_comes(kind: str, view: SavedView, bob: User, as_user: AsUser) -> None:
    answer = as_user(bob).get(f"/w/alpha/exports/{view.uid}/file?kind={kind}")
    assert answer.status_code == 200
    assert len(body(answer)) > 100


def test_a_workbook_has_no_formula(view: SavedView, bob: User, as_user: AsUser) -> None:
    import openpyxl

    found = body(as_user(bob).get(f"/w/alpha/exports/{view.uid}/file?kind=xlsx"))
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(found)).worksheets[0].iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []


def test_names_need_a_manager_and_a_reason(
    view: SavedView, alpha: Workspace, alice: User, bob: User, as_user: AsUser
) -> None:
    path, said = f"/w/alpha/exports/{view.uid}/named", {"kind": "csv", "reason": "asked for by the lawyers"}
    assert as_user(bob).post(path, said).status_code == 404
    assert as_user(alice).post(path, said | {"reason": "hm"}).status_code == 400
    assert not AuditEntry.objects.of(alpha).filter(what="export_named").exists()
    assert b"Ana Lyse" in body(as_user(alice).post(path, said))
    assert "asked for by the lawyers" in AuditEntry.objects.of(alpha).get(what="export_named").about


def test_too_many_are_refused_with_the_limit(
    view: SavedView, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive(), "settings", replace(settings.PALABRE, export_rows_max=1))
    answer = as_user(bob).get(f"/w/alpha/exports/{view.uid}/file?kind=csv")
    assert answer.status_code == 400
    assert b"export_rows_max" in answer.content


@pytest.fixture
def address(view: SavedView, bob: User, as_user: AsUser) -> str:
    """A feed's address that Bob made."""
    page = as_user(bob).post(f"/w/alpha/exports/{view.uid}/feed").content.decode()
    found = re.search(r'value="http://testserver(/feeds/[\w-]+)"', page)
    assert found
    return found[1]


def test_a_feed_is_read_without_signing_in(address: str, client: Client) -> None:
    answer = client.get(address)
    assert answer["Content-Type"].startswith("application/atom+xml")
    root = etree.fromstring(answer.content)
    texts = [entry.findtext(f"{ATOM}summary") for entry in root.iter(f"{ATOM}entry")]
    assert any("un <b>mot</b>" in (text or "") for text in texts)
    assert b"ana" not in answer.content.lower()
    assert address.encode() not in answer.content
    assert [link for link in root.iter(f"{ATOM}link") if "/w/alpha/stream/" in str(link.get("href"))]


def test_a_feed_ends_with_its_revocation(address: str, bob: User, as_user: AsUser, client: Client) -> None:
    link = FeedLink.doors.get(user=bob)
    assert as_user(bob).post(f"/w/alpha/exports/feeds/{link.uid}/revoke").status_code == 302
    assert client.get(address).status_code == 404


def test_a_feed_ends_with_the_seat_of_who_made_it(address: str, bob: User, client: Client) -> None:
    assert client.get(address).status_code == 200
    bob.membership_set(manager="doors").all().delete()
    assert client.get(address).status_code == 404


def test_a_feed_ends_when_the_view_is_no_longer_shared(
    address: str, view: SavedView, alice: User, client: Client
) -> None:
    SavedView.objects.of(view.workspace).update(shared=False, user=alice)
    assert client.get(address).status_code == 404


def test_another_member_s_feed_cannot_be_revoked(address: str, alpha: Workspace, bob: User, as_user: AsUser) -> None:
    other = sit(alpha, "agent", "other")
    link = FeedLink.doors.get(user=bob)
    assert as_user(other).post(f"/w/alpha/exports/feeds/{link.uid}/revoke").status_code == 404


def test_the_page_of_a_view_leads_to_its_exports(view: SavedView, bob: User, as_user: AsUser) -> None:
    page = as_user(bob).get(f"/w/alpha/stream/views/{view.uid}").content.decode()
    assert f"/w/alpha/exports/{view.uid}" in page
