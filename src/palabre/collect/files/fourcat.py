"""4CAT: its CSV (id, thread_id, timestamp, body …) and the NDJSON of Zeeschuimer (items in `data`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, ClassVar

from palabre.collect.files.ndjson import NdjsonFormat, parsed
from palabre.collect.files.streams import rewound
from palabre.collect.files.tables import Piece, RowColumns
from palabre.collect.files.vendor import SURE, VendorCsv
from palabre.collect.formats import Head, Options

ZEESCHUIMER = {"item_id", "source_platform", "data"}
KNOWN: Mapping[str, Sequence[str]] = {
    "id": ("id", "item_id"),
    "text": (
        "body",
        "data.desc",
        "data.caption.text",
        "data.legacy.full_text",
        "data.commentary.text.text",
        "data.text",
        "data.body",
    ),
    "title": ("subject", "title", "data.title"),
    "published_ms": (
        "unix_timestamp",
        "timestamp",
        "data.createTime",
        "data.taken_at",
        "data.legacy.created_at",
        "data.created_utc",
        "timestamp_collected",
    ),
    "account_id": ("author_id", "data.author.id", "data.user.pk"),
    "account_handle": ("author", "author_name", "data.author.uniqueId", "data.user.username", "data.author"),
    "account_name": ("author_fullname", "author_full", "data.author.nickname", "data.user.full_name"),
    "followers": ("author_followers", "data.authorStats.followerCount"),
    "root": ("thread_id",),
    "url": ("url", "post_url", "tweet_url", "tiktok_url", "link"),
    "lang": ("language", "lang", "language_guess", "data.legacy.lang"),
    "network": ("source_platform", "platform"),
    "likes": (
        "likes",
        "like_count",
        "num_likes",
        "data.stats.diggCount",
        "data.like_count",
        "data.legacy.favorite_count",
        "score",
    ),
    "replies": ("comments", "replies", "reply_count", "num_comments", "data.stats.commentCount", "data.comment_count"),
    "reshares": ("shares", "retweets", "retweet_count", "data.stats.shareCount", "data.legacy.retweet_count"),
    "views": ("plays", "views", "impression_count", "data.stats.playCount"),
    "tags": ("hashtags",),
    "mentions": ("mentions",),
    "media": ("image_url", "image_urls", "images", "thumbnail_url", "media_url"),
    "parent": ("reply_to", "replied_to", "parent_id"),
}
PLATFORMS: Mapping[str, str] = {"twitter.com": "x", "x.com": "x"}


class FourCatFormat(VendorCsv):
    name = "4cat"
    signature = frozenset({"id", "thread_id", "timestamp", "body"})
    known: ClassVar = KNOWN

    def sniff(self, head: Head) -> float:
        first = head.start.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
        if not first.lstrip().startswith(b"{"):
            return super().sniff(head)
        row = parsed(first)
        return SURE if row is not None and set(row) >= ZEESCHUIMER else 0.0

    def pieces(self, stream: BinaryIO, options: Options) -> Iterator[Piece]:
        start = stream.read(16)
        stream = rewound(stream, start)
        if not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
            yield from super().pieces(stream, options)
            return
        yield from map(named, NdjsonFormat().pieces(stream, options))


def named(piece: Piece) -> Piece:
    """Platforms named as the house does: tiktok.com is tiktok."""
    rows = piece.columns.rows if isinstance(piece.columns, RowColumns) else []
    return Piece(RowColumns([{**row, "source_platform": platform(row)} for row in rows]), piece.count, piece.broken)


def platform(row: Mapping[str, object]) -> str:
    name = str(row.get("source_platform", ""))
    return PLATFORMS.get(name, name.removesuffix(".com"))
