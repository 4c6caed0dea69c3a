"""A hub of others pushes a new item through our door: asked, verified, signed, heard. A forger is not."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from servers.websub import Topic, websub

from palabre import pushes
from palabre.desk.inbound import views

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from conftest import Ear

ITEM = "<item><guid isPermaLink='false'>{n}</guid><title>Billet {n}</title><description>{text}</description></item>"
TEXT = "L'été arrive et mon Cyclovent siffle encore."


def feed(*texts: str) -> bytes:
    items = "".join(ITEM.format(n=n, text=text) for n, text in enumerate(texts))
    return f"<rss version='2.0'><channel><title>Blogue</title>{items}</channel></rss>".encode()


def waited(happened: Callable[[], object], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if happened():
            return True
        time.sleep(0.2)
    return False


def lease(here: Ear, source: int) -> int:
    """When the subscription is to be renewed, in ms; 0 before there is one."""
    renew = here.archive.sources.get(source).cursor.get("renew_ms", 0)
    assert isinstance(renew, int)
    return renew


def subscribed(here: Ear, topic: Topic, server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> int:
    """A feed source whose hub knows our door, heard once by polling."""
    urllib.request.urlopen(f"{server.url}/sign-in", timeout=60).close()  # loads the desk: this hub waits three seconds
    here.pipeline.settings = replace(here.pipeline.settings, site_url=server.url)
    monkeypatch.setattr(views, "pipeline", lambda: here.pipeline)
    source = here.listen("feed", {"url": topic.url})
    topic.body = feed("Bonjour")
    here.heard(source)
    asked_ms = here.pipeline.clock.now_ms()
    assert pushes.subscribe(here.pipeline, here.archive.sources.get(source))
    assert waited(lambda: lease(here, source) > asked_ms + 86_400_000), "the hub never verified"
    return source


@pytest.mark.django_db(transaction=True)
def test_a_hub_pushes_a_new_item_and_a_forger_cannot(
    ear: Callable[..., Ear], tmp_path: Path, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with websub(tmp_path) as topic:
        here = ear(urlsplit(topic.url).port, urlsplit(topic.hub).port)
        source = subscribed(here, topic, live_server, monkeypatch)
        before = here.archive.sources.get(source).cursor
        assert here.archive.count(1).n == 1

        forged = urllib.request.Request(
            pushes.callback(here.pipeline, here.archive.sources.get(source)),
            feed("Je suis un faux"),
            {"Content-Type": "application/rss+xml", "X-Hub-Signature": "sha256=" + "0" * 64},
        )
        with urllib.request.urlopen(forged, timeout=20) as answer:
            assert answer.status == 200
        assert here.archive.count(1).n == 1
        assert here.archive.quarantine.all(1) == []

        topic.body = feed("Bonjour", TEXT)
        topic.publish()
        assert waited(lambda: here.found("siffle")), "nothing was pushed"
        [(row, words)] = here.found("ete AND cyclovent")
        assert sorted(words) == ["Cyclovent", "été"]
        assert row.source_id == source
        assert here.archive.sources.get(source).cursor == before
        here.heard(source)
        assert here.archive.count(1).n == 2
