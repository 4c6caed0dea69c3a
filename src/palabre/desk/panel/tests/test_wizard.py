"""The first run, from four questions to watches and sources; long work and its row."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from palabre.desk.engine import archive
from palabre.desk.panel import discovery, jobs
from palabre.desk.panel.models import Job
from palabre.desk.workspaces.models import User, Workspace
from palabre.errors import FetchError

AsUser = Callable[[User], Client]
ANSWERS = {"name": "Cyclovent", "site": "cyclovent.example", "rivals": "Pédalis", "languages": ["fr"]}


def test_a_new_workspace_begins_with_the_wizard(alice: User, bob: User, alpha: Workspace, as_user: AsUser) -> None:
    Workspace.objects.filter(pk=alpha.pk).update(set_up=False)
    assert as_user(alice).get("/w/alpha/")["Location"] == "/w/alpha/start"
    assert as_user(bob).get("/w/alpha/")["Location"] != "/w/alpha/start"


def test_the_proposal_carries_the_answers(alice: User, as_user: AsUser) -> None:
    page = as_user(alice).post("/w/alpha/start", ANSWERS).content.decode()
    assert 'name="watch-0-query"' in page
    assert "Pedalis" in page


def test_a_site_that_is_none_is_said_at_once(alice: User, as_user: AsUser) -> None:
    answer = as_user(alice).post("/w/alpha/start", ANSWERS | {"site": "http//not a site"})
    assert answer.status_code == 400
    assert b"not the address of a site" in answer.content


def test_what_is_ticked_is_made_and_what_is_wrong_is_said(alice: User, alpha: Workspace, as_user: AsUser) -> None:
    form = {
        "name": "Cyclovent",
        "watch": ["0", "1", "2"],
        "watch-0-name": "Us", "watch-0-kind": "organisation", "watch-0-query": "Cyclovent",
        "watch-1-name": "Broken", "watch-1-kind": "theme", "watch-1-query": "(",
        "watch-2-name": "Zéphyr", "watch-2-kind": "product", "watch-2-query": "",
        "watch-3-name": "Unticked", "watch-3-kind": "theme", "watch-3-query": "x",
        "source": ["0"], "source-0-name": "News", "source-0-connector": "feed",
        "source-0-value": "https://cyclovent.example/feed",
    }  # fmt: skip
    browser = as_user(alice)
    assert browser.post("/w/alpha/start/finish", form)["Location"] == "/w/alpha/filling"
    made = {watch.name: watch.query for watch in archive().watches.all(alpha.id)}
    assert made["Us"] == "Cyclovent"
    assert made["Zéphyr"] == "Zephyr AND (Cyclovent)"
    assert not {"Broken", "Unticked"} & set(made)
    assert archive().sources.find(alpha.id, "feed", "News") is not None
    filling = browser.get("/w/alpha/filling").content
    assert b"Broken: " in filling
    assert b'href="/w/alpha/stream"' in filling


def test_nothing_ticked_goes_back(alice: User, as_user: AsUser) -> None:
    assert as_user(alice).post("/w/alpha/start/finish", {"name": "x"})["Location"] == "/w/alpha/start"


def test_a_site_out_of_reach_is_said_and_the_rest_goes_on(
    alice: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(site: str) -> list[tuple[str, str]]:
        raise FetchError("net.no_answer", host=site)

    monkeypatch.setattr(discovery, "feeds_of", unreachable)
    page = as_user(alice).post("/w/alpha/start/sources", {"name": "Cyclovent", "site": "cyclovent.example"}).content
    assert b"Mastodon #cyclovent" in page
    assert b"could not be reached" in page


def test_when_no_source_answers_the_page_says_so_and_offers_the_sample(
    alice: User, bob: User, alpha: Workspace, as_user: AsUser
) -> None:
    sources = archive().sources
    source = sources.add(alpha.id, "feed", "News", {"url": "https://cyclovent.example/feed"})
    assert b"No source answers" not in as_user(alice).get("/w/alpha/filling").content
    sources.finish_run(source.source_id, 1, error_key="net.no_answer", error_params={"host": "x"})
    page = as_user(alice).get("/w/alpha/filling").content
    assert b"No source answers" in page
    assert b"/start/sample" in page
    assert b"/start/sample" not in as_user(bob).get("/w/alpha/filling").content


def test_the_sample_is_loaded_with_its_panel(alice: User, alpha: Workspace, as_user: AsUser) -> None:
    assert as_user(alice).post("/w/alpha/start/sample")["Location"] == "/w/alpha/filling"
    assert Job.objects.of(alpha).get(what="sample").state == "done"
    assert "Roulia" in {watch.name for watch in archive().watches.all(alpha.id)}


def test_work_that_fails_says_so(alpha: Workspace) -> None:
    def fails(report: jobs.Report) -> None:
        report(1, 2)
        raise FetchError("net.no_answer", host="x")

    def breaks(report: jobs.Report) -> None:
        raise ZeroDivisionError

    assert jobs.start(alpha, "sample", fails).error_key == "net.no_answer"
    job = jobs.start(alpha, "sample", breaks)
    assert (job.state, job.error_key) == ("failed", "panel.job.broken")


def test_what_a_dead_process_left_is_marked(alpha: Workspace) -> None:
    Job.objects.add(alpha, what="sample", started_ms=1)
    jobs.interrupted()
    assert Job.objects.of(alpha).get().error_key == "panel.job.stopped"
