"""WordPress exports (WXR 1.0 to 1.2): a stream of XML → posts and comments, in bounded memory.

Kept: what the site shows to everyone. Drafts, private and protected posts, menus, attachments, spam and comments that
wait for approval are not public speech; e-mail and IP addresses of commenters are never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import quote

from palabre.collect.payload import raw
from palabre.errors import ItemError
from palabre.model import RawItem

HIDDEN_TYPES = ("attachment", "nav_menu_item", "revision", "custom_css", "customize_changeset", "oembed_cache")
POST_FIELDS = (
    *("title", "link", "guid", "creator", "post_id", "post_date", "post_date_gmt", "post_modified_gmt", "post_type"),
    *("status", "post_password"),
)
COMMENT_FIELDS = (
    *("comment_id", "comment_author", "comment_author_url", "comment_date", "comment_date_gmt", "comment_content"),
    *("comment_approved", "comment_type", "comment_parent"),
)
_VERSION = re.compile(r"^\d+\.\d+$")
_CONTROL = bytes(code for code in range(32) if code not in (9, 10, 13))
LINE_BYTES = 65_536


class Clean:
    """A stream without the control characters that XML forbids and old exports hold.

    Given line by line, so that what came before a fault has been handed over when the fault is seen.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    def read(self, size: int = -1) -> bytes:
        while block := self.stream.readline(LINE_BYTES):
            cleaned = block.translate(None, _CONTROL)
            if cleaned:  # an empty answer would be read as the end of the file
                return cleaned
        return b""


def local(element: Any) -> str:
    """A tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def read(stream: BinaryIO) -> Iterator[RawItem]:
    """Raw items in file order. ItemError: not an export, or broken from here on (what came before stands)."""
    from lxml import etree

    events = etree.iterparse(
        Clean(stream),
        events=("end",),
        recover=True,  # strict, libxml2 stops at an odd namespace; what is fatal is seen below
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    head: dict[str, str] = {}
    authors: dict[str, str] = {}
    try:
        for _, element in events:
            stop_if_broken(events.error_log)
            if local(element) == "item":
                check(head)
                yield from public(element, head, authors)
                forget(element)
            elif element.getparent() is not None and local(element.getparent()) in ("channel", "rss", "author"):
                note_head(element, head, authors)
    except etree.XMLSyntaxError as error:
        raise broken(error.lineno or 0, str(error.msg)) from error
    except ValueError as error:  # a tag or a text that UTF-8 cannot hold
        raise broken(0, str(error)) from error
    stop_if_broken(events.error_log)
    check(head)


def broken(line: int, reason: str) -> ItemError:
    return ItemError("connector_wordpress.errors.xml", line=line, reason=reason[:150])


def stop_if_broken(log: Any) -> None:
    """ItemError at the first error that loses text; odd namespaces and undefined entities do not."""
    for entry in log:
        if entry.level_name == "FATAL" and entry.type_name != "ERR_UNDECLARED_ENTITY":
            raise broken(entry.line, entry.message)


def forget(element: Any) -> None:
    """Free an item and what stood before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and parent[0] is not element:
        del parent[0]


def note_head(element: Any, head: dict[str, str], authors: dict[str, str]) -> None:
    """The channel's own lines, and who the authors are."""
    name = local(element)
    if name == "author":
        said = {local(child): (child.text or "").strip() for child in element}
        authors[said.get("author_login", "")] = said.get("author_display_name", "")
    elif name in ("wxr_version", "base_site_url", "base_blog_url", "link", "language", "title"):
        head.setdefault(name, (element.text or "").strip())


def check(head: dict[str, str]) -> None:
    """ItemError unless the file says which WXR it is."""
    if not _VERSION.match(head.get("wxr_version", "")):
        raise ItemError("connector_wordpress.errors.not_wxr", version=head.get("wxr_version", "")[:40])


def public(element: Any, head: dict[str, str], authors: dict[str, str]) -> Iterator[RawItem]:
    """A post that everyone may read, then its approved comments."""
    found = {local(child): (child.text or "").strip() for child in element if local(child) in POST_FIELDS}
    if found.get("status", "publish") != "publish" or found.get("post_type", "post") in HIDDEN_TYPES:
        return
    if found.pop("post_password", ""):
        return
    site = site_of(head)
    post: dict[str, Any] = found | encoded(element)
    post |= {"author_name": authors.get(found.get("creator", ""), ""), "language": head.get("language", "")}
    post["tags"] = [child.text.strip() for child in element if local(child) == "category" and child.text]
    comments = [child for child in element if local(child) == "comment"]
    yield raw(post, what="wxr-post", site=site)
    root = found.get("guid") or found.get("link") or f"{site}/?p={found.get('post_id', '')}"
    for comment in comments:
        said = {local(child): (child.text or "").strip() for child in comment if local(child) in COMMENT_FIELDS}
        if said.get("comment_approved", "1") == "1":
            yield raw(said | {"root": root, "page": found.get("link", "")}, what="wxr-comment", site=site)


def site_of(head: dict[str, str]) -> str:
    """The blog's address; a file that does not say has its title, so that two such files stay apart."""
    said = (head.get("base_blog_url") or head.get("base_site_url") or head.get("link") or "").rstrip("/")
    return said or f"wxr:{quote(head.get('title', ''), safe='')}"


def encoded(element: Any) -> dict[str, str]:
    """content:encoded and excerpt:encoded, told apart by namespace."""
    texts = {"content": "", "excerpt": ""}
    for child in element:
        if local(child) == "encoded":
            name = "excerpt" if "excerpt" in str(child.tag) else "content"
            texts[name] = texts[name] or (child.text or "")
    return texts
