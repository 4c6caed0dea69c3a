"""A view as an Atom feed (RFC 4287), under pseudonyms. Entries lead to the desk, where one signs in."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from palabre.archive import PostRow
from palabre.clock import to_datetime
from palabre.exports.masks import Mask

ENTRIES = 50
TITLE_CHARS = 90
TEXT_CHARS = 20_000


def atom(request: HttpRequest, slug: str, name: str, rows: Iterable[PostRow], mask: Mask) -> str:
    """The document. The feed's own address is left out of it: it is a key."""
    home = request.build_absolute_uri(reverse("mentions:stream", kwargs={"workspace_slug": slug}))
    made = Atom1Feed(title=f"{name} · Palabre", link=home, description="", feed_guid=f"{home}#{mask.name(name, 'f')}")
    for row in rows:
        path = reverse("mentions:provenance", kwargs={"workspace_slug": slug, "post_id": row.post_id})
        text = mask.text(row.post.text)[:TEXT_CHARS]
        made.add_item(
            title=title_of(row, mask),
            link=request.build_absolute_uri(path),
            description=clean(text),
            unique_id=f"urn:palabre:{mask.name(row.post.uri, 'm')}",
            pubdate=to_datetime(row.sort_ms),
            updateddate=to_datetime(row.heard_ms),
            author_name=mask.name(row.post.account.uri) if row.post.account else row.post.network,
            categories=[row.post.network, *([row.post.lang] if row.post.lang else [])],
        )
    return str(made.writeString("utf-8"))


def title_of(row: PostRow, mask: Mask) -> str:
    """The title, else the beginning of the text, on one line."""
    said = " ".join(mask.text(row.post.title or row.post.text).split())
    short = said if len(said) <= TITLE_CHARS else f"{said[:TITLE_CHARS].rstrip()}…"
    return clean(short) or row.post.network


def clean(text: str) -> str:
    """Without what XML 1.0 cannot carry."""
    return "".join(sign for sign in text if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff"))
