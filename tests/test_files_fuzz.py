"""Files of every kind that is imported, spoilt at random: shaped and mapped, or refused with a reason, nothing else.

`./run test --long` gives each format PALABRE_FUZZ_SECONDS (60 where it is not set); the seed of a failure is printed.
Feeds, web pages, WXR and OPML have their own campaign beside their connector.
"""

from __future__ import annotations

import io
import random
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from palabre.collect.feed.tests.test_fuzz import SECONDS, mutated
from palabre.collect.files.detect import loaded, registered
from palabre.collect.formats import Refining, Tabular
from palabre.collect.testing_formats import read
from palabre.errors import ItemError

FORMATS = sorted(set(registered()) - {"feed", "wxr", "webpage"})
ROWS = [
    {"id": "1", "text": "Bonjour, « tout » le monde", "date": "2026-11-20T10:00:00Z", "author": "zoé", "likes": "3"},
    {"id": "2", "text": 'Un "guillemet"\nsur deux lignes', "date": "20/11/2026 10:00", "author": "", "likes": "1 200"},
]
CSV = (
    b'\xef\xbb\xbfid;text;date;author\r\n1;"a ""b""; c";2026-11-20 10:00;zo\xc3\xa9\r\n2;x;1700000000;\r\n',
    b"Query Id,Date,Title,Snippet,Url,Author,Full Text\n1,2026-04-03 10:12:00.0,t,s,http://twitter.com/a/1,a,b\n",
    b"\xff\xfei\x00d\x00\t\x00t\x00e\x00x\x00t\x00\n\x001\x00\t\x00a\x00\n\x00",
)
JSON = (
    b'[{"id": "1", "text": "a", "created_at": "2026-11-20T10:00:00Z", "user": {"id": 7, "name": "b"}, "tags": ["c"]}]',
    b'{"data": [{"id": "1", "text": "a", "author_id": "2"}], "includes": {"users": [{"id": "2", "username": "b"}]}}\n',
    b'{"id": 1, "content": "<p>a</p>", "account": {"acct": "a@b.example"}, "created_at": "2026-11-20"}\n{"id": 2}\n',
)
MAIL = (
    b"From a@b.example Fri Nov 20 10:00:00 2026\nFrom: =?utf-8?q?Zo=C3=A9?= <a@b.example>\nMessage-ID: <1@b.example>\n"
    b"Date: Fri, 20 Nov 2026 10:00:00 +0100\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
    b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nYcOp\n--x--\n\n",
)


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), out)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for at, row in enumerate([list(ROWS[0]), *(list(one.values()) for one in ROWS)]):
        sheet.write_row(at, 0, row)
    book.close()
    return out.getvalue()


def seeds(name: str) -> list[bytes]:
    """Sound files of a format, and those of others: a name on a file is no promise."""
    made = {"parquet": [parquet()], "xlsx": [workbook()], "mbox": list(MAIL)}
    return made.get(name, []) * 6 + [*CSV, *JSON]


def tried(name: str, body: bytes) -> None:
    """As an import reads it, both ways. Anything but ItemError is raised."""
    form = loaded(name)
    try:
        if isinstance(form, Refining):
            form = form.refined(io.BufferedReader(io.BytesIO(body)))  # type: ignore[arg-type]
        if isinstance(form, Tabular):
            for chunk in form.chunks(io.BufferedReader(io.BytesIO(body)), {}):  # type: ignore[arg-type]
                assert all(isinstance(error, ItemError) for _, error in chunk.bad)
    except ItemError:
        pass
    read(form, body)


def campaign(name: str, seconds: float, seed: int) -> int:
    """How many cases were tried. AssertionError names the seed and the case that took too long or raised."""
    chance, count, stop, sound = random.Random(seed), 0, time.monotonic() + seconds, seeds(name)
    while time.monotonic() < stop or not count:
        body, start = mutated(chance, sound), time.process_time()
        try:
            tried(name, body)
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}, case {count}: {body[:2000]!r}") from error
        assert time.process_time() - start < 5, (name, seed, count)
        count += 1
    return count


@pytest.mark.parametrize("name", FORMATS)
def test_a_few_spoilt_files_break_nothing(name: str) -> None:
    campaign(name, 0.3, seed=7)


@pytest.mark.long
@pytest.mark.parametrize("name", FORMATS)
def test_spoilt_files_break_nothing(name: str) -> None:
    print(name, campaign(name, SECONDS, seed=random.SystemRandom().randrange(1 << 30)))  # noqa: T201
