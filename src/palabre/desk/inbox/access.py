"""The only doors to cases. What changes a case goes through here too, so that each change leaves its event.

case = access.opened(workspace, row, user=seat.user)
access.happened(case, "assigned", user=seat.user, to=colleague.pk)     # the columns follow by themselves
access.happened(case, "labelled", label="delivery", rule=rule.uid)     # nobody: a machine did it
with transaction.atomic():
    if access.holds(case, seat.user): ...                              # and only then a sending is committed
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from palabre.archive import PostRow
from palabre.desk.clock import now_ms
from palabre.desk.inbox import words
from palabre.desk.inbox.folding import Ranking, family, settle
from palabre.desk.inbox.locks import claim, holds, release
from palabre.desk.inbox.models import HUMAN, MACHINE, Case, CaseEvent, CaseNote, CasePost
from palabre.desk.people import access as people
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import User, Workspace

TITLE_CHARS = 120
AT_ONCE = 500
LIVE = ("open", "waiting", "snoozed")


def case(seat: Seat, uid: str) -> Case:
    """Http404 for none and for another workspace's."""
    return one(Case.objects.of(seat.workspace).select_related("person", "assignee", "team", "locked_by"), uid=uid)


def cases(seat: Seat) -> Any:
    """Those that go on (merged ones do not), as a query set."""
    return Case.objects.of(seat.workspace).filter(merged_into=None).select_related("person", "assignee", "team")


def of_post(workspace: Workspace, post_id: int) -> Case | None:
    """The case a post is in."""
    found = CasePost.objects.of(workspace).filter(post_id=post_id).select_related("case").first()
    return found.case if found else None


def of_posts(workspace: Workspace, post_ids: Iterable[int]) -> dict[int, str]:
    """post_id -> uid of the case it is in."""
    rows = CasePost.objects.of(workspace).filter(post_id__in=list(post_ids))
    return dict(rows.values_list("post_id", "case__uid"))


def of_person(workspace: Workspace, person: Any) -> Any:
    """The cases of a person, newest first, as a query set."""
    mine = Case.objects.of(workspace).filter(merged_into=None, person=person)
    return mine.select_related("assignee", "team").order_by("-opened_ms")


def final(case: Case) -> Case:
    """The case it goes on in."""
    while case.merged_into is not None:
        case = case.merged_into
    return case


def key_of(uri: str) -> str:
    """The event_id of what a post says: whoever tells of it twice tells it once."""
    return f"post:{hashlib.sha256(uri.encode()).hexdigest()[:48]}"


def happened(
    case: Case,
    kind: str,
    *,
    user: User | None = None,
    at_ms: int = 0,
    event_id: str = "",
    by: str = "",
    follow: bool = True,
    **data: Any,
) -> CaseEvent | None:
    """Writes an event, and brings the columns after it. By a machine when nobody did it, unless ``by`` says otherwise.
    None: it was known already (same event_id). follow: False when the caller settles the case itself."""
    who = by or (HUMAN if user else MACHINE)
    try:
        with transaction.atomic():
            event = CaseEvent.objects.add(
                case.workspace, case=case, kind=kind, at_ms=at_ms or now_ms(), by=who, user=user, event_id=event_id,
                data=data,
            )  # fmt: skip
            if follow:
                settle_all(case)
    except IntegrityError:
        return None
    return event


def settle_all(case: Case) -> None:
    """The columns of a case, and of the one it goes on in."""
    settle(case)
    if case.merged_into is not None:
        settle(final(case))


def opened(
    workspace: Workspace,
    post: PostRow,
    *,
    user: User | None = None,
    private: bool = False,
    thread: str = "",
    asks: Mapping[str, float] | None = None,
    addressed: bool = False,
    **data: Any,
) -> Case:
    """The case of a post: the one it is in, or a new one. Opening a case by hand is the member's act; the person waits
    since they wrote. asks: what the readings say they want; addressed: it was said to us; data: for the event. Safe to
    call twice, and from two processes at once."""
    for _ in range(2):
        known = of_post(workspace, post.post_id)
        if known is not None:
            return final(known)
        try:
            with transaction.atomic():
                return _opened(workspace, post, user, private, thread, dict(asks or {}), addressed, data)
        except IntegrityError:  # somebody was quicker
            continue
    raise RuntimeError("a post is in a case and is not")


def _opened(
    workspace: Workspace, post: PostRow, user: User | None, private: bool, thread: str, asks: dict[str, float],
    addressed: bool, data: dict[str, Any],
) -> Case:  # fmt: skip
    said = post.post
    person = people.met(workspace, said.network, said.account) if said.account else None
    fresh = Case.objects.add(
        workspace, title=title_of(post), network=said.network, source_id=post.source_id,
        thread=thread or said.root or said.uri, private=private, person=person, opened_ms=post.sort_ms,
        changed_ms=now_ms(), asks=asks, addressed=addressed, by_hand=user is not None,
        reach=(said.account.followers or 0) if said.account else 0,
        standing=person.legitimacy if person else None,
    )  # fmt: skip
    CasePost.objects.add(workspace, case=fresh, post_id=post.post_id, uri=said.uri, at_ms=post.sort_ms)
    happened(fresh, "opened", user=user, at_ms=post.sort_ms, event_id=key_of(said.uri), post_id=post.post_id, **data)
    return fresh


