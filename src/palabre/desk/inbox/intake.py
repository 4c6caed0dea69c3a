"""What was heard becomes cases: a pass that can be cut off anywhere and begun again, in order of arrival.

Two cursors: what is said to us (and what goes on in an open case) is taken as soon as it is heard; a mention waits
until it was read. A post is in one case at most, an event with the same id is told once: going over posts again changes
nothing. So the cursors go back, over the last days, when we learn to answer somewhere or the panel changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from palabre.archive import PostRow
from palabre.desk.beats import each
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox import entering
from palabre.desk.inbox.entering import Round
from palabre.desk.inbox.folding import intake_of
from palabre.desk.inbox.models import CaseIntake
from palabre.desk.outbox import access as outbox
from palabre.desk.outbox.models import Channel
from palabre.desk.workspaces.models import Workspace

DAY_MS = 86_400_000
STEP = 500
LEASE_MS = 120_000
STEPS_A_BEAT = 40


def run() -> int:
    """One round over all workspaces: how many cases were opened."""
    return each(Workspace.objects.all(), fill)


def fill(workspace: Workspace, steps: int = STEPS_A_BEAT) -> int:
    """The next posts of a workspace; nothing while another process is at it. How many cases were opened."""
    intake = intake_of(workspace)
    if not leased(intake):
        return 0
    try:
        rewind(intake)
        return directly(intake, steps) + by_mention(intake, steps)
    finally:
        CaseIntake.objects.of(workspace).filter(pk=intake.pk).update(lease_until_ms=0)


def leased(intake: CaseIntake) -> bool:
    """One worker at a time; a worker that died leaves its lease to run out."""
    now = now_ms()
    free = CaseIntake.objects.of(intake.workspace).filter(pk=intake.pk, lease_until_ms__lte=now)
    return free.update(lease_until_ms=now + LEASE_MS) == 1


def rewind(intake: CaseIntake) -> None:
    """Looks at the last days again where more may be wanted of them than before."""
    workspace = intake.workspace
    said = Channel.objects.of(workspace).order_by("pk").values_list("source_id", "account")
    channels = hashlib.sha256(repr(list(said)).encode()).hexdigest()
    stamp = archive().watches.stamp()
    settled = all(not one.history_before for one in archive().watches.all(workspace.pk, active=True))
    start = archive().posts.first_since(now_ms() - intake.days * DAY_MS) - 1
    if intake.channels != channels:
        move(intake, channels=channels, after_direct=start if said or intake.after_direct < 0 else intake.after_direct)
    if settled and intake.stamp != stamp:
        move(intake, stamp=stamp, after_mentions=start)


def move(intake: CaseIntake, **values: int | str) -> None:
    """Keeps where we are; the lease is good for another while."""
    for name, value in values.items():
        setattr(intake, name, value)
    rows = CaseIntake.objects.of(intake.workspace).filter(pk=intake.pk)
    rows.update(lease_until_ms=now_ms() + LEASE_MS, **values)


def directly(intake: CaseIntake, steps: int) -> int:
    """What is said to us, and what goes on in cases."""
    opened = 0
    for _ in range(steps):
        rows = archive().posts.after(intake.workspace.pk, intake.after_direct, STEP)
        if rows:
            opened += entering.direct(around(intake, rows))
            move(intake, after_direct=rows[-1].post_id)
        if len(rows) < STEP:
            break
    return opened


def by_mention(intake: CaseIntake, steps: int) -> int:
    """Mentions that need an answer. Stops before the first that waits to be read."""
    if not intake.mentions or intake.stamp < 0:
        return 0
    opened = 0
    for _ in range(steps):
        rows = [row for row in archive().posts.after(intake.workspace.pk, intake.after_mentions, STEP)
                if row.post_id <= intake.after_direct]  # fmt: skip
        full = len(rows) == STEP
        rows, waits = read(intake, rows)
        if rows:
            opened += entering.mentions(around(intake, rows))
            move(intake, after_mentions=rows[-1].post_id)
        if waits or not full:
            break
    return opened


def read(intake: CaseIntake, rows: Sequence[PostRow]) -> tuple[list[PostRow], bool]:
    """(those before the first mention that was not read, whether there is one)."""
    wanted = entering.watches_of(intake)
    asked = [row.post_id for row in rows if wanted & set(row.watch_ids)]
    known = archive().readings.of(intake.workspace.pk, asked) if asked else {}
    unread = next((one for one in asked if one not in known or known[one].intents is None), None)
    if unread is None or not archive().readings.waits(intake.workspace.pk):
        return list(rows), False
    return [row for row in rows if row.post_id < unread], True


def around(intake: CaseIntake, rows: Sequence[PostRow]) -> Round:
    """Some posts with what is known around them: what they answer, what is ours, what is folded away."""
    workspace = intake.workspace
    above = ancestors(workspace, rows)
    ids = [row.post_id for row in rows]
    folds = archive().folds.of(workspace.pk, ids)
    sent = outbox.ours(workspace, [*above, *(row.post.uri for row in rows)])
    made = Round(
        intake,
        list(rows),
        above=above,
        folded=frozenset(one for one, fold in folds.items() if not fold.restored_ms),
        sent=frozenset(sent),
        since_ms=now_ms() - intake.days * DAY_MS,
        us=entering.us_of(workspace),
    )
    own = {uri for uri, row in above.items() if made.is_ours(row)}
    return replace(made, ours=frozenset(own | set(sent) | entering.own_posts(workspace, above)))


def ancestors(workspace: Workspace, rows: Sequence[PostRow]) -> dict[str, PostRow]:
    """What these posts answer, and what that answers, level by level, by uri; and they themselves."""
    found = {row.post.uri: row for row in rows}
    for _ in range(entering.LEVELS):
        asked = {row.post.parent for row in found.values()} | {row.post.root for row in rows}
        missing = [uri for uri in asked if uri and uri not in found]
        more = archive().posts.by_uris(workspace.pk, missing)
        if not more:
            return found
        found |= more
    return found
