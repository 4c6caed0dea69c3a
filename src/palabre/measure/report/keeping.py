"""A document as JSON and back: what is kept of a report, and what programs read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import orjson
import zstandard

from palabre.measure.charts import Chart, Point, Series
from palabre.measure.report.parts import (
    Card,
    Cell,
    Document,
    Drawing,
    Figures,
    Heading,
    Part,
    Quote,
    Quotes,
    Table,
    Words,
)

VERSION = 1
KINDS: Mapping[str, type[Any]] = {
    one.__name__.lower(): one for one in (Heading, Words, Figures, Drawing, Table, Quotes)
}
BYTES_MAX = 50_000_000  # of a kept document, unpacked


def as_json(document: Document) -> dict[str, Any]:
    """Plain data; every part says its ``kind``."""
    plain = {name: getattr(document, name) for name in ("title", "lang", "tlp", "period", "versus", "made", "house")}
    parts = [{"kind": type(one).__name__.lower(), **asdict(one)} for one in document.parts if is_dataclass(one)]
    return {"version": VERSION, **plain, "parts": parts, "methods": list(document.methods), "asks": document.asks}


def kept(document: Document) -> bytes:
    return zstandard.compress(orjson.dumps(as_json(document)))


def opened(body: bytes) -> Document:
    """What `kept` made."""
    given = orjson.loads(zstandard.ZstdDecompressor().decompress(body, max_output_size=BYTES_MAX))
    parts = tuple(part_of(one) for one in given.pop("parts"))
    given.pop("version")
    return Document(**given | {"parts": parts, "methods": tuple(given["methods"])})


def part_of(given: dict[str, Any]) -> Part:
    kind = given.pop("kind")
    made = MAKERS.get(kind)
    part: Part = made(given) if made else KINDS[kind](**given)
    return part


def figures_of(given: Mapping[str, Any]) -> Figures:
    return Figures(tuple(Card(**one) for one in given["cards"]), given.get("title", ""))


def drawing_of(given: Mapping[str, Any]) -> Drawing:
    drawn = given["chart"]
    series = tuple(
        Series(**one | {"points": tuple(Point(**point) for point in one["points"])}) for one in drawn["series"]
    )
    marks = tuple((int(at), str(words)) for at, words in drawn["marks"])
    return Drawing(**{**given, "chart": Chart(**drawn | {"series": series, "marks": marks})})


def table_of(given: Mapping[str, Any]) -> Table:
    rows = tuple(tuple(Cell(**cell) for cell in row) for row in given["rows"])
    return Table(**{**given, "rows": rows, "head": tuple(given["head"]), "numbers": tuple(given["numbers"])})


def quotes_of(given: Mapping[str, Any]) -> Quotes:
    return Quotes(**{**given, "quotes": tuple(Quote(**one) for one in given["quotes"])})


MAKERS: Mapping[str, Any] = {
    "figures": figures_of, "drawing": drawing_of, "table": table_of, "quotes": quotes_of,
}  # fmt: skip


def post_ids(document: Document) -> list[int]:
    """Every post whose words the document needs, once."""
    return list(dict.fromkeys(_ids(document)))


def _ids(document: Document) -> Iterator[int]:
    for part in document.parts:
        if isinstance(part, Quotes):
            yield from (one.post_id for one in part.quotes)
        elif isinstance(part, Table):
            yield from (cell.post_id for row in part.rows for cell in row if cell.post_id)
