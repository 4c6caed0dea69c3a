"""Upkeep: what has had its time goes, and what was deleted is overwritten."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from palabre.archive import fulltext
from palabre.archive.ledger import Ledger
from palabre.archive.removal import remove_posts
from palabre.archive.tables import mention, post, quarantine, raw, source_run, watch
from palabre.clock import Clock
from palabre.settings import Settings

DAY_MS = 86_400_000
RUN_DAYS = 90
CHUNK = 2_000
PURGED = ("post_fts", "post", "revision", "raw", "account", "quarantine", "mention", "tombstone", "hearing",
          "reading", "correction", "opinion", "audit_label", "register_post", "source_mark")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tidied:
    """Rows that had their time."""

    posts: int = 0
    raw: int = 0
    runs: int = 0
    quarantined: int = 0


class Tidying:
    def __init__(self, ledger: Ledger, clock: Clock, settings: Settings) -> None:
        self._ledger, self._clock, self._settings = ledger, clock, settings

    def tidy(self) -> Tidied:
        """Posts older than retention_days (since they were heard; hearing them again does not start it anew), raw bytes
        older than raw_days, runs older than 90 days, settled quarantine. Can be stopped and begun again anywhere."""
        now = self._clock.now_ms()
        days = self._settings
        done = Tidied(
            posts=self._old_posts(now - days.retention_days * DAY_MS),
            raw=self._old_rows(now - days.raw_days * DAY_MS),
            runs=self._old_runs(now - RUN_DAYS * DAY_MS),
            quarantined=self._old_quarantine(now - days.raw_days * DAY_MS),
        )
        self._orphans()
        purge(self._ledger)
        return done

    def _old_posts(self, limit_ms: int) -> int:
        """post_id rises with heard_ms, so the oldest are the smallest."""
        n = 0
        while True:
            with self._ledger.write() as connection:
                query = select(post.c.post_id, post.c.workspace_id, post.c.heard_ms).order_by(post.c.post_id)
                rows = [row for row in connection.execute(query.limit(CHUNK)) if row.heard_ms < limit_ms]
                for workspace_id in {row.workspace_id for row in rows}:
                    ids = [row.post_id for row in rows if row.workspace_id == workspace_id]
                    n += remove_posts(connection, workspace_id, ids)
            if len(rows) < CHUNK:
                return n

    def _old_rows(self, limit_ms: int) -> int:
        with self._ledger.write() as connection:
            return connection.execute(raw.delete().where(raw.c.received_ms < limit_ms)).rowcount

    def _old_runs(self, limit_ms: int) -> int:
        with self._ledger.write() as connection:
            return connection.execute(source_run.delete().where(source_run.c.started_ms < limit_ms)).rowcount

    def _old_quarantine(self, limit_ms: int) -> int:
        with self._ledger.write() as connection:
            return connection.execute(quarantine.delete().where(quarantine.c.last_ms < limit_ms)).rowcount

    def _orphans(self) -> None:
        """Mentions of watches whose removal was interrupted."""
        with self._ledger.read() as connection:
            known = select(watch.c.watch_id)
            lost = select(mention.c.watch_id, post.c.workspace_id).join(post, post.c.post_id == mention.c.post_id)
            pairs = connection.execute(lost.where(mention.c.watch_id.not_in(known)).distinct()).all()
        for watch_id, workspace_id in pairs:
            with self._ledger.write() as connection:
                ids = fulltext.posts_of_watch(connection, workspace_id, watch_id, limit=1_000_000)
                fulltext.change_mentions(connection, workspace_id, watch_id, ids, [])


def purge(ledger: Ledger) -> None:
    """Makes sure that what was deleted is nowhere in the files any more.

    SQLite: the index is rewritten where it could not overwrite by itself (before 3.42), and the write-ahead log is
    emptied; secure_delete has done the rest. PostgreSQL: VACUUM; traces in its own log leave as it is recycled.
    """
    if not ledger.sqlite:
        with ledger.plain() as connection:
            connection.exec_driver_sql(f"VACUUM (ANALYZE) {', '.join(PURGED)}")
        return
    with ledger.write() as connection:
        if not fulltext.secure_delete_known(connection):
            fulltext.optimise(connection)
    with ledger.plain() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
