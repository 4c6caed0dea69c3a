"""Discourse on disk: pages of latest posts, topics with their posts, single posts, lists of topics."""

from __future__ import annotations

from collections.abc import Iterable

from palabre.collect.discourse.mapping import is_said, map_item, titled
from palabre.collect.formats import Options
from palabre.collect.jsonfile import JsonFormat, sample, says
from palabre.collect.payload import at, raw, tables, text
from palabre.model import Event, RawItem

POST = ("cooked", "post_number", "topic_id")


class DiscourseFormat(JsonFormat):
    name = "discourse"

    def score(self, value: object, address: str) -> float:
        if says(value, "post_stream") or says(value, "latest_posts"):
            return 0.95
        if says(value, "topic_list") and isinstance(at(value, "topic_list", "topics"), list):
            return 0.95
        return 0.95 if any(says(entry, *POST) for entry in sample(value)) else 0.0

    def found(self, value: object, address: str) -> Iterable[RawItem]:
        site = address.split("/posts")[0].split("/t/")[0].split("/latest")[0] if address else ""
        if says(value, "topic_list"):
            yield from (raw(topic, what="topic", site=site) for topic in tables(value, "topic_list", "topics"))
            return
        title, posts = titled(value)
        slug = text(value, "slug")
        for post in posts:
            filled = {"topic_slug": slug, **post} if slug and isinstance(post, dict) else post
            if is_said(post):
                yield raw(filled, site=site, title=title)

    def events(self, item: RawItem, options: Options) -> Iterable[Event]:
        site = options.get("url", "").rstrip("/")
        if site and not item.note.get("site"):
            item = RawItem(item.body, item.media_type, {**item.note, "site": site})
        return map_item(item)
