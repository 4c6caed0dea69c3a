"""How a post enters: into the case it belongs to, or as a new case. Each post in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from palabre.archive import PostRow
from palabre.desk.engine import archive
from palabre.desk.inbox import access
from palabre.desk.inbox.folding import settle
from palabre.desk.inbox.models import HUMAN, Case, CaseIntake, CasePost
from palabre.desk.outbox.models import Channel
from palabre.desk.people import access as people
from palabre.desk.workspaces.models import Workspace
from palabre.engage.intake import OWN_PAGES, Us, is_ours, is_private, is_said, names_of, thread_of, wanted, why
from palabre.model import Post, PostKind

THREAD_MAX = 20_000  # posts below a new case that are taken in with it
LEVELS = 12  # of answers to answers that are looked up
NETWORKS = {"wordpress": "web"}  # connector -> network, where they are called otherwise


@dataclass(frozen=True, slots=True)
class Ours:
    """Who we are, by source and by network. official: uris of accounts of our house that answer without Palabre."""

    by_source: Mapping[int, Us]
    by_network: Mapping[str, Us]
    official: frozenset[str] = frozenset()

    def at(self, row: PostRow) -> Us | None:
        return self.by_source.get(row.source_id or 0) or self.by_network.get(row.post.network)

    def wrote(self, row: PostRow) -> bool:
        account = row.post.account
        return account is not None and (account.uri in self.official or is_ours(account, self.at(row)))


@dataclass(frozen=True)
class Round:
    """Some posts, in order, and what is known around them. above: posts by uri; folded: post_ids; sent: uris that our
    outbox sent; ours: uris of what we wrote; since_ms: older posts open no case."""

    intake: CaseIntake
    rows: list[PostRow]
    above: Mapping[str, PostRow]
    folded: frozenset[int]
    sent: frozenset[str]
    since_ms: int
    us: Ours
    ours: frozenset[str] = frozenset()
    posts: dict[str, Post] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.posts.update({uri: row.post for uri, row in self.above.items()})

    @property
    def workspace(self) -> Workspace:
        return self.intake.workspace

    def is_ours(self, row: PostRow) -> bool:
        return row.post.uri in self.sent or self.us.wrote(row)

    def why(self, row: PostRow) -> str:
        return why(row.post, self.us.at(row), answers_ours=row.post.parent in self.ours)

    def thread(self, row: PostRow) -> str:
        us = self.us.at(row)
        return thread_of(row.post, self.posts, self.ours, page=us is not None and us.page)

    def tells(self, row: PostRow, ours: bool) -> str:
        """The kind of event that a post of an open exchange is; "" for none. What we sent is told by the outbox."""
        if ours:
            return "" if row.post.uri in self.sent else "reply"
        return "" if row.post_id in self.folded else "customer"

    def opens(self, row: PostRow) -> bool:
        """Whether it may open a case at all."""
        return (
            row.sort_ms >= self.since_ms
            and row.post_id not in self.folded
            and row.post.kind != PostKind.RESHARE
            and not self.is_ours(row)
        )


def us_of(workspace: Workspace) -> Ours:
    """Who we are: where we can answer, and by the accounts that were marked as ours."""
    by_source: dict[int, Us] = {}
    by_network: dict[str, Us] = {}
    for channel in Channel.objects.of(workspace):
        network = NETWORKS.get(channel.connector, channel.connector.partition("_")[0])
        one = Us(names_of(channel.account), page=channel.connector in OWN_PAGES)
        by_source[channel.source_id] = one
        there = one.elsewhere(network)
        by_network[network] = Us(there.names | by_network.get(network, there).names, here=False)
    return Ours(by_source, by_network, frozenset(archive().marks.named(workspace.pk, "account", "official")))


def own_posts(workspace: Workspace, uris: Iterable[str]) -> set[str]:
    """Of these, those that a case knows as ours."""
    rows = CasePost.objects.of(workspace).filter(uri__in=list(uris), ours=True)
    return set(rows.values_list("uri", flat=True))


def watches_of(intake: CaseIntake) -> set[int]:
    """The watches whose mentions may need an answer."""
    found = archive().watches.all(intake.workspace.pk, active=True)
    return {one.watch_id for one in found if one.kind in intake.kinds}


def direct(found: Round) -> int:
    """What is said to us, and what goes on in cases. How many were opened."""
    places = Places(found)
    touched: dict[int, Case] = {}
    opened = 0
    for row in found.rows:
        case = places.of(row)
        if case is not None:
            if places.known(row):  # a pass that was cut off may have left its case unsettled
                touched[case.pk] = case
            else:
                join(found, case, row, touched)
                places.now_in(row, case)
        elif found.opens(row) and (reason := found.why(row)):
            fresh = open_case(found, row, addressed=True, asks=asks_of(found, row), reason=reason)
            places.now_in(row, fresh)
            opened += 1
    for case in touched.values():
        settle(case)
    return opened


def mentions(found: Round) -> int:
    """Mentions of our own that need an answer. How many cases were opened."""
    watched = watches_of(found.intake)
    chosen = [row for row in found.rows if watched & set(row.watch_ids) and found.opens(row) and is_said(row.post)]
    places = Places(found)
    readings = archive().readings.of(found.workspace.pk, [row.post_id for row in chosen]) if chosen else {}
    opened = 0
    for row in chosen:
        reading = readings.get(row.post_id)
        if reading is None or places.known(row) or places.of(row) is not None:
            continue
        sure = found.intake.sure_percent / 100
        asks = wanted(reading.scores, reading.intents or (), found.intake.intents, sure)
        if asks:
            places.now_in(row, open_case(found, row, addressed=False, asks=asks, reason="asks"))
            opened += 1
    return opened


def asks_of(found: Round, row: PostRow) -> dict[str, float]:
    """What a post that is said to us asks for, if it was read; it comes in either way."""
    reading = archive().readings.of(found.workspace.pk, [row.post_id]).get(row.post_id)
    return wanted(reading.scores, reading.intents or (), reading.intents or (), 0.5) if reading else {}


def open_case(found: Round, row: PostRow, *, addressed: bool, asks: dict[str, float], reason: str) -> Case:
    """A new case with what was said below the post already."""
    thread = found.thread(row)
    later = below(found, row, thread)  # read before: nobody else writes while a transaction is open
    with transaction.atomic():
        case = access.opened(
            found.workspace, row, private=is_private(row.post), thread=thread, asks=asks, addressed=addressed,
            reason=reason,
        )  # fmt: skip
        if later and access.joined_at_once(case, [(one, found.is_ours(one)) for one in later], found.tells):
            settle(case)
    return case


def below(found: Round, row: PostRow, thread: str) -> list[PostRow]:
    """What was said after a post in the same exchange, as far as it was heard."""
    around = archive().thread(found.workspace.pk, row.post_id, THREAD_MAX)
    inside = {row.post.uri, thread}
    later = []
    for one in around:
        if one.post_id == row.post_id or one.sort_ms < row.sort_ms or one.post.kind == PostKind.RESHARE:
            continue
        if one.post.parent in inside or one.post.root in inside:
            inside.add(one.post.uri)
            later.append(one)
    return later


def join(found: Round, case: Case, row: PostRow, touched: dict[int, Case]) -> None:
    """A post of the exchange: it is shown there, and moves the clock when it should."""
    if row.post.kind == PostKind.RESHARE:
        return
    ours = found.is_ours(row)
    with transaction.atomic():
        if not access.joined(case, row, ours=ours):
            return
        key, kind = access.key_of(row.post.uri), found.tells(row, ours)
        if kind == "reply":  # answered on the platform itself
            access.happened(case, kind, at_ms=row.sort_ms, event_id=key, by=HUMAN, follow=False, post_id=row.post_id)
        elif kind:
            heard(found, case, row, key)
    touched[case.pk] = case


def heard(found: Round, case: Case, row: PostRow, key: str) -> None:
    """Somebody says more. In a case that is done, a stranger's word changes nothing; one said to us opens it again."""
    done = case.state == "resolved"
    if done and not wrote_before(case, row) and not found.why(row):
        return
    access.happened(case, "customer", at_ms=row.sort_ms, event_id=key, follow=False, post_id=row.post_id)
    if done and settle(case).state == "resolved":  # it was said before we closed, and heard after
        access.happened(case, "reopened", event_id=f"late:{key}"[:80], post_id=row.post_id)


