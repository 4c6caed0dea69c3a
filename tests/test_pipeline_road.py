"""The road: one bad item costs itself, watches that change are live at once, a page and its cursor go together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from palabre import plugins
from palabre.archive.archive import Archive, open_archive
from palabre.archive.types import Source
from palabre.batches import batch_of, posts_of
from palabre.clock import FixedClock
from palabre.collect.contract import Config, Cursor, Description, Means, Page, Window
from palabre.errors import ArchiveError, ItemError, ThrottledError
from palabre.match.limits import Limits
from palabre.model import Account, Event, Gone, Heard, Metrics, Post, PostKind, RawItem
from palabre.pipeline import Pipeline
from palabre.road.collecting import next_due_ms
from palabre.road.guard import Batch, Heap, add_item, batch_from, fault_of
from palabre.road.panel import Coming, LivePanel, PanelState, panel_from
from palabre.road.panels import LivePanels
from palabre.road.reading import Filled, Job, Reader
from palabre.road.ready import ready
from palabre.road.worker import RemoteReader
from palabre.scheduler import Scheduler
from palabre.settings import Settings

WORKSPACE = 1


class Fake:
    """A platform whose pages a test writes: (texts, cursor); a text "poison" cannot be mapped."""

    def __init__(self) -> None:
        self.given: list[tuple[list[str], int]] = []
        self.error: Exception | None = None
        self.cursors: list[Cursor] = []

    def describe(self) -> Description:
        return Description("fake", (), 600)

    def validate(self, config: Config) -> Config:
        return config

    def canary(self, config: Config) -> Config:
        return config

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        self.cursors.append(dict(cursor))
        for texts, number in self.given:
            yield Page(tuple(RawItem(json.dumps(text).encode()) for text in texts), {"at": number})
        if self.error:
            raise self.error

    def map(self, item: RawItem, config: Config) -> list[Event]:
        text = json.loads(item.body)
        if text.startswith("poison"):
            raise KeyError(text)
        if text.startswith("gone"):
            return [Gone("urn:x:" + text.split()[1])]
        return [Heard(Post("urn:x:" + text.split()[0], "fake", text=text, published_ms=1))]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    made = Fake()
    monkeypatch.setattr(plugins, "connector", lambda name: made)
    return made


@pytest.fixture
def archive(own_settings: Settings, clock: FixedClock) -> Iterator[Archive]:
    with open_archive(own_settings, clock) as opened:
        yield opened


@pytest.fixture
def pipeline(archive: Archive, clock: FixedClock) -> Pipeline:
    made = Pipeline(archive, object(), clock, archive.settings)  # type: ignore[arg-type]  # the fake asks no network
    made.languages = ()
    return made


@pytest.fixture
def source(archive: Archive) -> Source:
    return archive.sources.add(WORKSPACE, "fake", "a fake", {}, rhythm_seconds=600)


def cursor_of(archive: Archive, source: Source) -> object:
    return archive.sources.get(source.source_id).cursor


def health(archive: Archive) -> tuple[str, int]:
    [found] = archive.sources.health(WORKSPACE)
    return found.error_key, found.failures


POST = Post(
    "urn:x:1", "mastodon", PostKind.REPLY, "Été à la mer", "Titre", "<p>Été</p>", "https://a.fr/1", "fr", 5, 6,
    Account("https://a.fr/@zoe", "zoe", "Zoé", "https://a.fr/@zoe", 3, True), "urn:x:0", "urn:x:0", "", "", ("https://b.fr",),
    ("été",), ("bob",), "FR", "", "Brest", 4.5, True, ("https://a.fr/i.png",), Metrics(1, 2, None, 4),
)  # fmt: skip


def test_a_post_survives_the_batch_whole() -> None:
    plain = Post("urn:x:2", "web")
    assert list(posts_of(batch_of([POST, plain]))) == [POST, plain]


def test_one_poison_item_among_ten_thousand_costs_itself_alone(pipeline: Pipeline, fake: Fake, source: Source) -> None:
    texts = [f"{n} hello" for n in range(10_000)]
    texts[5_000] = "poison"
    fake.given = [(texts, 7)]
    tally = pipeline.collect(source)
    assert tally is not None
    assert (tally.receipt.stored, tally.receipt.quarantined, tally.error) == (9_999, 1, "")
    assert cursor_of(pipeline.archive, source) == {"at": 7}


def test_a_fault_never_tells_what_the_item_said() -> None:
    heap = Heap()

    def explode(item: RawItem) -> list[Event]:
        raise UnicodeError(item.body.decode())

    add_item(heap, RawItem(b"my secret words"), explode, 1_000)
    [(_, fault)] = heap.faults
    assert fault.exception == "UnicodeError"
    assert fault.where.startswith("tests/test_pipeline_road.py:")
    assert "secret" not in repr(fault)


def test_an_error_of_ours_keeps_its_key_and_short_values() -> None:
    fault = fault_of("map", ItemError("files.bad_value", column="x" * 500, field="text"))
    assert (fault.key, len(fault.params["column"])) == ("files.bad_value", 80)


def test_a_post_that_arrow_refuses_is_cleaned_and_one_without_id_is_at_fault() -> None:
    heap = Heap()
    for post in (
        replace(POST, text="lone \ud800"),
        replace(POST, uri=""),
        replace(POST, uri="urn:x:3", text="x" * 2_000),
    ):
        add_item(heap, RawItem(b"{}"), lambda _item, post=post: [Heard(post)], 1_000)  # type: ignore[misc]
    batch = batch_from(heap)
    assert batch.posts["text"].to_pylist() == ["lone \ufffd"]
    assert [fault.key for _, fault in batch.faults] == ["pipeline.fault.no_uri", "pipeline.fault.too_long"]


def test_a_source_whose_every_item_fails_stops_after_fifty(pipeline: Pipeline, fake: Fake, source: Source) -> None:
    fake.given = [([f"poison {n}" for n in range(1_000)], 7), (["1 fine"], 8)]
    tally = pipeline.collect(source)
    assert tally is not None
    assert (tally.receipt.quarantined, tally.error) == (50, "pipeline.every_item_fails")
    assert cursor_of(pipeline.archive, source) == {}
    assert health(pipeline.archive) == ("pipeline.every_item_fails", 1)


def test_a_platform_that_asks_us_to_wait_is_left_alone_that_long(
    pipeline: Pipeline, fake: Fake, source: Source, clock: FixedClock
) -> None:
    fake.given, fake.error = [(["1 hello"], 3)], ThrottledError("net.throttled", retry_after=90_000.0, host="x")
    tally = pipeline.collect(source)
    assert tally is not None
    assert (tally.receipt.stored, tally.error) == (1, "net.throttled")
    assert cursor_of(pipeline.archive, source) == {"at": 3}
    assert pipeline.archive.sources.get(source.source_id).next_due_ms >= clock.now_ms() + 90_000_000


def test_a_bug_in_a_connector_is_on_the_health_of_its_source(pipeline: Pipeline, fake: Fake, source: Source) -> None:
    fake.error = ZeroDivisionError("secret words")
    pipeline.collect(source)
    [found] = pipeline.archive.sources.health(WORKSPACE)
    assert found.error_key == "pipeline.bug"
    assert found.error_params["exception"] == "ZeroDivisionError"
    assert "secret" not in repr(found)


def test_failures_wait_longer_and_longer(source: Source) -> None:
    waits = [next_due_ms(source, failures, None, 0) for failures in range(5)]
    assert 540_000 <= waits[0] <= 660_000
    assert waits == sorted(waits)
    assert next_due_ms(source, 50, None, 0) <= 96_000_000


def test_what_is_taken_back_is_gone_and_an_edit_is_a_revision(pipeline: Pipeline, fake: Fake, source: Source) -> None:
    for texts in (["1 hello", "2 hello"], ["1 other words", "gone 2"]):
        fake.given = [(texts, 1)]
        tally = pipeline.collect(source)
    assert tally is not None
    assert (tally.receipt.revised, tally.receipt.gone) == (1, 1)


def test_going_back_by_date_leaves_the_cursor_of_the_present(pipeline: Pipeline, fake: Fake, source: Source) -> None:
    fake.given = [(["1 hello"], 3)]
    pipeline.collect(source)
    fake.given = [(["2 hello"], 99)]
    pipeline.collect(source, Window(since_ms=1))
    assert fake.cursors == [{}, {}]
    assert cursor_of(pipeline.archive, source) == {"at": 3}


def test_a_source_at_work_elsewhere_is_left_alone(
    pipeline: Pipeline, fake: Fake, source: Source, clock: FixedClock
) -> None:
    assert pipeline.archive.sources.claim(source.source_id, clock.now_ms() + 60_000)
    assert pipeline.collect(source) is None


def test_a_watch_is_live_from_the_next_batch_on(pipeline: Pipeline, fake: Fake, source: Source) -> None:
    watches = pipeline.archive.watches

    def mentions(text: str) -> int:
        fake.given = [([text], 1)]
        tally = pipeline.collect(source)
        assert tally is not None
        return tally.mentions

    assert mentions("1 hello world") == 0
    watch = watches.add(WORKSPACE, "hello", "hello")
    assert mentions("2 hello world") == 1
    watches.change(watch.watch_id, WORKSPACE, query="bonjour")
    assert mentions("3 hello world") == 0
    assert mentions("4 bonjour world") == 1
    watches.set_state(watch.watch_id, WORKSPACE, "paused")
    assert mentions("5 bonjour world") == 0
    watches.set_state(watch.watch_id, WORKSPACE, "active")
    assert mentions("6 bonjour world") == 1
    watches.remove(watch.watch_id, WORKSPACE)
    assert mentions("7 bonjour world") == 0


def test_a_batch_matched_before_a_change_is_brought_up_to_date(archive: Archive) -> None:
    panels = LivePanels(archive, Limits())
    first = archive.watches.add(WORKSPACE, "a", "hello")
    second = archive.watches.add(WORKSPACE, "b", "world")
    live = panels.of(WORKSPACE)
    batch = ready(Batch(batch_of([replace(POST, text="hello big world")]), (None,)), live, ())
    assert batch.mentions.num_rows == 2
    archive.watches.remove(first.watch_id, WORKSPACE)
    archive.watches.change(second.watch_id, WORKSPACE, query="absent")
    third = archive.watches.add(WORKSPACE, "c", "big")
    now = panels.catch_up(WORKSPACE, batch.posts, batch.mentions, batch.stamp)
    assert now["watch"].to_pylist() == [third.watch_id]


def test_a_watch_that_cannot_be_parsed_stops_no_other(archive: Archive) -> None:
    good = archive.watches.add(WORKSPACE, "a", "hello")
    bad = archive.watches.add(WORKSPACE, "b", '"open')
    live = LivePanels(archive, Limits()).of(WORKSPACE)
    assert live.known == {good.watch_id}
    assert set(live.refused) == {bad.watch_id}


def test_queries_parsed_ahead_are_those_of_the_job() -> None:
    """What is wrong, or asks for a list, is left to the panel, which knows the lists and remembers what is wrong."""
    queries = ("mer", "lac OR", "list:eaux")
    ahead = Coming(queries, Limits()).parsed()
    assert list(ahead) == ["mer"]
    state = PanelState(1, tuple(enumerate(queries)), {"eaux": "lac OR mer"}, Limits())
    parsed, plain = panel_from(state, ahead), panel_from(state)
    assert parsed.known == plain.known == {0, 2}
    assert parsed.refused == plain.refused
    posts = batch_of(
        [Post("u:1", "web", PostKind.NOTE, text="la mer"), Post("u:2", "web", PostKind.NOTE, text="un lac")]
    )
    assert parsed.match(posts).to_pylist() == plain.match(posts).to_pylist()


@pytest.mark.timeout(60)
def test_a_reading_process_that_dies_is_noticed_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    """Though more is told to it than a pipe holds."""
    job = Job((str(tmp_path),), PanelState(1, (), {}, Limits()), ("fr",))
    for announced in (True, False):
        reader = RemoteReader([str(tmp_path)])
        reader.process.kill()
        if announced:
            reader.announce([f"mot{n}" for n in range(100_000)], Limits())
        with pytest.raises(ArchiveError, match="again"):
            list(reader.news(job))
        reader.close()


@pytest.mark.timeout(60)
def test_a_reading_process_that_never_gets_its_job_is_ended(tmp_path: Path) -> None:
    reader = RemoteReader([str(tmp_path)])
    reader.announce([f"mot{n}" for n in range(100_000)], Limits())
    reader.close()
    assert not reader.process.is_alive()


def test_a_batch_of_an_import_is_as_large_as_the_setting_says(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"id": str(n), "text": f"message {n}"}) + "\n" for n in range(2_500)) + "broken\n"
    (tmp_path / "a.ndjson").write_text(lines)
    job = Job((str(tmp_path / "a.ndjson"),), PanelState(1, (), {}, Limits()), ("fr",), batch_posts=1_000)
    batches = [news.batch for news in Reader(job).news() if isinstance(news, Filled)]
    assert [batch.posts.num_rows for batch in batches] == [1_000, 1_000, 500]
    assert sum(len(batch.faults) for batch in batches) == 1


def test_a_post_that_breaks_the_matcher_costs_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    live = LivePanel(Limits())
    whole = live.panel.index_texts

    def fragile(posts):  # type: ignore[no-untyped-def]
        if "poison" in posts["text"].to_pylist():
            raise RuntimeError("no")
        return whole(posts)

    monkeypatch.setattr(live.panel, "index_texts", fragile)
    posts = [replace(POST, uri=f"urn:x:{n}", text="poison" if n == 11 else "fine") for n in range(40)]
    done = ready(Batch(batch_of(posts), (None,) * 40), live, ())
    assert done.posts.num_rows == 39
    assert [(item.body, fault.stage) for item, fault in done.faults] == [(b"urn:x:11", "match")]
    assert len(done.index) == len(done.raw) == 39


def test_a_full_disk_is_an_announced_stop(
    pipeline: Pipeline, fake: Fake, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("palabre.road.disk.free_bytes", lambda settings: 1)
    fake.given = [(["1 hello"], 3)]
    tally = pipeline.collect(source)
    assert tally is not None
    assert (tally.error, tally.receipt.stored) == ("pipeline.disk_full", 0)
    assert not Scheduler(pipeline).has_room()


def test_an_item_from_quarantine_is_replayed(pipeline: Pipeline, fake: Fake, source: Source) -> None:
    tally = pipeline.replay(WORKSPACE, source, [RawItem(b'"1 hello"'), RawItem(b'"poison"')])
    assert (tally.receipt.stored, tally.receipt.quarantined) == (1, 1)


def test_the_scheduler_asks_each_source_that_is_due_once(pipeline: Pipeline, fake: Fake, source: Source) -> None:
    fake.given = [(["1 hello"], 3)]
    seen: list[int] = []
    scheduler = Scheduler(pipeline, lambda one, tally: seen.append(tally.receipt.stored))
    pipeline.archive.sources.add(WORKSPACE, "fake", "paused", {}, state="paused")
    assert scheduler.once() == 1
    assert scheduler.once() == 0
    assert seen == [1]


def test_the_scheduler_ends_when_it_is_told_to(pipeline: Pipeline, fake: Fake, source: Source) -> None:
    scheduler = Scheduler(pipeline)
    scheduler.stop()
    scheduler.run()
    assert scheduler.running == {}
