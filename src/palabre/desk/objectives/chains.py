"""The conversations behind an outcome: which posts, which exchange, which case, which promise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from palabre.desk.design.templatetags.desk import _ago
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.inbox.models import CasePost
from palabre.desk.insight.evidence import address
from palabre.desk.insight.excerpts import excerpts
from palabre.desk.objectives.models import Outcome
from palabre.desk.objectives.routes import maybe
from palabre.desk.objectives.showing import money
from palabre.desk.promises.models import Promise
from palabre.desk.replies.models import Reply
from palabre.desk.workspaces.access import Seat
from palabre.errors import NotFoundError
from palabre.measure.chain import STAGES, Drawn, Node, drawn
from palabre.model import Evidence

SHOWN = 12  # nodes a stage that are looked up; the drawing says how many more there are


@dataclass(frozen=True, slots=True)
class Chain:
    """nodes: of every stage, in order; drawing; posts: what was said to us; counts: stage → how many there are."""

    nodes: tuple[Node, ...]
    drawing: Drawn
    posts: tuple[int, ...]
    counts: tuple[tuple[str, int], ...]


def post_ids_of(outcome: Outcome) -> list[int]:
    """Every post behind it: those named, those of its case that others wrote, those of its need."""
    found = list(outcome.post_ids)
    if outcome.case_id:
        theirs = CasePost.objects.of(outcome.workspace).filter(case_id=outcome.case_id, ours=False)
        found += list(theirs.values_list("post_id", flat=True))
    if outcome.need_id:
        found += need_posts(outcome)
    return list(dict.fromkeys(int(one) for one in found))


def need_posts(outcome: Outcome) -> list[int]:
    try:
        return list(archive().needs.get(outcome.workspace_id, outcome.need_id or 0).post_ids)
    except NotFoundError:
        return []


def chain(seat: Seat, outcome: Outcome, lang: str) -> Chain:
    """Everything known of how it came about, as the team linked it."""
    ids = post_ids_of(outcome)
    stages = {
        "mention": mentions(seat, ids, lang),
        "exchange": exchanges(seat, outcome, lang),
        "case": cases(seat, outcome, lang),
        "promise": promises(seat, outcome, lang),
        "outcome": [of_outcome(seat, outcome, lang)],
    }
    counts = {name: len(some) for name, some in stages.items()} | {"mention": len(ids)}
    nodes = [one for some in stages.values() for one in some]
    more = {name: rest(seat, name, counts[name], ids, lang) for name in STAGES}
    return Chain(tuple(nodes), drawn(nodes, more), tuple(ids), tuple(counts.items()))


def rest(seat: Seat, stage: str, n: int, ids: Sequence[int], lang: str) -> Node:
    """What stands for those that the drawing has no room for."""
    href = address(seat, Evidence(post_ids=tuple(ids))) if stage == "mention" else ""
    return Node(stage, speak("proof.chain.more", lang, n=n - 4), "", href)


def mentions(seat: Seat, ids: Sequence[int], lang: str) -> list[Node]:
    known = excerpts(seat, list(ids)[:SHOWN])
    ordered = sorted(known.values(), key=lambda one: one.at_ms)
    return [
        Node("mention", one.words, " · ".join(part for part in (one.author, _ago(one.at_ms, lang)) if part),
             maybe(seat, "mentions:provenance", post_id=one.post_id))
        for one in ordered
    ]  # fmt: skip


def exchanges(seat: Seat, outcome: Outcome, lang: str) -> list[Node]:
    """What we answered."""
    if not outcome.case_id:
        return []
    sent = Reply.objects.of(seat.workspace).filter(case_id=outcome.case_id, state="sent_off")[:SHOWN]
    href = maybe(seat, "inbox:case", uid=outcome.case.uid) if outcome.case else ""
    nodes = [Node("exchange", one.text, _ago(one.changed_ms, lang), href) for one in sent]
    ours = CasePost.objects.of(seat.workspace).filter(case_id=outcome.case_id, ours=True)
    known = excerpts(seat, list(ours.values_list("post_id", flat=True)[:SHOWN])) if not nodes else {}
    return nodes + [Node("exchange", one.words, _ago(one.at_ms, lang), href) for one in known.values()]


def cases(seat: Seat, outcome: Outcome, lang: str) -> list[Node]:
    one = outcome.case
    if one is None:
        return []
    return [
        Node("case", one.title, speak(f"proof.chain.state.{one.state}", lang), maybe(seat, "inbox:case", uid=one.uid))
    ]


def promises(seat: Seat, outcome: Outcome, lang: str) -> list[Node]:
    found: dict[int, Promise] = {outcome.promise.pk: outcome.promise} if outcome.promise else {}
    if outcome.case_id:
        of_case: Iterable[Promise] = Promise.objects.of(seat.workspace).filter(case_id=outcome.case_id)[:SHOWN]
        found |= {one.pk: one for one in of_case}
    return [
        Node("promise", one.words, speak(f"proof.chain.promise.{one.state}", lang),
             maybe(seat, "promises:promise", uid=one.uid))
        for one in found.values()
    ]  # fmt: skip


def of_outcome(seat: Seat, outcome: Outcome, lang: str) -> Node:
    amount = money(outcome.amount, lang) if outcome.amount else speak(f"proof.kind.{outcome.kind}", lang)
    return Node("outcome", outcome.words, amount)
