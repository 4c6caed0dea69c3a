"""The archive: what was heard, durable once acknowledged, erasable for real. `open_archive` is the way in."""

from __future__ import annotations

from palabre.archive.ledger import Ledger, open_ledger
from palabre.archive.migrate import migrate
from palabre.archive.sources import Sources
from palabre.archive.suppression import Suppression
from palabre.archive.types import Delivery, Receipt
from palabre.archive.vault import Vault, open_vault
from palabre.archive.watches import Watches
from palabre.archive.workspaces import DEFAULT, Workspaces, ensure_workspace
from palabre.archive.write import Door
from palabre.clock import Clock, SystemClock
from palabre.settings import Settings


class Archive:
    """The parts of the archive, each in a file of its name, and the questions asked most."""

    def __init__(self, settings: Settings, clock: Clock, ledger: Ledger, vault: Vault) -> None:
        self.settings, self.clock, self.ledger, self.vault = settings, clock, ledger, vault
        self.workspaces = Workspaces(ledger, clock, vault)
        self.sources = Sources(ledger, clock, vault)
        self.watches = Watches(ledger, clock)
        self.suppression = Suppression(ledger, clock, vault, settings.home)
        self._door = Door(ledger, clock, settings, self.suppression)

    def write(self, delivery: Delivery) -> Receipt:
        """The one write door: a delivery in one transaction (see `write`). Raises ArchiveError."""
        return self._door.write(delivery)

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
    if migrate(ledger):
        with ledger.write() as connection:
            ensure_workspace(connection, vault, DEFAULT, DEFAULT, clock.now_ms())
    return Archive(settings, clock, ledger, vault)
