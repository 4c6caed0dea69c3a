"""Whatever comes in: it has a sentence in both languages and a place where one finds it, and the next item goes on.

The table of `docs/bad-input.md` names these tests and the closer ones beside each part.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import Web

from palabre import plugins
from palabre.archive import Archive, Source, open_archive
from palabre.clock import FixedClock
from palabre.errors import PalabreError
from palabre.messages import LANGUAGES, catalogue, say
from palabre.net import Net
from palabre.pipeline import Pipeline
from palabre.road.collecting import LEASE_MS, RunTally
from palabre.scheduler import Scheduler
from palabre.settings import Settings

DAY_MS = 86_400_000
GOOD = b"<rss version='2.0'><channel><item><guid>g1</guid><title>Tout va bien</title></item></channel></rss>"
DEEP = b"<rss><channel><item><title>" + b"<b>" * 200_000 + b"</title></item></channel></rss>"
LAUGHS = (
    b"<!DOCTYPE x [<!ENTITY a 'lol'>"
    + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10 if n > 1 else b"&a;" * 10) for n in range(1, 10))
    + b"]><rss><channel><title>&a9;</title></channel></rss>"
)


@pytest.fixture
def archive(own_settings: Settings, clock: FixedClock) -> Iterator[Archive]:
    with open_archive(own_settings, clock) as opened:
        yield opened


@pytest.fixture
def pipeline(archive: Archive, net: Net, clock: FixedClock) -> Pipeline:
    return Pipeline(archive, net, clock, archive.settings)


def listen(archive: Archive, url: str) -> Source:
    config = plugins.connector("feed").validate({"url": url, "websub": False})
    return archive.sources.add(1, "feed", "Un flux", dict(config))


def texts(archive: Archive) -> list[str]:
    return sorted(row.post.title or row.post.text for row in archive.search(1))


def understood(key: str, params: object) -> None:
    """A sentence in both languages, with its values put in."""
    assert isinstance(params, dict)
    for lang in LANGUAGES:
        assert key in catalogue(lang), key
        said = say(key, lang, **params)
        assert said != key
        assert "{" not in said, said


# files


def post(**values: object) -> bytes:
    plain = {"id": "1", "network": "forum", "text": "bonjour", "date": "2026-01-02"}
    return json.dumps(plain | values).encode() + b"\n"


BROKEN_FILES = {
    "entity bomb": ("a.xml", LAUGHS),
    "200,000 nested tags": ("a.xml", DEEP),
    "no feed at all": ("a.rss", b"Site in maintenance, please come back later"),
    "gzip bomb": ("a.ndjson.gz", gzip.compress(b"0" * 300_000_000, 1)),
    "truncated gzip": ("a.ndjson.gz", gzip.compress(post(id="9", text="avant la coupure") * 1, 0)[:-12]),
    "an empty file": ("a.ndjson", b""),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
    "a list of sources": ("a.opml", b"<opml version='2.0'><body><outline xmlUrl='https://a.example/f'/></body></opml>"),
}


@pytest.mark.parametrize("case", BROKEN_FILES)
def test_a_file_that_cannot_be_read_is_named_with_its_reason_and_the_next_is_read(
    pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory, case: str
) -> None:
    name, body = BROKEN_FILES[case]
    folder = tmp_path_factory.mktemp("files")
    (folder / name).write_bytes(body)
    (folder / "z.ndjson").write_bytes(post(id="1", text="la suite"))
    tally = pipeline.import_files(1, [str(folder)])
    assert "la suite" in texts(pipeline.archive)
    [(broken, fault)] = tally.broken.items()
    assert broken.endswith(name.removesuffix(".gz"))
    understood(fault.key, dict(fault.params))


BAD_ITEMS = {
    "a post of 10 MB": post(id="2", text="x" * 10_000_000),
    "a line that is no JSON": b'{"id": "2", "text": \n',
    "a line that is no post": b'[1, 2, "trois"]\n',
}


@pytest.mark.parametrize("case", BAD_ITEMS)
def test_an_item_that_cannot_be_used_is_in_quarantine_and_the_next_is_stored(
    pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory, case: str
) -> None:
    path = tmp_path_factory.mktemp("files") / "a.ndjson"
    path.write_bytes(post(id="1", text="avant") + BAD_ITEMS[case] + post(id="3", text="la suite"))
    tally = pipeline.import_files(1, [str(path)])
    assert texts(pipeline.archive) == ["avant", "la suite"]
    assert tally.receipt.quarantined == 1
    [row] = pipeline.archive.quarantine.all(1)
    understood(row.fault.key, dict(row.fault.params))


def test_lone_surrogates_impossible_dates_and_odd_signs_are_stored_clean(
    pipeline: Pipeline, tmp_path: Path, clock: FixedClock
) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(
        b'{"id": "1", "network": "forum", "text": "moiti\\ud83d seule", "date": "1970-01-01"}\n'
        + post(id="2", text="nul \x00 et \x07 sonnette", date="2099-01-01")
        + post(id="3", text="sans date", date="le 32 du mois")
    )
    tally = pipeline.import_files(1, [str(path)])
    assert tally.receipt.stored + tally.receipt.quarantined == 3
    for row in pipeline.archive.search(1):
        row.post.text.encode("utf-8")
        assert "\x00" not in row.post.text
        assert 0 < row.sort_ms <= clock.now_ms() + DAY_MS
    assert {"moiti\ufffd seule", "moiti seule"} & set(texts(pipeline.archive))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_a_file_in_another_encoding_loses_no_accent(pipeline: Pipeline, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("id;texte;date\n1;L'été « déjà » à Brest;2026-01-02\n2;Où ça ?;2026-01-03\n".encode(encoding))
    pipeline.import_files(1, [str(path)])
    assert texts(pipeline.archive) == ["L'été « déjà » à Brest", "Où ça ?"]


def test_duplicates_and_late_versions_change_nothing(pipeline: Pipeline, tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    lines = [post(id=str(n), text=f"numéro {n}", date=f"2026-01-{n + 10:02}") for n in range(9)]
    path.write_bytes(b"".join([*reversed(lines), *lines, *lines]))
    tally = pipeline.import_files(1, [str(path)])
    assert (tally.receipt.stored, tally.receipt.unchanged, tally.receipt.quarantined) == (9, 18, 0)
    assert len(texts(pipeline.archive)) == 9


def test_a_hostile_address_in_a_post_is_never_a_link(pipeline: Pipeline, tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(post(url="javascript:alert(1)", html="<a href='javascript:alert(1)'>x</a><script>1</script>"))
    pipeline.import_files(1, [str(path)])
    for row in pipeline.archive.search(1):
        assert "script" not in row.post.html
        assert not row.post.url.startswith("javascript")


# the network


STORMS = {
    "429": (429, {"Retry-After": "1200"}, b""),
    "503": (503, {}, b""),
    "500": (500, {}, b"<html>oops"),
    "truncated gzip": (200, {"Content-Encoding": "gzip"}, gzip.compress(GOOD)[:-9]),
    "gzip bomb": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"0" * 200_000_000, 1)),
    "not gzip at all": (200, {"Content-Encoding": "gzip"}, b"plain words"),
}


@pytest.mark.parametrize("case", STORMS)
def test_a_storm_is_on_the_health_of_the_source_and_passes(
    archive: Archive, pipeline: Pipeline, web: Web, clock: FixedClock, case: str
) -> None:
    web.routes["/f"] = STORMS[case]
    source = listen(archive, f"{web.url}/f")
    first = pipeline.collect(source)
    assert first is not None
    [health] = archive.sources.health(1)
    assert health.failures == 1
    understood(health.error_key, dict(health.error_params))
    due = archive.sources.get(source.source_id).next_due_ms
    assert due >= clock.now_ms() + (1_200_000 if case == "429" else 60_000)
    web.routes["/f"] = (200, {}, GOOD)
    clock.ms = due + DAY_MS
    second = pipeline.collect(source)
    assert second is not None
    assert (second.error, texts(archive)) == ("", ["Tout va bien"])
    assert archive.sources.health(1)[0].failures == 0


@pytest.mark.parametrize("case", ["entity bomb", "200,000 nested tags"])
def test_a_feed_that_cannot_be_read_is_in_quarantine_and_the_next_visit_is_heard(
    archive: Archive, pipeline: Pipeline, web: Web, clock: FixedClock, case: str
) -> None:
    web.routes["/f"] = (200, {"Content-Type": "application/rss+xml"}, BROKEN_FILES[case][1])
    source = listen(archive, f"{web.url}/f")
    pipeline.collect(source)
    [row] = archive.quarantine.all(1)
    understood(row.fault.key, dict(row.fault.params))
    web.routes["/f"] = (200, {"Content-Type": "application/rss+xml"}, GOOD)
    clock.ms += DAY_MS
    pipeline.collect(source)
    assert texts(archive) == ["Tout va bien"]


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "http://[::1]/f", "http://2130706433/", "http://10.0.0.1/f"]
)
def test_a_hostile_address_of_a_source_is_refused_with_a_sentence(
    archive: Archive, pipeline: Pipeline, url: str
) -> None:
    try:
        source = listen(archive, url)
    except PalabreError as error:
        understood(error.key, dict(error.params))
        return
    tally = pipeline.collect(source)
    assert tally is not None
    understood(tally.error, tally.params)
    assert archive.sources.health(1)[0].error_key == tally.error


# the machine


def test_a_full_disk_stops_before_anything_is_asked_and_nothing_is_lost(
    archive: Archive, net: Net, web: Web, clock: FixedClock
) -> None:
    web.routes["/f"] = (200, {}, GOOD)
    source = listen(archive, f"{web.url}/f")
    full = Pipeline(archive, net, clock, replace(archive.settings, disk_free_bytes_min=1 << 60))
    tally = full.collect(source)
    assert tally is not None
    understood(tally.error, tally.params)
    assert (web.paths(), archive.sources.get(source.source_id).cursor) == ([], {})
    clock.ms += DAY_MS
    heard(Pipeline(archive, net, clock, archive.settings).collect(source))
    assert texts(archive) == ["Tout va bien"]


def heard(tally: RunTally | None) -> None:
    assert tally is not None
    assert tally.error == ""


@pytest.mark.parametrize("days", [400, 2, -400])
def test_a_clock_that_jumped_and_was_put_right_silences_no_source(
    archive: Archive, pipeline: Pipeline, web: Web, clock: FixedClock, days: int
) -> None:
    """One run on the wrong day, then the right time again: the source is due, whoever held it is forgotten."""
    web.routes["/f"] = (200, {}, GOOD)
    source = listen(archive, f"{web.url}/f")
    clock.ms += days * DAY_MS
    heard(pipeline.collect(source))
    assert archive.sources.claim(source.source_id, clock.now_ms() + LEASE_MS)
    clock.ms -= days * DAY_MS
    assert Scheduler(pipeline).once() == 1
    assert archive.sources.health(1)[0].error_key == ""
    assert texts(archive) == ["Tout va bien"]
