"""The sources: a dead one never looks like a quiet day, secrets are never shown, what is wrong is told where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from palabre.archive.heard import DAY_MS, SourceDay
from palabre.archive.types import Source
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.sources import strip, words
from palabre.desk.sources.models import Visit
from palabre.desk.sources.tests.routes import FEED, OPML
from palabre.desk.workspaces.models import AuditEntry, User, Workspace
from palabre.errors import FetchError, InputError
from palabre.health import Report, State
from palabre.model import Post

AsUser = Callable[[User], Client]
NOW = 40 * DAY_MS + DAY_MS // 2
BASE = "/w/alpha/sources"
TIMEOUT: dict[str, Any] = {"error_key": "net.timeout", "error_params": {"host": "x.example", "seconds": 20}}


@pytest.fixture(autouse=True)
def no_sources(alpha: Workspace) -> None:
    """The archive is not rolled back between tests: take away what another one left."""
    for one in archive().sources.all(alpha.id):
        archive().sources.remove(one.source_id, alpha.id)


def source(**values: object) -> Source:
    usual: dict[str, object] = {"source_id": 1, "workspace_id": 1, "connector": "feed", "name": "Blog", "config": {}}
    usual |= {"keep": "all", "rhythm_seconds": 3600, "state": "active", "cursor": {}}
    usual |= {"next_due_ms": 0, "lease_until_ms": 0, "created_ms": 0}
    return Source(**usual | values)  # type: ignore[arg-type]  # a row for tests


def report(state: State, silent_since_ms: int = 0) -> Report:
    return Report(1, "Blog", "feed", state, 0, 0, 3600, None, None, None, silent_since_ms, 0, 0, 0, "", {}, {})


# The strip


def kinds(days: list[SourceDay], kept: Source | None = None) -> list[str]:
    return [cell.kind for cell in strip.strip(kept or source(), days, NOW).cells]


def day(number: int, **values: int) -> SourceDay:
    start = number * DAY_MS
    return SourceDay(1, start, **{"until_ms": start + 1000} | values)


def test_a_day_when_nobody_asked_is_a_gap_and_not_a_quiet_day() -> None:
    found = kinds([day(n, runs=24, heard=n % 2) for n in range(11, 41) if n not in (20, 21)])
    assert found[20 - 11] == found[21 - 11] == "gap"
    assert found[0] == "heard"
    assert found[1] == "quiet"


def test_a_day_of_failures_is_neither_quiet_nor_a_gap() -> None:
    assert kinds([day(40, runs=5, failed=5)])[-1] == "failed"
    assert kinds([day(40, runs=5, failed=4)])[-1] == "quiet"


def test_a_run_that_lasts_for_days_covers_them() -> None:
    found = kinds([day(30, runs=1, until_ms=0)])
    assert found[30 - 11 :] == ["quiet"] * 11
    assert kinds([day(30, runs=1, until_ms=33 * DAY_MS)])[30 - 11 :][:6] == ["quiet"] * 4 + ["gap"] * 2


def test_days_between_two_rare_visits_are_no_gaps() -> None:
    weekly = source(rhythm_seconds=7 * 86_400)
    assert set(kinds([day(n, runs=1) for n in range(11, 41, 7)], weekly)) == {"quiet"}


def test_days_before_a_source_existed_are_not_held_against_it() -> None:
    found = kinds([], source(created_ms=38 * DAY_MS + 5))
    assert found[-3:] == ["before", "gap", "gap"]


def test_a_strip_draws_numbers_for_every_reader() -> None:
    cells = strip.strip(source(), [day(40, runs=1, heard=3)], NOW).cells
    assert len(cells) == strip.DAYS
    assert all("," not in part for cell in cells for part in (cell.x, cell.y, cell.width, cell.height))


def test_days_come_from_the_archive(alpha: Workspace) -> None:
    kept = archive().sources.add(alpha.id, "feed", "Blog", {"url": FEED})
    hear(alpha, Post("https://one.example/heard", "web", text="x"), source_id=kept.source_id)
    archive().sources.finish_run(kept.source_id, now_ms(), error_key="net.status", error_params={})
    today = archive().sources.days(alpha.id, now_ms() - DAY_MS)[-1]
    assert (today.source_id, today.heard, today.runs, today.failed) == (kept.source_id, 1, 1, 1)
    assert archive().sources.days(alpha.id, now_ms() + DAY_MS) == []


# The sentence on top


@pytest.mark.parametrize(
    ("states", "fr", "en"),
    [
        ([], "", ""),
        ([State.OK] * 11, "11 sources entendent.", "11 sources are hearing."),
        (
            [State.OK] * 11 + [State.SILENT],
            "11 sources entendent, 1 se tait depuis 3 jours.",
            "11 sources are hearing, 1 has been silent for 3 days.",
        ),
        ([State.FAILING, State.PAUSED], "1 est en échec, 1 est en pause.", "1 is failing, 1 is paused."),
    ],
)
def test_the_summary_counts_every_source_once(states: list[State], fr: str, en: str) -> None:
    listed = [report(state, NOW - 3 * DAY_MS if state is State.SILENT else 0) for state in states]
    assert words.summary(listed, NOW, "fr") == fr
    assert words.summary(listed, NOW, "en") == en


def test_a_silent_source_is_on_top_of_the_page(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    well = archive().sources.add(alpha.id, "feed", "Well", {"url": FEED})
    failing = archive().sources.add(alpha.id, "feed", "Failing", {"url": FEED})
    archive().sources.finish_run(
        failing.source_id, now_ms(), error_key="net.timeout", error_params={"host": "x.example"}
    )
    page = as_user(alice).get(BASE).content.decode()
    assert page.index("Failing</a>") < page.index("Well</a>")
    assert "1 is failing" in page
    assert archive().sources.get(well.source_id).state == "active"


# Adding and changing


def test_a_source_is_added_with_its_secret_which_is_never_shown(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    browser = as_user(alice)
    form = {"rhythm": "3600", "keep": "all", "option_list": "user", "option_value": "cyclovent"}
    numbers = {"option_budget_usd_per_day": "1", "option_price_per_item": "0.005", "option_pages_max": "10"}
    answer = browser.post(f"{BASE}/add/x", form | numbers | {"option_token": "very-secret-token"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    kept = next(one for one in archive().sources.all(alpha.id) if one.connector == "x")
    assert archive().sources.secrets(kept.source_id) == {"token": "very-secret-token"}
    for path in (f"{BASE}/{kept.source_id}", f"{BASE}/{kept.source_id}/settings", BASE):
        assert b"very-secret-token" not in browser.get(path).content
    assert browser.post(f"{BASE}/{kept.source_id}/settings", form | numbers | {"name": "X"}).status_code == 302
    assert archive().sources.secrets(kept.source_id) == {"token": "very-secret-token"}
    assert AuditEntry.objects.of(alpha).filter(what="source_added").count() == 1


@pytest.mark.parametrize(
    ("connector", "values", "field"),
    [
        ("feed", {"option_url": "not an address"}, "option_url"),
        ("feed", {}, "option_url"),
        ("webhook", {"option_secret": "", "option_style": "standard"}, "option_secret"),
        ("mail", {"option_host": "h", "option_user": "u", "option_password": "p", "option_port": "x"}, "option_port"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    connector: str, values: dict[str, str], field: str, alpha: Workspace, alice: User, as_user: AsUser
) -> None:
    answer = as_user(alice).post(f"{BASE}/add/{connector}", {"rhythm": "3600", "keep": "all"} | values)
    assert answer.status_code == 400
    assert f'href="#f-{field}"' in answer.content.decode()
    assert [one for one in archive().sources.all(alpha.id) if one.connector == connector] == []


def test_another_place_to_listen_starts_afresh(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    kept = archive().sources.add(alpha.id, "feed", "Blog", {"url": FEED, "websub": True})
    archive().sources.change(kept.source_id, cursor={"seen": 1})
    form = {"name": "Blog", "rhythm": "900", "keep": "all", "option_url": FEED, "option_websub": "on"}
    browser = as_user(alice)
    browser.post(f"{BASE}/{kept.source_id}/settings", form)
    assert archive().sources.get(kept.source_id).cursor == {"seen": 1}
    browser.post(f"{BASE}/{kept.source_id}/settings", form | {"option_url": FEED + "2"})
    assert archive().sources.get(kept.source_id).cursor == {}


def test_feeds_come_and_go_as_opml(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    browser = as_user(alice)
    answer = browser.post(f"{BASE}/opml", {"file": SimpleUploadedFile("f.opml", OPML)})
    assert answer.status_code == 302
    assert b"https://a.example/f" in browser.get(f"{BASE}/feeds.opml").content
    assert browser.post(f"{BASE}/opml", {"file": SimpleUploadedFile("f.opml", b"no list")}).status_code == 400
    heavy = SimpleUploadedFile("f.opml", b"x" * 5_000_001)
    assert b"5 MB" in browser.post(f"{BASE}/opml", {"file": heavy}).content


# Visits


def visited(browser: Client, source_id: int, what: str) -> Visit:
    browser.post(f"{BASE}/{source_id}/{what}")
    return Visit._base_manager.get(source_id=source_id)


def test_a_canary_that_answers_says_so(
    alpha: Workspace, alice: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = archive().sources.add(alpha.id, "feed", "Blog", {"url": FEED})
    monkeypatch.setattr("palabre.sourcing.canary", lambda *_: 7)
    visit = visited(as_user(alice), kept.source_id, "check")
    assert (visit.state, visit.said) == ("done", {"n": 7})
    assert b"7 posts" in as_user(alice).get(f"{BASE}/{kept.source_id}").content


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (FetchError("net.timeout", host="blog.example"), "net.timeout"),
        (InputError("cli.sources.canary_silent", n=3), "cli.sources.canary_silent"),
        (RuntimeError("boom"), "sources.visit.broken"),
    ],
)
def test_a_canary_that_fails_says_why(
    error: Exception, key: str, alpha: Workspace, alice: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> int:
        raise error

    kept = archive().sources.add(alpha.id, "feed", "Blog", {"url": FEED})
    monkeypatch.setattr("palabre.sourcing.canary", fails)
    visit = visited(as_user(alice), kept.source_id, "check")
    assert (visit.state, visit.error_key) == ("failed", key)
    assert key.encode() not in as_user(alice).get(f"{BASE}/{kept.source_id}").content


def test_going_back_in_time_asks_before_it_starts(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    kept = archive().sources.add(alpha.id, "x", "X", {"list": "user", "value": "someone"})
    browser, period = as_user(alice), {"since": "2026-11-01", "until": "2026-11-03"}
    first = browser.post(f"{BASE}/{kept.source_id}/backfill", period)
    assert first.status_code == 200
    assert b"3 past days" in first.content
    assert b"0.005" in first.content
    assert not Visit._base_manager.filter(source_id=kept.source_id).exists()
    backwards = browser.post(f"{BASE}/{kept.source_id}/backfill", {"since": "2026-11-03", "until": "2026-11-01"})
    assert backwards.status_code == 400


def test_a_removed_source_leaves_its_posts(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    kept = archive().sources.add(alpha.id, "feed", "Blog", {"url": FEED})
    post_id = hear(alpha, Post("https://one.example/stays", "web", text="x"), source_id=kept.source_id)[0]
    browser = as_user(alice)
    assert browser.get(f"{BASE}/{kept.source_id}/remove").status_code == 200
    assert archive().sources.find(alpha.id, "feed", "Blog") is not None
    browser.post(f"{BASE}/{kept.source_id}/remove")
    assert browser.get(f"{BASE}/{kept.source_id}").status_code == 404
    assert archive().post(alpha.id, post_id).post.text == "x"


def test_every_run_is_in_the_table_with_its_error(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    kept = archive().sources.add(alpha.id, "feed", "Blog", {"url": FEED})
    archive().sources.finish_run(kept.source_id, now_ms(), **TIMEOUT)
    page = as_user(alice).get(f"{BASE}/{kept.source_id}").content.decode()
    assert "x.example" in page
    assert "net.timeout" not in page