def wrote_before(case: Case, row: PostRow) -> bool:
    """Whether it is the person whose case it is."""
    if case.person_id is None or row.post.account is None:
        return False
    person = people.behind(case.workspace, row.post.network, row.post.account.uri)
    return person is not None and person.pk == case.person_id


class Places:
    """Which case a post belongs to: the one it is in, that of the post it answers, that of its thread."""

    def __init__(self, found: Round) -> None:
        self._found = found
        uris = {row.post.uri for row in found.rows} | {row.post.parent for row in found.rows} - {""}
        self._cases: dict[int, Case] = {}  # one instance a case, so that all see what became of it
        rows = CasePost.objects.of(found.workspace).filter(uri__in=list(uris)).select_related("case__person")
        self._by_uri = {row.uri: self._one(row.case) for row in rows}
        self._threads = self._by_thread()

    def _one(self, case: Case) -> Case:
        return self._cases.setdefault(case.pk, case)

    def _by_thread(self) -> dict[str, Case]:
        keys = {row.post.root for row in self._found.rows} | {self._found.thread(row) for row in self._found.rows}
        rows = Case.objects.of(self._found.workspace).filter(thread__in=list(keys - {""})).select_related("person")
        return {row.thread: self._one(row) for row in rows.order_by("pk")}

    def known(self, row: PostRow) -> bool:
        """Whether it is in a case already."""
        return row.post.uri in self._by_uri

    def of(self, row: PostRow) -> Case | None:
        post = row.post
        found = (
            self._by_uri.get(post.uri) or self._by_uri.get(post.parent) or self._threads.get(self._found.thread(row))
        )
        return self._one(access.final(found)) if found is not None else None

    def now_in(self, row: PostRow, case: Case) -> None:
        self._by_uri[row.post.uri] = self._one(case)
        self._threads.setdefault(case.thread, case)
