"""The lake says what the ledger says: after sealing, editing, erasing, compacting, crashing between file and row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from palabre.archive import Archive, Delivery, open_archive
from palabre.archive.lake import Lake
from palabre.archive.segments import RISING
from palabre.batches import batch_of
from palabre.clock import FixedClock
from palabre.model import MENTIONS, Gone, Post, WatchKind
from palabre.sample import play
from palabre.settings import Settings
from palabre.text.tokens import tokenize
from palabre.understand import series

END_MS = 1_790_000_000_000


@pytest.fixture(scope="module")
def posts() -> list[Post]:
    return [line.post for line in play(END_MS)[:3_000]]


@pytest.fixture
def archive(own_settings: Settings) -> Iterator[Archive]:
    with open_archive(own_settings, FixedClock(END_MS)) as opened:
        yield opened


@pytest.fixture
def lake(archive: Archive, home: Path) -> Lake:
    return Lake(archive.ledger, home / "lake", archive.clock)


def keys_of(post: Post) -> str:
    return " ".join(key for token in tokenize(post.text) for key in token.folded)


def deliver(archive: Archive, posts: list[Post], watch_id: int | None = None, gone: tuple[Gone, ...] = ()) -> None:
    """Writes posts; every other one is a mention of the watch."""
    pairs = [(row, watch_id) for row in range(0, len(posts), 2)] if watch_id else []
    mentions = pa.RecordBatch.from_pylist([{"post": row, "watch": watch} for row, watch in pairs], schema=MENTIONS)
    index = pa.array([keys_of(post) for post in posts], pa.string())
    archive.write(Delivery(1, None, batch_of(posts), [None] * len(posts), index, mentions, gone=gone))


def texts(lake: Lake) -> list[tuple[str, str]]:
    answer = lake.ask(lake.posts(1).select("uri", "text").order_by("uri"))
    return [(row["uri"], row["text"]) for row in answer.to_pylist()]


def truth(posts: list[Post]) -> list[tuple[str, str]]:
    return sorted((post.uri, post.text) for post in posts)


def files(lake: Lake) -> list[Path]:
    return sorted(lake.root.rglob("*.parquet"))


def test_posts_are_seen_before_and_after_they_are_sealed(archive: Archive, lake: Lake, posts: list[Post]) -> None:
    deliver(archive, posts[:500])
    assert texts(lake) == truth(posts[:500])
    assert lake.seal() == 500
    assert texts(lake) == truth(posts[:500])
    deliver(archive, posts[500:600])
    assert texts(lake) == truth(posts[:600])


def test_an_edit_shows_at_once_and_compacting_settles_it(archive: Archive, lake: Lake, posts: list[Post]) -> None:
    deliver(archive, posts[:300])
    lake.seal_all()
    edited = [replace(post, text=f"{post.text} (corrigé)") for post in posts[:40]]
    deliver(archive, edited)
    assert texts(lake) == truth(edited + posts[40:300])
    assert lake.compact() == 1
    assert len(lake.view(1).hidden) == 0
    assert texts(lake) == truth(edited + posts[40:300])


def test_a_post_taken_back_leaves_no_byte_in_the_files(archive: Archive, lake: Lake, posts: list[Post]) -> None:
    secret = replace(posts[0], text="motsecretintrouvable", uri="https://a.example/1")
    deliver(archive, [secret, *posts[1:200]])
    lake.seal_all()
    deliver(archive, [], gone=(Gone(secret.uri),))
    assert secret.uri not in dict(texts(lake))
    lake.compact()
    lake.sweep(grace_ms=-10_000_000_000_000)
    assert len(files(lake)) == 1
    held = pa.parquet.read_table(files(lake)[0]) if hasattr(pa, "parquet") else None
    assert held is None or "motsecretintrouvable" not in held["text"].to_pylist()


def test_a_post_erased_while_it_was_being_sealed_stays_erased(
    archive: Archive, lake: Lake, posts: list[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(archive, posts[:50])
    write = lake.write

    def write_then_erase(table: pa.Table) -> dict[str, object]:
        row = write(table)
        deliver(archive, [], gone=(Gone(posts[0].uri),))
        return row

    monkeypatch.setattr(lake, "write", write_then_erase)
    lake.seal()
    assert texts(lake) == truth(posts[1:50])
    monkeypatch.undo()
    lake.compact()
    assert texts(lake) == truth(posts[1:50])


def test_a_post_edited_while_it_was_being_sealed_shows_its_edit(
    archive: Archive, lake: Lake, posts: list[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(archive, posts[:50])
    edited = replace(posts[0], text="tout autre chose")
    write = lake.write

    def write_then_edit(table: pa.Table) -> dict[str, object]:
        row = write(table)
        deliver(archive, [edited])
        return row

    monkeypatch.setattr(lake, "write", write_then_edit)
    lake.seal()
    assert texts(lake) == truth([edited, *posts[1:50]])


def test_a_file_without_a_row_is_an_orphan_and_is_swept(archive: Archive, lake: Lake, posts: list[Post]) -> None:
    deliver(archive, posts[:50])
    lake.write(lake.view(1).fresh)
    assert len(files(lake)) == 1
    assert texts(lake) == truth(posts[:50])
    assert lake.sweep(grace_ms=-10_000_000_000_000) == 1
    assert files(lake) == []


def test_two_sealers_at_once_neither_lose_nor_double(
    archive: Archive, lake: Lake, posts: list[Post], home: Path
) -> None:
    deliver(archive, posts[:80])
    other, write = Lake(archive.ledger, home / "lake", archive.clock), lake.write

    def write_while_another_seals(table: pa.Table) -> dict[str, object]:
        other.seal()
        return write(table)

    lake.write = write_while_another_seals  # type: ignore[method-assign]
    lake.seal()
    lake.write = write  # type: ignore[method-assign]
    assert texts(lake) == truth(posts[:80])
    lake.compact()
    assert texts(lake) == truth(posts[:80])


def test_the_lake_can_be_made_again_from_the_ledger(archive: Archive, lake: Lake, posts: list[Post]) -> None:
    deliver(archive, posts[:300])
    lake.seal_all()
    for path in files(lake):
        path.unlink()
    assert lake.rebuild() == 300
    assert texts(lake) == truth(posts[:300])


def test_small_segments_are_joined(archive: Archive, lake: Lake, posts: list[Post]) -> None:
    for start in range(0, 500, 100):
        deliver(archive, posts[start : start + 100])
        lake.seal()
    assert len(lake.view(1).paths) == 5
    assert lake.compact() == 5
    assert len(lake.view(1).paths) == 1
    assert texts(lake) == truth(posts[:500])


def test_share_of_voice_counts_mentions(archive: Archive, lake: Lake, posts: list[Post]) -> None:
    watch = archive.watches.add(1, "Tout", "a", kind=WatchKind.THEME)
    deliver(archive, posts[:100], watch.watch_id)
    answer = lake.ask(series.share_of_voice(lake.posts(1), [watch.watch_id]))
    assert sum(answer["n"].to_pylist()) == 50
    assert set(answer["share"].to_pylist()) == {1.0}


def test_volume_is_the_same_as_counting_by_hand(archive: Archive, lake: Lake, posts: list[Post]) -> None:
    deliver(archive, posts)
    lake.seal()
    answer = lake.ask(series.volume(lake.posts(1), series.HOUR_SECONDS, "network")).to_pylist()
    by_hand: dict[tuple[int, str], int] = {}
    for post in posts:
        key = (post.published_ms // 3_600_000 * 3_600, post.network)
        by_hand[key] = by_hand.get(key, 0) + 1
    assert {(row["start_s"], row["network"]): row["n"] for row in answer} == by_hand


def test_every_column_of_a_segment_is_coded_as_it_says(archive: Archive, lake: Lake, posts: list[Post]) -> None:
    """A column that the list of codings does not name would be written plain, in silence."""
    deliver(archive, posts[:200])
    lake.seal_all()
    about = pq.ParquetFile(lake.view(1).paths[0]).metadata.row_group(0)
    for number in range(about.num_columns):
        column = about.column(number)
        name = column.path_in_schema.split(".")[0]
        wanted = "DELTA_BINARY_PACKED" if name in RISING else "RLE_DICTIONARY"
        assert wanted in column.encodings or column.physical_type == "BOOLEAN", (name, column.encodings)
