"""Retry-After and its kin, in every form servers send them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.net.hosts import jitter
from palabre.net.response import Headers
from palabre.net.waits import wait_seconds

NOW = 1_763_733_900_000  # 2025-11-21 14:05:00 UTC
AT = "Fri, 21 Nov 2025 14:{:02}:00 GMT"
DAY = 86_400.0
CASES = [
    ({"Retry-After": "120"}, 120.0),
    ({"Retry-After": " 120 "}, 120.0),
    ({"Retry-After": "0"}, 0.0),
    ({"Retry-After": "1.5"}, 1.5),
    ({"Retry-After": "-30"}, 0.0),
    ({"Retry-After": "999999999"}, DAY),
    ({"Retry-After": "100000"}, DAY),
    ({"Retry-After": AT.format(7)}, 120.0),
    ({"Retry-After": AT.format(3)}, 0.0),  # in the past
    ({"Retry-After": "Sat, 21 Nov 2099 14:05:00 GMT"}, DAY),
    ({"Retry-After": AT.format(7), "Date": AT.format(6)}, 60.0),  # their clock is a minute ahead
    ({"Retry-After": AT.format(7), "Date": AT.format(2)}, 300.0),  # three behind
    ({"Retry-After": AT.format(7), "Date": "nonsense"}, 120.0),
    ({"Retry-After": "Friday, 21-Nov-25 14:07:00 GMT"}, 120.0),
    ({"Retry-After": "Fri Nov 21 14:07:00 2025"}, 120.0),
    ({"Retry-After": "2025-11-21T14:07:00Z"}, 120.0),
    ({"Retry-After": "soon"}, None),
    ({"Retry-After": ""}, None),
    ({"Retry-After": "9" * 400}, None),
    ({}, None),
    ({"X-RateLimit-Reset": str(NOW // 1000 + 90)}, 90.0),  # GitHub
    ({"X-Rate-Limit-Reset": str(NOW // 1000 + 900)}, 900.0),  # X
    ({"X-RateLimit-Reset": "2025-11-21T14:10:00.000000Z"}, 300.0),  # Mastodon
    ({"X-RateLimit-Reset": "45.0"}, 45.0),  # Reddit
    ({"X-RateLimit-Reset": str(NOW + 5_000)}, 5.0),
    ({"X-RateLimit-Reset-After": "2.5"}, 2.5),
    ({"RateLimit-Reset": "30"}, 30.0),
    ({"RateLimit": "limit=10, remaining=0, reset=50"}, 50.0),
    ({"RateLimit": '"default";r=0;t=55'}, 55.0),
    ({"Retry-After": "10", "X-RateLimit-Reset": str(NOW // 1000 + 900)}, 10.0),
    ({"Retry-After": "soon", "RateLimit-Reset": "30"}, 30.0),
    ({"X-RateLimit-Reset": str(NOW // 1000 + 90), "Date": AT.format(6)}, 30.0),
]


@pytest.mark.parametrize(("headers", "seconds"), CASES, ids=[str(headers) for headers, _ in CASES])
def test_the_wait_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_seconds(Headers(headers), NOW) == seconds


@given(st.text(max_size=40), st.sampled_from(["Retry-After", "X-RateLimit-Reset", "RateLimit", "Date"]))
def test_no_header_makes_it_raise_or_silences_us_for_more_than_a_day(text: str, name: str) -> None:
    found = wait_seconds(Headers({"Retry-After": "5", name: text}), NOW)
    assert found is None or 0 <= found <= DAY


def test_backoff_stays_under_its_cap_and_spreads() -> None:
    drawn = [jitter(3) for _ in range(200)]
    assert all(0 <= pause <= 8 for pause in drawn)
    assert max(drawn) - min(drawn) > 4
    assert all(jitter(1000) <= 900 for _ in range(20))
