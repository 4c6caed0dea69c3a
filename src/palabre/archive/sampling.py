"""Random samples that members label in five minutes: how right a figure is. What follows from the labels is reckoned
in `palabre.insight`."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, func, select

from palabre.archive.evidence import evidence_from, evidence_text
from palabre.archive.ledger import Ledger
from palabre.archive.removal import own_ids
from palabre.archive.understood import audit_label, audit_sample
from palabre.clock import Clock
from palabre.errors import InputError, NotFoundError
from palabre.model import Evidence

SAMPLE_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """A post of a sample. machine: what it said when the sample was drawn; said: "" until a member has answered."""

    post_id: int
    machine: str
    said: str = ""
    who: str = ""
    at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """name: what is asked ("tone", "intents", "fold" …); evidence: the posts it was drawn from; population: how many
    there were; flagged: how many of them the machine had counted. labels: in the order they were drawn."""

    sample_id: int
    name: str
    evidence: Evidence
    population: int
    flagged: int
    seed: int
    who: str
    at_ms: int
    labels: tuple[Labelled, ...] = ()

    @property
    def answered(self) -> tuple[Labelled, ...]:
        return tuple(one for one in self.labels if one.said)


class Sampling:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def add(
        self,
        workspace_id: int,
        name: str,
        evidence: Evidence,
        chosen: Sequence[tuple[int, str]],
        *,
        population: int,
        flagged: int,
        seed: int,
        who: str = "",
    ) -> Sample:
        """Keeps a sample that was drawn; chosen: (post_id, what the machine says). Raises InputError when empty."""
        now = self._clock.now_ms()
        with self._ledger.write() as connection:
            mine = set(own_ids(connection, workspace_id, [post_id for post_id, _ in chosen]))
            kept = [pair for pair in dict(chosen).items() if pair[0] in mine][:SAMPLE_MAX]
            if not kept:
                raise InputError("understood.empty_sample")
            values = {"name": name, "population": population, "flagged": flagged, "seed": seed, "who": who}
            row = values | {"workspace_id": workspace_id, "evidence": evidence_text(evidence), "at_ms": now}
            sample_id = connection.execute(audit_sample.insert().values(**row)).inserted_primary_key[0]  # type: ignore[index]
            labels = [
                {"sample_id": sample_id, "post_id": post_id, "place": place, "machine": machine}
                for place, (post_id, machine) in enumerate(kept)
            ]
            connection.execute(audit_label.insert(), labels)
        return self.get(workspace_id, sample_id)

    def get(self, workspace_id: int, sample_id: int) -> Sample:
        """With its labels. Raises NotFoundError."""
        with self._ledger.read() as connection:
            return with_labels(connection, sample_of(one(connection, workspace_id, sample_id)))

    def all(self, workspace_id: int, name: str = "", limit: int = 100) -> list[Sample]:
        """Newest first, with their labels; of one name, or all."""
        query = audit_sample.select().where(audit_sample.c.workspace_id == workspace_id)
        query = query.where(audit_sample.c.name == name) if name else query
        with self._ledger.read() as connection:
            rows = connection.execute(query.order_by(audit_sample.c.sample_id.desc()).limit(limit)).all()
            return [with_labels(connection, sample_of(row)) for row in rows]

    def label(self, workspace_id: int, sample_id: int, post_id: int, said: str, who: str) -> None:
        """A member's answer; "" takes it back. Raises NotFoundError for a post outside the sample."""
        with self._ledger.write() as connection:
            one(connection, workspace_id, sample_id)
            this = audit_label.c.sample_id == sample_id, audit_label.c.post_id == post_id
            answer = {"said": said, "who": who, "at_ms": self._clock.now_ms()}
            if not connection.execute(audit_label.update().where(*this).values(**answer)).rowcount:
                raise NotFoundError("archive.no_post", asked=post_id)

    def remove(self, workspace_id: int, sample_id: int) -> None:
        with self._ledger.write() as connection:
            mine = audit_sample.c.workspace_id == workspace_id, audit_sample.c.sample_id == sample_id
            connection.execute(audit_sample.delete().where(*mine))

    def count(self, workspace_id: int) -> int:
        with self._ledger.read() as connection:
            mine = audit_sample.c.workspace_id == workspace_id
            return int(connection.execute(select(func.count()).select_from(audit_sample).where(mine)).scalar_one())


def drawn(post_ids: Sequence[int], n: int, seed: int) -> list[int]:
    """A random sample without replacement, the same for the same seed."""
    return random.Random(seed).sample(sorted(post_ids), min(n, len(post_ids)))  # noqa: S311  # a sample, not a secret


def one(connection: Connection, workspace_id: int, sample_id: int) -> Any:
    mine = audit_sample.c.workspace_id == workspace_id, audit_sample.c.sample_id == sample_id
    row = connection.execute(audit_sample.select().where(*mine)).first()
    if row is None:
        raise NotFoundError("understood.no_sample", asked=sample_id)
    return row


def sample_of(row: Any) -> Sample:
    facts = row.population, row.flagged, row.seed, row.who, row.at_ms
    return Sample(row.sample_id, row.name, evidence_from(row.evidence), *facts)


def with_labels(connection: Connection, sample: Sample) -> Sample:
    query = audit_label.select().where(audit_label.c.sample_id == sample.sample_id).order_by(audit_label.c.place)
    labels = tuple(
        Labelled(row.post_id, row.machine, row.said, row.who, row.at_ms) for row in connection.execute(query)
    )
    return replace(sample, labels=labels)
