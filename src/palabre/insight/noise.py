"""The noise ledger: total = shown + folded + quarantined, with named reasons; and the folding itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from palabre.archive import Archive, Filters
from palabre.archive.folds import Fold, Reason
from palabre.archive.noise_rules import NoiseRule
from palabre.insight.scope import DAY_MS, Scope, table
from palabre.model import Figure
from palabre.understand import figuring
from palabre.understand.homonym import Anchors
from palabre.understand.noise import VERSION, Judged, Lessons, judge
from palabre.understand.noise import Policy as Policy

COLUMNS = ("post_id", "uri", "title", "text", "sort_ms", "links", "reshare_of", "story", "voice", "account_uri",
           "account_handle", "network", "fingerprint", "watch_ids")  # fmt: skip
WINDOW_DAYS = 35
IDS_MAX = 2_000  # posts that an evidence names one by one
NO_POST = (0,)  # names nobody's post
METHOD = "methods_actors.folded"
HAND = "hand"  # the reason of what a member folded


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a scope holds and what is folded of it. reasons: the heaviest reason of each folded post → posts."""

    total: Figure
    shown: Figure
    folded: Figure
    quarantined: Figure
    restored: Figure
    reasons: Mapping[str, Figure]


def noise(archive: Archive, workspace_id: int, scope: Scope) -> Ledger:
    """total = shown + folded + quarantined, always. Quarantined items have no date of publication and no watch: they
    are those of the workspace that still wait."""
    wide = scope.narrowed(folded="any")
    heard = table(archive, workspace_id, wide, ("post_id", "folded"))
    folded = heard.filter(heard["folded"])["post_id"].to_pylist()
    why = archive.folds.of(workspace_id, heard["post_id"].to_pylist())
    back = [one.post_id for one in why.values() if one.restored_ms]
    waiting = archive.quarantine.counts(workspace_id).get("waiting", 0)
    shown, only = (scope.narrowed(folded=one).evidence for one in ("no", "yes"))
    made = {
        "shown": figuring.count("shown", heard.num_rows - len(folded), METHOD, shown),
        "folded": figuring.count("folded", len(folded), METHOD, only),
        "quarantined": figuring.count("quarantined", waiting, METHOD, unit="items"),
        "restored": some("restored", back, heard.num_rows, wide),
    }
    total = figuring.count("total", heard.num_rows + waiting, METHOD, wide.evidence, n=heard.num_rows)
    return Ledger(total=total, **made, reasons=by_reason(folded, why, scope.narrowed(folded="yes")))


def by_reason(folded: Sequence[int], why: Mapping[int, Fold], scope: Scope) -> dict[str, Figure]:
    """Folded posts by their heaviest reason, the commonest first."""
    found: dict[str, list[int]] = {}
    for one in folded:
        if one in why and why[one].reasons:
            found.setdefault(why[one].reasons[0].name, []).append(one)
    order = sorted(found, key=lambda name: (-len(found[name]), name))
    return {name: some(name, found[name], len(folded), scope) for name in order}


def some(name: str, ids: Sequence[int], base: int, scope: Scope) -> Figure:
    """How many of the posts of a scope; its evidence names them, or where they are too many is the whole of ``base``
    posts."""
    if len(ids) > IDS_MAX:
        return figuring.count(name, len(ids), METHOD, scope.evidence, n=base)
    return figuring.count(name, len(ids), METHOD, scope.evidence_with(post_ids=tuple(ids) or NO_POST))


def fold_noise(
    archive: Archive, workspace_id: int, now_ms: int, policy: Policy | None = None, days: int = WINDOW_DAYS
) -> tuple[int, int]:
    """Judges the mentions of the last days: (newly folded, no longer folded)."""
    asked = Scope(Filters(since_ms=now_ms - days * DAY_MS, mentioned=True, folded="any"))
    posts = table(archive, workspace_id, asked, COLUMNS)
    judged = judge(posts, policy or policy_of(archive, workspace_id), lessons(archive, workspace_id))
    ids = posts["post_id"].to_pylist()
    pairs = list(zip(ids, judged, strict=True))
    known = set(archive.folds.ids(workspace_id))
    news = [(one, why.points, reasons_of(why)) for one, why in pairs if why.folded and one not in known]
    gone = [one for one, why in pairs if not why.folded and one in known]
    meant = by_hand(archive, workspace_id, gone)
    gone = [one for one in gone if one not in meant]
    return archive.folds.put(workspace_id, news, VERSION), archive.folds.unfold(workspace_id, gone)


def by_hand(archive: Archive, workspace_id: int, post_ids: Sequence[int]) -> set[int]:
    """Those of the folded posts that a member folded: no detector brings them back."""
    found = archive.folds.of(workspace_id, post_ids) if post_ids else {}
    return {post_id for post_id, one in found.items() if any(reason.name == HAND for reason in one.reasons)}


def fold_by_hand(archive: Archive, workspace_id: int, post_ids: Sequence[int]) -> int:
    """Folds posts away because a member says so, also those that were restored. How many were shown before. It
    teaches: what is folded is an example of what is not wanted, wherever something was restored."""
    given = [(post_id, 1.0, [Reason(HAND, 1.0)]) for post_id in post_ids]
    return archive.folds.fold_again(workspace_id, post_ids) + archive.folds.put(workspace_id, given, VERSION)


def reasons_of(judged: Judged) -> Sequence[Reason]:
    return [Reason(one.name, one.points, ", ".join(one.words)[:200]) for one in judged.reasons]


def policy_of(archive: Archive, workspace_id: int) -> Policy:
    """What the workspace set, else as it comes."""
    rule = archive.noise_rules.get(workspace_id)
    return Policy({**Policy().weights, **rule.weights}, rule.threshold) if rule else Policy()


def set_rule(archive: Archive, workspace_id: int, rule: NoiseRule | None) -> None:
    """None: as it comes. All mentions are judged again by the next turn of the upkeep, within minutes."""
    if rule is None:
        archive.noise_rules.drop(workspace_id)
    else:
        archive.noise_rules.put(workspace_id, rule)
    archive.works.again(workspace_id, "noise")


def lessons(archive: Archive, workspace_id: int) -> Lessons:
    """The words of a homonym that were set, and what restores taught: those posts are wanted; the rest of what is
    folded is an example of the other kind."""
    from palabre.understand.homonym import learn

    rule = archive.noise_rules.get(workspace_id)
    anchors = Anchors(rule.meant, rule.other) if rule else Anchors()
    back = archive.folds.all(workspace_id, restored=True, limit=500)
    if not back:
        return Lessons(anchors=anchors)
    away = archive.folds.all(workspace_id, limit=500)
    wanted = [(post.post.text, True) for post in archive.posts.many(workspace_id, [one.post_id for one in back])]
    unwanted = [(post.post.text, False) for post in archive.posts.many(workspace_id, [one.post_id for one in away])]
    return Lessons(learn(wanted + unwanted), anchors)
