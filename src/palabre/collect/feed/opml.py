"""Lists of feeds as OPML 1.0 to 2.0, in and out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from palabre.collect.feed import guard
from palabre.collect.feed.mapping import absolute
from palabre.errors import ItemError

BYTES_MAX = 10_000_000
ENTRIES_MAX = 20_000


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One feed of a list. folder: names of the outlines around it, joined by ``/``."""

    url: str
    title: str = ""
    site: str = ""
    folder: str = ""


def parse(body: bytes) -> list[FeedEntry]:
    """The feeds of an OPML file in order, once each. ItemError: it is no OPML, or a bomb."""
    from lxml import etree

    guard.check(body, BYTES_MAX)
    if "<!ENTITY" in guard.glance(body[:100_000]):
        raise ItemError("connector_feed.errors.entities", limit=0)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(body.lstrip(), parser)
        if root is None or str(root.tag).rpartition("}")[2].lower() != "opml":
            raise ItemError("connector_feed.errors.not_opml", reason="<opml>")
        return entries_of(root)
    except (etree.XMLSyntaxError, ValueError) as error:  # a tag that UTF-8 cannot hold is a UnicodeDecodeError
        raise ItemError("connector_feed.errors.not_opml", reason=str(error)[:200]) from error


def entries_of(root: Any) -> list[FeedEntry]:
    """Outlines that name a feed, in order, with the names of those around them."""
    found: dict[str, FeedEntry] = {}
    pending = [(child, "") for child in reversed(list(root))]
    while pending and len(found) < ENTRIES_MAX:
        node, folder = pending.pop()
        said = {str(name).lower(): value for name, value in node.attrib.items()}
        inner = join(folder, title_of(said)) if node.tag == "outline" and not said.get("xmlurl") else folder
        entry = entry_of(said, folder)
        if entry:
            found.setdefault(entry.url, entry)
        pending += [(child, inner) for child in reversed(list(node)) if isinstance(child.tag, str)]
    return list(found.values())


def title_of(said: Mapping[str, str]) -> str:
    return " ".join((said.get("title") or said.get("text") or "").split())


def join(folder: str, name: str) -> str:
    return "/".join(part for part in (folder, name.replace("/", " ")) if part)


def entry_of(said: Mapping[str, str], folder: str) -> FeedEntry | None:
    """An outline that names a feed with a usable address, else None."""
    url = absolute(said.get("xmlurl", "").strip(), "")
    return FeedEntry(url, title_of(said), absolute(said.get("htmlurl", ""), ""), folder) if url else None


def write(entries: Iterable[FeedEntry], title: str = "Palabre") -> bytes:
    """OPML 2.0 in UTF-8. ``parse`` reads back the same entries."""
    folders: dict[str, list[FeedEntry]] = {}
    for entry in entries:
        folders.setdefault(entry.folder, []).append(entry)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"<head><title>{quoteattr(clean(title))[1:-1]}</title></head>", "<body>"]
    for folder, inside in folders.items():
        parts = folder.split("/") if folder else []
        lines += [f"<outline text={quoteattr(clean(part))}>" for part in parts]
        lines += [outline(entry) for entry in inside]
        lines += ["</outline>"] * len(parts)
    return "\n".join([*lines, "</body>", "</opml>", ""]).encode()


def outline(entry: FeedEntry) -> str:
    site = f" htmlUrl={quoteattr(clean(entry.site))}" if entry.site else ""
    title = quoteattr(clean(entry.title).strip() or clean(entry.url))
    return f'<outline type="rss" text={title} title={title} xmlUrl={quoteattr(clean(entry.url))}{site}/>'


def clean(value: str) -> str:
    """Without what XML 1.0 cannot hold."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", value)
