"""Feeds, exports, pages and lists spoilt at random: read, or refused with a reason, never anything else.

`./run test --long` gives each parser PALABRE_FUZZ_SECONDS (60 where it is not set); the seed of a failure is printed.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from palabre.collect.feed import opml
from palabre.collect.feed.format import FeedFormat
from palabre.collect.testing_formats import read
from palabre.collect.webmention.connector import Mention
from palabre.collect.webmention.connector import read as look_in
from palabre.collect.webpage.format import WebPageFormat
from palabre.collect.wordpress.format import WxrFormat
from palabre.errors import ItemError

OWN = (
    b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>a</title><item><title>b &amp; c</title>'
    b"<link>https://a.example/1</link><pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>",
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:1</id><content type="xhtml"><div>x</div></content>'
    b"</entry></feed>",
    b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "content_html": "<p>x"}]}',
    b'<html><head><title>t</title></head><body><article><p>Texte</p></article><li class="comment">x</li></body></html>',
    b'<opml version="2.0"><body><outline text="a"><outline xmlUrl="https://a.example/f"/></outline></body></opml>',
)
TOKENS = (
    *(b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&#0;", b"&#xD800;", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"%", b"&a;"),
    *(
        b'<?xml version="1.0" encoding="',
        b'"?>',
        b'<!DOCTYPE x [<!ENTITY a "b">]>',
        b'xml:base="http://[',
        b"http://[::1",
    ),
    *(b'type="xhtml"', b'mode="base64"', b"9999-99-99", b"Fri, 99 Nov 99999", b"-1", b'xmlns:a="', b"rot13", b"utf-16"),
)
MENTION = Mention("https://a.example/1", "https://b.example/2")
LINK = '<a href="https://b.example/2"></a><div class="h-entry"><p class="e-content p-author h-card dt-published">'
SECONDS = float(os.environ.get("PALABRE_FUZZ_SECONDS", "60"))


def mutated(chance: random.Random, seeds: list[bytes]) -> bytes:
    """One seed with one to eight wounds."""
    body = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        if body:
            wound(chance, body, seeds)
    return bytes(body)


def wound(chance: random.Random, body: bytearray, seeds: list[bytes]) -> None:
    start = chance.randrange(len(body))
    end = min(len(body), start + chance.choice((1, 2, 8, 50, 400)))
    kind = chance.randrange(6)
    if kind == 0:
        body[start] = chance.randrange(256)
    elif kind == 1:
        del body[start:end]
    elif kind == 2:
        body[start:start] = chance.choice(TOKENS)
    elif kind == 3:
        body[start:start] = body[start:end] * chance.choice((1, 2, 20))
    elif kind == 4:
        other = chance.choice(seeds)
        body[start:end] = other[: chance.choice((5, 60, 500))]
    else:
        del body[start:]


def outlines(body: bytes) -> None:
    try:
        opml.parse(body)
    except ItemError:
        return


PARSERS: dict[str, Callable[[bytes], object]] = {
    "feed": lambda body: read(FeedFormat(), body),
    "wxr": lambda body: read(WxrFormat(), body),
    "webpage": lambda body: read(WebPageFormat(), body),
    "opml": outlines,
    "webmention": lambda body: look_in(MENTION, LINK + body.decode("utf-8", "replace")),
}


def campaign(parser: str, seeds: list[bytes], seconds: float, seed: int) -> int:
    """How many cases were tried. AssertionError names the seed and the case that took too long or raised."""
    chance, tried, stop = random.Random(seed), 0, time.monotonic() + seconds
    while time.monotonic() < stop or not tried:
        body, start = mutated(chance, seeds), time.process_time()
        try:
            PARSERS[parser](body)
        except Exception as error:
            raise AssertionError(f"{parser}, seed {seed}, case {tried}: {body[:2000]!r}") from error
        assert time.process_time() - start < 5, (parser, seed, tried)
        tried += 1
    return tried


@pytest.mark.parametrize("parser", PARSERS)
def test_a_few_spoilt_files_break_nothing(parser: str) -> None:
    assert campaign(parser, list(OWN), 0.5, seed=7) > 0


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("parser", PARSERS)
def test_minutes_of_spoilt_files_break_nothing(parser: str, shared: Path) -> None:
    folders = {"feed": "payloads/feeds", "wxr": "payloads/wordpress_wxr"}
    paths = (shared / "data" / folders[parser]).rglob("*.*") if parser in folders else []
    seeds = [path.read_bytes()[:60_000] for path in paths if path.is_file()] or list(OWN)
    print(parser, campaign(parser, seeds, SECONDS, seed=int(time.time())))  # noqa: T201
