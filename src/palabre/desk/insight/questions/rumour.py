"""One rumour file: who said it first, its spread, how it was taken, what is certain, our reply, what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from palabre import insight
from palabre.archive.rumours import OUTCOMES, STATUSES
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.acting import done, undone, whole
from palabre.desk.insight.acts import who
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.drawing import filled
from palabre.desk.insight.evidence import address
from palabre.desk.insight.excerpts import excerpts
from palabre.desk.insight.pages import Act, Page, Screen
from palabre.desk.mentions.cards import link_of
from palabre.desk.mentions.facets import naming
from palabre.desk.sources.words import duration
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import InputError
from palabre.insight import Opened
from palabre.measure.charts import Chart, Point, Series
from palabre.model import Evidence
from palabre.understand.rumours import STANCES, Rumour, techniques
from palabre.understand.tabular import author_keys, times

LISTED, STEPS_MAX, AMPLIFIERS, SOURCES_MAX = 300, 400, 8, 20


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    """NotFoundError for another workspace's."""
    rumour_id = whole(asked.word("file"))
    if not rumour_id:
        return Screen({"file": None}, dict.fromkeys(("spread", "networks", "stances"), Chart("lines", ())))
    opened = read(seat, rumour_id)
    file, found = opened.file, opened.found
    ids = opened.posts["post_id"].to_pylist() if found else []
    answers = opened.replies["post_id"].to_pylist() if found else []
    ours = file.reply_id or (answers[found.reply] if found and found.reply >= 0 else 0)
    heads = excerpts(seat, [*([ids[found.first]] if found else []), *([ours] if ours else [])])
    context = {
        "file": file,
        "found": found,
        "broken": opened.said == ("broken",),
        "first": heads.get(ids[found.first]) if found else None,
        "reply": heads.get(ours),
        "reply_chosen": bool(file.reply_id),
        "amplifiers": amplifiers(opened) if found else [],
        "sources": sources(seat, opened) if found else [],
        "links": [one for one in map(link_of, file.sources) if one],
        "tags": [techniques()[one] for one in file.tags if one in techniques()],
        "vocabulary": vocabulary(lang),
        "history": archive().rumours.history(seat.workspace.id, rumour_id)[::-1],
        "statuses": STATUSES,
        "outcomes": OUTCOMES[1:],
        "half": duration(found.half_ms / 1000, lang) if found else "",
        "reply_after": duration(found.reply_after_ms / 1000, lang) if found else "",
    }
    return Screen(context, drawings(seat, opened, lang))


def read(seat: Seat, rumour_id: int) -> Opened:
    """The file; where its query cannot be read any more, the file alone."""
    try:
        return insight.opened(archive(), seat.workspace.id, rumour_id)
    except InputError:
        nothing = pa.table({"post_id": pa.array([], pa.int64())})
        file = archive().rumours.get(seat.workspace.id, rumour_id)
        return Opened(file, None, nothing, nothing, ("broken",))


def drawings(seat: Seat, opened: Opened, lang: str) -> dict[str, Chart]:
    found = opened.found
    if found is None:
        return dict.fromkeys(("spread", "networks", "stances"), Chart("lines", ()))
    return {
        "spread": Chart("lines", over_time(seat, found, opened.posts, lang)),
        "networks": Chart("ranked", by_network(seat, found, lang)),
        "stances": Chart("parts", stances(seat, opened, lang), "share"),
    }


def listing(seat: Seat, ids: Iterable[int]) -> str:
    return address(seat, Evidence(post_ids=tuple(ids)[:LISTED]))


def over_time(seat: Seat, found: Rumour, posts: pa.Table, lang: str) -> tuple[Series, ...]:
    """Posts and voices a step, from the first post to the last; steps without one are zero where they are not many."""
    starts, n, voices = (part.tolist() for part in found.series)
    ids, place = posts["post_id"].to_numpy(), times(posts) // found.step_ms * found.step_ms
    every = range(starts[0], starts[-1] + 1, found.step_ms) if starts else range(0)
    kept = list(every) if len(every) <= STEPS_MAX else starts
    links = {start: listing(seat, ids[place == start].tolist()) for start in starts}
    drawn = []
    for name, counts in (("insight.in_posts", n), ("insight.in_voices", voices)):
        known = dict(zip(starts, counts, strict=True))
        points = tuple(Point(at, known.get(at, 0), n=known.get(at, 0), href=links.get(at, "")) for at in kept)
        drawn.append(Series(speak(name, lang), points, ours=name.endswith("posts")))
    return filled(drawn)


def by_network(seat: Seat, found: Rumour, lang: str) -> tuple[Series, ...]:
    """Posts and voices of each network, in the order in which the claim reached them."""
    base = found.posts.evidence
    links = {one.network: address(seat, of_network(base, one.network)) for one in found.networks}
    named = naming(lang, {}, {})
    names = [named("network", one.network) if one.network else "—" for one in found.networks]
    posts, voices = (
        tuple(Point(name, getattr(one, count), n=one.posts, href=links[one.network])
              for name, one in zip(names, found.networks, strict=True))
        for count in ("posts", "voices")
    )  # fmt: skip
    return Series(speak("insight.in_posts", lang), posts, ours=True), Series(speak("insight.in_voices", lang), voices)


