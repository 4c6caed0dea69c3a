"""The perception gap of a workspace: what its members believe people want, together, beside what people ask for.

    found = perceived(archive, workspace_id, scope)
    found.gap.agreement.value, found.gap.rows[0].displacement, found.names[found.gap.rows[0].key]

Members' lists become one order by their mean place, a wish that a member does not name coming after their last (Borda
1781). A wish in free words is a key of its own: nobody guesses that it is a need.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from palabre.archive import Archive
from palabre.archive.marks import Belief
from palabre.insight.behind import behind
from palabre.insight.evidence import count
from palabre.insight.scope import Scope
from palabre.model import Figure
from palabre.understand.perception_gap import Gap, perception_gap

IDS_MAX = 2_000
ASKED_MOST = 20  # needs that a gap is said about: those asked for most, and those believed


@dataclass(frozen=True, slots=True)
class Perceived:
    """names: words of each key; need_ids: of the keys that are needs; voices: of each need asked for;
    members: who ranked."""

    gap: Gap
    names: Mapping[str, str]
    need_ids: Mapping[str, int]
    voices: Mapping[str, Figure]
    members: int


def perceived(archive: Archive, workspace_id: int, scope: Scope, lang: str = "") -> Perceived:
    """Beliefs of now beside the voices of the scope. lang: of the titles of needs, where they have one in it."""
    known = {one.need_id: one for one in archive.needs.all(workspace_id, gone=True)}
    seen = behind(archive, workspace_id, scope, "need", {one: need.post_ids for one, need in known.items()})
    said = archive.beliefs.all(workspace_id)
    order = together(said, known)
    voices = {f"need:{need_id}": one.voices for need_id, one in seen.items()}
    most = sorted(voices, key=lambda key: (-(voices[key].value or 0), key))[:ASKED_MOST]
    asked = {key: int(voices[key].value or 0) for key in voices if key in most or key in order}
    names = {f"need:{need_id}": one.title_in(lang) for need_id, one in known.items()}
    names |= {key_of(one, known): one.wish for one in said if one.need_id not in known}
    gap = perception_gap(order, asked)
    both = {row.key for row in gap.rows if row.displacement is not None}
    posts = [post for need_id, one in known.items() if f"need:{need_id}" in both for post in one.post_ids]
    evidence = scope.evidence_with(post_ids=tuple(posts[:IDS_MAX]) or (0,))
    agreed = replace(gap.agreement, n=count(archive, workspace_id, evidence), evidence=evidence)
    ids = {f"need:{need_id}": need_id for need_id in known}
    return Perceived(replace(gap, agreement=agreed), names, ids, voices, len({one.member for one in said}))


def together(said: Iterable[Belief], known: Mapping[int, object]) -> list[str]:
    """One order of all members' lists, the most wanted first."""
    lists: dict[str, list[str]] = {}
    for one in said:
        lists.setdefault(one.member, []).append(key_of(one, known))
    keys = list(dict.fromkeys(key for wishes in lists.values() for key in wishes))
    return sorted(keys, key=lambda key: (sum(place(wishes, key) for wishes in lists.values()), key))


def place(wishes: list[str], key: str) -> int:
    """Where a list has it; after its last where it does not."""
    return wishes.index(key) if key in wishes else len(wishes)


def key_of(one: Belief, known: Mapping[int, object]) -> str:
    return f"need:{one.need_id}" if one.need_id in known else f"wish:{' '.join(one.wish.casefold().split())}"
