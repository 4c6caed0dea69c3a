"""What our publications brought: answers, new voices, questions and whether we answered them, needs, reach.

    found = brought(archive, workspace_id, ["https://…/1"], ours=frozenset({"https://…/@us"}))
    found["https://…/1"].replies.value, found["https://…/1"].replies.evidence

Counted from what was heard, so never more than the sources tell: a platform that gives no views leaves reach unsaid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from palabre.archive import Archive
from palabre.archive.needs import Need
from palabre.model import Evidence, Figure
from palabre.understand.figuring import LISTED_MAX, count

VERSION = 1
NAMES = ("replies", "new_voices", "questions", "answered_questions", "passed_on")
COLUMNS = ("post_id", "uri", "account_uri", "parent", "root", "reshare_of", "quote_of", "sort_ms", "intents", "views")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Touched:
    """A need that answers to a publication belong to."""

    need_id: int
    title: str
    n: int
    post_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """heard: whether the publication itself came back by listening; reach: views as the platform tells, no value when
    it does not."""

    uri: str
    heard: bool
    replies: Figure
    new_voices: Figure
    questions: Figure
    answered_questions: Figure
    passed_on: Figure
    reach: Figure
    needs: tuple[Touched, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """Around all publications, looked up by uri. posts: themselves; first: when an account was first heard at all;
    answered: what our accounts answered; needs: by post."""

    posts: Mapping[str, Row]
    replies: Mapping[str, list[Row]]
    passed_on: Mapping[str, list[Row]]
    first: Mapping[str, int]
    answered: frozenset[str]
    needs: Mapping[int, list[Need]]


@dataclass(frozen=True, slots=True)
class Own:
    """A publication of our own accounts as it was heard."""

    uri: str
    post_id: int
    sort_ms: int
    network: str
    text: str


def own_publications(
    archive: Archive, workspace_id: int, accounts: frozenset[str], since_ms: int, until_ms: int
) -> list[Own]:
    """What these accounts published of themselves (no answer, no reshare), newest first."""
    if not accounts:
        return []
    posts = archive.lake.posts(workspace_id)
    wanted = posts.filter(
        posts.account_uri.isin(sorted(accounts)), posts.parent == "", posts.reshare_of == "",
        posts.sort_ms >= since_ms, posts.sort_ms < until_ms,
    ).select("uri", "post_id", "sort_ms", "network", "title", "text")  # fmt: skip
    rows = archive.lake.ask(wanted).to_pylist()
    made = [
        Own(row["uri"], row["post_id"], row["sort_ms"], row["network"], row["title"] or row["text"]) for row in rows
    ]
    return sorted(made, key=lambda one: -one.sort_ms)


def brought(
    archive: Archive, workspace_id: int, uris: Sequence[str], ours: frozenset[str] = frozenset()
) -> Mapping[str, Brought]:
    """By uri. ours: accounts that speak for us, whose answers are no replies but may answer a question."""
    if not uris:
        return {}
    around = posts_around(archive, workspace_id, uris)
    others = [row for row in around if row["account_uri"] not in ours]
    heard = Heard(
        {row["uri"]: row for row in reversed(around)},
        by_uri(others, ("parent", "root")),
        by_uri(others, ("reshare_of", "quote_of")),
        first_heard(archive, workspace_id, {row["account_uri"] for row in others}),
        frozenset(row["parent"] for row in around if row["account_uri"] in ours),
        needs_of(archive.needs.all(workspace_id), {row["post_id"] for row in others}),
    )
    return {uri: _one(uri, heard) for uri in uris}


def by_uri(rows: Iterable[Row], names: Sequence[str]) -> Mapping[str, list[Row]]:
    """The rows that point at each uri by one of these columns, at another than themselves."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for uri in {row[name] for name in names} - {row["uri"]}:
            found[uri].append(row)
    return found


