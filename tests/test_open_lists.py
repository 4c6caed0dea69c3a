"""Lists that stay open tell what is in the file now, and are let go when nobody asks."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pyarrow as pa
import pytest

from palabre.archive import open_lists
from palabre.archive.fulfilled import fulfilling
from palabre.archive.open_lists import OpenLists
from palabre.archive.postings import Keyed, write_postings
from palabre.archive.segments import written
from palabre.model import SieveTerm


def write(path: Path, *texts: str) -> Path:
    with written(path) as sink:
        write_postings(sink, [Keyed(n, "", text, "") for n, text in enumerate(texts)])
    return path


def rows(lists: OpenLists, path: Path, key: str) -> list[bool]:
    return [bool(one) for part in lists.parts(path) for one in fulfilling(part, SieveTerm(key))]


@pytest.fixture
def lists() -> OpenLists:
    return OpenLists()


def test_lists_are_opened_once_and_anew_when_they_are_replaced(lists: OpenLists, tmp_path: Path) -> None:
    path = write(tmp_path / "a.postings", "un deux", "deux")
    assert rows(lists, path, "un") == [True, False]
    assert lists.parts(path) is lists.parts(path)
    lists.rest(path)
    assert rows(lists, path, "deux") == [True, True]
    write(path, "trois", "un", "un")
    assert rows(lists, path, "un") == [False, True, True]
    assert len(lists) == 1


def test_what_is_gone_or_damaged_is_said_so(lists: OpenLists, tmp_path: Path) -> None:
    path = write(tmp_path / "a.postings", "un")
    lists.parts(path)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        lists.parts(path)
    for spoilt in (b"", b"ARROW1 or what?"):
        path.write_bytes(spoilt)
        with pytest.raises(pa.ArrowInvalid):
            lists.parts(path)


def test_who_still_reads_goes_on_after_rest_and_after_the_file_is_gone(lists: OpenLists, tmp_path: Path) -> None:
    path = write(tmp_path / "a.postings", *["un deux"] * 5_000)
    (part,) = lists.parts(path)
    path.unlink()
    lists.rest(path)
    assert fulfilling(part, SieveTerm("deux")).all()


def test_rest_gives_the_memory_back(lists: OpenLists, tmp_path: Path) -> None:
    path = write(tmp_path / "a.postings", *["un deux " * 30] * 60_000)
    assert all(rows(lists, path, "un"))
    used = resident(path)
    lists.rest(path)
    assert used > 3_000
    assert resident(path) < 100  # two keys, and what else is no list


def resident(path: Path) -> int:
    """Kilobytes of a file that this process holds in memory."""
    lines = Path("/proc/self/smaps").read_text("utf-8").splitlines()
    (start,) = (at for at, line in enumerate(lines) if line.endswith(str(path)))
    return next(int(line.split()[1]) for line in lines[start:] if line.startswith("Rss:"))


def test_idle_lists_are_closed(lists: OpenLists, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_lists, "IDLE_SECONDS", 0.02)
    for _ in range(2):  # a second time, after all were closed
        assert rows(lists, write(tmp_path / "a.postings", "un"), "un") == [True]
        end = monotonic() + 20
        while len(lists) and monotonic() < end:
            sleep(0.01)
        assert len(lists) == 0


def test_more_than_may_be_open_are_read_all_the_same(
    lists: OpenLists, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_lists, "MOST", 2)
    for at in range(4):
        assert rows(lists, write(tmp_path / f"{at}.postings", "un"), "un") == [True]
    assert len(lists) == 2


def test_many_readers_at_once_see_whole_lists(lists: OpenLists, tmp_path: Path) -> None:
    path = write(tmp_path / "a.postings", *["un", "deux"] * 20_000)
    wrong: list[int] = []

    def read() -> None:
        for _ in range(50):
            wrong.extend([1] if sum(rows(lists, path, "un")) != 20_000 else [])
            lists.rest(path)

    readers = [Thread(target=read) for _ in range(6)]
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    assert not wrong
