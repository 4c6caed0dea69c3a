"""One account: its circles, its part in each conversation and how it changes, its two scales, its posts."""

from __future__ import annotations

from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.drawing import bar, filled
from palabre.desk.insight.excerpts import excerpts
from palabre.desk.insight.pages import Page, Screen
from palabre.desk.insight.scope import scope_of
from palabre.desk.workspaces.access import Seat
from palabre.insight.account import Person, account
from palabre.measure.charts import Chart, Series
from palabre.understand.circles import CIRCLES
from palabre.understand.roles import ROLES

CONTACTS = 12


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    uri = asked.word("who")
    if not uri:
        return Screen({"person": None}, {"role": Chart("ranked", ())})
    person = account(archive(), seat.workspace.id, scope_of(asked), uri)
    heads = excerpts(seat, [one.post_id for one in person.turns])
    context = {
        "person": person,
        "role_names": ROLES,
        "circles": [(name, person.circles.count(name), getattr(person.circles, name)[:CONTACTS]) for name in CIRCLES],
        "turns": [(one, heads.get(one.post_id)) for one in person.turns],
        "scales": [person.standing.notoriety, person.standing.legitimacy] if person.standing else [],
    }
    return Screen(context, {"role": Chart("ranked", parts(seat, person, lang), "share")})


def parts(seat: Seat, person: Person, lang: str) -> tuple[Series, ...]:
    """The shares of its parts over the whole period; nothing where too few posts say."""
    shares = person.role.shares if person.role else {}
    known = [(speak(f"actors.role.{name}", lang), one) for name, one in shares.items() if not one.few]
    return filled([Series("", tuple(bar(seat, name, one) for name, one in known))])


PAGE = Page("account", "account_page.title", build, under="actors")