def needs_of(wishes: Iterable[Need], post_ids: set[int]) -> Mapping[int, list[Need]]:
    """The needs that each of these posts belongs to."""
    found: dict[int, list[Need]] = defaultdict(list)
    for one in wishes:
        for post_id in post_ids.intersection(one.post_ids):
            found[post_id].append(one)
    return found


def posts_around(archive: Archive, workspace_id: int, uris: Sequence[str]) -> list[Row]:
    """The publications, what is said under them and what passes them on."""
    posts, known = archive.lake.posts(workspace_id), list(uris)
    near = posts.filter(
        posts.uri.isin(known) | posts.parent.isin(known) | posts.root.isin(known)
        | posts.reshare_of.isin(known) | posts.quote_of.isin(known)
    )  # fmt: skip
    found: list[Row] = archive.lake.ask(near.select(*COLUMNS)).to_pylist()
    return found


def first_heard(archive: Archive, workspace_id: int, accounts: Iterable[str]) -> Mapping[str, int]:
    """Account → when it was first heard at all."""
    wanted = sorted(one for one in accounts if one)
    if not wanted:
        return {}
    posts = archive.lake.posts(workspace_id)
    firsts = posts.filter(posts.account_uri.isin(wanted)).group_by("account_uri").agg(first=posts.sort_ms.min())
    return {row["account_uri"]: row["first"] for row in archive.lake.ask(firsts).to_pylist()}


def _one(uri: str, heard: Heard) -> Brought:
    itself, replies = heard.posts.get(uri), heard.replies.get(uri, [])
    fresh = newcomers(replies, heard.first, itself["sort_ms"] if itself else 0)
    questions = [row for row in replies if "question" in (row["intents"] or ())]
    answered = [row for row in questions if row["uri"] in heard.answered]
    parts = zip(NAMES, (replies, fresh, questions, answered, heard.passed_on.get(uri, [])), strict=True)
    figures = {name: counted(name, rows) for name, rows in parts}
    return Brought(uri, itself is not None, reach=reached(itself), needs=touched(replies, heard.needs), **figures)


def newcomers(replies: Sequence[Row], first: Mapping[str, int], since_ms: int) -> list[Row]:
    """The first reply of each account that had never been heard before the publication."""
    found: dict[str, Row] = {}
    for row in sorted(replies, key=lambda one: one["sort_ms"]):
        if row["account_uri"] and since_ms and first.get(row["account_uri"], 0) >= since_ms:
            found.setdefault(row["account_uri"], row)
    return list(found.values())


def counted(name: str, rows: Sequence[Row]) -> Figure:
    return count(name, len(rows), f"calendar.method.{name}", listed(row["post_id"] for row in rows), version=VERSION)


def listed(ids: Iterable[int]) -> Evidence:
    """Posts named one by one; where there are none, a list without any."""
    return Evidence(post_ids=tuple(sorted(ids)[-LISTED_MAX:]) or (0,))


def reached(itself: Row | None) -> Figure:
    """Views of the publication as the platform tells them."""
    views = itself["views"] if itself else None
    evidence = listed([itself["post_id"]] if itself else [])
    if views is None:
        return Figure("reach", None, 0, unit="views", method="calendar.method.reach", evidence=evidence)
    return count("reach", views, "calendar.method.reach", evidence, unit="views", n=1, version=VERSION)


def touched(replies: Sequence[Row], needs: Mapping[int, Sequence[Need]]) -> tuple[Touched, ...]:
    """Needs that these replies belong to, the most first."""
    found: dict[int, tuple[Need, list[int]]] = {}
    for row in replies:
        for one in needs.get(row["post_id"], ()):
            found.setdefault(one.need_id, (one, []))[1].append(row["post_id"])
    made = [Touched(one.need_id, one.title, len(posts), tuple(sorted(posts))) for one, posts in found.values()]
    return tuple(sorted(made, key=lambda one: (-one.n, one.need_id)))
