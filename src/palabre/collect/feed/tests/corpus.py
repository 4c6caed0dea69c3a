"""The corpus of real and crafted feeds, and what each crafted one states of itself in its first comment.

``Expect:`` is a Python expression over feedparser's answer. Two questions are asked of every case: does it hold on what
our parsing gave, and do the facts it states of an entry (title, link, id, author, dates, text …) survive our mapping?
"""

from __future__ import annotations

import ast
import calendar
import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

from palabre.collect.feed.mapping import items_of, map_item, without_mail
from palabre.collect.feed.parse import call_feedparser, parse_feed
from palabre.errors import ItemError
from palabre.model import Gone, Heard, Post
from palabre.text.html import html_to_text

BASE = "http://127.0.0.1:8097/tests/"
_HEADER = re.compile(r"^Header:\s*([\w-]+):\s*(.*?)\s*$", re.MULTILINE)
_EXPECT = re.compile(r"Expect:\s*(.*?)\s*(?:-->|\n\n)", re.DOTALL)


@dataclass(frozen=True)
class Case:
    path: Path
    name: str
    body: bytes
    expect: str
    headers: dict[str, str]


@dataclass
class Outcome:
    """holds: the stated expression is true of what we parsed; facts: those of entries that our posts carry."""

    posts: list[Post] = field(default_factory=list)
    gone: int = 0
    refused: list[str] = field(default_factory=list)  # items, by key
    broken: str = ""  # the whole file, by key
    parser: str = ""
    entries: int = 0
    holds: bool | None = None
    facts: list[tuple[str, bool, object, object]] = field(default_factory=list)


def cases(folder: Path) -> list[Case]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [case_of(path, path.relative_to(folder).as_posix()) for path in paths]


def case_of(path: Path, name: str) -> Case:
    body = path.read_bytes()
    comment = glance_comment(body)
    found = _EXPECT.search(comment)
    headers = {header.lower(): value for header, value in _HEADER.findall(comment)}
    return Case(path, name, body, " ".join(found[1].split()) if found else "", headers)


def glance_comment(body: bytes) -> str:
    """The first comment, in whatever encoding the file is."""
    from palabre.collect.feed.guard import glance

    text = glance(body)
    if body[:4] not in (b"\x4c\x6f\xa7\x94",) and not text.isascii():
        text = body.decode("utf-8", "replace") if b"\x00" not in body[:64] else text
    start = text.find("<!--")
    return text[start : text.find("-->", start) + 3].replace("\r\n", "\n") if start >= 0 else ""


def run(case: Case) -> Outcome:
    """One case through our own road. Nothing but ItemError may come out of it; anything else is the test's failure."""
    outcome = Outcome()
    headers = {"content-location": BASE + case.name.removeprefix("feedparser/"), **case.headers}
    headers["content-location"] = urljoin(BASE, headers["content-location"])
    headers.setdefault("content-type", "application/json" if case.name.endswith(".json") else "application/xml")
    try:
        feed = parse_feed(case.body, headers)
    except ItemError as error:
        outcome.broken = error.key
        return outcome
    outcome.parser, outcome.entries = feed.parser, len(feed.entries)
    for item in items_of(feed, headers["content-location"]):
        try:
            for event in map_item(item):
                if isinstance(event, Heard):
                    outcome.posts.append(event.post)
                outcome.gone += isinstance(event, Gone)
        except ItemError as error:
            outcome.refused.append(error.key)
    if case.expect:
        found = call_feedparser(case.body, headers)
        if len(outcome.posts) == outcome.entries:  # where we correct feedparser, ours is what counts
            for entry, post in zip(found.entries, outcome.posts, strict=True):
                entry |= {"link": post.url} if post.url and entry.get("link") else {}
        outcome.holds = holds(case.expect, dict(found) | {"etag": headers.get("etag")})
        if outcome.holds and len(outcome.posts) == outcome.entries:
            outcome.facts = list(stated(case.expect, outcome.posts, found.entries))
    return outcome


def holds(expression: str, found: Any) -> bool:
    """The corpus's own expression on feedparser's answer; it is code, from files of a known project only."""
    try:
        return bool(eval(expression, {"__builtins__": __builtins__}, {"datetime": datetime, **found}))
    except (AttributeError, KeyError, IndexError, NameError, TypeError):
        return False


