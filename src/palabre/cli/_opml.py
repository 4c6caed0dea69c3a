"""Lists of feeds in and out of the sources."""

from __future__ import annotations

from palabre import plugins
from palabre.collect.feed import opml
from palabre.errors import PalabreError
from palabre.pipeline import Pipeline

FEED = "feed"


def add_feeds(pipeline: Pipeline, workspace_id: int, body: bytes) -> dict[str, int]:
    """A source for each feed of an OPML file that is not there yet. Counts: found, added, known, refused."""
    connector = plugins.connector(FEED)
    sources = pipeline.archive.sources
    known = {str(one.config.get("url", "")) for one in sources.all(workspace_id) if one.connector == FEED}
    counts = {"found": 0, "added": 0, "known": 0, "refused": 0}
    for feed in opml.parse(body):
        counts["found"] += 1
        try:
            config = connector.validate({"url": feed.url})
        except PalabreError:
            counts["refused"] += 1
            continue
        if str(config["url"]) in known:
            counts["known"] += 1
            continue
        known.add(str(config["url"]))
        rhythm = connector.describe().rhythm_seconds
        sources.add(workspace_id, FEED, (feed.title or feed.url)[:200], dict(config), rhythm_seconds=rhythm)
        counts["added"] += 1
    return counts


def feeds_as_opml(pipeline: Pipeline, workspace_id: int) -> bytes:
    """Every feed source as OPML 2.0."""
    feeds = [one for one in pipeline.archive.sources.all(workspace_id) if one.connector == FEED]
    return opml.write(opml.FeedEntry(str(one.config.get("url", "")), one.name) for one in feeds)
