"""Accounts that perhaps belong to one person: which to compare, what speaks for and against, where the bar is. Pure.

    found = suggestions(traces)            # the likeliest first
    found[0].score, found[0].bar           # points; a point doubles the odds
    [(one.name, one.points, one.value) for one in found[0].reasons]

Weights are those of Fellegi and Sunter (A Theory for Record Linkage, JASA 1969): log2(m / u), m the chance to see the
agreement where two accounts are one person's, u where they are not; u is counted in the accounts at hand, so that a
rare handle weighs more than "marie". The bar is log2 of the number of accounts, and three points more, since few
accounts have a second one here at all; below it, chance explains the pair as well. Pictures are never compared. Nothing
here joins anything: a member confirms, or the person proves (`proof`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log2

from rapidfuzz.distance import JaroWinkler

from palabre.engage import identity_names as names
from palabre.text.urls import canonical, registrable

VERSION = 1
BLOCK_MAX = 40  # accounts that share a key; more make it say too little to compare them all
ACCOUNTS_LEAST = 1_000  # fewer are counted as so many: a small archive makes no handle rare
CAP = 16.0  # points that one reason gives at most, where it rests on rarity
CLOSE, FAR = 0.93, 0.72  # Jaro-Winkler similarity of two names: nearly the same; another name
M_HANDLE, M_NAME, M_SKELETON = 0.45, 0.6, 0.5
RARE_LINK_ACCOUNTS = 4  # a link that more accounts passed on says little about who they are
BAR_MORE = 3.0
FIXED: Mapping[str, float] = {
    "points_to_each_other": 26.0, "verified_link": 24.0, "email": 24.0, "own_site": 16.0, "profile_link": 12.0,
    "other_name": -6.0, "other_language": -3.0, "same_network": -2.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trace:
    """What an account shows of itself. key: of the caller; links: that the profile shows; verified: those of them that
    the network checked (rel=me); shared: links passed on in posts; langs: written in."""

    key: str
    network: str
    uri: str
    handle: str = ""
    name: str = ""
    url: str = ""
    emails: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    verified: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    langs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """name: ends a message key; value: what agrees, for the sentence."""

    name: str
    points: float
    value: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """left.key < right.key. proof: they verifiably point to each other: the person says so themselves."""

    left: Trace
    right: Trace
    score: float
    bar: float
    reasons: tuple[Reason, ...]
    proof: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """found: at or above the bar, the likeliest first; pairs: compared; crowded: keys too common to compare by."""

    found: tuple[Suggestion, ...]
    pairs: int
    crowded: int


@dataclass(slots=True)
class Frequencies:
    """How often words of names and handles, languages and links occur among n accounts."""

    n: int
    parts: Counter[str] = field(default_factory=Counter)
    langs: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    homes: dict[str, str] = field(default_factory=dict)  # canonical address of a profile -> key

    @property
    def bar(self) -> float:
        return log2(max(self.n, ACCOUNTS_LEAST)) + BAR_MORE

    def chance(self, found: Sequence[str]) -> float:
        """That an account not theirs has all these words, taken as independent."""
        whole, n = 1.0, max(self.n, ACCOUNTS_LEAST)
        for one in found:
            whole *= max(self.parts[one], 1) / n
        return whole

    def points(self, m: float, found: Sequence[str]) -> float:
        """log2(m / u); short things are common, whatever was counted."""
        letters = sum(map(len, found))
        most = min(CAP, 1.5 * letters)
        return round(max(0.0, min(most, log2(m / max(self.chance(found), 1e-12)))), 1)


def counted(traces: Sequence[Trace]) -> Frequencies:
    known = Frequencies(len(traces))
    for one in traces:
        known.parts.update({*names.words(one.name), *names.handle_parts(one.handle)})
        known.langs.update(one.langs)
        known.links.update(one.shared)
        known.homes |= dict.fromkeys(addresses(one), one.key)
    return known


one_form = lru_cache(maxsize=500_000)(canonical)


@lru_cache(maxsize=300_000)
def addresses(one: Trace) -> frozenset[str]:
    """Where the account can be found, in their one form."""
    return frozenset(one_form(url) for url in (one.url, one.uri) if url.startswith(("http://", "https://")))


def suggestions(traces: Sequence[Trace]) -> Looked:
    """The pairs worth a member's look. Time grows with the accounts, not with their pairs."""
    known, by_key = counted(traces), {one.key: one for one in traces}
    pairs, crowded = candidates(traces, known)
    found = [judged(by_key[left], by_key[right], known) for left, right in sorted(pairs)]
    kept = [one for one in found if one.proof or one.score >= one.bar]
    addresses.cache_clear()  # a process lives long, and keeps nothing of people who may ask to be forgotten
    return Looked(tuple(sorted(kept, key=lambda one: (-one.score, one.left.key))), len(pairs), crowded)


def candidates(traces: Sequence[Trace], known: Frequencies) -> tuple[set[tuple[str, str]], int]:
    """Pairs that share something worth a comparison, and how many keys were too common."""
    blocks: dict[str, list[str]] = {}
    for one in traces:
        for key in keys(one, known):
            blocks.setdefault(key, []).append(one.key)
    pairs: set[tuple[str, str]] = set()
    crowded = 0
    for members in blocks.values():
        if len(members) > BLOCK_MAX:
            crowded += 1
            continue
        pairs |= {(a, b) if a < b else (b, a) for i, a in enumerate(members) for b in members[:i] if a != b}
    return pairs, crowded