def title_of(post: PostRow) -> str:
    """The beginning of a post, on one line."""
    words = " ".join((post.post.title or post.post.text).split())
    return words if len(words) <= TITLE_CHARS else f"{words[:TITLE_CHARS].rsplit(' ', 1)[0]}…"


def by_hand(
    workspace: Workspace, title: str, user: User, *, person: Any = None, network: str = "", at_ms: int = 0
) -> Case:
    """A case without a post: a call, a visit, a letter. at_ms: when they asked."""
    when = at_ms or now_ms()
    fresh = Case.objects.add(
        workspace, title=title[:200], network=network, person=person, opened_ms=when, changed_ms=now_ms(), by_hand=True,
        addressed=True, standing=person.legitimacy if person else None,
    )  # fmt: skip
    happened(fresh, "opened", user=user, at_ms=when)
    return fresh


def joined(case: Case, post: PostRow, *, ours: bool = False) -> bool:
    """Puts a post into a case; False: it is in one already. ours: known to be ours, even if it was heard before."""
    _, made = CasePost.objects.of(case.workspace).get_or_create(
        workspace=case.workspace,
        post_id=post.post_id,
        defaults={"case": case, "uri": post.post.uri, "ours": ours, "at_ms": post.sort_ms},
    )
    if ours and not made:
        CasePost.objects.of(case.workspace).filter(post_id=post.post_id).update(ours=True)
    return made


def joined_at_once(case: Case, posts: Sequence[tuple[PostRow, bool]], tells: Callable[[PostRow, bool], str]) -> int:
    """The same for many posts of a new case, each with whether it is ours, and their events (``tells``: kind, "" for
    none): in a few statements, as everybody who writes waits meanwhile. How many were not in a case yet."""
    taken: set[int] = set()
    ids = [row.post_id for row, _ in posts]
    for start in range(0, len(ids), AT_ONCE):
        known = CasePost.objects.of(case.workspace).filter(post_id__in=ids[start : start + AT_ONCE])
        taken |= set(known.values_list("post_id", flat=True))
    fresh = [(row, ours) for row, ours in posts if row.post_id not in taken]
    CasePost.objects.of(case.workspace).bulk_create(
        [CasePost(workspace=case.workspace, case=case, post_id=row.post_id, uri=row.post.uri, ours=ours,
                  at_ms=row.sort_ms) for row, ours in fresh],
        batch_size=AT_ONCE,
    )  # fmt: skip
    CaseEvent.objects.of(case.workspace).bulk_create(
        [CaseEvent(workspace=case.workspace, case=case, kind=kind, at_ms=row.sort_ms, by=HUMAN if ours else MACHINE,
                   event_id=key_of(row.post.uri), data={"post_id": row.post_id})
         for row, ours in fresh if (kind := tells(row, ours))],
        batch_size=AT_ONCE,
    )  # fmt: skip
    return len(fresh)


def withdrawn(case: Case) -> bool:
    """Whether all that others said in a case was taken back."""
    theirs = CasePost.objects.of(case.workspace).filter(case=case, ours=False)
    return theirs.exists() and not theirs.filter(gone_ms=0).exists()


def answered(case: Case, at_ms: int, *, user: User | None, event_id: str, **data: Any) -> CaseEvent | None:
    """A reply of ours is on its platform since at_ms: the clock stops there, and who wrote before waits no longer.
    A human sent it, even where nobody remembers who."""
    return happened(case, "reply", user=user, at_ms=at_ms, event_id=event_id, by=HUMAN, **data)


def last_reply(case: Case) -> int:
    """The number of the last reply in a case, 0 for none: who began to write before it has not read it."""
    rows = CaseEvent.objects.of(case.workspace).filter(case=case, kind="reply").order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


def last_said(case: Case) -> int:
    """The number of the last thing that was said in a case, by them or by us: a page that knows another is old."""
    rows = CaseEvent.objects.of(case.workspace).filter(case=case, kind__in=("opened", "customer", "reply"))
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def promised(case: Case) -> None:
    """Something became of a promise of the case: its place in the queue follows."""
    settle_all(case)


def why(workspace: Workspace, cases: Iterable[Case], lang: str) -> dict[str, tuple[str, str]]:
    """uid -> (the heaviest reasons for its place in the queue, on one line; "bad", "warn" or "")."""
    ranking = Ranking(workspace)
    places = {one.uid: ranking.place(one) for one in cases}
    return {uid: (words.line(place, lang), words.tone(place)) for uid, place in places.items()}


def between(workspace: Workspace, since_ms: int = 0, until_ms: int = 0) -> Any:
    """The events of cases, oldest first, with their case, as a query set; those that were taken back are among them
    (see `palabre.engage.cases.in_force`)."""
    rows = CaseEvent.objects.of(workspace).select_related("case", "user")
    asked = Q(at_ms__gte=since_ms) & (Q(at_ms__lt=until_ms) if until_ms else Q())
    return rows.filter(asked).order_by("at_ms", "pk")


def notes(case: Case) -> list[CaseNote]:
    """What members told each other about it and about the cases merged into it, oldest first."""
    rows = CaseNote.objects.of(case.workspace).filter(case__in=family(case)).select_related("user")
    return list(rows.prefetch_related("named"))


__all__ = [
    "answered", "between", "by_hand", "case", "cases", "claim", "final", "happened", "holds", "joined",
    "joined_at_once", "last_reply", "last_said", "notes", "of_person", "of_post", "of_posts", "opened", "promised",
    "release", "settle_all", "title_of", "why", "withdrawn",
]  # fmt: skip
