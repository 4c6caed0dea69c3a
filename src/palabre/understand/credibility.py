"""How far a source can be believed, with every reason and its weight in sight. Never a verdict without reasons. Pure.

    known = heard_facts(posts, now_ms)                        # by site: what the archive itself can tell
    made = credibility("gazette.example", known["gazette.example"], PageFacts(byline=True, contact=True))
    made.figure.value, [(one.name, one.value, one.weight) for one in made.reasons]
    made.certified                                            # the organisation's own mark: shown apart, and it wins

Definition 1: 100 × Σ weight × value / Σ weight over the reasons that are known; each value is 0 to 1. Fewer than
three known reasons, or fewer than five posts: no figure. What is not known is not held against anybody, it is listed
as unknown. The criteria are those that fact-checking and transparency standards ask for and a machine can see
(Journalism Trust Initiative, CWA 17493:2019; NewsGuard's nine criteria), with what listening adds: age, copying,
coordination. Interval: shares at their Wilson limits, unknown reasons at 0 and at 1, so that little
knowledge shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

import numpy as np
import pyarrow as pa

from palabre.model import Evidence, Figure
from palabre.text.urls import registrable
from palabre.understand.figuring import FEW_POSTS, NOTHING, few, narrowed, wilson
from palabre.understand.tabular import Bools, Ints, author_array, codes, flags, strings, text_array, times

METHOD, VERSION = "methods_actors.credibility", 1
WEIGHTS: Mapping[str, float] = {
    "age": 0.15,  # how long we have heard it
    "https": 0.05,
    "byline": 0.10,  # articles say who wrote them
    "contact": 0.10,  # the site says who answers for it
    "corrections": 0.15,  # it corrects itself in the open
    "verified": 0.10,  # by the platform
    "own_domain": 0.10,  # the handle is a domain, or a page and its profile name each other (rel=me)
    "original": 0.15,  # share of its stories that it did not take from others
    "uncoordinated": 0.10,  # share of its posts outside coordinated pushes
}
REASONS_LEAST = 3
DAY_MS = 86_400_000
OLD_DAYS = 365.0  # heard for a year: as old as it gets


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What somebody or a crawler saw on the pages of a source; None: nobody looked."""

    byline: bool | None = None
    contact: bool | None = None
    corrections: bool | None = None
    own_domain: bool | None = None


@dataclass(frozen=True, slots=True)
class HeardFacts:
    """What the archive tells of a source. stories, copied: told here, and by others before; 0: not known."""

    posts: int
    days: float
    https: int
    verified: bool
    stories: int
    copied: int
    coordinated: int
    groups_known: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """The organisation vouches for this source: who said so, when (epoch ms) and why."""

    who: str
    when_ms: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """value: 0 to 1, None when it is not known; sentence: credibility.<name>.<yes|no|unknown> says it in words."""

    name: str
    value: float | None
    low: float
    high: float
    weight: float

    @property
    def sentence(self) -> str:
        end = "unknown" if self.value is None else "yes" if self.value >= 0.5 else "no"
        return f"credibility.{self.name}.{end}"


@dataclass(frozen=True, slots=True)
class Credibility:
    """reasons: known and unknown, the heaviest first. trusted: certified by us, whatever the figure says."""

    source: str
    figure: Figure
    reasons: tuple[Reason, ...]
    certified: Mark | None = None

    @property
    def trusted(self) -> bool:
        return self.certified is not None


def credibility(
    source: str, heard: HeardFacts, seen: PageFacts | None = None, mark: Mark | None = None, scope: Evidence = NOTHING
) -> Credibility:
    """The credibility of one source."""
    reasons = tuple(sorted(reasons_of(heard, seen or PageFacts()), key=lambda one: (-one.weight, one.name)))
    known = [one for one in reasons if one.value is not None]
    evidence = narrowed(scope, source=source)
    if len(known) < REASONS_LEAST or heard.posts < FEW_POSTS:
        return Credibility(source, few("credibility", heard.posts, METHOD, evidence, version=VERSION), reasons, mark)
    whole = sum(one.weight for one in known)
    value = 100 * sum((one.value or 0.0) * one.weight for one in known) / whole
    low = 100 * sum(one.low * one.weight for one in known)
    high = 100 * (sum(one.high * one.weight for one in known) + sum(WEIGHTS.values()) - whole)
    figure = Figure("credibility", value, heard.posts, low, high, "points", METHOD, VERSION, evidence)
    return Credibility(source, figure, reasons, mark)


