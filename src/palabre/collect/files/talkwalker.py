"""Talkwalker: the CSV export, the JSON of the search API (`result_content`) and the lines of its streaming API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, ClassVar

from palabre.collect.files.json_ import JsonFormat
from palabre.collect.files.ndjson import NdjsonFormat
from palabre.collect.files.streams import whole
from palabre.collect.files.tables import Piece, RowColumns
from palabre.collect.files.vendor import SURE, VendorCsv
from palabre.collect.formats import Head, Options

JSON_SIGNS = re.compile(rb'"(result_content|chunk_type|chunk_result|root_url|search_indexed|extra_author_attributes)"')


def unwrapped(row: object) -> dict[str, object] | None:
    """The post inside what the API wraps around it; None for a control line of the stream."""
    while isinstance(row, dict):
        inner = row.get("chunk_result", row.get("data"))
        if not isinstance(inner, dict):
            return None if "chunk_type" in row else row
        row = inner
    return None


def posts_in(document: object) -> Iterator[object]:
    """The results of a search answer, or the document itself."""
    content = document.get("result_content") if isinstance(document, dict) else None
    data = content.get("data") if isinstance(content, dict) else document
    yield from data if isinstance(data, list) else [data]


class TalkwalkerFormat(VendorCsv):
    name = "talkwalker"
    signature = frozenset({"root_url", "search_indexed"})
    known: ClassVar = {
        "text": ("content", "content_snippet", "description"),
        "title": ("title", "title_snippet"),
        "url": ("url",),
        "published_ms": ("published",),
        "lang": ("lang",),
        "network": ("source_type", "post_type"),
        "account_id": ("extra_author_attributes.id", "author_id"),
        "account_handle": ("extra_author_attributes.short_name", "author_short_name"),
        "account_name": ("extra_author_attributes.name", "author_name", "author"),
        "account_url": ("extra_author_attributes.url", "author_url"),
        "followers": (
            "extra_source_attributes.followers",
            "author_followers",
            "article_extended_attributes.twitter_followers",
        ),
        "likes": ("article_extended_attributes.facebook_likes", "article_extended_attributes.twitter_likes", "likes"),
        "replies": ("article_extended_attributes.num_comments", "num_comments"),
        "reshares": (
            "article_extended_attributes.twitter_retweets",
            "article_extended_attributes.facebook_shares",
            "shares",
        ),
        "views": ("article_extended_attributes.num_views", "num_views"),
        "country": (
            "extra_author_attributes.world_data.country_code",
            "extra_source_attributes.world_data.country_code",
        ),
        "region": ("extra_author_attributes.world_data.region",),
        "city": ("extra_author_attributes.world_data.city",),
        "media": ("images",),
        "tags": ("hashtags",),
        "parent": ("parent_url",),
    }

    def sniff(self, head: Head) -> float:
        start = head.start.lstrip(b"\xef\xbb\xbf \r\n\t")
        if start.startswith((b"{", b"[")):
            return SURE if len(set(JSON_SIGNS.findall(start))) >= 2 else 0.0
        return super().sniff(head)

    def pieces(self, stream: BinaryIO, options: Options) -> Iterator[Piece]:
        start = stream.read(64)
        stream = whole(stream, start)
        if not start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
            yield from super().pieces(stream, options)
            return
        lines = (
            NdjsonFormat().pieces(stream, options) if b'"chunk_type"' in start else JsonFormat().pieces(stream, options)
        )
        yield from map(opened, lines)


def opened(piece: Piece) -> Piece:
    """The same rows without their wrapping."""
    columns = piece.columns
    rows = columns.rows if isinstance(columns, RowColumns) else []
    posts = [post for row in rows for one in posts_in(row) if (post := unwrapped(one)) is not None]
    return Piece(RowColumns(posts), len(posts), piece.broken)
