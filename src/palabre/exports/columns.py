"""A post as a row of a file. What names a person is a column of named exports alone, or goes through the mask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from palabre.archive import PostRow
from palabre.exports.masks import Mask
from palabre.exports.writers import Column, Value
from palabre.model import Account

ALWAYS = (
    Column("id", "int"),
    Column("published", "time"),
    Column("heard", "time"),
    Column("network"),
    Column("kind"),
    Column("lang"),
    Column("author"),
    Column("title"),
    Column("text"),
    Column("uri"),
    Column("parent"),
    Column("root"),
    Column("reshare_of"),
    Column("quote_of"),
    Column("mentions"),
    Column("tags"),
    Column("links"),
    Column("watches"),
    Column("likes", "int"),
    Column("replies", "int"),
    Column("reshares", "int"),
    Column("views", "int"),
    Column("rating", "float"),
    Column("country"),
    Column("region"),
    Column("sensitive", "flag"),
)
NAMED = (
    Column("url"),
    Column("author_name"),
    Column("author_uri"),
    Column("author_url"),
    Column("followers", "int"),
    Column("city"),
)
NOBODY = Account("")


def columns_of(named: bool) -> tuple[Column, ...]:
    """The columns of an export, in order."""
    return ALWAYS + NAMED if named else ALWAYS


@dataclass(frozen=True, slots=True)
class Shape:
    """mask: None in named exports; watches: name by id."""

    mask: Mask | None
    watches: Mapping[int, str]

    @property
    def columns(self) -> tuple[Column, ...]:
        return columns_of(self.mask is None)

    def row(self, row: PostRow) -> list[Value]:
        """The values of a post, in the order of the columns."""
        said = self.common(row) | (self.named(row) if self.mask is None else {})
        return [said[column.name] for column in self.columns]

    def common(self, row: PostRow) -> dict[str, Value]:
        """What every export has; people and what leads to them under pseudonyms where there is a mask."""
        post = row.post
        account = post.account or NOBODY
        addresses = {name: self.post_name(getattr(post, name)) for name in ("uri", "parent", "root")}
        addresses |= {name: self.post_name(getattr(post, name)) for name in ("reshare_of", "quote_of")}
        return {
            "id": row.post_id,
            "published": post.published_ms or None,
            "heard": row.heard_ms or None,
            "network": post.network,
            "kind": str(post.kind),
            "lang": post.lang,
            "author": self.person(account.uri or account.handle) if self.mask else account.handle or account.name,
            "title": self.words(post.title),
            "text": self.words(post.text),
            **addresses,
            "mentions": joined(self.person(one) for one in post.mentions),
            "tags": joined(post.tags),
            "links": joined(self.words(one) for one in post.links),
            "watches": ", ".join(self.watches[one] for one in row.watch_ids if one in self.watches),
            "likes": post.metrics.likes,
            "replies": post.metrics.replies,
            "reshares": post.metrics.reshares,
            "views": post.metrics.views,
            "rating": post.rating,
            "country": post.country,
            "region": post.region,
            "sensitive": post.sensitive,
        }

    def named(self, row: PostRow) -> dict[str, Value]:
        """What only named exports have."""
        post = row.post
        account = post.account or NOBODY
        return {
            "url": post.url,
            "author_name": account.name,
            "author_uri": account.uri,
            "author_url": account.url,
            "followers": account.followers,
            "city": post.city,
        }

    def person(self, who: str) -> str:
        return self.mask.name(who) if self.mask else who

    def post_name(self, uri: str) -> str:
        """An address of a post often names its author."""
        return self.mask.name(uri, "m") if self.mask else uri

    def words(self, text: str) -> str:
        return self.mask.text(text) if self.mask else text


def joined(values: Iterable[str]) -> str:
    return " ".join(values)
