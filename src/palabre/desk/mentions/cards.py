"""Posts as the stream shows them: marked, cut where they are long, with safe links and what they answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from palabre.archive import PostRow
from palabre.archive.types import Watch
from palabre.desk.mentions.told import Told
from palabre.desk.panel.queries import pieces
from palabre.model import Post, Span
from palabre.text.urls import host

Pieces = Sequence[tuple[str, bool]]
HEAD_CHARS, TAIL_CHARS, SLACK_CHARS = 480, 4_000, 160
GLIMPSE_CHARS = 160
TITLE_CHARS = 300
LINKS_MAX = 4
CONTEXT_CHARS = 140


@dataclass(frozen=True, slots=True)
class Link:
    """An address that a reader may open, and its host."""

    url: str
    host: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a post answers, passes on or quotes. relation: reply, reshare or quote; row: None when it was not heard."""

    relation: str
    row: PostRow | None
    link: Link | None

    @property
    def author(self) -> str:
        """Who wrote the other post; "" when it was not heard."""
        return author_of(self.row.post) if self.row else ""

    @property
    def excerpt(self) -> str:
        """The beginning of the other post, on one line."""
        said = " ".join((self.row.post.title or self.row.post.text)[: 3 * CONTEXT_CHARS].split()) if self.row else ""
        return f"{said[:CONTEXT_CHARS].rstrip()}…" if len(said) > CONTEXT_CHARS else said


@dataclass(frozen=True, slots=True)
class Card:
    """head: the beginning of the text; glimpse: the first mark where the head has none; tail: the rest, folded;
    left: characters that even the fold leaves out; told: what the readings say; noise: folded away as noise."""

    row: PostRow
    title: Pieces
    head: Pieces
    glimpse: Pieces
    tail: Pieces
    left: int
    watches: tuple[Watch, ...]
    contexts: tuple[Context, ...]
    original: Link | None
    links: tuple[Link, ...]
    told: tuple[Told, ...] = ()
    noise: bool = False

    @property
    def post(self) -> Post:
        return self.row.post

    @property
    def folded(self) -> int:
        """Characters in the fold."""
        return sum(len(text) for text, _ in self.tail)

    @property
    def author(self) -> str:
        """Who wrote it."""
        return author_of(self.post)


def author_of(post: Post) -> str:
    """Name, else handle, else the network."""
    return (post.account and (post.account.name or post.account.handle)) or post.network


def card(
    row: PostRow,
    found: Sequence[Span],
    watches: Mapping[int, Watch],
    known: Mapping[str, PostRow],
    head_chars: int = HEAD_CHARS,
    tail_chars: int = TAIL_CHARS,
) -> Card:
    """One post. found: spans of all that wanted it; known: other posts by uri."""
    post = row.post
    text, inside = post.text, [span for span in found if span.where == "text"]
    cut = cut_at(text, head_chars)
    head, tail = part(text, 0, cut, inside), part(text, cut, cut + tail_chars, inside)
    first = min((span.start for span in inside), default=-1)
    return Card(
        row,
        pieces(post.title[:TITLE_CHARS], found, "title"),
        head,
        glimpse_of(text, inside, first) if first >= cut else (),
        tail,
        max(0, len(text) - cut - tail_chars),
        tuple(watches[watch_id] for watch_id in row.watch_ids if watch_id in watches),
        contexts_of(post, known),
        link_of(post.url) or link_of(post.uri),
        links_of(post),
    )


def cut_at(text: str, chars: int) -> int:
    """Where to cut: at a space near ``chars``; not at all where little would be left."""
    if len(text) <= chars + SLACK_CHARS:
        return len(text)
    space = max(text.rfind(" ", chars // 2, chars), text.rfind("\n", chars // 2, chars))
    return space if space > 0 else chars


def part(text: str, start: int, end: int, found: Sequence[Span]) -> Pieces:
    """The pieces of text[start:end]."""
    moved = [Span(max(0, one.start - start), one.end - start) for one in found if one.end > start and one.start < end]
    return pieces(text[start:end], moved)


def glimpse_of(text: str, found: Sequence[Span], first: int) -> Pieces:
    """Some words around a mark that the head does not show."""
    start = max(0, first - GLIMPSE_CHARS // 2)
    return part(text, start, start + GLIMPSE_CHARS, found)


def contexts_of(post: Post, known: Mapping[str, PostRow]) -> tuple[Context, ...]:
    """A post may answer one and quote another."""
    named = (("reshare", post.reshare_of), ("reply", post.parent), ("quote", post.quote_of))
    return tuple(Context(relation, known.get(uri), link_of(uri)) for relation, uri in named if uri)


def others(rows: Sequence[PostRow]) -> list[str]:
    """The uris that the contexts of some posts name."""
    named = (uri for row in rows for uri in (row.post.parent, row.post.reshare_of, row.post.quote_of) if uri)
    return list(dict.fromkeys(named))


def link_of(url: str) -> Link | None:
    """A web address as a link; None for everything else: no script, no data, no file ever becomes one."""
    if not url.lower().startswith(("http://", "https://")) or any(ord(char) < 33 for char in url):
        return None
    name = host(url)
    return Link(url, name) if name else None


def links_of(post: Post) -> tuple[Link, ...]:
    """The links of a post, each host and address once."""
    found = (link_of(url) for url in dict.fromkeys(post.links[: 5 * LINKS_MAX]))
    return tuple([link for link in found if link][:LINKS_MAX])
