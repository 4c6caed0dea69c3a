"""Everything X gave its users on disk: API v2 in all its layouts, API v1.1, account archives, compliance jobs."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from palabre.collect.formats import Head, Options
from palabre.collect.jsonfile import JsonFormat, says
from palabre.collect.payload import ident, raw, table, tables, text
from palabre.collect.x import mapping, shapes
from palabre.errors import ItemError
from palabre.model import Event, RawItem

ZIP = b"PK\x03\x04"
ARCHIVE_MARK = b"window.YTD."
POSTS_IN_ARCHIVE = ("tweet", "tweets", "deleted-tweets", "community-tweet", "note-tweet")
OWN_SIGNS = ("public_metrics", "edit_history_tweet_ids", "referenced_tweets", "conversation_id")  # nobody else has them
# v2 objects that are no posts: counts, lists, users, the answer to nothing found.
OTHERS = (
    ("tweet_count", "start", "end"),
    ("member_count", "follower_count", "owner_id"),
    ("username", "name", "public_metrics"),
    ("screen_name", "followers_count", "id_str"),
)


class XFormat(JsonFormat):
    name = "x"

    def sniff(self, head: Head) -> float:
        if head.start.startswith(ZIP):
            return 0.9 if b"data/" in head.start and b".js" in head.start else 0.0
        if ARCHIVE_MARK in head.start[:200]:
            return 0.99
        return super().sniff(head)

    def score(self, value: object, address: str) -> float:
        if any(host in address for host in ("api.twitter.com/", "api.x.com/")):
            return 0.9
        if not isinstance(value, Mapping):
            return 0.0
        return max(score_of(entry) for entry in (value, *near(value)))

    def items(self, stream: BinaryIO, options: Options) -> Iterator[RawItem]:
        start = stream.peek(4)[:4] if hasattr(stream, "peek") else b""
        if start == ZIP and stream.seekable():
            yield from self.archive(stream, options)
        else:
            yield from super().items(stream, options)

    def archive(self, stream: BinaryIO, options: Options) -> Iterator[RawItem]:
        """The posts of an account's archive, member by member; likes, messages and advertising are not opened."""
        try:
            with zipfile.ZipFile(stream) as members:
                for name in members.namelist():
                    base = name.rpartition("/")[2].partition("-part")[0].removesuffix(".js")
                    if base in POSTS_IN_ARCHIVE:
                        with members.open(name) as member:
                            yield from super().items(member, options)  # type: ignore[arg-type]  # it only reads
        except zipfile.BadZipFile as error:
            raise ItemError("connector_x.errors.not_an_archive") from error

    def found(self, value: object, address: str) -> Iterable[RawItem]:
        return (raw(post) for post in shapes.posts(value))

    def events(self, item: RawItem, options: Options) -> Iterable[Event]:
        return mapping.events(item, options.get("handle", ""))


def near(value: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The first objects inside a page."""
    yield table(value, "data")
    for name in ("data", "statuses", "tweets"):
        yield from tables(value, name)[:2]
    for entry in list(value.values())[:2]:
        yield from tables({"in": entry}, "in")[:2]
        yield from tables(entry, "data")[:2]


def score_of(value: Mapping[str, object]) -> float:
    """How sure one object makes us. v2 posts have few fields, and a stranger's JSON may have an id and a text too."""
    if shapes.is_v1(value):
        return 0.97 if says(value, "created_at") and says(table(value, "user"), "screen_name") else 0.8
    if shapes.is_v2(value):
        signs = [sign for sign in shapes.V2_SIGNS if sign in value]
        strong = len(signs) >= 2 and any(sign in OWN_SIGNS for sign in signs)
        return (0.95 if strong else 0.4) if re.fullmatch(r"\d{8,20}", ident(value, "id")) else 0.0
    if shapes.is_archived(value) or says(value, "search_metadata", "statuses"):
        return 0.95
    if shapes.is_compliance(value):
        return 0.9 if ident(value, "id").isdigit() else 0.0
    if text(value, "delete", "status", "id_str"):
        return 0.9
    if any(says(value, *keys) for keys in OTHERS):
        return 0.8
    return 0.8 if says(table(value, "meta"), "result_count") or "total_tweet_count" in table(value, "meta") else 0.0
