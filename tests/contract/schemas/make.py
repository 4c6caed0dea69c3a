"""Writes a database of the present schema with a little of everything in it; run once, when a version is released.

python -m tests.contract.schemas.make
"""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import zstandard
from tests.contract.deliveries import delivery, note

from palabre.archive import open_archive
from palabre.archive.migrate import known_versions
from palabre.clock import FixedClock
from palabre.model import Account, Fault, RawItem
from palabre.settings import load

HERE = Path(__file__).parent


def fill(home: Path) -> None:
    with open_archive(load(home, {}), FixedClock()) as archive:
        source = archive.sources.add(1, "feed", "a feed", {"url": "https://example.org"}, secrets={"token": "s3cret"})
        watch = archive.watches.add(1, "a watch", "released").watch_id
        posts = [
            note(1, "first words", account=Account("https://example.org/u/ada", "ada")),
            note(2, "to be taken back"),
        ]
        fault = (RawItem(b"{"), Fault("map", "archive.row_refused"))
        archive.write(delivery(posts, source_id=source.source_id, mentions=[(0, watch)], faults=[fault]))
        archive.write(delivery([note(1, "released post")], source_id=source.source_id, mentions=[(0, watch)]))
        archive.write(delivery([], gone=[note(2).uri]))


def main() -> None:
    home = Path(tempfile.mkdtemp())
    fill(home)
    version = known_versions()[-1]
    connection = sqlite3.connect(home / "palabre.sqlite3")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("VACUUM")
    connection.close()
    (HERE / f"{version}.sqlite3.zst").write_bytes(zstandard.compress((home / "palabre.sqlite3").read_bytes(), 19))
    (HERE / f"{version}.key").write_text((home / "secret.key").read_text("utf-8"), "utf-8")


if __name__ == "__main__":
    main()
