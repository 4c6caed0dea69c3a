"""The proposed panel: whatever people type, each query can be read and none is foolish."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.desk.panel.noise import noise, wilson
from palabre.desk.panel.proposal import (
    bare_name,
    domain,
    look_alikes,
    named_by_hand,
    propose_panel,
    propose_sources,
    source_of,
    variants,
)
from palabre.match.parser import parse
from palabre.model import WatchKind


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Cyclovent SAS", "Cyclovent"),
        ("Atelier des Deux Roues, S.A.R.L.", "Atelier des Deux Roues"),
        ("North Wheel Ltd.", "North Wheel"),
        ("SA", "SA"),
        ("  Deux   Roues ", "Deux Roues"),
        ("Nasa", "Nasa"),
    ],
)
def test_legal_forms_are_left_out(name: str, expected: str) -> None:
    assert bare_name(name) == expected


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("https://www.Example.org/a?b", "example.org"),
        ("example.org", "example.org"),
        ("localhost", ""),
        ("", ""),
        ("http://[bad", ""),
    ],
)
def test_a_site_is_known_by_its_domain(site: str, expected: str) -> None:
    assert domain(site) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Pédalis", ["Pedalis"]),
        ("North Wheel", ['"North Wheel"', "northwheel"]),
        ("Atelier des Deux Roues", ['"Atelier des Deux Roues"', "atelierdesdeuxroues", "{ADR}"]),
        ("C&A", ['raw:"C&A"']),
        ("NOT", ['"NOT"']),
        ("***", []),
        ("\u02bc.", []),  # a letter to Unicode, nothing to a query
    ],
)
def test_names_are_written_as_people_write_them(name: str, expected: list[str]) -> None:
    assert variants(name) == expected


@given(st.text(max_size=60), st.text(max_size=40), st.lists(st.text(max_size=30), max_size=4))
def test_every_proposed_query_can_be_read(name: str, site: str, rivals: list[str]) -> None:
    for watch in propose_panel(name, site, rivals, ["fr", "en"]):
        if watch.query:
            parse(watch.query)
    if variants(name):
        parse(named_by_hand(WatchKind.PRODUCT, name, name))


def test_a_whole_panel_covers_us_our_marks_themes_and_rivals() -> None:
    kinds = [watch.kind for watch in propose_panel("Cyclovent", "cyclovent.example", ["Pédalis", "Roulia"], ["fr"])]
    assert kinds.count(WatchKind.COMPETITOR) == 2
    assert {WatchKind.ORGANISATION, WatchKind.PROPERTY, WatchKind.THEME, WatchKind.PRODUCT} <= set(kinds)


def test_forged_domains_are_not_our_own() -> None:
    assert "cyclovent.fr" not in look_alikes("cyclovent.fr")
    assert "cycl0vent.fr" in look_alikes("cyclovent.fr")


def test_sources_come_back_from_the_page_as_they_went() -> None:
    proposed = propose_sources("Cyclovent", ["Pédalis"], [("News", "https://cyclovent.example/feed")])
    assert [source_of(one.name, one.connector, one.value) for one in proposed][:1] == proposed[:1]
    assert {one.connector for one in proposed} == {"feed", "mastodon", "bluesky_jetstream"}
    assert source_of("x", "webhook", "y") is None


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 20, 0.0, 0.1611), (10, 20, 0.2993, 0.7007), (20, 20, 0.8389, 1)],
)
def test_wilson_agrees_with_published_values(hits: int, n: int, low: float, high: float) -> None:
    assert list(wilson(hits, n)) == pytest.approx([low, high], abs=1e-4)


@pytest.mark.parametrize(
    ("wanted", "unwanted", "verdict"), [(3, 0, "few"), (20, 0, "good"), (10, 10, "unsure"), (2, 18, "bad")]
)
def test_the_verdict_waits_for_the_interval(wanted: int, unwanted: int, verdict: str) -> None:
    assert noise(wanted, unwanted).verdict == verdict
