"""WordPress on disk: an export (WXR), and saved answers of the REST API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from palabre.collect.formats import Head, Options
from palabre.collect.jsonfile import JsonFormat, sample, says
from palabre.collect.payload import raw
from palabre.collect.wordpress.mapping import map_item
from palabre.collect.wordpress.wxr import read
from palabre.model import Event, RawItem


class WxrFormat:
    name = "wxr"

    def sniff(self, head: Head) -> float:
        return 0.98 if b"wordpress.org/export/" in head.start[:32_768] and b"<" in head.start[:200] else 0.0

    def items(self, stream: BinaryIO, options: Options) -> Iterator[RawItem]:
        return read(stream)

    def map(self, item: RawItem, options: Options) -> Iterable[Event]:
        return map_item(item)


class WordPressFormat(JsonFormat):
    name = "wordpress"

    def score(self, value: object, address: str) -> float:
        for entry in sample(value):
            if says(entry, "date_gmt", "link", "content") and (says(entry, "guid") or says(entry, "author_name")):
                return 0.95
        return 0.9 if "/wp-json/wp/v2/" in address else 0.0

    def found(self, value: object, address: str) -> Iterable[RawItem]:
        site = options_site(address)
        for entry in value if isinstance(value, list) else [value]:
            what = "comment" if says(entry, "author_name") else "post"
            yield raw(entry, what=what, site=site)

    def events(self, item: RawItem, options: Options) -> Iterable[Event]:
        return map_item(item)


def options_site(address: str) -> str:
    """The site of a REST address; "" when it is not one."""
    return address.partition("/wp-json/")[0] if "/wp-json/" in address else ""
