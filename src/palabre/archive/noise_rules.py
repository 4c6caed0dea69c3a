"""What a workspace set of its noise: how much a reason weighs, from which sum a post is folded, words of a homonym."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from palabre.archive.evidence import json_text
from palabre.archive.ledger import Ledger
from palabre.archive.understood import noise_rule
from palabre.clock import Clock


@dataclass(frozen=True, slots=True)
class NoiseRule:
    """threshold: the sum of weights that folds a post; weights: of each reason, by name, 0 turns it off; meant: words
    that say that the right thing is spoken of; other: those that say that its homonym is."""

    threshold: float
    weights: Mapping[str, float]
    meant: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    who: str = ""
    at_ms: int = 0


class NoiseRules:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def get(self, workspace_id: int) -> NoiseRule | None:
        """None where nothing was set."""
        with self._ledger.read() as connection:
            row = connection.execute(noise_rule.select().where(noise_rule.c.workspace_id == workspace_id)).first()
        if row is None:
            return None
        words = tuple(row.meant.split()), tuple(row.other.split())
        return NoiseRule(row.threshold, orjson.loads(row.weights), *words, row.who, row.at_ms)

    def put(self, workspace_id: int, rule: NoiseRule) -> None:
        """In the place of what was set; ``at_ms`` is now."""
        values = {
            "threshold": rule.threshold,
            "weights": json_text(dict(rule.weights)),
            "meant": " ".join(rule.meant),
            "other": " ".join(rule.other),
            "who": rule.who,
            "at_ms": self._clock.now_ms(),
        }
        mine = noise_rule.c.workspace_id == workspace_id
        with self._ledger.write() as connection:
            if not connection.execute(noise_rule.update().where(mine).values(**values)).rowcount:
                connection.execute(noise_rule.insert().values(workspace_id=workspace_id, **values))

    def drop(self, workspace_id: int) -> None:
        """As it comes again."""
        with self._ledger.write() as connection:
            connection.execute(noise_rule.delete().where(noise_rule.c.workspace_id == workspace_id))
