"""Writes numbered batches until it is killed, and says each number once the archive has acknowledged it.

    python -m tests.crash.writer HOME [DATABASE_URL]

It goes on from the cursor it finds. Batches overlap, as pages of a platform do.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.contract.deliveries import delivery, note

from palabre.archive import Archive, open_archive
from palabre.settings import load

STEP, OVERLAP = 10, 5


def source_of(archive: Archive) -> int:
    found = archive.sources.find(1, "numbers", "n")
    return found.source_id if found else archive.sources.add(1, "numbers", "n", {}).source_id


def write_for_ever(archive: Archive) -> None:
    source_id = source_of(archive)
    if not archive.watches.all(1):
        archive.watches.add(1, "w", "q")
    watch = archive.watches.all(1)[0].watch_id
    batch = int(archive.sources.get(source_id).cursor.get("batch", 0))
    while True:
        batch += 1
        numbers = range(max(0, (batch - 1) * STEP - OVERLAP), batch * STEP)
        posts = [note(number, f"mot{number} commun") for number in numbers]
        mentions = [(row, watch) for row in range(len(posts))]
        archive.write(delivery(posts, source_id=source_id, cursor={"batch": batch}, mentions=mentions))
        sys.stdout.write(f"{batch}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    environ = {"PALABRE_DATABASE_URL": sys.argv[2]} if len(sys.argv) > 2 else {}
    with open_archive(load(Path(sys.argv[1]), environ)) as archive:
        write_for_ever(archive)
