"""Provenance, threads and saved views."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from palabre.archive.opinions import Answer
from palabre.archive.types import RawRow, Revision
from palabre.desk.engine import archive
from palabre.desk.insight.tests.trust_rows import read_all
from palabre.desk.mentions import access, conversation, history
from palabre.desk.mentions.models import SavedView
from palabre.desk.mentions.selection import Selection
from palabre.desk.mentions.tests.posts import forget, hear
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.desk.workspaces.tests.matrix import sit
from palabre.model import Account, Post, RawItem

AsUser = Callable[[User], Client]


def talk(n: int, parent: int | None = None, text: str = "bla") -> Post:
    root = "https://talk.example/1"
    above = f"https://talk.example/{parent}" if parent else ""
    account = Account(f"https://talk.example/@{n % 3}", f"p{n % 3}")
    return Post(f"https://talk.example/{n}", "mastodon", text=f"{text} {n}", parent=above, root=root if parent else "",
                published_ms=1_760_000_000_000 + n, account=account)  # fmt: skip


def test_provenance_says_which_watch_and_which_words(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    watch = archive().watches.add(alpha.id, "Averse", "averseqk")
    source = archive().sources.add(alpha.id, "feed", "Le journal", {"url": "https://a.example/feed"})
    [one] = hear(alpha, Post("https://why.example/1", "web", text="Une Averseqk arrive", lang="fr"),
                 source_id=source.source_id, raw=b'{"lang": "fr", "x": "<b>"}')  # fmt: skip
    page = as_user(alice).get(f"/w/alpha/stream/{one}").content.decode()
    assert "Averse</b></a>" in page
    assert "<mark><bdi>Averseqk</bdi></mark>" in page
    assert "Le journal" in page
    assert "declared in what the platform gave" in page
    assert "&quot;x&quot;: &quot;&lt;b&gt;&quot;" in page
    part = as_user(alice).get(f"/w/alpha/stream/{one}", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert 'id="drawer-title"' in part
    archive().watches.remove(watch.watch_id, alpha.id)
    forget(alpha)
    assert "because the source" in as_user(alice).get(f"/w/alpha/stream/{one}").content.decode()


@pytest.mark.parametrize(
    ("said", "lang", "shown"),
    [("negative", "en", "Second opinion of &lt;b&gt;m:1: Negative (our models said:"),
     ("negative", "fr", "Second avis de &lt;b&gt;m:1 : Négatif (nos modèles disaient :"),
     ("", "en", "(as our models said)"), (None, "en", "")],
)  # fmt: skip
def test_provenance_tells_a_second_opinion(
    alpha: Workspace, alice: User, as_user: AsUser, said: str | None, lang: str, shown: str
) -> None:
    post_id = hear(alpha, Post(f"https://other.example/{said}{lang}", "web", text=f"J’adore ce vélo {said}{lang}"))[0]
    read_all(alpha)
    name = "tone" if said or said is None else "axis"
    if name == "axis":
        archive().corrections.correct(alpha.id, [post_id], name, "", "Ada")
    archive().opinions.claim(alpha.id, name, [post_id], "<b>m:1")
    if said is not None:
        archive().opinions.keep(alpha.id, name, {post_id: Answer(said)})
    alice.lang = lang
    alice.save()
    page = " ".join(as_user(alice).get(f"/w/alpha/stream/{post_id}").content.decode().split())
    assert shown in page
    assert ("econd" in page.split('id="understood"')[1].split("</section>")[0]) is (said is not None)


def test_edits_are_shown_as_what_went_and_what_came(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    first = Post("https://edit.example/1", "web", text="Le prix est de 10 euros", edited_ms=1)
    hear(alpha, first)
    [one] = hear(alpha, Post("https://edit.example/1", "web", text="Le prix est de 12 euros", edited_ms=2))
    page = as_user(alice).get(f"/w/alpha/stream/{one}").content.decode()
    assert "<del>10</del><ins>12</ins>" in page


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [("a b", "a c", [("a ", "same"), ("b", "gone"), ("c", "new")]), ("same", "same", []), ("", "x", [("x", "new")])],
)
def test_words_compared(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert history.compared(old, new) == expected


@pytest.mark.parametrize(
    ("body", "media_type", "shown"),
    [(b'{"a":[1]}', "application/json", '{\n  "a": [\n    1\n  ]\n}'), (b"{broken", "application/json", "{broken"),
     (b"\xff\xfe<x/>", "text/xml", "\ufffd\ufffd<x/>"), (b"\x00\x01", "application/octet-stream", "")],
)  # fmt: skip
def test_raw_bytes_are_laid_out_when_they_are_text(body: bytes, media_type: str, shown: str) -> None:
    assert history.payload(RawRow(0, 1, RawItem(body, media_type))).text == shown


def test_a_huge_raw_item_is_cut() -> None:
    found = history.payload(RawRow(0, 1, RawItem(b"x" * 10_000_000, "text/plain")))
    assert len(found.text) == history.RAW_CHARS_MAX
    assert found.cut


def test_revisions_are_compared_with_what_replaced_them() -> None:
    later, earlier = Revision(1, 20, "", "b", "", 0), Revision(0, 10, "", "a", "", 0)
    row = type("Row", (), {"post": Post("u", "web", text="c")})()
    assert [change.text for change in history.changes(row, [later, earlier])] == [
        [("b", "gone"), ("c", "new")], [("a", "gone"), ("b", "new")]]  # fmt: skip


def test_a_thread_is_a_tree_in_reading_order(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    ids = hear(alpha, talk(1), talk(2, 1), talk(3, 1), talk(4, 2), talk(5, 4))
    page = as_user(alice).get(f"/w/alpha/stream/{ids[3]}/thread").content.decode()
    assert [int(one) for one in re.findall(r'id="post-(\d+)"', page)] == [ids[n] for n in (0, 1, 3, 4, 2)]
    assert re.search(rf'current" id="post-{ids[3]}"[^>]* aria-current="true"', page)
    assert "5 posts heard." in page
    assert "3 accounts." in page


@pytest.mark.parametrize("depth", [1, 5, 30, 90])
def test_deep_threads_are_indented_only_so_far(depth: int, alpha: Workspace) -> None:
    ids = hear(alpha, *(talk(5000 + 100 * depth + n, 5000 + 100 * depth + n - 1 if n else None) for n in range(depth)))
    tops = conversation.nested(conversation.flat(archive().thread(alpha.id, ids[0])))
    level, levels, seen = tops, 0, 0
    while level:
        levels, seen, level = levels + 1, seen + len(level), [one for branch in level for one in branch.branches]
    assert seen == depth
    assert levels <= conversation.DEPTH_MAX + 1


def test_circles_end(alpha: Workspace) -> None:
    [one, two] = hear(
        alpha, Post("urn:c1", "web", text="a", parent="urn:c2"), Post("urn:c2", "web", text="b", parent="urn:c1")
    )
    found = conversation.flat(archive().thread(alpha.id, one))
    assert sorted(branch.row.post_id for branch in found) == sorted([one, two])


def view_of(place: Workspace, user: User, **more: object) -> SavedView:
    values: dict[str, object] = {"name": "Pluie", "asks": "q=pluie&network=web", "made_ms": 1, "changed_ms": 1}
    return SavedView.objects.add(place, user=user, **(values | more))


def test_a_view_is_saved_opened_renamed_and_removed(alpha: Workspace, alice: User, bob: User, as_user: AsUser) -> None:
    browser = as_user(bob)
    answer = browser.post(
        "/w/alpha/stream/views", {"name": "Mine", "asks": "q=pluie&evil=1&network=web", "shared": "on"}
    )
    assert answer["Location"] == "/w/alpha/stream?q=pluie&network=web"
    view = SavedView.objects.of(alpha).get(name="Mine")
    assert not view.shared  # an agent cannot share
    assert view.selection == Selection.parse("q=pluie&network=web")
    assert access.resolved(view)[0] == "pluie"
    assert "Mine" in browser.get("/w/alpha/stream").content.decode()
    browser.post(f"/w/alpha/stream/views/{view.uid}", {"name": "Yours"})
    assert SavedView.objects.of(alpha).get().name == "Yours"
    assert as_user(alice).get(f"/w/alpha/stream/views/{view.uid}").status_code == 404
    browser.post(f"/w/alpha/stream/views/{view.uid}/remove")
    assert not SavedView.objects.of(alpha).exists()


def test_shared_views_are_seen_by_all_and_changed_by_managers(
    alpha: Workspace, alice: User, bob: User, as_user: AsUser
) -> None:
    as_user(alice).post("/w/alpha/stream/views", {"name": "Ours", "asks": "days=7", "shared": "on"})
    view = SavedView.objects.of(alpha).get()
    page = as_user(bob).get(f"/w/alpha/stream/views/{view.uid}")
    assert page.status_code == 200
    assert "Delete the view" not in page.content.decode()
    assert as_user(bob).post(f"/w/alpha/stream/views/{view.uid}/remove").status_code == 404
    assert access.saved_view(Seat(alpha, bob, "agent"), view.uid) == view
    other = sit(alpha, "manager", "mona")
    assert as_user(other).post(f"/w/alpha/stream/views/{view.uid}", {"name": "Ours"}).status_code == 302
    assert not SavedView.objects.of(alpha).get().shared


@pytest.mark.parametrize(
    "address",
    ["", "q=a+OR+b", "watch=3&watch=4&network=web&lang=fr&kind=note&account=https%3A%2F%2Fx.example%2F%40a",
     "days=7", "since=2026-01-02&until=2026-01-02", "q=%F0%9F%98%80&scope=all"],
)  # fmt: skip
def test_a_selection_survives_its_address(address: str) -> None:
    assert Selection.parse(address).address() == address


@pytest.mark.parametrize(
    "address",
    ["watch=0", "watch=-1", "watch=%D9%A1", "days=99999999999999999999", "since=2026-02-30", "since=0001-01-01",
     "kind=nonsense", "until=%00", "source=1e5"],
)  # fmt: skip
def test_what_cannot_be_meant_is_left_out(address: str) -> None:
    assert Selection.parse(address) == Selection()