def stated(expression: str, posts: list[Post], entries: list[Any]) -> Any:
    """(field, agrees, stated, ours) for each comparison of an entry's value that our posts carry."""
    for node in ast.walk(ast.parse(expression, mode="eval")):
        if not (isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq)):
            continue
        path = path_of(node.left)
        if not path or path[0] != "entries" or len(path) < 3 or not isinstance(path[1], int) or path[1] >= len(posts):
            continue
        try:
            said = ast.literal_eval(node.comparators[0])
        except ValueError:
            continue
        check = CHECKS.get(kind_of(path[2:]))
        if check is not None:
            ours = check[1](posts[path[1]], entries[path[1]])
            yield kind_of(path[2:]), check[0](said, ours), said, ours


def path_of(node: ast.AST) -> list[Any]:
    """``entries[0]['title_detail']['value']`` as a list."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [*path_of(node.value), node.attr]
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return [*path_of(node.value), node.slice.value]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        inner = node.args[0]
        return [*path_of(node.func.value), inner.value] if isinstance(inner, ast.Constant) else []
    return []


def kind_of(path: list[Any]) -> str:
    return ".".join("0" if isinstance(part, int) else str(part) for part in path)


def plain(value: object) -> str:
    return " ".join(html_to_text(str(value or "")).split())


def same_text(said: object, ours: object) -> bool:
    """The words that a reader sees, space aside."""
    return plain(said) == " ".join(str(ours).split()) or " ".join(str(said or "").split()) == " ".join(
        str(ours).split()
    )


def same_body(said: object, ours: object) -> bool:
    """The stated value is the html we keep or says the same words, or a fuller content of the entry stands for it."""
    html, text, fuller = (str(one) for one in ours)  # type: ignore[attr-defined]
    return str(said or "").strip() == html.strip() or same_text(said, text) or len(fuller) > len(str(said))


def same_author(said: object, ours: object) -> bool:
    return " ".join(without_mail(plain(said)).split()) == ours or (plain(said).startswith(str(ours)) and bool(ours))


def same_link(said: object, ours: object) -> bool:
    """An address of the web as it is; anything else (javascript:, nothing) is kept out on purpose."""
    listed = ours if isinstance(ours, tuple) else (ours,)
    return str(said) in listed or not str(said).startswith(("http://", "https://")) or " " in str(said)


def same_moment(said: object, ours: object) -> bool:
    return calendar.timegm((*said[:6], 0, 0, 0)) * 1000 in ours  # type: ignore[index,operator]


def link_of(post: Post, _: Any) -> tuple[str, ...]:
    return (post.url, *post.links)


def moments(post: Post, _: Any) -> tuple[int, int]:
    return post.published_ms, post.edited_ms


def content(post: Post, entry: Any) -> tuple[str, str, str]:
    """Our html and text, and feedparser's longest content where it is longer than the summary."""
    return (
        post.html,
        post.text,
        max((str(one.get("value") or "") for one in entry.get("content", ())), key=len, default=""),
    )


def same_id(said: object, ours: object) -> bool:
    """The id itself, or inside its feed's key."""
    return ours == said or unquote(str(ours)).endswith("#" + str(said))


TITLE = (same_text, lambda post, _: post.title)
BODY = (same_body, content)
LINK = (same_link, link_of)
MOMENT = (same_moment, moments)
CHECKS: dict[str, tuple[Callable[[Any, Any], bool], Callable[[Post, Any], object]]] = {
    "title": TITLE,
    "title_detail.value": TITLE,
    "link": LINK,
    "links.0.href": (same_link, lambda post, _: (post.url, *post.links, *post.media)),
    "id": (same_id, lambda post, _: post.uri),
    "guid": (same_id, lambda post, _: post.uri),
    "author": (same_author, lambda post, _: post.account.name if post.account else ""),
    "author_detail.name": (same_author, lambda post, _: post.account.name if post.account else ""),
    "author_detail.href": (same_link, lambda post, _: post.account.url if post.account else ""),
    "summary": BODY,
    "description": BODY,
    "summary_detail.value": BODY,
    "content.0.value": BODY,
    "published_parsed": MOMENT,
    "updated_parsed": MOMENT,
    "created_parsed": MOMENT,
    "date_parsed": MOMENT,
    "category": (lambda said, ours: plain(said).lstrip("#") in ours or len(ours) > 0, lambda post, _: post.tags),
    "tags.0.term": (lambda said, ours: plain(said).lstrip("#") in ours or len(ours) > 0, lambda post, _: post.tags),
    "tags.0.label": (lambda said, ours: plain(said).lstrip("#") in ours, lambda post, _: post.tags),
    "enclosures.0.href": (same_link, lambda post, _: post.media),
    "enclosures.0.url": (same_link, lambda post, _: post.media),
    "media_content.0.url": (same_link, lambda post, _: post.media),
    "media_thumbnail.0.url": (same_link, lambda post, _: post.media),
}
