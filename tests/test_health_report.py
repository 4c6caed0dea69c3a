"""One word for each source, and sentences a person can act on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from palabre.archive.health import gap_of
from palabre.archive.types import Source, SourceHealth
from palabre.health import State, error_class, report, reports, sentences, state_of

HOUR = 3_600_000
NOW = 1_000 * HOUR
SOURCE = Source(1, 1, "feed", "Un flux", {}, "all", 3600, "active", {}, 0, 0, NOW - 100 * HOUR)
HEALTH = SourceHealth(
    1, NOW - HOUR // 2, NOW - HOUR // 2, NOW - HOUR // 2, 0, 60_000, 0.5, 10, None, 0, "", {}, 100, 0, {}
)  # fmt: skip


@pytest.mark.parametrize(
    ("source", "health", "word"),
    [
        ({}, {}, State.OK),
        ({}, {"last_heard_ms": NOW - 2 * HOUR}, State.LATE),
        ({}, {"last_run_ms": NOW - 2 * HOUR}, State.LATE),
        ({}, {"last_heard_ms": NOW - 9 * HOUR, "usual_gap_ms": 7 * 24 * HOUR}, State.OK),
        ({}, {"last_heard_ms": NOW - 12 * 24 * HOUR, "usual_gap_ms": 7 * 24 * HOUR}, State.LATE),
        ({}, {"last_run_ms": NOW - 2 * HOUR, "usual_gap_ms": 7 * 24 * HOUR}, State.LATE),
        ({}, {"last_heard_ms": NOW - 9 * HOUR, "silent_since_ms": NOW - 9 * HOUR}, State.SILENT),
        ({}, {"failures": 1, "error_key": "net.timeout", "silent_since_ms": 5}, State.FAILING),
        ({"state": "paused"}, {"failures": 1, "error_key": "net.timeout"}, State.PAUSED),
        ({"created_ms": NOW}, {"last_heard_ms": 0, "last_run_ms": 0}, State.OK),
        ({"created_ms": NOW - 3 * HOUR}, {"last_heard_ms": 0, "last_run_ms": 0}, State.LATE),
    ],
)
def test_the_word_for_a_source(source: dict[str, object], health: dict[str, object], word: State) -> None:
    assert state_of(replace(SOURCE, **source), replace(HEALTH, **health), NOW) is word  # type: ignore[arg-type]


def test_how_often_a_source_publishes_is_learnt_from_its_posts() -> None:
    day = 24 * HOUR
    weekly = [at * 7 * day for at in range(10)]
    assert gap_of(weekly) == 7 * day
    assert gap_of(sorted([*weekly, 63 * day + HOUR])) == 7 * day
    assert gap_of(weekly[:4]) == 7 * day
    assert gap_of(weekly[:1]) == gap_of([]) == 0


@pytest.mark.parametrize(
    ("rhythm", "gap", "lang", "said"),
    [
        (3600, 7 * 24 * HOUR, "en", "Asked every hour; publishes about every 7 days."),
        (900, 25 * HOUR, "fr", "Interrogée toutes les 15 minutes ; publie environ chaque jour."),
        (3600, HOUR, "en", ""),
    ],
)
def test_how_often_it_is_asked_and_how_often_it_publishes_are_both_said(
    rhythm: int, gap: int, lang: str, said: str
) -> None:
    one = report(replace(SOURCE, rhythm_seconds=rhythm), replace(HEALTH, usual_gap_ms=gap), NOW)
    assert [line.replace("\u202f", " ") for line in sentences(one, lang)[1:]] == ([said] if said else [])


def test_a_source_never_asked_does_not_claim_that_all_is_well() -> None:
    fresh = report(replace(SOURCE, created_ms=NOW), replace(HEALTH, last_run_ms=0, last_heard_ms=0), NOW)
    assert sentences(fresh, "en")[0].startswith("Not asked yet")


def test_the_worst_comes_first() -> None:
    sources = [replace(SOURCE, source_id=n) for n in (1, 2, 3)]
    healths = [
        replace(HEALTH, source_id=1),
        replace(HEALTH, source_id=2, silent_since_ms=5),
        replace(HEALTH, source_id=3, error_key="net.timeout", failures=2),
    ]
    assert [one.source_id for one in reports(sources, healths, NOW)] == [3, 2, 1]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_failing_source_says_what_happened_and_what_to_do(lang: str) -> None:
    health = replace(
        HEALTH,
        failures=1,
        error_key="pipeline.every_item_fails",
        error_params={"n": 50},
        quarantined=50,
        drift={"author": 9},
    )
    said = sentences(report(SOURCE, health, NOW), lang)
    assert len(said) == 5
    assert not any(one.startswith(("health.", "pipeline.")) or "{" in one for one in said)
    assert any("50" in one for one in said)
    assert "author" in said[-1]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("net.throttled", "wait"),
        ("x.unauthorised", "refused"),
        ("net.robots_forbid", "refused"),
        ("net.timeout", "network"),
        ("pipeline.every_item_fails", "format"),
        ("plugins.unknown", "settings"),
        ("pipeline.disk_full", "archive"),
        ("pipeline.bug", "fault"),
        ("net.unknown_host", "network"),
        ("net.status_401", "refused"),
        ("net.status_404", "settings"),
        ("net.blocked_port", "settings"),
    ],
)
def test_failures_have_a_kind_in_plain_words(key: str, name: str) -> None:
    assert error_class(key) == name
