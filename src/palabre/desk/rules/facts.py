"""What is known of posts and cases, as rules ask it. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.conf import settings

from palabre.archive import PostRow
from palabre.archive.reading_rows import Reading
from palabre.batches import batch_of
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox.models import Case, CasePost
from palabre.desk.people import access as people
from palabre.desk.service import access as service
from palabre.desk.workspaces.models import Workspace
from palabre.engage.rules import HOUR_MS, Facts
from palabre.errors import QueryError
from palabre.match.limits import Limits
from palabre.match.panel import Panel
from palabre.match.parser import parse
from palabre.measure.hours import Hours
from palabre.model import PostKind

UNKNOWN = Facts()


class Asker:
    """The queries of some rules over the posts of one workspace, read once. A query that cannot be read finds
    nothing."""

    def __init__(self, workspace: Workspace, queries: Sequence[str]) -> None:
        self.panel, self.texts = Panel(), list(queries)
        lists = archive().watches.lists(workspace.pk) if queries else {}
        for number, text in enumerate(self.texts):
            try:
                self.panel.add(number, parse(text, lists=lists, limits=Limits.of(settings.PALABRE)))
            except QueryError:
                continue

    def found(self, rows: Sequence[PostRow]) -> list[frozenset[str]]:
        """For each post, the queries that find it."""
        if not self.texts or not rows:
            return [frozenset()] * len(rows)
        hits: list[set[str]] = [set() for _ in rows]
        matched = self.panel.match(batch_of([row.post for row in rows]))
        pairs = zip(matched.column("post").to_pylist(), matched.column("watch").to_pylist(), strict=True)
        for place, number in pairs:
            hits[place].add(self.texts[number])
        return [frozenset(one) for one in hits]


def of_posts(workspace: Workspace, rows: Sequence[PostRow], asker: Asker, hours: Hours) -> list[Facts]:
    """The facts of posts, in their order."""
    if not rows:
        return []
    readings = archive().readings.of(workspace.pk, [row.post_id for row in rows])
    authors = {(row.post.network, row.post.account.uri) for row in rows if row.post.account}
    known = people.behind_all(workspace, authors)
    found = asker.found(rows)
    made = []
    for row, queries in zip(rows, found, strict=True):
        account = row.post.account
        person = known.get((row.post.network, account.uri)) if account else None
        facts = replace(_of_post(row, readings.get(row.post_id), hours), found=queries)
        made.append(
            replace(facts, known_person=bool(person and person.relation), relation=person.relation if person else "")
        )
    return made


def _of_post(row: PostRow, reading: Reading | None, hours: Hours) -> Facts:
    post = row.post
    return Facts(
        watches=tuple(map(str, row.watch_ids)),
        network=post.network,
        source=str(row.source_id or ""),
        intents=reading.intents if reading else None,
        tone=reading.tone if reading else None,
        language=(reading.language if reading else "") or post.lang,
        offence=_offence(reading),
        followers=post.account.followers if post.account else None,
        private=post.kind == PostKind.MESSAGE,
        outside_hours=hours.between(row.sort_ms, row.sort_ms + 1) == 0,
    )


def _offence(reading: Reading | None) -> float | None:
    """In percent; None where it was not read, or not in a language its model learnt."""
    from palabre.desk.mentions.understood import likely

    limit = likely().get("offence")
    score = reading.scores.get("offence") if reading else None
    if score is None or limit is None or reading is None or reading.language not in limit.languages:
        return None
    return 100 * score


def of_cases(workspace: Workspace, cases: Sequence[Case], asker: Asker) -> list[Facts]:
    """The facts of cases as they are now, with those of the last post of the person in each."""
    work = service.clockwork(workspace)
    last = last_posts(workspace, cases)
    ids = sorted(set(last.values()))
    rows = {row.post_id: row for row in archive().posts.many(workspace.pk, ids)} if ids else {}
    ordered = list(rows.values())
    told = dict(zip(rows, of_posts(workspace, ordered, asker, work.usual), strict=True))
    return [_of_case(case, told.get(last.get(case.pk, 0), UNKNOWN), work.hours_of(case)) for case in cases]


def last_posts(workspace: Workspace, cases: Iterable[Case]) -> dict[int, int]:
    """case number -> the last post in it that is not ours."""
    rows = CasePost.objects.of(workspace).filter(case__in=[case.pk for case in cases], ours=False)
    return dict(rows.order_by("at_ms", "pk").values_list("case_id", "post_id"))


def _of_case(case: Case, post: Facts, hours: Hours) -> Facts:
    now, since = now_ms(), case.waiting_since_ms
    person = case.person
    return replace(
        post,
        network=case.network or post.network,
        source=str(case.source_id or "") or post.source,
        followers=post.followers if post.followers is not None else case.reach or None,
        known_person=bool(person and person.relation),
        relation=person.relation if person else "",
        legitimacy=case.standing,
        private=case.private,
        outside_hours=hours.between(now, now + 1) == 0,
        labels=tuple(case.labels),
        urgent=case.urgent,
        waiting_hours=(now - since) / HOUR_MS if since else 0.0,
    )
