"""Going out to people: whom, why, in which order, and who is left out. Pure. Nothing here is ever sent.

    found = suggested(candidates, now_ms, places=5)
    found.ranked[0].candidate.reasons          # heaviest first
    found.left_out                             # (candidate, why) for everybody else: nobody disappears

Somebody is only suggested on a ground they gave: they asked us, we owe them something, they said yes, or they are in a
relation with us. An objection always wins, and nobody is approached twice in a month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

DAY_MS = 86_400_000
# In points; waiting adds up to WAIT_MAX.
WEIGHTS: Mapping[str, int] = {"broken": 50, "unanswered": 40, "need_done": 30, "silent": 25, "thank": 15}
WAIT_MAX, WAIT_DAYS = 20.0, 30
# What each reason needs: "asked" is enough by itself (they spoke to us, or we owe them), the others need a yes of that
# purpose, or a relation.
PURPOSES: Mapping[str, str] = {"broken": "answer", "unanswered": "answer", "need_done": "follow_up",
                               "silent": "follow_up", "thank": "thank"}  # fmt: skip
ASKED = frozenset({"broken", "unanswered", "need_done"})
RELATED = frozenset({"customer", "partner", "employee"})
REST_DAYS = 30
SILENT_DAYS, SPOKE_MIN = 14, 3
OBJECTED, REFUSED, NO_GROUND, RECENT, PUT_OFF, FULL = "objected", "refused", "no_ground", "recent", "put_off", "full"


@dataclass(frozen=True, slots=True)
class Reason:
    """kind: of WEIGHTS; since_ms: since when it holds; about: the id of what it is about (a promise, a case, a need);
    post_id: the post of theirs that one could answer, 0 for none."""

    kind: str
    since_ms: int
    about: str = ""
    post_id: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """key: of a person or of an account; objected: asked not to be contacted; said: purpose → yes or no, where they
    said; spoke: they have spoken with us before; last_ms: last contact by a human of ours, 0 for never; put_off_ms:
    until when a member put it off."""

    key: str
    reasons: tuple[Reason, ...]
    objected: bool = False
    said: Mapping[str, bool] = field(default_factory=dict)
    relation: str = ""
    spoke: bool = False
    last_ms: int = 0
    put_off_ms: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """points: the sum; grounds: by reason kind, why it may be done: asked, agreed, related or spoke."""

    candidate: Candidate
    points: float
    grounds: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Suggested:
    ranked: tuple[Ranked, ...]
    left_out: tuple[tuple[Candidate, str], ...]


def suggested(candidates: Iterable[Candidate], now_ms: int, places: int) -> Suggested:
    """The first of them, as many as there are places this week, and why each of the others is left out."""
    able, left = [], []
    for one in candidates:
        why = refusal(one, now_ms)
        if why:
            left.append((one, why))
        else:
            able.append(ranked(one, now_ms))
    able.sort(key=lambda one: (-one.points, one.candidate.key))
    left += [(one.candidate, FULL) for one in able[max(0, places) :]]
    return Suggested(tuple(able[: max(0, places)]), tuple(left))


def refusal(one: Candidate, now_ms: int) -> str:
    """Why somebody is not to be contacted; "" when they may be."""
    if one.objected:
        return OBJECTED
    if one.put_off_ms > now_ms:
        return PUT_OFF
    if one.last_ms and now_ms - one.last_ms < REST_DAYS * DAY_MS and not _urgent(one):
        return RECENT
    if grounds(one):
        return ""
    refused = any(one.said.get(PURPOSES[reason.kind]) is False for reason in one.reasons)
    return REFUSED if refused else NO_GROUND


def _urgent(one: Candidate) -> bool:
    """Who waits for us may be answered however lately we spoke."""
    return any(reason.kind in ("broken", "unanswered") for reason in one.reasons)


def grounds(one: Candidate) -> dict[str, str]:
    """By kind of reason, on which ground; kinds without one are left out."""
    found = {reason.kind: ground(one, reason.kind) for reason in one.reasons}
    return {kind: said for kind, said in found.items() if said}


def ground(one: Candidate, kind: str) -> str:
    said = one.said.get(PURPOSES[kind])
    if said is False and PURPOSES[kind] != "answer":
        return ""
    if kind in ASKED:
        return "asked"
    if said:
        return "agreed"
    return "related" if one.relation in RELATED else "spoke" if one.spoke else ""


def ranked(one: Candidate, now_ms: int) -> Ranked:
    """Only reasons that stand on a ground count."""
    stands = grounds(one)
    return Ranked(one, sum(points(reason, now_ms) for reason in one.reasons if reason.kind in stands), stands)


def points(reason: Reason, now_ms: int) -> float:
    days = max(0.0, (now_ms - reason.since_ms) / DAY_MS)
    return WEIGHTS[reason.kind] + WAIT_MAX * min(1.0, days / WAIT_DAYS)


def gone_silent(posts: Sequence[tuple[str, int, str, int]], now_ms: int) -> dict[str, tuple[int, int]]:
    """Accounts that spoke of us more than once, were unhappy the last time, and have said nothing for two weeks:
    account → (when, post_id). posts: (account, epoch ms, tone, post_id), in any order."""
    spoke: dict[str, int] = {}
    last: dict[str, tuple[int, str, int]] = {}
    for account, at_ms, tone, post_id in posts:
        spoke[account] = spoke.get(account, 0) + 1
        last[account] = max(last.get(account, (0, "", 0)), (at_ms, tone, post_id))
    limit = now_ms - SILENT_DAYS * DAY_MS
    return {
        account: (at_ms, post_id)
        for account, (at_ms, tone, post_id) in last.items()
        if account and spoke[account] >= SPOKE_MIN and tone == "negative" and at_ms < limit
    }
