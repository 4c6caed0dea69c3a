"""Deletions that nobody announces are found by asking: a few posts a day, in a ring, and not believed too fast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from tests.contract.deliveries import delivery, note, texts

from palabre import plugins
from palabre.archive import Archive, Source, open_archive
from palabre.archive.sweeps import Sweep, Sweeps
from palabre.clock import FixedClock
from palabre.collect.contract import Config, Means, Sweeper
from palabre.collect.discourse.connector import DiscourseConnector
from palabre.collect.feed.connector import FeedConnector
from palabre.collect.hackernews.connector import HackerNewsConnector
from palabre.collect.mastodon.connector import MastodonConnector
from palabre.collect.testing import FakeNet
from palabre.collect.webpage.connector import WebPageConnector
from palabre.collect.wordpress.connector import WordPressConnector
from palabre.errors import FetchError
from palabre.model import Gone, Heard, RawItem
from palabre.pipeline import Pipeline
from palabre.road import sweeping
from palabre.scheduler import Scheduler
from palabre.settings import Settings

DAY_MS = 86_400_000
SITE = "https://blog.example"


class Fake(WordPressConnector):
    """Says which posts are gone, and writes down what it was asked."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.asked: list[list[str]] = []
        self.error: Exception | None = None

    def sweep(self, config: Config, uris: Iterable[str], means: Means) -> Iterator[Gone]:
        self.asked.append(list(uris))
        for uri in self.asked[-1]:
            if uri in self.gone:
                yield Gone(uri)
        if self.error:
            raise self.error


@pytest.fixture
def archive(own_settings: Settings, clock: FixedClock) -> Iterator[Archive]:
    with open_archive(own_settings, clock) as opened:
        yield opened


@pytest.fixture
def source(archive: Archive) -> Source:
    return archive.sources.add(1, "wordpress", "Un blogue", {"url": SITE, "comments": True})


def pipeline_of(archive: Archive, net: object = None) -> Pipeline:
    return Pipeline(archive, net or FakeNet(), archive.clock, archive.settings)  # type: ignore[arg-type]  # a fake net


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    made = Fake()
    monkeypatch.setattr(plugins, "connector", lambda name: made)
    return made


def fill(archive: Archive, source: Source, n: int) -> list[str]:
    """n posts of the source, newest first: their uris."""
    posts = [note(number, f"mot {number}") for number in range(n)]
    archive.write(delivery(posts, source_id=source.source_id))
    return [post.uri for post in reversed(posts)]


@pytest.mark.parametrize(
    ("connector", "sweeps"),
    [
        (WordPressConnector, True), (WebPageConnector, True), (DiscourseConnector, True), (HackerNewsConnector, True),
        (MastodonConnector, True), (FeedConnector, False),
    ],
)  # fmt: skip
def test_some_connectors_can_be_asked(connector: type, sweeps: bool) -> None:
    assert isinstance(connector(), Sweeper) is sweeps


def test_a_post_that_is_no_longer_public_is_taken_back(archive: Archive, source: Source) -> None:
    posts = [note(1, "reste", uri=f"{SITE}/?p=4"), note(2, "parti", uri=f"{SITE}/?p=5")]
    archive.write(delivery(posts, source_id=source.source_id))
    net = FakeNet().answer(
        f"{SITE}/wp-json/wp/v2/posts?include=4,5&per_page=100&_fields=id", json=[{"id": 4}]
    )  # fmt: skip
    receipt = pipeline_of(archive, net).sweep(source)
    assert receipt is not None
    assert receipt.gone == 1
    assert texts(archive) == ["reste"]
    assert archive.write(delivery(posts[1:], source_id=source.source_id)).gone == 1


