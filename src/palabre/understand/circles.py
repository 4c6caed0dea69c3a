"""The circles around one account: whom it turns to every week, every month, now and then. Public acts only. Pure.

    around = circles(graph, posts, "https://piaf.example/@lea")
    around.inner[0].account, around.inner[0].per_month       # and whether it is returned: .returned
    around.count("inner").value

Circle 1 after the layers of human contact: a support clique met at least weekly, a sympathy group at least monthly, an
active network beyond (Dunbar and Spoors 1995; Hill and Dunbar 2003; found again in exchanges on Twitter and Facebook by
Dunbar, Arnaboldi, Conti and Passarella 2015). Inner: at least once a week, and the other turns back at least a third as
often; regular: at least once a month; occasional: the rest. A window of fewer than 28 days says too little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from palabre.model import Evidence, Figure
from palabre.understand.figuring import FEW_POSTS, NOTHING, count, few, narrowed
from palabre.understand.graph import Graph
from palabre.understand.tabular import Ints, author_array, places, times, within

METHOD, VERSION = "methods_actors.circles", 1
MONTH_DAYS, WINDOW_DAYS_LEAST = 30.0, 28.0
WEEKLY, MONTHLY = 30 / 7, 1.0  # contacts in 30 days
RETURNED_LEAST = 1 / 3
CIRCLES = ("inner", "regular", "occasional")
CONTACTS_MAX = 150  # the active network; the strongest are listed, all are counted
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Contact:
    """given, received: interactions; per_month: given in 30 days; returned: received for each given, at most 1."""

    account: str
    circle: str
    given: int
    received: int
    per_month: float
    returned: float


@dataclass(frozen=True, slots=True)
class Circles:
    """Contacts by circle, the strongest first, and how many accounts each holds."""

    account: str
    inner: tuple[Contact, ...]
    regular: tuple[Contact, ...]
    occasional: tuple[Contact, ...]
    figures: tuple[Figure, ...]

    def count(self, circle: str) -> Figure:
        return self.figures[CIRCLES.index(circle)]


def circles(
    graph: Graph, posts: pa.Table, account: str, scope: Evidence = NOTHING, since_ms: int = 0, until_ms: int = 0
) -> Circles:
    """The circles of one account. posts, since_ms, until_ms: those that the graph was made of."""
    evidence = narrowed(scope, account=account)
    ego, days = int(places(pa.array([account]), graph.accounts)[0]), window_days(posts, since_ms, until_ms)
    mine, theirs = tallies(graph, ego)
    wrote = int(pc.sum(pc.equal(author_array(posts), account)).as_py() or 0)  # what the evidence lists
    if ego < 0 or int(mine.sum()) < FEW_POSTS or days < WINDOW_DAYS_LEAST:
        silent = tuple(few(name, wrote, METHOD, evidence, unit="accounts", version=VERSION) for name in CIRCLES)
        return Circles(account, (), (), (), silent)
    others = np.flatnonzero(mine)
    all_of = [contact(graph, int(i), int(mine[i]), int(theirs[i]), days) for i in others]
    ranked = sorted(all_of, key=lambda one: (-one.given, -one.received, one.account))
    grouped = {name: [one for one in ranked if one.circle == name] for name in CIRCLES}
    listed = [tuple(grouped[name][:CONTACTS_MAX]) for name in CIRCLES]
    figures = tuple(
        count(name, len(grouped[name]), METHOD, evidence, unit="accounts", n=wrote, version=VERSION) for name in CIRCLES
    )
    return Circles(account, listed[0], listed[1], listed[2], figures)


def tallies(graph: Graph, ego: int) -> tuple[Ints, Ints]:
    """(how often the account turned to each other, how often each turned to it), n."""
    mine = np.bincount(graph.target[graph.source == ego], minlength=graph.n)
    theirs = np.bincount(graph.source[graph.target == ego], minlength=graph.n)
    return mine, theirs


def contact(graph: Graph, other: int, given: int, received: int, days: float) -> Contact:
    per_month, returned = given * MONTH_DAYS / days, min(1.0, received / given)
    return Contact(graph.accounts[other].as_py(), circle_of(per_month, returned), given, received, per_month, returned)


def circle_of(per_month: float, returned: float) -> str:
    """The circle of a contact by its frequency and how far it is returned."""
    if per_month >= WEEKLY and returned >= RETURNED_LEAST:
        return "inner"
    return "regular" if per_month >= MONTHLY else "occasional"


def window_days(posts: pa.Table, since_ms: int, until_ms: int) -> float:
    """Length of the window: as asked, else from the first post to the last."""
    if since_ms and until_ms:
        return (until_ms - since_ms) / DAY_MS
    when = times(within(posts, since_ms, until_ms))
    return float(when.max() - when.min()) / DAY_MS if len(when) else 0.0
