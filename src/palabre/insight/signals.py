"""Detectors at work: what they find becomes a dated hypothesis in the register, found again it is the same one.

The register judges its detectors: of what members settled, how much was true (`record`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from palabre.archive import Archive, Filters
from palabre.archive.signals import Found, Signal
from palabre.insight.coordination import IDS_MAX, Group, coordination
from palabre.insight.parties import others_said, our_watches
from palabre.insight.scope import DAY_MS, Scope, table
from palabre.insight.spikes import Explained, spikes
from palabre.understand.own_words import named
from palabre.understand.register import Card, Entry, Outcome, scores
from palabre.understand.weak_signals import Known, signals
from palabre.understand.weak_signals import Signal as Weak

WINDOW_DAYS = 35
REVIEW_DAYS = 7
TITLE_WORDS = 4
NEAR_MS = 2 * DAY_MS


def ours(archive: Archive, workspace_id: int, since_ms: int, now_ms: int) -> Scope:
    """What is said of us since then."""
    return Scope(Filters(watch_ids=our_watches(archive, workspace_id), since_ms=since_ms, until_ms=now_ms))


def spike_signals(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Found]:
    return map(of_spike, spikes(archive, workspace_id, scope))


def of_spike(one: Explained) -> Found:
    spike = one.spike
    ids = dict.fromkeys(post for reason in one.reasons for post in reason.post_ids)
    words = [reason.shown for reason in one.reasons[:TITLE_WORDS]]
    facts = {
        "n": one.n.n, "seen": spike.seen, "expected": spike.expected, "usual": spike.usual, "record": spike.record,
        "days": spike.days, "span_s": spike.span_s, "stays": spike.stays, "words": words,
        "reasons": [[why.kind, why.shown, why.inside, why.outside] for why in one.reasons],
    }  # fmt: skip
    title = titled(reason.shown for reason in one.reasons)
    return Found("spike", str(spike.start_ms), title, "signal.spike", spike.start_ms, spike.end_ms, spike.score,
                 "spikes", 1, facts, one.n.evidence, tuple(ids))  # fmt: skip


def titled(words: Iterable[str]) -> str:
    """The first words that do not repeat one another."""
    return " · ".join(named(words, TITLE_WORDS))


def coordination_signals(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Found]:
    return map(of_group, coordination(archive, workspace_id, scope))


def of_group(one: Group) -> Found:
    facts = {"n": one.n.n, "accounts": len(one.accounts), "pairs": one.pairs, "p": one.p, "share": one.share.value}
    title = " · ".join(thing.removeprefix("story:") for thing in one.things[:2])
    return Found("coordination", str(one.story_id), title, "signal.coordination", one.first_ms, one.last_ms,
                 float(len(one.accounts)), "coordination", 1, facts, one.n.evidence, one.post_ids)  # fmt: skip


def weak_signals(archive: Archive, workspace_id: int, scope: Scope) -> Iterable[Found]:
    """What begins or grows, carried by independent accounts of others than us; what a spike or a push explains is left
    to them, and what is folded as noise is not heard."""
    posts = others_said(archive, workspace_id, table(archive, workspace_id, scope, COLUMNS))
    known = [
        Known(one.first_ms, one.last_ms, frozenset(one.post_ids))
        for one in archive.signals.all(workspace_id)
        if one.kind in ("spike", "coordination")
    ]
    noted = [one for one in archive.signals.all(workspace_id) if one.detector == "weak_signals"]
    spikes_said = [one for one in archive.signals.all(workspace_id) if one.detector == "spikes"]
    found = [one for one in signals(posts, known) if not any(is_of(one, spike) for spike in spikes_said)]
    return [of_weak(one, noted, scope) for one in found]


def is_of(one: Weak, spike: Signal) -> bool:
    """Whether a spike already says it: it began within two days of it, with one of its words."""
    words = {word for text in spike.facts.get("words", ()) for word in text.split()}
    near = spike.first_ms - NEAR_MS <= one.first_ms <= spike.last_ms + NEAR_MS
    return near and any(part in words for word in one.words for part in word.split())


def of_weak(one: Weak, noted: Sequence[Signal], scope: Scope) -> Found:
    """A signal that shares most of its posts with one of the register is that one, whatever its words have become."""
    ids = set(one.post_ids)
    same = [old for old in noted if 2 * len(ids & set(old.post_ids)) >= min(len(ids), len(old.post_ids) or 1)]
    mark = same[0].mark if same else f"{one.first_ms}:{one.words[0] if one.words else ''}"
    kind = same[0].kind if same else one.kind
    facts = {
        "n": len(ids), "growth": one.growth, "accounts": one.accounts, "sources": one.sources, "words": list(one.words),
        "seen_ms": one.detected_ms,
    }  # fmt: skip
    own = scope.within(one.first_ms, one.last_ms + 1).evidence_with(post_ids=one.post_ids[:IDS_MAX])
    return Found(kind, mark, titled(one.words), f"signal.{kind}_words", one.first_ms, one.last_ms,
                 one.score, "weak_signals", one.version, facts, own, one.post_ids[:IDS_MAX])  # fmt: skip


Detector = Callable[[Archive, int, Scope], Iterable[Found]]
# In this order: the last one leaves out what the others explain.
DETECTORS: dict[str, Detector] = {
    "spikes": spike_signals,
    "coordination": coordination_signals,
    "weak_signals": weak_signals,
}
COLUMNS = ("post_id", "uri", "sort_ms", "title", "text", "lang", "tags", "links", "mentions", "account_uri",
           "account_handle", "network", "parent", "root", "reshare_of", "quote_of", "story", "voice")  # fmt: skip


def detect(archive: Archive, workspace_id: int, now_ms: int, days: int = WINDOW_DAYS) -> int:
    """Every detector over the last days; how many signals are new."""
    scope = ours(archive, workspace_id, now_ms - days * DAY_MS, now_ms)
    new = 0
    for detector in DETECTORS.values():
        for found in detector(archive, workspace_id, scope):
            signal_id, fresh = archive.signals.note(workspace_id, found)
            new += fresh
            if fresh:
                archive.signals.change(workspace_id, signal_id, "", review_ms=now_ms + REVIEW_DAYS * DAY_MS)
    return new


def record(archive: Archive, workspace_id: int) -> list[Card]:
    """How each detector did, by what members settled: precision, days won, false ones a month."""
    noted = archive.signals.all(workspace_id, limit=10_000)
    months = months_of([one.detected_ms for one in noted])
    entries = [
        Entry(one.detector, one.version, one.detected_ms, Outcome(one.outcome or "undecided"), one.happened_ms)
        for one in noted
    ]
    return scores(entries, months)


def months_of(times_ms: Sequence[int]) -> float:
    """Months of thirty days from the first to the last, one at least."""
    return max(1.0, (max(times_ms) - min(times_ms)) / (30 * DAY_MS)) if times_ms else 1.0