def test_an_edit_that_nobody_announced_is_found(
    archive: Archive, source: Source, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = note(1, "avant", uri="https://a.example/1"), note(2, "pareil", uri="https://a.example/2")
    archive.write(delivery([first, second], source_id=source.source_id))
    changed = {"https://a.example/1": "après", "https://a.example/2": "pareil"}
    posts = {uri: replace(note(1 if uri == first.uri else 2, words), uri=uri) for uri, words in changed.items()}
    monkeypatch.setattr(fake, "sweep", lambda config, uris, means: (RawItem(uri.encode()) for uri in uris))
    monkeypatch.setattr(fake, "map", lambda item, config: [Heard(posts[item.body.decode()])])
    receipt = pipeline_of(archive).sweep(source)
    assert receipt is not None
    assert (receipt.revised, receipt.unchanged, receipt.stored) == (1, 1, 0)
    assert set(texts(archive)) == {"après", "pareil"}


def test_it_is_asked_once_a_day_a_slice_at_a_time_and_all_have_their_turn(
    archive: Archive, source: Source, fake: Fake, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "URIS_A_DAY", 4)
    uris, pipeline = fill(archive, source, 10), pipeline_of(archive)
    for _ in range(5):
        assert pipeline.sweep(source) is not None
        assert pipeline.sweep(source) is None
        clock.ms += DAY_MS + 1
    assert fake.asked == [uris[:4], uris[4:8], uris[8:], uris[:4], uris[4:8]]


def test_recent_mentions_have_their_turn_sooner(
    archive: Archive, source: Source, fake: Fake, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "URIS_A_DAY", 2)
    monkeypatch.setattr(sweeping, "RECENT_A_DAY", 2)
    watch = archive.watches.add(1, "Cinq", "cinq", kind="theme", who="test")
    old = note(50, "cinq, il y a longtemps")
    archive.write(delivery([old], source_id=source.source_id, mentions=[(0, watch.watch_id)]))
    clock.ms += sweeping.RECENT_MS + DAY_MS
    posts = [note(n, f"cinq {n}" if n < 5 else "rien") for n in range(10)]
    wanted = [post.uri for post in posts[:5]]
    archive.write(delivery(posts, source_id=source.source_id, mentions=[(n, watch.watch_id) for n in range(5)]))
    for _ in range(3):
        pipeline_of(archive).sweep(source)
        clock.ms += DAY_MS + 1
    assert [asked[:2] for asked in fake.asked[:2]] == [[wanted[4], wanted[3]], [wanted[2], wanted[1]]]
    assert fake.asked[2][0] == wanted[0]
    assert [asked[-2:] for asked in fake.asked[:2]] == [[posts[9].uri, posts[8].uri], [posts[7].uri, posts[6].uri]]


def test_when_everything_is_gone_at_once_it_is_believed_on_the_third_day(
    archive: Archive, source: Source, fake: Fake, clock: FixedClock
) -> None:
    fake.gone = set(fill(archive, source, 6))
    pipeline = pipeline_of(archive)
    left = []
    for _ in range(3):
        pipeline.sweep(source)
        left.append(len(texts(archive)))
        clock.ms += DAY_MS + 1
    assert left == [6, 6, 0]


@pytest.mark.parametrize("error", [FetchError("net.timeout", host="x"), ValueError("bug")])
def test_what_was_said_before_a_failure_counts_and_the_rest_comes_round_again(
    archive: Archive, source: Source, fake: Fake, error: Exception
) -> None:
    uris = fill(archive, source, 3)
    fake.gone, fake.error = {uris[0]}, error
    receipt = pipeline_of(archive).sweep(source)
    assert receipt is not None
    assert receipt.gone == 1
    assert Sweeps(archive.ledger).get(source.source_id) == Sweep(0, archive.clock.now_ms())
    assert archive.sources.claim(source.source_id, archive.clock.now_ms() + 1)


def test_a_connector_cannot_take_back_what_it_was_not_asked_about(
    archive: Archive, source: Source, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(archive, source, 2)
    archive.write(delivery([note(99, "autre")]))
    monkeypatch.setattr(fake, "sweep", lambda config, uris, means: iter([Gone(note(99).uri)]))
    pipeline_of(archive).sweep(source)
    assert "autre" in texts(archive)


def test_the_scheduler_sweeps_after_a_good_run(
    archive: Archive, source: Source, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.gone = {fill(archive, source, 2)[0]}
    monkeypatch.setattr(fake, "pages", lambda *given: iter(()))
    Scheduler(pipeline_of(archive)).once()
    assert len(texts(archive)) == 1