def of_network(base: Evidence, network: str) -> Evidence:
    return Evidence(base.query, base.watch_ids, base.since_ms, base.until_ms, {**base.filters, "network": network})


def stances(seat: Seat, opened: Opened, lang: str) -> tuple[Series, ...]:
    """The parts of the replies, one bar; nothing where they are too few."""
    known = opened.found.stances if opened.found else {}
    ids = opened.replies["post_id"].to_pylist()
    made, label = [], speak("rumour_page.replies", lang)
    for name in STANCES:
        one = known.get(name)
        if one is not None and one.value is not None:
            mine = [i for i, said in zip(ids, opened.said, strict=True) if said == name]
            point = Point(label, one.value, one.low, one.high, one.n, listing(seat, mine) if mine else "")
            made.append(Series(speak(f"figure.name.stance_{name}", lang), (point,)))
    return filled(made)


def amplifiers(opened: Opened) -> list[tuple[str, int]]:
    """(account, posts) of those who carry the claim most, more than once."""
    names, counts = np.unique([one for one in author_keys(opened.posts) if one], return_counts=True)
    order = np.lexsort((names, -counts))[:AMPLIFIERS]
    return [(str(names[at]), int(counts[at])) for at in order if counts[at] > 1]


def sources(seat: Seat, opened: Opened) -> list[dict[str, Any]]:
    """Marked sources that speak of the claim, each with its post."""
    found = opened.found.sources[:SOURCES_MAX] if opened.found else ()
    ids = [(opened.replies if one.reply else opened.posts)["post_id"][one.row].as_py() for one in found]
    heads = excerpts(seat, ids)
    return [{"one": one, "head": heads.get(post_id)} for one, post_id in zip(found, ids, strict=True)]


def vocabulary(lang: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """DISARM techniques by tactic, as (identifier, name, English name)."""
    ordered = sorted(techniques().values(), key=lambda one: (one.tactic, one.technique_id))
    return [
        (tactic, [(one.technique_id, one.names.get(lang, one.names["en"]), one.names["en"]) for one in some])
        for tactic, some in groupby(ordered, key=lambda one: one.tactic)
    ]


@require_POST
@seated("agent")
def complete(request: HttpRequest, seat: Seat, rumour_id: int) -> HttpResponse:
    """What is certain, what was seen, our reply. NotFoundError for another workspace's."""
    given, words = request.POST, f"file={rumour_id}"
    archive().rumours.get(seat.workspace.id, rumour_id)
    try:
        archive().rumours.change(
            seat.workspace.id,
            rumour_id,
            who(seat),
            tags=[one for one in given.getlist("tag") if one in techniques()],
            sources=addresses(given.get("sources", "")),
            reply_id=reply_of(seat, given.get("reply", "")),
        )
    except InputError as error:
        return undone(request, seat, error, "rumour", words)
    return done(request, seat, "rumour_changed", str(rumour_id), "rumour", words)


def addresses(text: str) -> list[str]:
    """One a line. Raises InputError for what is no address of a page."""
    found = [one.strip() for one in text.splitlines() if one.strip()][:SOURCES_MAX]
    wrong = next((one for one in found if len(one) > 2_000 or not link_of(one)), None)
    if wrong is not None:
        raise InputError("rumour_page.bad_source", address=wrong[:120])
    return found


def reply_of(seat: Seat, text: str) -> int:
    """The post that a number, an address of the stream or its own address means; 0 for none. Raises InputError."""
    asked = text.strip()
    if not asked:
        return 0
    number = whole(asked.rstrip("/").rpartition("/")[2])
    if number and archive().posts.many(seat.workspace.id, [number]):
        return number
    row = archive().posts.by_uri(seat.workspace.id, asked)
    if row is None:
        raise InputError("rumour_page.no_reply", asked=asked[:120])
    return row.post_id


@require_POST
@seated("agent")
def judge(request: HttpRequest, seat: Seat, rumour_id: int) -> HttpResponse:
    """How far it is, and what the claim was worth, with why. NotFoundError for another workspace's."""
    given, words = request.POST, f"file={rumour_id}"
    try:
        archive().rumours.change(
            seat.workspace.id, rumour_id, who(seat), status=given.get("status") or None,
            outcome=given.get("outcome") or None, why=given.get("why", "")[:2_000],
        )  # fmt: skip
    except InputError as error:
        return undone(request, seat, error, "rumour", words)
    return done(request, seat, "rumour_judged", str(rumour_id), "rumour", words)


PAGE = Page(
    "rumour",
    "rumour_page.one",
    build,
    periods=False,
    under="rumours",
    routes=(
        Act("rumours/<number:rumour_id>", complete, "rumour_complete"),
        Act("rumours/<number:rumour_id>/outcome", judge, "rumour_judge"),
    ),
)
