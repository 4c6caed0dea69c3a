"""Work on sources that the command line and the desk share: checking a configuration, a canary, lists of feeds."""

from __future__ import annotations

from collections.abc import Mapping

from palabre import plugins
from palabre.collect.contract import Connector, Means, Window
from palabre.collect.feed import opml
from palabre.errors import InputError, PalabreError
from palabre.pipeline import Pipeline
from palabre.road.guard import Heap, add_item

CANARY_ITEMS = 20
FEED = "feed"
NAME_CHARS_MAX = 200


def checked_config(connector: Connector, config: Mapping[str, object], secrets: Mapping[str, str]) -> dict[str, object]:
    """The configuration made whole. Raises ConfigError: also for a required secret that is not given."""
    whole = connector.validate(dict(config))
    for option in connector.describe().options:
        if option.kind == "secret" and option.required and option.name not in secrets:
            raise InputError("cli.sources.secret_missing", name=option.name)
    return dict(whole)


def default_name(connector: str, config: Mapping[str, object]) -> str:
    """A name for a source that was given none: what its configuration says first."""
    said = next((str(value) for value in config.values() if isinstance(value, str) and value), "")
    return f"{connector} {said}".strip()[:NAME_CHARS_MAX]


def canary(pipeline: Pipeline, connector: Connector, config: Mapping[str, object], secrets: Mapping[str, str]) -> int:
    """How many posts the connector's canary brings. Raises what the platform says; InputError if there are none."""
    assert pipeline.net is not None  # noqa: S101  # who checks opens the network
    means = Means(pipeline.net, pipeline.clock, secrets)
    asked = connector.canary(config)
    heap = Heap()
    for page in connector.pages(asked, {}, means, Window()):
        for item in page.items[:CANARY_ITEMS]:
            add_item(heap, item, lambda one: connector.map(one, asked), pipeline.settings.post_bytes_max)
        break
    if not heap.posts:
        raise InputError("cli.sources.canary_silent", n=heap.failed)
    return len(heap.posts)


# Lists of feeds


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
        name = (feed.title or feed.url)[:NAME_CHARS_MAX]
        sources.add(workspace_id, FEED, name, dict(config), rhythm_seconds=rhythm)
        counts["added"] += 1
    return counts


def feeds_as_opml(pipeline: Pipeline, workspace_id: int) -> bytes:
    """Every feed source as OPML 2.0."""
    feeds = [one for one in pipeline.archive.sources.all(workspace_id) if one.connector == FEED]
    return opml.write(opml.FeedEntry(str(one.config.get("url", "")), one.name) for one in feeds)
