"""Second opinions: what another model than ours says of a post's tone, emotion or axis (`palabre.providers`).

A row is there before the question is put, so that no question is put twice, even after a crash or by two processes. An
answer is in force at once: label and scores of the reading are the other model's, our models' word is kept beside. A
member's correction stands above both. Other words in the place of those asked about take the row away. Where the
settings do not name another model for a reading any more, its answers are kept but silent: our models' word holds,
until it is named again (`rule`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, and_, case, func, not_, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from palabre.archive.bulk import among
from palabre.archive.chosen import EVERYTHING, Question, chosen
from palabre.archive.ledger import Ledger
from palabre.archive.reading_rows import BITS, span_of, to_bytes
from palabre.archive.readings import note_unread, put_opinion, put_scores
from palabre.archive.removal import mark_dirty, own_ids
from palabre.archive.tables import post
from palabre.archive.types import Filters
from palabre.archive.understood import correction, opinion, reading
from palabre.clock import Clock

SPAN = 100_000  # posts
WORTH_ASKING = Filters(mentioned=True, folded="no")


@dataclass(frozen=True, slots=True)
class Answer:
    """said: a label, "" for none; scores: a probability for each label that has a name, () where none were told."""

    said: str
    scores: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Opinion:
    """name: tone, emotion or axis; machine: what our models say; said: by the other one, None without an answer of the
    closed list; provider: which model, and its version; silent: the settings name none for it now, ours holds."""

    post_id: int
    name: str
    machine: str
    said: str | None
    provider: str
    at_ms: int
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """Of the posts that are kept: asked about; changed, confirmed by the answer. refused: it was of no use."""

    asked: int
    changed: int
    confirmed: int

    @property
    def refused(self) -> int:
        return self.asked - self.changed - self.confirmed


class Opinions:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def unasked(self, workspace_id: int, name: str, most: int) -> list[tuple[int, bytes]]:
        """(post_id, scores of this reading), newest first: of the newest ``most`` mentions (`newest_mentions`), those
        with words that were read and that nobody else judged yet, a member or another model. Scores: `reading_rows`."""
        span, judged = span_of(name), reading.c.corrected.op("&")(BITS[name])
        asked = and_(opinion.c.post_id == reading.c.post_id, opinion.c.name == name)
        query = select(reading.c.post_id, reading.c.scores).join(post, post.c.post_id == reading.c.post_id)
        query = query.outerjoin(opinion, asked).where(opinion.c.post_id.is_(None), post.c.title + post.c.text != "")
        query = query.where(reading.c[name].is_not(None), judged == 0).order_by(reading.c.post_id.desc())
        with self._ledger.read() as connection:
            ids = newest_mentions(connection, workspace_id, most)
            rows = connection.execute(query.where(among(connection, reading.c.post_id, ids)))
            return [(row.post_id, row.scores[span]) for row in rows]

    def claim(self, workspace_id: int, name: str, post_ids: Sequence[int], provider: str) -> list[tuple[int, str]]:
        """(post_id, its words) of those that are now ours to ask about, in the order of their ids."""
        row = {"name": name, "provider": provider, "at_ms": self._clock.now_ms()}
        columns = post.c.post_id, post.c.title, post.c.text
        with self._ledger.write() as connection:
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            fresh = insert(opinion).on_conflict_do_nothing().returning(opinion.c.post_id)
            mine = [
                post_id
                for post_id in own_ids(connection, workspace_id, post_ids)
                if connection.execute(fresh.values(post_id=post_id, **row)).scalar() is not None
            ]
            query = select(*columns).where(among(connection, post.c.post_id, mine)).order_by(post.c.post_id)
            return [(one.post_id, "\n".join(filter(None, one[1:]))) for one in connection.execute(query)]

    def release(self, workspace_id: int, name: str, post_ids: Sequence[int]) -> None:
        """Nothing was learnt about these: they may be asked about again."""
        with self._ledger.write() as connection:
            mine = own_ids(connection, workspace_id, post_ids)
            unanswered = opinion.c.name == name, opinion.c.said.is_(None)
            connection.execute(opinion.delete().where(among(connection, opinion.c.post_id, mine), *unanswered))

    def keep(self, workspace_id: int, name: str, answers: Mapping[int, Answer]) -> int:
        """Answers to claimed posts. How many were kept: not those whose words changed or left meanwhile."""
        with self._ledger.write() as connection:
            mine = own_ids(connection, workspace_id, list(answers))
            kept = [post_id for post_id in mine if keep_one(connection, post_id, name, answers[post_id])]
            mark_dirty(connection, workspace_id, kept)
        return len(kept)

    def of(self, workspace_id: int, post_ids: Sequence[int]) -> list[Opinion]:
        """All that was asked about these posts."""
        with self._ledger.read() as connection:
            mine = own_ids(connection, workspace_id, post_ids)
            query = opinion.select().where(among(connection, opinion.c.post_id, mine))
            rows = connection.execute(query.order_by(opinion.c.post_id, opinion.c.name)).all()
        return [
            Opinion(row.post_id, row.name, row.machine, row.said, row.provider, row.at_ms, bool(row.silent))
            for row in rows
        ]

    def rule(self, names: Collection[str]) -> int:
        """Answers about these readings hold, all others are silent. How many changed; their posts are read again."""
        named = opinion.c.name.in_(list(names))
        wrong = or_(and_(named, opinion.c.silent == 1), and_(not_(named), opinion.c.silent == 0))
        query = select(post.c.workspace_id, opinion.c.post_id).join(post, post.c.post_id == opinion.c.post_id)
        with self._ledger.read() as connection:
            if connection.execute(select(opinion.c.post_id).where(wrong).limit(1)).first() is None:
                return 0
        with self._ledger.write() as connection:
            rows = connection.execute(query.where(wrong)).all()
            connection.execute(opinion.update().where(wrong).values(silent=1 - opinion.c.silent))
            for workspace_id in {row.workspace_id for row in rows}:
                read_again(connection, workspace_id, [row.post_id for row in rows if row.workspace_id == workspace_id])
        return len(rows)

    def tally(self, workspace_id: int) -> dict[str, Tally]:
        """By name of the reading; names nobody asked about are not there."""
        changed = func.sum(case((opinion.c.said != opinion.c.machine, 1), else_=0))
        confirmed = func.sum(case((opinion.c.said == opinion.c.machine, 1), else_=0))
        query = select(opinion.c.name, func.count(), changed, confirmed).group_by(opinion.c.name)
        query = query.join(post, post.c.post_id == opinion.c.post_id).where(post.c.workspace_id == workspace_id)
        with self._ledger.read() as connection:
            return {name: Tally(*map(int, numbers)) for name, *numbers in connection.execute(query)}


def newest_mentions(connection: Connection, workspace_id: int, most: int) -> list[int]:
    """Those that noise did not fold, among the newest SPAN posts of the archive: where mentions are few, the walk back
    would go through all of it every minute."""
    query, key = chosen(connection, Question(workspace_id, EVERYTHING, WORTH_ASKING), walk=True)
    newest = connection.execute(select(func.max(post.c.post_id))).scalar() or 0
    return list(connection.execute(query.where(key > newest - SPAN).order_by(key.desc()).limit(most)).scalars())


def read_again(connection: Connection, workspace_id: int, post_ids: Sequence[int]) -> None:
    """These posts wait to be read; what was read holds until then."""
    ours = among(connection, reading.c.post_id, post_ids)
    connection.execute(reading.update().where(ours).values(version_id=0))
    note_unread(connection, workspace_id, min(post_ids), max(post_ids))


def keep_one(connection: Connection, post_id: int, name: str, answer: Answer) -> bool:
    """Whether the question still stood."""
    scores = to_bytes(np.array(answer.scores, np.float64)).tobytes() if len(answer.scores) else None
    claimed = opinion.c.post_id == post_id, opinion.c.name == name, opinion.c.said.is_(None)
    change = opinion.update().where(*claimed).values(said=answer.said, scores=scores)
    if not connection.execute(change).rowcount:
        return False
    row = connection.execute(reading.select().where(reading.c.post_id == post_id)).first()
    if row is not None and row.corrected & BITS[name]:
        put_below_correction(connection, row, name, answer.said, scores)
    elif row is not None:
        put_opinion(connection, row, name, answer.said, scores)
    return True


def put_below_correction(connection: Connection, row: Any, name: str, said: str, scores: bytes | None) -> None:
    """A member spoke while the question was out: the member's label stays, and what undoing it brings back is the
    answer."""
    standing = correction.c.post_id == row.post_id, correction.c.name == name, correction.c.undone_ms == 0
    machine = connection.execute(select(correction.c.machine).where(*standing)).scalar() or ""
    this = opinion.c.post_id == row.post_id, opinion.c.name == name
    connection.execute(opinion.update().where(*this).values(machine=machine))
    connection.execute(correction.update().where(*standing).values(machine=said))
    put_scores(connection, row, name, scores)
