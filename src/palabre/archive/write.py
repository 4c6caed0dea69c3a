"""The one write door. A delivery is written in one transaction: posts, index, mentions, raw bytes, edits, what is gone,
what is at fault, the cursor and the run. Either all of it is there after a power cut, or nothing is.

What happens to a post, in this order: kept out by an objection · dropped because no watch wants it · refused because it
was taken back · known and the same · known and older than what we have · known and edited · new.
A post that another source knows with other words (a feed's summary of a page) is not an edit unless it says so itself
(``edited_ms``); the first source that brought it decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from palabre.archive.applied import add_posts, take_back
from palabre.archive.bookkeeping import record_run, record_source
from palabre.archive.departed import clear_accounts
from palabre.archive.failures import REFUSED
from palabre.archive.known import Known, known_posts, taken_back
from palabre.archive.ledger import Ledger
from palabre.archive.prepared import Faults, Prepared, fault_of, prepare, raw_of
from palabre.archive.quarantine_rows import store_faults
from palabre.archive.revised import refresh_metrics, revise_posts
from palabre.archive.suppression import Suppression
from palabre.archive.types import Delivery, Receipt
from palabre.archive.watched import only_own_watches, send_back
from palabre.archive.workspaces import uid_of
from palabre.clock import Clock
from palabre.settings import Settings


class Door:
    def __init__(self, ledger: Ledger, clock: Clock, settings: Settings, suppression: Suppression) -> None:
        self._ledger, self._clock, self._settings, self._suppression = ledger, clock, settings, suppression

    def write(self, delivery: Delivery) -> Receipt:
        """Writes a delivery and says what became of it. Raises ArchiveError (nothing of it is written then),
        NotFoundError for a workspace that is not there."""
        settings = self._settings
        prepared = prepare(
            delivery,
            self._clock.now_ms(),
            post_bytes_max=settings.post_bytes_max,
            keep_raw=settings.raw_days > 0,
        )
        clear_accounts(self._ledger, delivery.workspace_id, delivery.gone, prepared.now_ms)
        try:
            return self._attempt(prepared, careful=False)
        except RowsRefused:
            return self._attempt(prepared, careful=True)

    def _attempt(self, prepared: Prepared, *, careful: bool) -> Receipt:
        with self._ledger.write() as connection:
            try:
                return Writing(connection, prepared, self._suppression, careful).run()
            except REFUSED as error:
                if careful:
                    raise
                raise RowsRefused from error


class RowsRefused(Exception):
    """The database would not take a row: the batch is tried again, looking for it."""


class Writing:
    """One attempt inside one transaction. careful: rows are tried in savepoints, halved until the bad one is alone."""

    def __init__(self, connection: Connection, prepared: Prepared, suppression: Suppression, careful: bool) -> None:
        self.connection = connection
        self.prepared = prepared
        self.workspace_id = prepared.delivery.workspace_id
        self.suppression = suppression
        self.careful = careful
        self.tally: Counter[str] = Counter()
        self.faults: Faults = list(prepared.faults)
        self.newest_id = 0

    def run(self) -> Receipt:
        delivery = self.prepared.delivery
        uid_of(self.connection, self.workspace_id)
        only_own_watches(self.connection, self.workspace_id, self.prepared.watches)
        for wave in self.waves(self.welcome(self.prepared.rows)):
            self.apply(wave)
        self.tally["gone"] += len(delivery.gone)
        take_back(self.connection, self.workspace_id, delivery.gone, self.prepared.now_ms, delivery.keep == "all")
        self.tally["quarantined"] += store_faults(
            self.connection, self.workspace_id, delivery.source_id, self.faults, self.prepared.now_ms
        )
        receipt = Receipt(**self.tally, newest_id=self.newest_id)
        self.record(receipt)
        if delivery.panel_stamp is not None and receipt.newest_id:
            send_back(self.connection, self.workspace_id, delivery.panel_stamp, receipt.newest_id + 1)
        return receipt

    def record(self, receipt: Receipt) -> None:
        """The source's part: cursor, run, health."""
        if self.prepared.delivery.source_id is not None:
            record_source(self.connection, self.prepared, receipt)
            record_run(self.connection, self.prepared, receipt)

    def welcome(self, rows: Sequence[int]) -> list[int]:
        """Rows that nobody objected to and somebody wants."""
        out = self.suppression.rows_kept_out(self.connection, self.workspace_id, self.prepared.columns, rows)
        self.tally["suppressed"] += len(out)
        kept = [row for row in rows if row not in out] if out else list(rows)
        if self.prepared.delivery.keep != "matched":
            return kept
        wanted = [row for row in kept if self.prepared.watches[row]]
        self.tally["dropped"] += len(kept) - len(wanted)
        return wanted

    def waves(self, rows: Sequence[int]) -> list[list[int]]:
        """Rows so that no uri comes twice in a wave: first copies, second copies, …"""
        uris = self.prepared.columns["uri"]
        if len({uris[row] for row in rows}) == len(rows):
            return [list(rows)] if rows else []
        seen: Counter[str] = Counter()
        waves: list[list[int]] = []
        for row in rows:
            turn = seen[uris[row]]
            seen[uris[row]] += 1
            if turn == len(waves):
                waves.append([])
            waves[turn].append(row)
        return waves

    def apply(self, rows: Sequence[int]) -> None:
        """Writes rows of different posts; in careful mode the one at fault ends in quarantine."""
        if not self.careful:
            self.apply_all(rows)
            return
        tally, newest = self.tally.copy(), self.newest_id
        try:
            with self.connection.begin_nested():
                self.apply_all(rows)
        except REFUSED as error:
            self.tally, self.newest_id = tally, newest
            self.divide(rows, error)

    def divide(self, rows: Sequence[int], error: Exception) -> None:
        if len(rows) > 1:
            self.apply(rows[: len(rows) // 2])
            self.apply(rows[len(rows) // 2 :])
            return
        raw = raw_of(self.prepared.delivery, self.prepared.columns, rows[0])
        self.faults.append((raw, fault_of("archive.row_refused", error)))

    def apply_all(self, rows: Sequence[int]) -> None:
        uris = [self.prepared.columns["uri"][row] for row in rows]
        known = known_posts(self.connection, self.workspace_id, uris)
        gone = taken_back(self.connection, self.workspace_id, uris)
        piles: dict[str, list[int]] = {"new": [], "gone": [], "edited": [], "same": [], "other": []}
        for row, uri in zip(rows, uris, strict=True):
            piles["gone" if uri in gone else self.pile(row, known.get(uri))].append(row)
        self.write_piles(piles, known)

    def pile(self, row: int, known: Known | None) -> str:
        """new, edited, same (as we have it), or other (an older version, or other words from another source)."""
        if known is None:
            return "new"
        if known.content_hash == self.prepared.hashes[row]:
            return "same"
        edited = self.prepared.columns["edited_ms"][row]
        if edited and known.edited_ms:
            return "edited" if edited > known.edited_ms or self.reedited(row, known) else "other"
        own = known.source_id in (self.prepared.delivery.source_id, None)
        return "edited" if own or edited > known.edited_ms else "other"

    def reedited(self, row: int, known: Known) -> bool:
        """Other words at the same time of edit, from the same source: platforms that count in minutes do that."""
        same_time = self.prepared.columns["edited_ms"][row] == known.edited_ms
        return same_time and known.source_id == self.prepared.delivery.source_id

    def write_piles(self, piles: dict[str, list[int]], known: dict[str, Known]) -> None:
        if piles["new"]:
            self.newest_id = max(self.newest_id, add_posts(self.connection, self.prepared, piles["new"]))
        if piles["edited"]:
            revise_posts(self.connection, self.prepared, piles["edited"], known)
        if piles["same"] or piles["other"]:
            refresh_metrics(self.connection, self.prepared, piles["same"], piles["other"], known)
        self.tally["stored"] += len(piles["new"])
        self.tally["revised"] += len(piles["edited"])
        self.tally["unchanged"] += len(piles["same"]) + len(piles["other"])
        self.tally["gone"] += len(piles["gone"])
