"""The archive: what was heard, durable once acknowledged, erasable for real. `open_archive` is the way in."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from palabre.archive import fulltext
from palabre.archive.authors import Authors
from palabre.archive.backup import back_up
from palabre.archive.chosen import EVERYTHING, NO_FILTERS
from palabre.archive.corrections import Corrections
from palabre.archive.erasure import Erasing
from palabre.archive.facts import known_facts
from palabre.archive.folds import Folds
from palabre.archive.history import history_step
from palabre.archive.lakeside import lake_root
from palabre.archive.ledger import Ledger, open_ledger
from palabre.archive.marks import Beliefs, Marks
from palabre.archive.migrate import migrate
from palabre.archive.needs import Needs
from palabre.archive.noise_rules import NoiseRules
from palabre.archive.opinions import Opinions
from palabre.archive.posts import DAY_MS, THREAD_POSTS_MAX, Posts
from palabre.archive.quarantine import Quarantine
from palabre.archive.readings import Readings
from palabre.archive.reindex import REINDEX_POSTS, IndexTexts, reindex_step
from palabre.archive.removal import mark_dirty, own_ids
from palabre.archive.rumours import Rumours
from palabre.archive.sampling import Sampling
from palabre.archive.search import Search
from palabre.archive.signals import Signals
from palabre.archive.sources import Sources
from palabre.archive.stories import Stories
from palabre.archive.suppression import Suppression
from palabre.archive.tidy import Tidied, Tidying
from palabre.archive.topics import Topics
from palabre.archive.types import (
    Bucket,
    Count,
    Delivery,
    Erasure,
    Filters,
    Look,
    PostRow,
    RawRow,
    Receipt,
    Revision,
    Verify,
    Watch,
)
from palabre.archive.vault import Vault, open_vault
from palabre.archive.watched import only_own_watches
from palabre.archive.watches import Watches
from palabre.archive.works import Works
from palabre.archive.workspaces import DEFAULT, Workspaces, ensure_workspace, has_workspace
from palabre.archive.write import Door
from palabre.clock import Clock, SystemClock
from palabre.errors import ArchiveError
from palabre.model import Sieve
from palabre.settings import Settings

if TYPE_CHECKING:
    from palabre.archive.lake import Lake
    from palabre.archive.lake_words import LakeWords


class Archive:
    """The parts of the archive, each in a file of its name, and the questions asked most."""

    def __init__(self, settings: Settings, clock: Clock, ledger: Ledger, vault: Vault) -> None:
        self.settings, self.clock, self.ledger, self.vault = settings, clock, ledger, vault
        self.workspaces = Workspaces(ledger, clock, vault)
        self.sources = Sources(ledger, clock, vault)
        self.watches = Watches(ledger, clock)
        self.suppression = Suppression(ledger, clock, vault, settings.home)
        self.quarantine = Quarantine(ledger, clock)
        self.posts = Posts(ledger, self.lists)
        self.authors = Authors(ledger, self.suppression)
        self.readings = Readings(ledger, clock)
        self.corrections = Corrections(ledger, clock)
        self.opinions = Opinions(ledger, clock)
        self.samples = Sampling(ledger, clock)
        self.folds = Folds(ledger, clock)
        self.noise_rules = NoiseRules(ledger, clock)
        self.stories = Stories(ledger)
        self.signals = Signals(ledger, clock)
        self.needs = Needs(ledger, clock)
        self.topics = Topics(ledger, clock)
        self.rumours = Rumours(ledger, clock)
        self.marks = Marks(ledger, clock)
        self.beliefs = Beliefs(ledger, clock)
        self.works = Works(ledger, clock)
        self.erasing = Erasing(ledger, clock, self.suppression)
        self.tidying = Tidying(ledger, clock, settings)
        self._search = Search(ledger, clock, self.lists)
        self._door = Door(ledger, clock, settings, self.suppression)

    @cached_property
    def lake(self) -> Lake:
        """The column copy, for questions over many posts. Raises ArchiveError when its setting names no folder."""
        from palabre.archive.lake import Lake

        return Lake(self.ledger, lake_root(self.settings), self.clock)

    @cached_property
    def lake_words(self) -> LakeWords:
        """The posting lists of the column copy. Raises ArchiveError likewise."""
        from palabre.archive.lake_words import LakeWords

        return LakeWords(self.ledger, lake_root(self.settings))

    def lists(self) -> LakeWords | None:
        """The same; None where the setting names no folder, which is said where the lake itself is asked."""
        with suppress(ArchiveError):
            return self.lake_words
        return None

    def write(self, delivery: Delivery) -> Receipt:
        """The one write door: a delivery in one transaction (see `write`). Raises ArchiveError."""
        return self._door.write(delivery)

    def search(
        self,
        workspace_id: int,
        sieve: Sieve = EVERYTHING,
        verify: Verify | None = None,
        filters: Filters = NO_FILTERS,
        before: int | None = None,
        limit: int = 50,
    ) -> list[PostRow]:
        """The newest posts that match, highest post_id first, below ``before`` (the last post_id of the page before).
        verify is asked about candidates when the sieve is not exact."""
        return self._search.search(workspace_id, sieve, verify, filters, before, limit).rows

    def look(
        self,
        workspace_id: int,
        sieve: Sieve,
        verify: Verify | None,
        filters: Filters,
        before: int | None,
        limit: int,
        seconds: float,
    ) -> Look:
        """The same with a limit of seconds: where posts must be looked at one by one and next to none match, it gives
        what it found, and says how far it came."""
        return self._search.search(workspace_id, sieve, verify, filters, before, limit, seconds)

    def count(
        self,
        workspace_id: int,
        sieve: Sieve = EVERYTHING,
        verify: Verify | None = None,
        filters: Filters = NO_FILTERS,
        seconds: float | None = None,
    ) -> Count:
        """How many match; "at least n" only when a limit of seconds was given and hit."""
        return self._search.count(workspace_id, sieve, verify, filters, seconds)

    def matching_ids(
        self,
        workspace_id: int,
        sieve: Sieve,
        verify: Verify | None,
        filters: Filters = NO_FILTERS,
        before: int | None = None,
        limit: int = 2_000,
    ) -> tuple[list[int], int | None]:
        """One bounded step through history: matching post_ids among the next ``limit`` candidates below before, and
        where to go on (None: the end)."""
        return self._search.ids(workspace_id, sieve, verify, filters, before, limit)

    def known_facts(self, workspace_id: int) -> dict[str, dict[str, str]]:
        """What `match.sieve` may ask of the index beside words: name of a fact -> value that posts have -> its key."""
        with self.ledger.read() as connection:
            return known_facts(connection, workspace_id)

    def post(self, workspace_id: int, post_id: int) -> PostRow:
        """Raises NotFoundError."""
        return self.posts.get(workspace_id, post_id)

    def thread(self, workspace_id: int, post_id: int, most: int = THREAD_POSTS_MAX) -> list[PostRow]:
        """The conversation around a post, oldest first; ``most`` posts of it. Raises NotFoundError."""
        return self.posts.thread(workspace_id, post_id, most)

    def revisions(self, workspace_id: int, post_id: int) -> list[Revision]:
        """Earlier versions, newest first. Raises NotFoundError."""
        return self.posts.revisions(workspace_id, post_id)

    def raw(self, workspace_id: int, post_id: int) -> list[RawRow]:
        """What the platform gave, newest first. Raises NotFoundError."""
        return self.posts.raw(workspace_id, post_id)

    def mentions(self, workspace_id: int, watch_id: int, before: int | None = None, limit: int = 50) -> list[PostRow]:
        """Mentions of a watch, newest first."""
        return self.posts.mentions(workspace_id, watch_id, before, limit)

    def facets(
        self, workspace_id: int, sieve: Sieve = EVERYTHING, verify: Verify | None = None, filters: Filters = NO_FILTERS
    ) -> dict[str, list[tuple[str, int]]]:
        """Numbers of posts by lang, network, kind, source and watch."""
        return self.posts.facets(workspace_id, sieve, verify, filters)

    def volume(
        self,
        workspace_id: int,
        sieve: Sieve = EVERYTHING,
        verify: Verify | None = None,
        filters: Filters = NO_FILTERS,
        step_ms: int = DAY_MS,
    ) -> list[Bucket]:
        """Posts per day (or hour) of publication, UTC, oldest first."""
        return self.posts.volume(workspace_id, sieve, verify, filters, step_ms)

    def change_mentions(self, workspace_id: int, watch_id: int, lost: Sequence[int], won: Sequence[int]) -> None:
        """A watch no longer wants some posts, and wants others: what matching history again found."""
        with self.ledger.write() as connection:
            there: list[tuple[int, ...]] = [(watch_id,)]
            only_own_watches(connection, workspace_id, there)
            kept = own_ids(connection, workspace_id, [*lost, *won]) if there[0] else []
            mine = set(kept)
            fulltext.change_mentions(
                connection, workspace_id, watch_id, [i for i in lost if i in mine], [i for i in won if i in mine]
            )
            mark_dirty(connection, workspace_id, kept)

    def history_step(
        self, watch: Watch, sieve: Sieve, verify: Verify | None, limit: int = 2_000
    ) -> tuple[Watch, int, int]:
        """Matches the next posts of a watch's history (see `history`): the watch as it is now, won, lost."""
        return history_step(self.ledger, self._search, watch, sieve, verify, limit)

    def erase(self, workspace_id: int, who: str, network: str = "", *, by: str = "") -> Erasure:
        """Erases a person (account uri, profile address or handle) for good and keeps them out (see `erasure`); the
        segments that hold their words are rewritten before this returns."""
        gone = self.erasing.erase(workspace_id, who, network, by=by)
        self.lake.purge()
        return gone

    def reindex(self, index_texts: IndexTexts, limit: int = REINDEX_POSTS) -> bool:
        """One step towards an index with places, where the archive is older than these; whether none is left."""
        return reindex_step(self.ledger, index_texts, limit)

    def tidy(self) -> Tidied:
        """Retention and upkeep; once a night."""
        return self.tidying.tidy()

    def back_up(self, folder: Path) -> Path:
        """A consistent copy, while others write; the folder it made. Raises ArchiveError."""
        return back_up(self.ledger, self.settings, self.clock, folder)

    def close(self) -> None:
        """Ends all connections."""
        self.ledger.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_archive(settings: Settings, clock: Clock | None = None) -> Archive:
    """Opens the archive of these settings, made or migrated when needed. Raises ArchiveError with the way out."""
    clock = clock or SystemClock()
    vault = open_vault(settings)
    ledger = open_ledger(settings)
    if migrate(ledger) or not has_workspace(ledger):  # a process killed between the two left none
        with ledger.write() as connection:
            ensure_workspace(connection, vault, DEFAULT, DEFAULT, clock.now_ms())
    archive = Archive(settings, clock, ledger, vault)
    if archive.erasing.replay() != Erasure():
        archive.lake.purge()
    return archive
