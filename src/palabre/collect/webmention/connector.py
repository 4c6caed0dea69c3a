"""Webmention (W3C, 2017): a page elsewhere says that it mentions one of ours; we go and look.

    mention = accept(form, hosts)          the desk's URL calls this; MentionRefused: answer 400
    items = look(mention, means)           fetches the source, checks the link, reads its h-entry

Sent again for a source that changed or went away, it updates or takes back: the source's address is the post's uri.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from palabre.collect.config import settle, words
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.payload import raw
from palabre.collect.webmention.mapping import facts, map_item
from palabre.collect.webmention.microformats import Entry, entry_of, links_to, tree_of
from palabre.errors import FetchError, InputError
from palabre.model import Event, RawItem
from palabre.text.urls import canonical

OPTIONS = (Option("hosts", "list", required=True),)
QUEUE_MAX = 10_000
PAGE_BYTES_MAX = 2_000_000
TRIES_MAX = 5  # of a page that does not answer; then it is one broken item, in quarantine


class MentionRefused(InputError):
    """A notification that names no page of ours, or nothing that can be fetched."""


@dataclass(frozen=True, slots=True)
class Mention:
    """source: the page that speaks; target: the page of ours it names; tries: how often it did not answer."""

    source: str
    target: str
    tries: int = field(default=0, compare=False)


class WebmentionConnector:
    def describe(self) -> Description:
        return Description(
            name="webmention", options=OPTIONS, rhythm_seconds=7 * 86_400, edits=True, deletions=True,
            tested="server", networks=("web",),
        )  # fmt: skip

    def validate(self, config: Config) -> Config:
        made = settle(OPTIONS, config)
        return made | {"hosts": [host_of(host) for host in words(made, "hosts")]}

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        """Looks at the notifications that wait in the cursor, one a page, so that none is asked for twice. A page that
        does not answer lets the others pass and is tried again on later runs. Raises its error at the end."""
        waiting, later, failed = queue_of(cursor), list[Mention](), None
        while waiting:
            mention, waiting = waiting[0], waiting[1:]
            try:
                items = look(mention, means)
            except FetchError as error:
                items, failed = given_up(mention, error), error
                later += [replace(mention, tries=mention.tries + 1)] if not items else []
            yield Page(items, {**cursor, "queue": listed([*waiting, *later])})
        if later and failed is not None:
            raise failed

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return map_item(item)

    def canary(self, config: Config) -> Config:
        return config  # only others can mention us


def host_of(said: str) -> str:
    """A host name from a name or an address."""
    return (urlsplit(said if "://" in said else f"//{said}").hostname or "").lower()


def accept(form: Mapping[str, str], hosts: Sequence[str]) -> Mention:
    """A notification as received (``source`` and ``target``). MentionRefused says what is wrong with it."""
    source, target = form.get("source", "").strip(), form.get("target", "").strip()
    for name, url in (("source", source), ("target", target)):
        if len(url) > 2_000 or not url.startswith(("http://", "https://")) or not host_of(url):
            raise MentionRefused("connector_webmention.errors.address", name=name)
    if canonical(source) == canonical(target):
        raise MentionRefused("connector_webmention.errors.same")
    if host_of(target) not in hosts:
        raise MentionRefused("connector_webmention.errors.not_ours", host=host_of(target))
    return Mention(source, target)


def enqueue(cursor: Cursor, mention: Mention) -> dict[str, object]:
    """The cursor with one more notification to look at; the same one waits once. MentionRefused when too many wait."""
    waiting = queue_of(cursor)
    if len(waiting) >= QUEUE_MAX:
        raise MentionRefused("connector_webmention.errors.busy")
    return {**cursor, "queue": listed(waiting if mention in waiting else [*waiting, mention])}


def listed(mentions: Sequence[Mention]) -> list[list[object]]:
    """As the cursor keeps them."""
    return [[one.source, one.target, *([one.tries] if one.tries else [])] for one in mentions]


def queue_of(cursor: Cursor) -> list[Mention]:
    found = cursor.get("queue")
    pairs = found if isinstance(found, list) else []
    good = (one for one in pairs if isinstance(one, list) and len(one) in (2, 3))
    return [Mention(str(one[0]), str(one[1]), int(one[2]) if len(one) == 3 else 0) for one in good]


def given_up(mention: Mention, error: FetchError) -> tuple[RawItem, ...]:
    """A broken item for a page that cannot be had, or has not answered for long; nothing while there is hope."""
    if not error.permanent and mention.tries + 1 < TRIES_MAX:
        return ()
    return (raw({"source": mention.source, "target": mention.target, "failed": error.key}),)


def look(mention: Mention, means: Means) -> tuple[RawItem, ...]:
    """Fetch the source: one raw item. Gone (410, 404) or without the link, it takes the post back."""
    answer = means.net.get(mention.source, headers={"accept": "text/html"}, cap_bytes=PAGE_BYTES_MAX, tdm=True)
    if answer.status in (404, 410):
        return (taken_back(mention, "gone"),)
    if not answer.ok:
        raise FetchError("connector_webmention.errors.refused", status=answer.status)
    return (read(mention, answer.text()),)


def taken_back(mention: Mention, why: str) -> RawItem:
    return raw({"source": mention.source, "target": mention.target, "gone": why})


def read(mention: Mention, html: str) -> RawItem:
    """What the page says of the target, or that it no longer names it."""
    tree = tree_of(html)
    if tree is None or not links_to(tree, mention.target):
        return taken_back(mention, "no link")
    entry = entry_of(tree, mention.source) or Entry(text=summary_of(tree), published="")
    title = " ".join((tree.findtext(".//title") or "").split())
    return raw(facts(entry, mention.source, mention.target, title))


def summary_of(tree: object) -> str:
    """A page without an h-entry: its own description of itself."""
    found = tree.xpath("//meta[@name='description' or @property='og:description']/@content")  # type: ignore[attr-defined]
    return " ".join(str(found[0]).split()) if found else ""
