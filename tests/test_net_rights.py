"""robots.txt and the reservation of text and data mining: asked once a day, obeyed, and told apart."""

from __future__ import annotations

import json
from typing import Any

import pytest

from palabre.clock import FixedClock
from palabre.errors import BlockedError, FetchError
from palabre.net import Net
from palabre.net.response import Headers
from palabre.net.rights import meta_reserves, page_reserves, path_matches


def refused(call: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        call()
    return caught.value


def test_robots_are_obeyed_asked_once_a_day_and_can_be_set_aside_for_an_api(
    web: Any, net: Net, clock: FixedClock
) -> None:
    web.routes |= {"/robots.txt": (200, {}, b"User-agent: *\nDisallow: /private\n"), "/a": (200, {}, b"")}
    assert net.get(f"{web.url}/a").ok
    assert refused(lambda: net.get(f"{web.url}/private/x")).key == "net.robots"
    assert net.get(f"{web.url}/private/x", robots=False).status == 404
    assert [path for _, path, _ in web.asked].count("/robots.txt") == 1
    clock.ms += 24 * 3_600_000
    net.get(f"{web.url}/a")
    assert [path for _, path, _ in web.asked].count("/robots.txt") == 2


def test_rules_for_palabre_by_name_win(web: Any, net: Net) -> None:
    web.routes["/robots.txt"] = (200, {}, b"User-agent: *\nAllow: /\n\nUser-agent: Palabre\nDisallow: /\n")
    assert isinstance(refused(lambda: net.get(f"{web.url}/a")), BlockedError)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_site_without_robots_allows(web: Any, net: Net, status: int) -> None:
    web.routes |= {"/robots.txt": (status, {}, b"User-agent: *\nDisallow: /"), "/a": (200, {}, b"")}
    assert net.get(f"{web.url}/a").ok


def test_a_site_whose_robots_cannot_be_read_is_left_alone_for_now(web: Any, net: Net) -> None:
    web.routes["/robots.txt"] = (500, {}, b"")
    error = refused(lambda: net.get(f"{web.url}/a"))
    assert (error.key, error.permanent) == ("net.robots_unavailable", False)
    assert web.paths() == []


def test_a_redirect_is_judged_by_the_robots_of_where_it_leads(web: Any, net: Net) -> None:
    web.routes |= {
        "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /private\n"),
        "/a": (302, {"Location": "/private"}, b""),
    }
    assert refused(lambda: net.get(f"{web.url}/a")).key == "net.robots"
    assert web.paths() == ["/a"]


def test_hostile_robots_cost_little(web: Any, net: Net) -> None:
    rules = b"User-agent: *\n" + b"Disallow: /" + b"*a" * 20_000 + b"$\n" + b"Disallow: /" * 10_000
    web.routes |= {"/robots.txt": (200, {}, rules), "/" + "a" * 2_000: (200, {}, b"")}
    assert net.get(f"{web.url}/{'a' * 2_000}").ok


def test_the_delay_a_site_asks_for_is_kept_up_to_a_minute(web: Any, net: Net) -> None:
    web.routes["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 3600\n")
    net.get(f"{web.url}/a")
    assert net.hosts.of(web.netloc).delay_seconds == 60


@pytest.mark.parametrize(
    ("headers", "body", "reserved"),
    [
        ({"tdm-reservation": "1"}, b"", True),
        ({"tdm-reservation": "0"}, b"", False),
        ({"X-Robots-Tag": "noindex, noai"}, b"", True),
        ({"X-Robots-Tag": "noindex"}, b"", False),
        ({}, b'<meta name="tdm-reservation" content="1">', True),
        ({}, b"<META CONTENT='1' NAME=tdm-reservation>", True),
        ({}, b'<meta name="tdm-reservation" content="0">', False),
        ({}, b'<meta name="robots" content="index, noai, noimageai">', True),
        ({}, b'<meta name="robots" content="noindex">', False),
        ({}, b'<meta name="description" content="noai">', False),
        ({}, b"<meta" * 20_000, False),
    ],
)
def test_a_page_can_reserve_mining(headers: dict[str, str], body: bytes, reserved: bool) -> None:
    assert page_reserves(Headers(headers), body) is reserved


def test_the_reservation_is_a_fact_or_a_refusal_as_the_caller_wishes(web: Any, net: Net) -> None:
    web.routes["/a"] = (200, {"tdm-reservation": "1"}, b"")
    assert net.get(f"{web.url}/a").tdm_reserved
    assert refused(lambda: net.get(f"{web.url}/a", tdm=True)).key == "net.tdm"


def test_tdmrep_keeps_us_from_asking_at_all(web: Any, net: Net) -> None:
    rules = [
        {"location": "/articles", "tdm-reservation": 1},
        {"location": "/articles/open*", "tdm-reservation": 0},
        3,
        {},
    ]
    web.routes |= {
        "/.well-known/tdmrep.json": (200, {}, json.dumps(rules).encode()),
        "/articles/open-1": (200, {}, b""),
    }
    assert refused(lambda: net.get(f"{web.url}/articles/1", tdm=True)).key == "net.tdm"
    assert net.get(f"{web.url}/articles/open-1", tdm=True).ok
    assert "/articles/1" not in web.paths()


def test_a_broken_tdmrep_reserves_nothing(web: Any, net: Net) -> None:
    web.routes |= {"/.well-known/tdmrep.json": (200, {}, b"[" * 100_000), "/a": (200, {}, b"")}
    assert net.get(f"{web.url}/a", tdm=True).ok


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [("/", "/a", True),
     ("/a", "/b", False), ("/*.pdf$", "/x/y.pdf", True), ("/*.pdf$", "/y.pdfx", False), ("/a$", "/a", True),
     ("/a$", "/ab", False), ("/*a*a$", "/xaya", True), ("/*/b", "/a/b/c", True)],
)  # fmt: skip
def test_patterns_of_paths(pattern: str, path: str, matches: bool) -> None:
    assert path_matches(pattern, path) is matches


def test_a_meta_without_content_reserves_nothing() -> None:
    assert not meta_reserves(b'<meta name="robots">')