def keys(one: Trace, known: Frequencies) -> Iterator[str]:
    """What two accounts must share to be compared; each once."""
    spelled = names.words(one.name)
    handle = names.joined(names.local(one.handle))
    found = {f"mail {mail}" for mail in one.emails} | {f"at {address}" for address in addresses(one)}
    found |= {f"at {one_form(link)}" for link in (*one.links, *one.verified)}
    found |= {f"link {link}" for link in one.shared if known.links[link] <= RARE_LINK_ACCOUNTS}
    if len(handle) > 3:
        found.add(f"say {handle}")
    if sum(map(len, spelled)) > 4:
        found |= {f"say {''.join(spelled)}", f"say {''.join(sorted(spelled))}", f"bone {names.skeleton(spelled)}"}
    yield from found


def judged(left: Trace, right: Trace, known: Frequencies) -> Suggestion:
    """Everything that speaks for and against, with its points."""
    given = [*linked(left, right), *named(left, right, known), *beside(left, right, known)]
    reasons = tuple(sorted((one for one in given if one.points), key=lambda one: -one.points))
    score = round(sum(one.points for one in reasons), 1)
    return Suggestion(left, right, score, round(known.bar, 1), reasons, proof(left, right))


def proof(left: Trace, right: Trace) -> bool:
    """The network checked, on both sides, that each profile names the other (rel=me)."""
    return points_at(left.verified, right) and points_at(right.verified, left)


def points_at(links: frozenset[str], other: Trace) -> bool:
    return bool(links) and bool({one_form(link) for link in links} & addresses(other))


def linked(left: Trace, right: Trace) -> Iterator[Reason]:
    """Addresses: of profiles, of sites, of mail."""
    both = left.links | left.verified, right.links | right.verified
    there, back = points_at(both[0], right), points_at(both[1], left)
    if there and back:
        yield reason("points_to_each_other")
    elif points_at(left.verified, right) or points_at(right.verified, left):
        yield reason("verified_link")
    elif there or back:
        yield reason("profile_link")
    mails = left.emails & right.emails
    if mails:
        yield reason("email", min(mails))
    sites = {one_form(one) for one in both[0]} & {one_form(one) for one in both[1]}
    if sites:
        yield reason("own_site", registrable(min(sites)))


def reason(name: str, value: str = "") -> Reason:
    return Reason(name, FIXED[name], value)


def named(left: Trace, right: Trace, known: Frequencies) -> Iterator[Reason]:
    """The handle, and the name. A handle made of the name says little more than the name: what both say counts once."""
    mine, theirs = names.joined(names.local(left.handle)), names.joined(names.local(right.handle))
    found = list(of_names(left, right, known))
    if mine and mine == theirs:
        parts, chosen = names.handle_parts(left.handle), names.local(left.handle)
        points = known.points(M_HANDLE, parts)
        echo = {*names.words(left.name), *names.words(right.name)} & {one for one in parts if len(one) > 2}
        echo |= {mine} & {names.joined(left.name)}
        said = max((one.points for one in found), default=0.0) if echo else 0.0
        yield Reason("handle", round(max(points - said, 0.3 * points) if said > 0 else points, 1), chosen)
    yield from found


def of_names(left: Trace, right: Trace, known: Frequencies) -> Iterator[Reason]:
    mine, theirs = names.words(left.name), names.words(right.name)
    if not mine or not theirs:
        return
    alike = JaroWinkler.normalized_similarity(" ".join(sorted(mine)), " ".join(sorted(theirs)))
    same = sorted(mine) == sorted(theirs) or "".join(mine) == "".join(theirs)
    if same:
        yield Reason("name", known.points(M_NAME, max(mine, theirs, key=len)), left.name)
    elif alike >= CLOSE:
        yield Reason("close_name", round(known.points(M_NAME, mine) * 0.7, 1), f"{left.name} ≈ {right.name}")
    elif names.skeleton(mine) == names.skeleton(theirs) and len(names.skeleton(mine)) > 3:
        yield Reason("same_sound", round(known.points(M_SKELETON, mine) * 0.7, 1), f"{left.name} ≈ {right.name}")
    elif "".join(mine) == names.joined(names.local(right.handle)):
        yield Reason("name_as_handle", known.points(M_HANDLE, mine), left.name)
    elif "".join(theirs) == names.joined(names.local(left.handle)):
        yield Reason("name_as_handle", known.points(M_HANDLE, theirs), right.name)
    elif len(mine) > 1 and len(theirs) > 1 and alike < FAR:
        yield reason("other_name", f"{left.name} ≠ {right.name}")


def beside(left: Trace, right: Trace, known: Frequencies) -> Iterator[Reason]:
    """What accounts do: links they pass on, languages they write; and that one network seldom sees a person twice."""
    rare = [link for link in left.shared & right.shared if known.links[link] <= RARE_LINK_ACCOUNTS]
    if rare:
        yield Reason("shared_links", min(6.0, 2.0 * len(rare)), str(len(rare)))
    common = left.langs & right.langs
    if left.langs and right.langs and not common:
        yield reason("other_language")
    elif common:
        lang = min(common, key=lambda one: known.langs[one])
        points = min(2.0, log2(max(known.n, 1) / max(known.langs[lang], 1)))
        yield Reason("language", round(max(0.0, points), 1), lang)
    if left.network == right.network:
        yield reason("same_network")
