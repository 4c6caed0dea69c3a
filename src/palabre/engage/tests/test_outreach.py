"""Whom to go out to, and why everybody else is left out."""

from __future__ import annotations

import pytest

from palabre.engage.outreach import DAY_MS, Candidate, Reason, gone_silent, grounds, refusal, suggested

NOW = 1_000 * DAY_MS


def somebody(kind: str, **values: object) -> Candidate:
    return Candidate("p", (Reason(kind, NOW - DAY_MS),), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (somebody("unanswered"), ""),
        (somebody("unanswered", last_ms=NOW - DAY_MS), ""),
        (somebody("unanswered", said={"answer": False}), ""),
        (somebody("broken", objected=True), "objected"),
        (somebody("need_done"), ""),
        (somebody("need_done", said={"follow_up": False}), "refused"),
        (somebody("need_done", last_ms=NOW - DAY_MS), "recent"),
        (somebody("need_done", last_ms=NOW - 31 * DAY_MS), ""),
        (somebody("thank"), "no_ground"),
        (somebody("thank", said={"thank": True}), ""),
        (somebody("thank", said={"thank": False}, relation="customer"), "refused"),
        (somebody("thank", spoke=True), ""),
        (somebody("silent"), "no_ground"),
        (somebody("silent", relation="customer"), ""),
        (somebody("silent", relation="press"), "no_ground"),
        (somebody("unanswered", put_off_ms=NOW + 1), "put_off"),
    ],
)
def test_nobody_is_approached_without_a_ground(who: Candidate, why: str) -> None:
    assert refusal(who, NOW) == why


def test_those_beyond_the_week_are_named_too() -> None:
    crowd = [Candidate(f"p{i:02}", (Reason("unanswered", NOW - i * DAY_MS),)) for i in range(12)]
    found = suggested(crowd, NOW, places=5)
    assert [one.candidate.key for one in found.ranked] == ["p11", "p10", "p09", "p08", "p07"]
    assert [why for _, why in found.left_out] == ["full"] * 7
    assert len(found.ranked) + len(found.left_out) == len(crowd)


def test_a_broken_promise_comes_before_thanks_and_reasons_add_up() -> None:
    thanked = Candidate("a", (Reason("thank", NOW),), said={"thank": True})
    owed = Candidate("b", (Reason("broken", NOW), Reason("thank", NOW)))
    found = suggested([thanked, owed], NOW, places=9)
    assert [(one.candidate.key, round(one.points)) for one in found.ranked] == [("b", 50), ("a", 15)]
    assert grounds(owed) == {"broken": "asked"}


def test_the_unhappy_who_fell_silent_are_those_who_used_to_speak() -> None:
    old, fresh = NOW - 20 * DAY_MS, NOW - 3 * DAY_MS
    posts = [("left", old - i, "positive", i) for i in range(1, 4)] + [("left", old, "negative", 9)]
    posts += [("here", old, "negative", 1)] * 3 + [("here", fresh, "neutral", 2)]
    posts += [("once", old, "negative", 1), ("happy", old, "positive", 1), ("", old, "negative", 1)]
    assert gone_silent(posts, NOW) == {"left": (old, 9)}
