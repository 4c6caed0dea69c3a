"""Whom to go out to: what this person took on, and what is suggested to them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q

from palabre.desk.outreach import access
from palabre.desk.outreach.telling import told
from palabre.desk.today.day import GATHERED_MAX, Day, Gathered, Shown, Wanted
from palabre.engage.brief import Item

TAKEN_FIRST = 1_000.0


class Contacts:
    name = "contact"
    needs = "agent"

    def gather(self, day: Day) -> Gathered:
        """Suggestions for those who know the person, or for whoever comes first."""
        user = day.seat.user
        mine = Q(state="taken", owner=user)
        offered = Q(state="suggested") & (Q(suggested_to=user) | Q(suggested_to=None))
        rows = access.contacts(day.seat).filter(mine | offered)[:GATHERED_MAX]
        return Gathered(
            tuple(Item(f"contact:{one.uid}", "contact", rank=one.points + TAKEN_FIRST * (one.state == "taken"))
                  for one in rows)
        )  # fmt: skip

    def show(self, day: Day, ids: Wanted) -> Mapping[str, Shown]:
        rows = access.contacts(day.seat).filter(uid__in=list(ids)) if ids else []
        found = {}
        for one in told(day.seat, rows, day.lang):
            done = one.contact.state in ("done", "put_off") or (
                one.contact.state == "taken" and one.contact.owner != day.seat.user
            )
            why = " · ".join(because.words for because in one.because)
            found[one.contact.uid] = Shown(one.name, why, day.at("outreach:contact", uid=one.contact.uid), done=done)
        return found


KIND = Contacts()
