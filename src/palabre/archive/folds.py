"""Posts folded away as noise: each with its weighted reasons, counted, and one act away from coming back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from palabre.archive.bulk import among, insert_rows
from palabre.archive.evidence import json_from, json_text
from palabre.archive.ledger import Ledger
from palabre.archive.removal import mark_dirty, own_ids
from palabre.archive.understood import fold
from palabre.clock import Clock


@dataclass(frozen=True, slots=True)
class Reason:
    """name: spam, duplicate, off_topic, promotion, homonym …; weight: its part; detail: a short fact, never text."""

    name: str
    weight: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Fold:
    """weight: of all reasons together; restored_ms: not 0 once a member brought the post back."""

    post_id: int
    weight: float
    reasons: tuple[Reason, ...]
    version: int
    at_ms: int
    restored_ms: int = 0
    restored_by: str = ""


class Folds:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def of(self, workspace_id: int, post_ids: Sequence[int]) -> dict[int, Fold]:
        """post_id -> why it is, or was, folded."""
        with self._ledger.read() as connection:
            asked = fold.c.workspace_id == workspace_id, among(connection, fold.c.post_id, post_ids)
            return {row.post_id: fold_of(row) for row in connection.execute(fold.select().where(*asked))}

    def put(self, workspace_id: int, found: Iterable[tuple[int, float, Sequence[Reason]]], version: int = 1) -> int:
        """Folds posts as (post_id, weight, reasons); those that a member restored stay restored. How many are new."""
        given = {post_id: (weight, reasons) for post_id, weight, reasons in found}
        with self._ledger.write() as connection:
            mine = own_ids(connection, workspace_id, list(given))
            there = set(
                connection.execute(select(fold.c.post_id).where(among(connection, fold.c.post_id, mine))).scalars()
            )
            new = [post_id for post_id in mine if post_id not in there]
            now = self._clock.now_ms()
            rows = [(i, workspace_id, given[i][0], reasons_text(given[i][1]), version, now) for i in new]
            insert_rows(connection, fold, ("post_id", "workspace_id", "weight", "reasons", "version", "at_ms"), rows)
            mark_dirty(connection, workspace_id, new)
        return len(new)

    def unfold(self, workspace_id: int, post_ids: Sequence[int]) -> int:
        """Forgets folds that no longer hold (the detector changed its mind); those a member restored stay noted."""
        with self._ledger.write() as connection:
            mine = fold.c.workspace_id == workspace_id, fold.c.restored_ms == 0
            gone = fold.delete().where(among(connection, fold.c.post_id, post_ids), *mine).returning(fold.c.post_id)
            ids = list(connection.execute(gone).scalars())
            mark_dirty(connection, workspace_id, ids)
            return len(ids)

    def restore(self, workspace_id: int, post_ids: Sequence[int], who: str) -> int:
        """Brings posts back; how many were folded."""
        return self._set(workspace_id, post_ids, who, self._clock.now_ms())

    def fold_again(self, workspace_id: int, post_ids: Sequence[int]) -> int:
        """Takes a restore back."""
        return self._set(workspace_id, post_ids, "", 0)

    def _set(self, workspace_id: int, post_ids: Sequence[int], who: str, at_ms: int) -> int:
        with self._ledger.write() as connection:
            mine = fold.c.workspace_id == workspace_id, (fold.c.restored_ms == 0) == bool(at_ms)
            change = fold.update().where(among(connection, fold.c.post_id, post_ids), *mine)
            changed = change.values(restored_ms=at_ms, restored_by=who).returning(fold.c.post_id)
            ids = list(connection.execute(changed).scalars())
            mark_dirty(connection, workspace_id, ids)
            return len(ids)

    def all(self, workspace_id: int, *, restored: bool = False, before: int = 0, limit: int = 100) -> list[Fold]:
        """Folded posts (restored: those that came back), newest post first, below the post_id ``before``."""
        query = fold.select().where(fold.c.workspace_id == workspace_id, (fold.c.restored_ms != 0) == restored)
        query = query.where(fold.c.post_id < before) if before else query
        with self._ledger.read() as connection:
            rows = connection.execute(query.order_by(fold.c.post_id.desc()).limit(limit))
            return [fold_of(row) for row in rows]

    def ids(self, workspace_id: int) -> list[int]:
        """post_ids of all that is folded now."""
        query = select(fold.c.post_id).where(fold.c.workspace_id == workspace_id, fold.c.restored_ms == 0)
        with self._ledger.read() as connection:
            return list(connection.execute(query).scalars())

    def count(self, workspace_id: int) -> tuple[int, int]:
        """(folded, restored)."""
        mine = fold.c.workspace_id == workspace_id
        back = func.coalesce(func.sum(case((fold.c.restored_ms != 0, 1), else_=0)), 0)
        with self._ledger.read() as connection:
            total, restored = connection.execute(select(func.count(), back).where(mine)).one()
        return total - restored, restored


def reasons_text(reasons: Sequence[Reason]) -> str:
    return json_text([[one.name, round(one.weight, 3), one.detail] for one in reasons])


def fold_of(row: Any) -> Fold:
    reasons = tuple(Reason(*one) for one in json_from(row.reasons))
    return Fold(row.post_id, row.weight, reasons, row.version, row.at_ms, row.restored_ms, row.restored_by)
