"""What the disk and other processes do to an archive: clear words, and never half a batch."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contract.deliveries import delivery, note, texts

from palabre.archive import Archive, open_archive
from palabre.archive.ledger import log_ahead
from palabre.clock import FixedClock
from palabre.errors import ArchiveError, PalabreError
from palabre.messages import say
from palabre.settings import Settings, load


@pytest.fixture
def small(tmp_path: Path, clock: FixedClock) -> Iterator[Archive]:
    """An SQLite archive with some posts, impatient."""
    with open_archive(replace(load(tmp_path, {}), lock_seconds=0.2), clock) as archive:
        archive.write(delivery([note(i) for i in range(10)]))
        yield archive


@contextmanager
def refused(key: str) -> Iterator[None]:
    """The archive says no, and says so in both languages."""
    with pytest.raises(PalabreError) as found:
        yield
    assert found.value.key == key
    for lang in ("fr", "en"):
        sentence = say(key, lang, **found.value.params)
        assert sentence != key
        assert "{" not in sentence


def test_a_full_disk_writes_no_half_batch_and_work_goes_on_when_there_is_room(small: Archive) -> None:
    with small.ledger.plain() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(pages: int) -> None:
        from sqlalchemy import event

        @event.listens_for(small.ledger.engine, "connect")
        def apply(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute(f"PRAGMA max_page_count={pages}")

        small.ledger.engine.dispose()

    limit(pages + 20)
    source = small.sources.add(1, "feed", "a", {}).source_id
    with refused("archive.disk_full"):
        small.write(delivery([note(100 + i, "long " * 500) for i in range(200)], source_id=source, cursor={"page": 9}))
    assert small.count(1).n == 10
    assert small.sources.get(source).cursor == {}
    limit(1_000_000)
    assert small.write(delivery([note(100 + i, "long " * 500) for i in range(200)])).stored == 200


def test_a_writer_that_does_not_finish_is_told(small: Archive) -> None:
    other = sqlite3.connect(small.ledger.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with refused("archive.locked"):
        small.write(delivery([note(50)]))
    assert texts(small)  # reading goes on
    other.execute("ROLLBACK")
    assert small.write(delivery([note(50)])).stored == 1
    other.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write what is read-only")
def test_a_file_that_cannot_be_written(small: Archive) -> None:
    small.close()
    for path in Path(small.settings.home).glob("palabre.sqlite3*"):
        path.chmod(0o400)
    with refused("archive.read_only"):
        open_archive(small.settings).write(delivery([note(50)]))


def test_a_ledger_opened_for_reading_only_is_told(small: Archive) -> None:
    from sqlalchemy import event

    @event.listens_for(small.ledger.engine, "connect")
    def apply(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    small.ledger.engine.dispose()
    with refused("archive.read_only"):
        small.write(delivery([note(50)]))


def spoil(path: Path, start: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(content)


@pytest.mark.parametrize("start", [0, 20])
def test_a_damaged_file_is_told(small: Archive, start: int) -> None:
    small.close()
    path = small.ledger.path
    assert path
    spoil(path, start, b"\0" * 80)
    with refused("archive.corrupted"):
        open_archive(small.settings)


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "palabre.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = path.read_bytes()
    with refused("archive.not_ours"):
        open_archive(load(tmp_path, {}))
    assert path.read_bytes()[:100] == before[:100]


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("mysql://localhost/x", "archive.unknown_database"),
        ("postgresql://nobody@127.0.0.1:1/nothing", "archive.cannot_open"),
        ("sqlite:////proc/nowhere/x.sqlite3", "archive.cannot_open"),
    ],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path, url: str, key: str) -> None:
    with refused(key):
        open_archive(replace(load(tmp_path, {"PALABRE_DATABASE_URL": url}), lock_seconds=1))


def test_two_writers_lose_no_batch(settings: Settings, clock: FixedClock) -> None:
    """Two archives on one database, as two processes have it; each writes batches that overlap."""
    failures: list[BaseException] = []

    def work(first: int) -> None:
        try:
            with open_archive(settings, clock) as archive:
                for batch in range(15):
                    start = first + batch * 8
                    archive.write(delivery([note(i, f"mot{i}") for i in range(start, start + 16)]))
        except BaseException as error:  # a thread's failure must reach the test
            failures.append(error)

    with open_archive(settings, clock):
        pass
    threads = [threading.Thread(target=work, args=(first,)) for first in (0, 60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with open_archive(settings, clock) as archive:
        rows = archive.search(1, limit=1_000)
        assert sorted(int(row.post.text[3:]) for row in rows) == list(range(60 + 14 * 8 + 16))
        assert all(len(texts(archive, row.post.text)) == 1 for row in rows[:20])


def test_processes_that_open_together_agree(settings: Settings, clock: FixedClock) -> None:
    opened: list[Archive] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            opened.append(open_archive(settings, clock))
        except BaseException as error:  # a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len({archive.workspaces.find("default").uid for archive in opened}) == 1
    for archive in opened:
        archive.close()


def test_a_new_file_is_opened_by_many_at_once_without_being_told_that_it_is_locked(tmp_path: Path) -> None:
    """Of two that change the journal mode together SQLite refuses one at once, whatever patience was asked for."""
    for number in range(25):
        path, refused, start = tmp_path / f"{number}.sqlite3", list[Exception](), threading.Barrier(6)

        def opens(path: Path = path, refused: list[Exception] = refused, start: threading.Barrier = start) -> None:
            start.wait()
            try:
                log_ahead(path, 20)
            except sqlite3.Error as error:
                refused.append(error)

        threads = [threading.Thread(target=opens) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert refused == []
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_failed_transaction_leaves_everything_as_it_was(settings: Settings, clock: FixedClock) -> None:
    with open_archive(settings, clock) as archive:
        archive.write(delivery([note(1)]))

        class Stop(Exception):
            pass

        def half_done() -> None:
            with archive.ledger.write() as connection:
                connection.exec_driver_sql("UPDATE post SET text = 'lost'")
                raise Stop

        with pytest.raises(Stop):
            half_done()
        assert texts(archive) == ["bonjour le monde"]


def test_an_error_never_shows_a_password(tmp_path: Path) -> None:
    url = "postgresql://bob:hunter2@127.0.0.1:1/nothing"
    with pytest.raises(ArchiveError) as found:
        open_archive(replace(load(tmp_path, {"PALABRE_DATABASE_URL": url}), lock_seconds=1))
    assert "hunter2" not in str(found.value) + repr(found.value.params)
