"""Compressed files, archives and folders: opened as streams, never unpacked, never believed."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from palabre.collect.files import streams
from palabre.collect.files.detect import format_of
from palabre.errors import ConfigError, ItemError

BODY = b'{"id":"1","text":"un message"}\n' * 5_000
PACKERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gz", gzip.compress),
    ("bz2", bz2.compress),
    ("xz", lzma.compress),
    ("zst", zstandard.ZstdCompressor().compress),
]


def put(folder: Path, name: str, body: bytes) -> Path:
    path = folder / name
    path.write_bytes(body)
    return path


@pytest.mark.parametrize(("ending", "pack"), PACKERS, ids=[name for name, _ in PACKERS])
def test_a_compressed_file_is_read_as_what_it_holds(
    tmp_path: Path, ending: str, pack: Callable[[bytes], bytes]
) -> None:
    path = put(tmp_path, f"posts.ndjson.{ending}", pack(BODY))
    with streams.single(path, 10**9) as opened:
        assert opened.head.name.endswith("posts.ndjson")
        assert format_of(opened.head).name == "ndjson"
        assert opened.stream.read() == BODY


@pytest.mark.parametrize(("ending", "pack"), PACKERS, ids=[name for name, _ in PACKERS])
def test_a_truncated_compressed_file_is_said_to_be(tmp_path: Path, ending: str, pack: Callable[[bytes], bytes]) -> None:
    lines = b"".join(b'{"id":"%d","text":"%s"}\n' % (n, os.urandom(40).hex().encode()) for n in range(30_000))
    path = put(tmp_path, f"posts.ndjson.{ending}", pack(lines)[:-2_000])
    with streams.single(path, 10**9) as opened, pytest.raises(ItemError) as caught:
        opened.stream.read()
    good = opened.head.start
    assert caught.value.key == "files.damaged"
    assert lines.startswith(good)
    assert good


def test_a_bomb_stays_shut(tmp_path: Path) -> None:
    path = put(tmp_path, "bomb.gz", gzip.compress(b"\0" * 60_000_000))
    with streams.single(path, 10**9) as opened, pytest.raises(ItemError) as caught:
        opened.stream.read()
    assert caught.value.key == "files.bomb"


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ItemError) as caught, streams.single(put(tmp_path, "a.csv", BODY), 1_000):
        pass
    assert caught.value.key == "files.too_big"


def test_members_of_an_archive_are_streamed(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("../../outside.ndjson", BODY)
        made.writestr("nested.zip", b"PK\x03\x04" + b"x" * 100)
        made.writestr("folder/.hidden", b"x")
    with streams.single(path, 10**9) as opened:
        assert streams.is_zip(opened)
        outside, nested = streams.members(opened, 10**9)
        with streams.member(opened, outside, 10**9) as member:
            assert member.stream.read() == BODY
        with pytest.raises(ItemError) as caught, streams.member(opened, nested, 10**9):
            pass
    assert caught.value.key == "files.nested_archive"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["all.zip"]


def test_folders_are_walked_in_order_without_what_is_hidden(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("b/2.csv", "b/1.csv", ".hidden.csv", ".git/x.csv", "a.csv"):
        put(tmp_path, name, b"x")
    assert [str(path)[len(str(tmp_path)) + 1 :] for path in streams.walked([str(tmp_path)])] == [
        "a.csv",
        "b/1.csv",
        "b/2.csv",
    ]


def test_nobody_knows_a_picture_and_an_empty_file_is_empty(tmp_path: Path) -> None:
    for body, key in ((b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "files.unknown"), (b"", "files.empty")):
        with streams.single(put(tmp_path, "x.png", body), 10**9) as opened, pytest.raises(ItemError) as caught:
            format_of(opened.head)
        assert caught.value.key == key


def test_an_unknown_kind_is_named_with_those_that_exist() -> None:
    with pytest.raises(ConfigError) as caught:
        format_of(streams.Head("a", b"x", 1), "nope")
    assert "csv" in str(caught.value)


def test_the_standard_input_needs_no_seeking(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self, body: bytes) -> None:
            self.inner = io.BytesIO(body)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            return self.inner.readinto(buffer)

    class Stdin:
        buffer = io.BufferedReader(Pipe(gzip.compress(BODY)))

    monkeypatch.setattr("sys.stdin", Stdin())
    with streams.single(None, 10**9) as opened:
        assert opened.stream.read() == BODY
