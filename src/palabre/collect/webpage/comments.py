"""Readers' comments of a page, one by one: schema.org (JSON-LD, microdata) and the lists WordPress writes. Pure.

Each comes as a table: author, author_url, text, html, published, id, url, parent (the id of the comment it answers).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from palabre.collect.payload import walk

COMMENTS_MAX = 2_000
POSTING_TYPES = ("Comment", "DiscussionForumPosting", "Answer", "UserComments", "SocialMediaPosting")
_LD = re.compile(r"<script\b[^>]*application/ld\+json[^>]*>(.*?)</script", re.DOTALL | re.IGNORECASE)
_HINTS = (
    "schema.org/Comment",
    "schema.org/UserComments",
    "schema.org/DiscussionForumPosting",
    "comment-body",
    "commentlist",
)
_COMMENT_ID = re.compile(r"^(?:div-|li-)?comment-(\d+)$")

Comment = dict[str, str]


def find(html: str) -> list[Comment]:
    """Comments in the order of the page, once each; the first way of marking them that finds any is believed."""
    found = unique(from_ld(html))
    if not found and any(hint in html for hint in _HINTS):
        tree = tree_of(html)
        found = unique(from_microdata(tree)) or unique(from_wordpress(tree)) if tree is not None else []
    return found[:COMMENTS_MAX]


def unique(comments: Iterator[Comment]) -> list[Comment]:
    """Without those that say nothing, or that came already."""
    kept: dict[tuple[str, ...], Comment] = {}
    for comment in comments:
        if comment.get("text"):
            kept.setdefault((comment.get("id", ""), comment.get("author", ""), comment["text"]), comment)
    return list(kept.values())


def types_of(node: Mapping[str, Any]) -> tuple[str, ...]:
    said = node.get("@type")
    return tuple(str(one).rpartition("/")[2] for one in (said if isinstance(said, list) else [said]))


def graphs(html: str) -> Iterator[Any]:
    """The JSON-LD blocks of a page; those that are not JSON are left out."""
    for match in _LD.finditer(html):
        try:
            yield json.loads(match[1].strip().removeprefix("<!--").removesuffix("-->"), strict=False)
        except (ValueError, RecursionError):
            continue


def from_ld(html: str) -> Iterator[Comment]:
    """Comments and answers of every JSON-LD block; a posting that opens a thread is the article, not a comment."""
    for graph in graphs(html):
        for node in walk(graph):
            for name in ("comment", "suggestedAnswer", "acceptedAnswer"):
                listed = node.get(name)
                parent = str(node.get("@id") or node.get("url") or "") if "Comment" in types_of(node) else ""
                for one in listed if isinstance(listed, list) else [listed]:
                    if isinstance(one, Mapping):
                        yield ld_comment(one, parent)


def ld_comment(node: Mapping[str, Any], parent: str) -> Comment:
    author = node.get("author") or node.get("creator")
    first = author[0] if isinstance(author, list) and author else author
    person = first if isinstance(first, Mapping) else {"name": first}
    return {
        "author": string(person.get("name")), "author_url": string(person.get("url")), "parent": parent,
        "text": string(node.get("text") or node.get("commentText") or node.get("articleBody")),
        "published": string(node.get("dateCreated") or node.get("datePublished") or node.get("commentTime")),
        "id": string(node.get("@id")), "url": string(node.get("url")), "html": "",
    }  # fmt: skip


def string(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def tree_of(html: str) -> Any:
    """The page as a tree; None when lxml finds nothing in it."""
    from lxml import etree
    from lxml import html as lxml_html

    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
    try:
        return lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def words(node: Any) -> str:
    return " ".join("".join(node.itertext()).split()) if node is not None else ""


def markup(node: Any) -> str:
    from lxml import html as lxml_html

    if node is None:
        return ""
    return ((node.text or "") + "".join(lxml_html.tostring(child, encoding="unicode") for child in node)).strip()


def first(node: Any, path: str) -> Any:
    found = node.xpath(path)
    return found[0] if found else None


def has_class(*names: str) -> str:
    """An XPath condition: the class list holds one of these."""
    tests = (f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')" for name in names)
    return "(" + " or ".join(tests) + ")"


def from_microdata(tree: Any) -> Iterator[Comment]:
    """``itemtype=…schema.org/Comment`` with itemprop text, author, dateCreated."""
    kinds = " or ".join(f"contains(@itemtype, 'schema.org/{kind}')" for kind in POSTING_TYPES)
    for node in tree.xpath(f"//*[@itemscope and ({kinds})]"):
        body = first(node, ".//*[@itemprop='text' or @itemprop='commentText' or @itemprop='articleBody']")
        author = first(node, ".//*[@itemprop='author' or @itemprop='creator']")
        name = first(author, ".//*[@itemprop='name']") if author is not None else None
        when = first(node, ".//*[@itemprop='dateCreated' or @itemprop='datePublished' or @itemprop='commentTime']")
        yield {
            "author": words(name if name is not None else author), "text": words(body), "html": markup(body),
            "published": stamp(when), "id": str(node.get("id") or ""), "url": "", "author_url": "", "parent": "",
        }  # fmt: skip


def stamp(node: Any) -> str:
    if node is None:
        return ""
    return str(node.get("datetime") or node.get("content") or node.get("title") or words(node))


def from_wordpress(tree: Any) -> Iterator[Comment]:
    """``li.comment`` with ``.comment-body``, nested under ``.children``: what WordPress themes write since 2.7."""
    for node in tree.xpath(f"//*[(self::li or self::div or self::article) and {has_class('comment', 'pingback')}]"):
        body = first(node, f".//*[{has_class('comment-content', 'comment-text', 'comment_text')}]")
        if body is None:
            body = first(node, f".//*[{has_class('comment-body')}]")
        author = first(node, f".//*[{has_class('comment-author')}]//*[{has_class('fn')}]")
        author = author if author is not None else first(node, f".//*[{has_class('fn', 'comment-author')}]")
        link = first(author, ".//@href") if author is not None else None
        when = first(node, ".//time")
        if when is None:
            when = first(node, f".//*[{has_class('comment-meta', 'commentmetadata', 'comment-date')}]//a")
        above = first(node, f"ancestor::*[{has_class('comment')}][1]")
        yield {
            "author": words(author), "author_url": str(link or ""), "text": words(body), "html": markup(body),
            "published": stamp(when), "id": number(node), "url": "",
            "parent": number(above) if above is not None else "",
        }  # fmt: skip


def number(node: Any) -> str:
    """``comment-12`` of the element or of the one inside it."""
    for said in (node.get("id"), *(node.xpath("./*/@id")[:3])):
        found = _COMMENT_ID.match(str(said or ""))
        if found:
            return f"comment-{found[1]}"
    return str(node.get("id") or "")