def reasons_of(heard: HeardFacts, seen: PageFacts) -> list[Reason]:
    """Every reason, known or not."""
    age = min(1.0, log(1 + heard.days) / log(1 + OLD_DAYS))
    made = [exact("age", age if heard.posts else None), shared("https", heard.https, heard.posts)]
    for name in ("byline", "contact", "corrections", "own_domain"):
        answer = getattr(seen, name)
        made.append(exact(name, None if answer is None else float(answer)))
    made.append(exact("verified", 1.0 if heard.verified else None))  # few platforms verify: its absence says nothing
    made.append(shared("original", heard.stories - heard.copied, heard.stories))
    made.append(shared("uncoordinated", heard.posts - heard.coordinated, heard.posts if heard.groups_known else 0))
    return made


def exact(name: str, value: float | None) -> Reason:
    known = value or 0.0
    return Reason(name, value, known, known, WEIGHTS[name])


def shared(name: str, hits: int, n: int) -> Reason:
    """A reason that is a share; not known of nothing."""
    low, high = wilson(hits, n)
    return Reason(name, hits / n if n else None, low, high, WEIGHTS[name])


def heard_facts(posts: pa.Table, now_ms: int, by: str = "site") -> dict[str, HeardFacts]:
    """What the archive tells of each source. by: "site" (registrable domain of the post's address) or "account"."""
    keys = author_array(posts) if by == "account" else pa.array(sites(posts), pa.string())
    source, names = codes(keys)
    n = len(names)
    secure = np.array([url.startswith("https://") for url in strings(posts, "url")], dtype=bool)
    told, copied = copies(posts, source, n)
    groups = "coordinated" in posts.column_names
    total, first = np.bincount(source, minlength=n), earliest(source, times(posts), n)

    def tallied(rows: Bools) -> Ints:
        return np.bincount(source[rows], minlength=n).astype(np.int64)

    https, verified, pushed = tallied(secure), tallied(flags(posts, "verified")), tallied(flags(posts, "coordinated"))
    found = {}
    for i, name in enumerate(names.to_pylist()):
        days, vouched = max(0.0, (now_ms - int(first[i])) / DAY_MS), 2 * int(verified[i]) >= int(total[i])
        counted = int(told[i]), int(copied[i]), int(pushed[i])
        found[name] = HeardFacts(int(total[i]), days, int(https[i]), vouched, *counted, groups)
    found.pop("", None)
    return found


def sites(posts: pa.Table) -> list[str]:
    """The registrable domain of each post's own address; "" where it has none."""
    known: dict[str, str] = {}
    found = []
    for url in strings(posts, "url"):
        host = url.split("/", 3)[2] if url.count("/") >= 2 else ""
        if host not in known:
            known[host] = registrable(host) if host else ""
        found.append(known[host])
    return found


def earliest(source: Ints, when: Ints, n: int) -> Ints:
    """The first time each source was heard."""
    found = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(found, source, when)
    return found


def copies(posts: pa.Table, source: Ints, n: int) -> tuple[Ints, Ints]:
    """(stories each source tells, those that another source told before it), n. Needs the column ``story``; reshares,
    which say whose words they are, count for neither."""
    if "story" not in posts.column_names or not posts.num_rows:
        return np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    story = codes(text_array(posts, "story"))[0]
    own = np.array([not uri for uri in strings(posts, "reshare_of")], dtype=bool) & np.array(
        [bool(key) for key in strings(posts, "story")]
    )
    rows = np.flatnonzero(own)
    rows = rows[np.argsort(times(posts)[rows], kind="stable")]
    opener: dict[int, int] = {}
    for row in rows.tolist():
        opener.setdefault(int(story[row]), int(source[row]))
    pairs = np.unique(np.stack([source[rows], story[rows]]), axis=1)
    taken = np.array([opener[int(one)] != int(who) for who, one in pairs.T], dtype=bool)
    told = np.bincount(pairs[0], minlength=n)
    return told.astype(np.int64), np.bincount(pairs[0][taken], minlength=n).astype(np.int64)
