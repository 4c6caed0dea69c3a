"""Whom to thank: people who help others week after week, and whom nobody named here in the last weeks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from palabre import insight
from palabre.archive import Filters
from palabre.desk.design.templatetags.desk import number
from palabre.desk.engine import archive
from palabre.desk.today.day import DAY_MS, Day, Facts, Gathered, Shown, Wanted
from palabre.desk.today.models import Tick
from palabre.engage.brief import Item
from palabre.insight.scope import Scope
from palabre.model import Account
from palabre.understand.roles import Adviser

DAYS, THANKED_DAYS, SHOWN_MAX = 90, 60, 3


class Advisers:
    name = "adviser"
    needs = "reader"

    def gather(self, day: Day) -> Gathered:
        """On one day a week for everybody who helps; once ticked, not for two months."""
        thanked = set(
            Tick.objects.of(day.seat.workspace)
            .filter(key__startswith="adviser:", at_ms__gte=day.now_ms - THANKED_DAYS * DAY_MS)
            .values_list("key", flat=True)
        )
        known = {key_of(one.account): one for one in advisers(day)}
        fresh = [(key, one) for key, one in known.items() if key not in thanked and key not in day.told][:SHOWN_MAX]
        items = tuple(Item(key, "thank", rank=one.weeks.value or 0.0) for key, one in fresh)
        return Gathered(items, facts={key: facts(one, day) for key, one in fresh})

    def show(self, day: Day, ids: Wanted) -> Mapping[str, Shown]:
        posts = {known["post_id"] for known in ids.values() if known}
        rows = {row.post_id: row.post.account for row in archive().posts.many(day.seat.workspace.id, sorted(posts))}
        named = {key: (rows.get(known.get("post_id", 0)), known) for key, known in ids.items()}
        return {key: shown(account, known, day) for key, (account, known) in named.items() if account}


def key_of(account: str) -> str:
    """The account itself is not kept: it may be erased."""
    return f"adviser:{hashlib.sha256(account.encode()).hexdigest()[:32]}"


def facts(one: Adviser, day: Day) -> Facts:
    """post_id: a post by which to find who they are, as long as they are there."""
    rows = archive().search(day.seat.workspace.id, filters=Filters(account_uri=one.account), limit=1)
    post_id = rows[0].post_id if rows else 0
    return {"post_id": post_id, "answers": one.advice.value or 0.0, "weeks": int(one.weeks.value or 0)}


def advisers(day: Day) -> tuple[Adviser, ...]:
    until = day.now_ms - day.now_ms % DAY_MS
    scope = Scope(Filters(mentioned=True, since_ms=until - DAYS * DAY_MS, until_ms=until))
    return insight.actors(archive(), day.seat.workspace.id, scope, most=1).advisers


def shown(account: Account, known: Facts, day: Day) -> Shown:
    name = account.name or account.handle or account.uri.rstrip("/").rpartition("/")[2]
    why = day.say("why.adviser", answers=number(round(known["answers"])), n=known["weeks"], days=DAYS)
    address = day.at("insight:account", {"who": account.uri, "days": DAYS, "all": 1})
    return Shown(day.say("line.adviser", name=name), why, address)


KIND = Advisers()
