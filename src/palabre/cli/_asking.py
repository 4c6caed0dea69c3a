"""The questions of `palabre ask` as rows: what is asked of the archive, and what a line of the answer holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from palabre import insight
from palabre.archive import Archive
from palabre.cli.output import grouped
from palabre.clock import to_datetime
from palabre.insight import Scope
from palabre.insight.behind import Behind
from palabre.insight.signals import record
from palabre.messages import default_language, say
from palabre.model import Figure
from palabre.understand.own_words import named
from palabre.understand.roles import ROLES
from palabre.understand.rumours import STANCES

FIRST_MS = 1  # 1970: before any post
Row = Mapping[str, Any]
Question = Callable[[Archive, int, Scope], Iterable[Row]]


class Spoken(str):
    """A code, stable for programs; key: the message that says it to people."""

    __slots__ = ("key",)
    key: str

    def __new__(cls, code: str, key: str) -> Spoken:
        made = super().__new__(cls, code)
        made.key = f"{key}.{code or 'none'}"
        return made


def day(ms: int) -> str:
    """An instant as ISO 8601, UTC; "" for none."""
    return to_datetime(ms).strftime("%Y-%m-%dT%H:%M:%SZ") if ms else ""


def overview(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    """One line a figure, then one a value of each reading."""
    found = insight.overview(archive, workspace_id, scope)
    names = ("volume", "voices", "accounts", "engagement", "reach", "net_tone", "net_tone_voices", "amplified")
    yield from ({"name": Spoken(name, "ask.name"), "figure": getattr(found, name)} for name in names)
    for reading, key in (("tones", "tone"), ("emotions", "emotion"), ("intents", "intent"), ("axes", "axis")):
        for part in getattr(found, reading):
            yield {"name": Spoken(part.name, f"mentions.{key}"), "figure": part.count, "share": part.share}


def voice(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    """One line a watch."""
    names = {one.watch_id: one.name for one in archive.watches.all(workspace_id)}
    for one in insight.overview(archive, workspace_id, scope).watches:
        yield {
            "watch": names.get(one.watch_id, str(one.watch_id)),
            "posts": one.volume,
            "voices": one.voices,
            "share": one.share,
            "share_voices": one.share_voices,
            "net_tone": one.net_tone,
            "net_tone_voices": one.net_tone_voices,
        }


def spikes(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    """Without a date: of all that was heard, as the other questions are."""
    whole = scope if scope.since_ms else scope.within(FIRST_MS, scope.until_ms)
    for one in insight.spikes(archive, workspace_id, whole):
        spike = one.spike
        words = " · ".join(reason.shown for reason in one.reasons[:6])
        yield {
            "start": day(spike.start_ms),
            "end": day(spike.end_ms),
            "posts": one.n,
            "score": spike.score,
            "why": words,
        }


def signals(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    """The register."""
    for one in archive.signals.all(workspace_id):
        yield {
            "id": one.signal_id,
            "kind": Spoken(one.kind, "signal.kind"),
            "title": one.title,
            "start": day(one.first_ms),
            "end": day(one.last_ms),
            "score": one.score,
            "status": Spoken(one.status, "insight.signals.state"),
            "outcome": Spoken(one.outcome, "insight.signals.outcomes") if one.outcome else "",
            "posts": len(one.post_ids),
        }


def detectors(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    """What the register says of its own detectors."""
    for one in record(archive, workspace_id):
        yield {
            "name": Spoken(one.method, "insight.signals.detectors"),
            "version": one.version,
            "found": one.raised,
            "open": one.undecided,
            "precision": one.precision,
            "lead_days": one.lead_days,
            "false_a_month": one.false_a_month,
        }


def stories(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    found = insight.stories(archive, workspace_id, scope)
    texts = {row.post_id: row.post.text for row in archive.posts.many(workspace_id, [one.post_id for one in found])}
    for one in found:
        yield {
            "id": one.story_id,
            "posts": one.posts,
            "voices": one.voices,
            "accounts": one.accounts,
            "start": day(one.first_ms),
            "text": texts.get(one.post_id, "")[:100],
        }


def coordination(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    for one in insight.coordination(archive, workspace_id, scope):
        yield {
            "accounts": len(one.accounts),
            "posts": one.n,
            "share": one.share,
            "start": day(one.first_ms),
            "end": day(one.last_ms),
            "what": " · ".join(one.things[:2]),
            "who": list(one.accounts),
        }


def actors(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    found = insight.actors(archive, workspace_id, scope)
    roles = {one.account: one.role for one in found.roles}
    scales = {one.account: one for one in found.standings}
    for one in found.influence:
        mine = scales.get(one.account)
        yield {
            "account": one.account,
            "influence": one.figure,
            "uptake": one.uptake,
            "role": Spoken(roles.get(one.account) or "", "ask.role"),
            "notoriety": mine.notoriety.figure if mine else None,
            "legitimacy": mine.legitimacy.figure if mine else None,
        }


def roles(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    """The busiest accounts: the role each plays most, "" where it cannot be said, and its share of every role."""
    for one in insight.actors(archive, workspace_id, scope).roles:
        shares = {name: one.shares.get(name) for name in ROLES}
        yield {"account": one.account, "role": Spoken(one.role, "ask.role"), **shares, "posts": one.posts}


def scales(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    """Notoriety beside legitimacy, never added up."""
    for one in insight.actors(archive, workspace_id, scope).standings:
        yield {"account": one.account, "notoriety": one.notoriety.figure, "legitimacy": one.legitimacy.figure}


def circles(archive: Archive, workspace_id: int, scope: Scope, account: str) -> Iterable[Row]:
    """Whom one account turns to in public, the closest first; size: how many accounts are in that circle."""
    around = insight.circles(archive, workspace_id, scope, account)
    for one in (*around.inner, *around.regular, *around.occasional):
        circle, size = Spoken(one.circle, "actors.circle"), around.count(one.circle)
        yield {
            "account": one.account,
            "circle": circle,
            "size": size,
            "per_month": one.per_month,
            "returned": one.returned,
        }


def advisers(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    for one in insight.actors(archive, workspace_id, scope).advisers:
        yield {"account": one.account, "advice": one.advice, "weeks": one.weeks}


def board(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    for one in insight.board(archive, workspace_id, scope).cells:
        yield {
            "party": one.party,
            "axis": Spoken(one.axis, "mentions.axis"),
            "share": one.share,
            "tone": one.tone,
            "movement": one.movement,
            "moved": one.moved,
            "words": " · ".join(one.words),
        }


def noise(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    found = insight.noise(archive, workspace_id, scope)
    for name in ("total", "shown", "folded", "quarantined", "restored"):
        yield {"name": Spoken(name, "ask.name"), "figure": getattr(found, name)}
    yield from ({"name": Spoken(name, "noise.reason"), "figure": figure} for name, figure in found.reasons.items())


def credibility(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    for one in insight.credibility(archive, workspace_id, scope):
        known = " · ".join(f"{why.name} {why.value:.2f}" for why in one.reasons if why.value is not None)
        yield {"source": one.source, "credibility": one.figure, "certified": bool(one.certified), "why": known}


def needs(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    """Most voices first, as the page has them; counts and growth are of the scope."""
    lang = default_language()
    for one, seen in insight.needs(archive, workspace_id, scope):
        state = {"status": Spoken(one.status, "needs.status"), "start": day(one.first_ms)}
        yield {"id": one.need_id, "title": one.title_in(lang), **told(seen), **state}


def topics(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    """Most voices first, as the page has them; counts and growth are of the scope."""
    for one, seen in insight.topics(archive, workspace_id, scope):
        title = one.name or " · ".join(named(one.words))
        times = {"start": day(one.first_ms), "end": day(one.last_ms)}
        yield {"id": one.topic_id, "title": title, **told(seen), **times}


def told(seen: Behind) -> Row:
    """Who is behind an entry of a register, in the scope."""
    return {"posts": seen.posts, "voices": seen.voices, "accounts": seen.accounts, "growth": seen.growth}


def rumours(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    """The files, each with what is computed of its claim: of all posts that carry it, whatever the period."""
    for file in insight.rumours(archive, workspace_id):
        yield {
            "id": file.rumour_id,
            "title": file.claim,
            "status": Spoken(file.status, "rumour_page.state"),
            "outcome": Spoken(file.outcome, "rumour_page.outcomes") if file.outcome else "",
            **carried(archive, workspace_id, file.rumour_id),
        }


def carried(archive: Archive, workspace_id: int, rumour_id: int) -> Row:
    """First and last post, how often it is said, how it is taken, when we replied; nothing where nobody carries it."""
    opened = insight.opened(archive, workspace_id, rumour_id)
    found = opened.found
    if found is None:
        return {}
    ours = found.first_ms + found.reply_after_ms if found.reply >= 0 else 0
    return {
        "start": day(found.first_ms),
        "end": day(found.last_ms),
        "posts": found.posts,
        "voices": found.voices,
        "coordinated": found.coordinated,
        **{name: found.stances.get(name) for name in STANCES},
        "reply": day(ours),
        "tags": list(opened.file.tags),
    }


def perception(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    """One line a wish, the widest gap first: its place as the team believes, and as people ask."""
    found = insight.perceived(archive, workspace_id, scope)
    for row in found.gap.rows:
        yield {
            "title": found.names.get(row.key, row.key),
            "believed": row.believed,
            "asked": row.asked,
            "voices": found.voices.get(row.key),
        }


def communities(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    """None where accounts do not group together more than chance would have it."""
    for one in insight.actors(archive, workspace_id, scope).communities.communities:
        yield {
            "title": one.name,
            "accounts": one.size,
            "inside": one.inside,
            "words": " · ".join(one.words),
            "who": sorted(one.members),
        }


def pyramid(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Row]:
    """From the widest step to the highest."""
    for one in insight.actors(archive, workspace_id, scope).pyramid.steps:
        yield {"name": Spoken(one.name, "actors.step"), "figure": one.figure}


QUESTIONS: Mapping[str, Question] = {
    "overview": overview,
    "voice": voice,
    "spikes": spikes,
    "signals": signals,
    "detectors": detectors,
    "topics": topics,
    "needs": needs,
    "stories": stories,
    "coordination": coordination,
    "actors": actors,
    "roles": roles,
    "scales": scales,
    "advisers": advisers,
    "board": board,
    "noise": noise,
    "credibility": credibility,
    "rumours": rumours,
    "perception": perception,
    "communities": communities,
    "pyramid": pyramid,
}


def cell(value: Any) -> str:
    """A value as people read it: a figure with its interval and its n."""
    if isinstance(value, Figure):
        return figure_words(value)
    if isinstance(value, Spoken):
        return say(value.key, None)
    if isinstance(value, bool):
        return say("ask.yes" if value else "ask.no", None)
    if isinstance(value, list):
        return str(len(value))
    return f"{value:.2f}" if isinstance(value, float) else "" if value is None else str(value)


def figure_words(figure: Figure) -> str:
    """0.26 [0.25, 0.27] (n 3 730); 14 253; "too few (n 2)"."""
    if figure.value is None:
        return say("ask.few", None, n=grouped(figure.n))
    if figure.low == figure.high:
        return grouped(figure.value) if figure.value >= 100 or figure.value % 1 == 0 else f"{figure.value:.2f}"
    return f"{figure.value:.2f} [{figure.low or 0:.2f}, {figure.high or 0:.2f}] (n {grouped(figure.n)})"
