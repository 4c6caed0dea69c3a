"""The editor: remarks, remedies, tests that hold a query back, versions, lists, judgements."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from palabre.batches import batch_of
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.panel import access, queries, trial
from palabre.desk.panel.models import Judgement
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.model import Post, Span
from palabre.pipeline import Pipeline
from palabre.road.guard import Batch
from palabre.road.ready import delivery, ready

AsUser = Callable[[User], Client]


def tell(workspace: Workspace, *texts: str) -> list[int]:
    """Posts of that workspace, by the road that every post takes."""
    now = now_ms()
    posts = [Post(uri=f"test:{workspace.slug}:{text}", network="web", text=text, published_ms=now) for text in texts]
    pipeline = Pipeline(archive(), None, archive().clock, archive().settings)
    batch = Batch(batch_of(posts), (None,) * len(posts), (), ())
    archive().write(delivery(ready(batch, pipeline.panels.of(workspace.id), ("fr", "en")), workspace.id, None))
    return [row.post_id for row in archive().search(workspace.id, limit=len(posts))]


def test_the_trial_shows_what_matches_and_why(alpha: Workspace) -> None:
    tell(alpha, "La batterie craint la pluie", "Rien à voir", "Pluie de batteries")
    found = trial.trial(archive(), alpha.id, queries.read("batterie pluie", {}), now_ms())
    assert found.n == 1
    assert [piece for piece, marked in found.sample[0].text if marked] == ["batterie", "pluie"]
    assert len(found.days) == 90


def test_the_trial_never_shows_another_workspace(workspaces: tuple[Workspace, Workspace]) -> None:
    tell(workspaces[1], "un secret bien gardé")
    found = trial.trial(archive(), workspaces[0].id, queries.read("secret", {}), now_ms())
    assert (found.n, found.sample) == (0, ())


def test_remarks_name_the_place_and_the_remedy(bob: User, as_user: AsUser) -> None:
    answer = as_user(bob).post("/w/alpha/panel/check", {"mode": "query", "query": "batterie or pluie"})
    assert b"remedy" in answer.content
    mended = as_user(bob).post(
        "/w/alpha/panel/check", {"mode": "query", "query": "batterie or pluie", "remedy": "9:11:OR"}
    )
    assert b"batterie OR pluie" in mended.content


@pytest.mark.parametrize("remedy", ["", "x", "5:2:a", "0:99:a", "-1:2:a", "1:2"])
def test_a_made_up_remedy_changes_little_and_breaks_nothing(remedy: str) -> None:
    assert isinstance(queries.mended("a b c", remedy), str)


def test_a_broken_test_holds_the_save_back(bob: User, alpha: Workspace, as_user: AsUser) -> None:
    watch = archive().watches.add(alpha.id, "Pluie", "pluie")
    archive().watches.add_test(watch.watch_id, alpha.id, "il pleut de la pluie", True)
    form = {"mode": "query", "query": "neige", "name": "Pluie", "kind": "theme", "why": "saison"}
    url = f"/w/alpha/panel/{watch.watch_id}"
    assert as_user(bob).post(url, form).status_code == 400
    assert archive().watches.get(watch.watch_id).query == "pluie"
    assert as_user(bob).post(url, form | {"anyway": "on"}).status_code == 302
    assert archive().watches.get(watch.watch_id).query == "neige"
    newest = archive().watches.versions(watch.watch_id, alpha.id)[0]
    assert (newest.who, newest.why) == ("bob", "saison")


def test_an_older_version_comes_back_as_a_new_one(bob: User, alpha: Workspace, as_user: AsUser) -> None:
    watch = archive().watches.add(alpha.id, "Pluie", "pluie")
    archive().watches.change(watch.watch_id, alpha.id, query="neige")
    as_user(bob).post(f"/w/alpha/panel/{watch.watch_id}/restore", {"version": "1"})
    kept = archive().watches.get(watch.watch_id)
    assert (kept.query, kept.version) == ("pluie", 3)


def test_a_query_that_cannot_be_read_is_not_saved(bob: User, alpha: Workspace, as_user: AsUser) -> None:
    before = len(archive().watches.all(alpha.id))
    answer = as_user(bob).post("/w/alpha/panel/new", {"mode": "query", "query": "(", "name": "x", "kind": "theme"})
    assert answer.status_code == 400
    assert b'href="#f-query"' in answer.content
    assert len(archive().watches.all(alpha.id)) == before


def test_three_lists_become_a_query(bob: User, alpha: Workspace, as_user: AsUser) -> None:
    boxes = {"any": "vélo\nbicyclette", "all": "Saint Orvan", "none": "moto, scooter"}
    as_user(bob).post("/w/alpha/panel/new", {"mode": "simple", "name": "Boxes", "kind": "theme"} | boxes)
    query = next(watch.query for watch in archive().watches.all(alpha.id) if watch.name == "Boxes")
    assert query == '(vélo OR bicyclette) AND "Saint Orvan" NOT (moto OR scooter)'
    assert queries.simple_of(queries.read(query, {})) == {
        "any": "vélo\nbicyclette",
        "all": "Saint Orvan",
        "none": "moto\nscooter",
    }


def test_judgements_make_the_noise_and_can_be_changed(bob: User, alpha: Workspace, as_user: AsUser) -> None:
    posts = tell(alpha, "judge one", "judge two", "judge three")
    browser = as_user(bob)
    for post_id, wanted in zip(posts, ("yes", "no", "no"), strict=True):
        browser.post("/w/alpha/panel/judge", {"query": "judge", "post_id": post_id, "wanted": wanted})
    browser.post("/w/alpha/panel/judge", {"query": " judge ", "post_id": posts[1], "wanted": "yes"})
    found = access.noise_of(Seat(alpha, bob, "agent"), queries.digest("judge"))
    assert (found.n, found.unwanted) == (3, 1)


def test_another_workspaces_post_cannot_be_judged(
    bob: User, workspaces: tuple[Workspace, Workspace], as_user: AsUser
) -> None:
    foreign = tell(workspaces[1], "foreign post")[0]
    form = {"query": "judge", "post_id": foreign, "wanted": "yes"}
    assert as_user(bob).post("/w/alpha/panel/judge", form).status_code == 404
    assert not Judgement.objects.of(workspaces[0]).exists()


def test_a_list_in_use_stays(bob: User, alpha: Workspace, as_user: AsUser) -> None:
    browser = as_user(bob)
    assert browser.post("/w/alpha/panel/lists", {"name": "fruits", "query": "pomme\npoire"}).status_code == 302
    archive().watches.add(alpha.id, "Fruits", "list:fruits")
    browser.post("/w/alpha/panel/lists/remove", {"name": "fruits"})
    assert "fruits" in archive().watches.lists(alpha.id)


def test_another_tools_query_is_rewritten(bob: User, as_user: AsUser) -> None:
    form = {"dialect": "brandwatch", "text": "(velo NEAR/3 pluie) AND site:example.org"}
    answer = as_user(bob).post("/w/alpha/panel/convert", form)
    assert b"NEAR/3" in answer.content


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ((), [("abcdef", False)]),
        ((Span(0, 2),), [("ab", True), ("cdef", False)]),
        ((Span(1, 3), Span(2, 4)), [("a", False), ("bc", True), ("d", True), ("ef", False)]),
        ((Span(4, 99),), [("abcd", False), ("ef", True)]),
        ((Span(0, 2, "title"),), [("abcdef", False)]),
    ],
)
def test_pieces_give_the_text_back(spans: tuple[Span, ...], expected: list[tuple[str, bool]]) -> None:
    found = queries.pieces("abcdef", spans)
    assert found == expected
    assert "".join(piece for piece, _ in found) == "abcdef"


def test_a_long_text_is_cut_around_its_first_span() -> None:
    text = "x" * 1000 + " here " + "y" * 1000
    found = queries.excerpt(text, [Span(1001, 1005)])
    assert ("here", True) in found
    assert found[0] == ("… ", False)
    assert found[-1] == (" …", False)
