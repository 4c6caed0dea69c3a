"""Small answers that want to become large ones: each is refused fast, in little memory, and the next answer is read."""

from __future__ import annotations

import bz2
import gzip
import io
import time
import tracemalloc
import zlib
from typing import Any

import pytest

from palabre.errors import FetchError
from palabre.net import Net
from palabre.net.inflate import Gunzip, coding_of, decoder

ZEROS = bytes(50_000_000)
GZIP = {"Content-Encoding": "gzip"}
BOMB = gzip.compress(ZEROS)
THIRTY_TO_ONE = gzip.compress(b"".join(b"%6d" % n + bytes(400) for n in range(30_000)))
SIXTEEN_MEMBERS = gzip.compress(b"".join(b"%6d" % n + bytes(400) for n in range(2_000))) * 16  # under the ratio


def raw_deflate(data: bytes) -> bytes:
    made = zlib.compressobj(9, zlib.DEFLATED, -15)
    return made.compress(data) + made.flush()


def with_name(data: bytes) -> bytes:
    """gzip with a header field as long as a book."""
    out = io.BytesIO()
    with gzip.GzipFile("n" * 60_000, "wb", fileobj=out, mtime=0) as file:
        file.write(data)
    return out.getvalue()


CORPUS = {
    "gzip 1000:1": (GZIP, BOMB, "net.bomb"),
    "x-gzip": ({"Content-Encoding": "x-gzip"}, BOMB, "net.bomb"),
    "GZIP in capitals": ({"Content-Encoding": "GZIP"}, BOMB, "net.bomb"),
    "gzip with a long name": (GZIP, with_name(ZEROS), "net.too_large"),
    "gzip, then gzip": ({"Content-Encoding": "gzip, gzip"}, gzip.compress(BOMB), "net.encoding"),
    "two fields of coding": (
        {"Content-Encoding": "gzip", "content-encoding": "gzip"},
        gzip.compress(BOMB),
        "net.encoding",
    ),
    "three codings": ({"Content-Encoding": "gzip, identity, gzip"}, gzip.compress(BOMB), "net.encoding"),
    "brotli": ({"Content-Encoding": "br"}, b"\x00" * 152, "net.encoding"),
    "zstd": ({"Content-Encoding": "zstd"}, b"\x28\xb5\x2f\xfd", "net.encoding"),
    "deflate": ({"Content-Encoding": "deflate"}, zlib.compress(ZEROS), "net.encoding"),
    "compress": ({"Content-Encoding": "compress"}, b"\x1f\x9d", "net.encoding"),
    "bzip2": ({"Content-Encoding": "bzip2"}, bz2.compress(ZEROS), "net.encoding"),
    "a coding of our own": ({"Content-Encoding": "aws-chunked"}, b"x", "net.encoding"),
    "a list of a thousand codings": ({"Content-Encoding": ",".join(["gzip"] * 1000)}, BOMB, "net.encoding"),
    "plain and too long": ({}, b"a" * 11_000_000, "net.too_large"),
    "gzip at 100:1 and too long": (GZIP, THIRTY_TO_ONE, "net.too_large"),
    "a thousand members": (GZIP, gzip.compress(b"a") * 1_000, "net.bomb"),
    "a hundred thousand empty members": (GZIP, gzip.compress(b"") * 100_000, "net.bomb"),
    "members that add up": (GZIP, SIXTEEN_MEMBERS, "net.too_large"),
    "says gzip, is not": (GZIP, b"a" * 1_000, "net.broken_gzip"),
    "says gzip, is zlib": (GZIP, zlib.compress(ZEROS), "net.broken_gzip"),
    "says gzip, is raw deflate": (GZIP, raw_deflate(ZEROS), "net.broken_gzip"),
    "gzip cut short": (GZIP, gzip.compress(bytes(range(256)) * 40)[:-20], "net.truncated"),
    "gzip with a wrong sum": (GZIP, gzip.compress(b"abc")[:-8] + bytes(8), "net.broken_gzip"),
    "only the head of a gzip": (GZIP, BOMB[:10], "net.truncated"),
}
LIES = {
    "a length of twenty figures": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "a length above the cap": b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a chunk of 2^60": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000000000000000\r\n" + b"a" * 12_000_000,
    "endless headers": b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 100_000,
}


def refused_cheaply(net: Net, url: str) -> FetchError:
    """The refusal; fails when it took a second of CPU or 50 MB."""
    tracemalloc.start()
    started = time.process_time()
    try:
        with pytest.raises(FetchError) as caught:
            net.request("POST", url)
    finally:
        cpu, peak = time.process_time() - started, tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert cpu < 1
    assert peak < 50_000_000
    return caught.value


@pytest.mark.parametrize("name", CORPUS)
def test_a_bomb_is_refused_and_the_next_answer_is_read(web: Any, net: Net, name: str) -> None:
    headers, body, key = CORPUS[name]
    web.routes |= {"/bomb": (200, headers, body), "/next": (200, GZIP, gzip.compress(b"well"))}
    assert refused_cheaply(net, f"{web.url}/bomb").key == key
    assert net.get(f"{web.url}/next").body == b"well"


@pytest.mark.parametrize("name", LIES)
def test_an_answer_that_lies_about_its_size_is_refused(web: Any, net: Net, name: str) -> None:
    web.routes["/lie"] = LIES[name]
    assert refused_cheaply(net, f"{web.url}/lie").key in ("net.too_large", "net.broken_answer")


def test_there_are_thirty_bombs() -> None:
    assert len(CORPUS) + len(LIES) >= 30


@pytest.mark.parametrize("status", [301, 404])
def test_a_bomb_in_a_redirect_or_an_error_page_is_never_opened(web: Any, net: Net, status: int) -> None:
    location = {"Location": "/next"} if status == 301 else {}
    web.routes |= {"/bomb": (status, GZIP | location, BOMB), "/next": (200, {}, b"well")}
    answer = net.get(f"{web.url}/bomb")
    assert len(answer.body) <= 65_536
    assert answer.status == (200 if status == 301 else 404)


def test_a_bomb_inside_a_gzip_stays_a_small_body(web: Any, net: Net) -> None:
    """Gzip twice under one declared coding: what is inside is content, and we open one layer."""
    web.routes["/x"] = (200, GZIP, gzip.compress(BOMB))
    assert net.get(f"{web.url}/x").body == BOMB


def test_the_caps_have_teeth_without_them_the_bomb_goes_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Gunzip, "_judged", lambda self, out: out)
    assert sum(map(len, decoder("gzip", 1_000).feed(BOMB))) == len(ZEROS)


def test_text_that_compresses_well_is_not_a_bomb(web: Any, net: Net) -> None:
    page = b"".join(b"<p>palabre %d</p>\n" % n for n in range(300_000))
    web.routes["/x"] = (200, GZIP, gzip.compress(page))
    assert net.get(f"{web.url}/x").body == page


@pytest.mark.parametrize(
    ("header", "coding"), [("", ""), ("identity", ""), (" gzip ", "gzip"), ("identity, x-gzip", "gzip")]
)
def test_one_coding_is_read(header: str, coding: str) -> None:
    assert coding_of(header) == coding


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_gzip_does_not_depend_on_how_bytes_arrive(size: int) -> None:
    data = gzip.compress(b"palabre " * 1_000) + gzip.compress(b"again") + bytes(100)
    opened = Gunzip(1_000_000)
    parts = [out for place in range(0, len(data), size) for out in opened.feed(data[place : place + size])]
    opened.finish()
    assert b"".join(parts) == b"palabre " * 1_000 + b"again"
