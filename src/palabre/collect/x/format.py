"""Everything X gave its users on disk: API v2 in all its layouts, API v1.1, account archives, compliance jobs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from palabre.collect.formats import Head, Options
from palabre.collect.jsonfile import JsonFormat, says
from palabre.collect.payload import ident, raw, table, tables, text
from palabre.collect.x import mapping, shapes, urls
from palabre.model import Account, Event, RawItem

ARCHIVE_MARK = b"window.YTD."
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
        if ARCHIVE_MARK in head.start[:200]:
            return 0.99
        return super().sniff(head)

    def score(self, value: object, address: str) -> float:
        if any(host in address for host in ("api.twitter.com/", "api.x.com/")):
            return 0.9
        if not isinstance(value, Mapping):
            return 0.0
        return max(score_of(entry) for entry in (value, *near(value)))

    def found(self, value: object, address: str) -> Iterable[RawItem]:
        return (raw(post) for post in shapes.posts(value))

    def events(self, item: RawItem, options: Options) -> Iterable[Event]:
        return mapping.events(item, owner_of(options))


def owner_of(options: Options) -> Account | None:
    """Whose archive a file is part of, where the archive says so (see `files.account_archives`)."""
    handle, number = options.get("handle", ""), options.get("account", "")
    page = f"https://x.com/{handle}" if handle else ""
    uri = urls.user_uri(number) if number else page
    return Account(uri, handle, options.get("name", ""), page) if uri else None


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
