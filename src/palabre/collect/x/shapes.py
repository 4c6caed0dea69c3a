"""Finding posts in all that X ever answered or exported: v2 pages, streams, twarc's flat lines, v1.1, archives.

Each comes out as an object of one of four shapes, alone in its raw item:
{"data": v2 post, "includes": what it refers to}, a v1.1 status, {"tweet": status of an archive}, a deletion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from palabre.collect.payload import Table, ident, iso_ms, listing, table, tables, text

SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
SNOWFLAKE_MIN = 1 << 40  # ids before November 2010 were plain counters
V2_SIGNS = (
    "author_id",
    "public_metrics",
    "conversation_id",
    "edit_history_tweet_ids",
    "referenced_tweets",
    "created_at",
)
INNER_V1 = ("retweeted_status", "quoted_status")


@dataclass(frozen=True, slots=True)
class Includes:
    """What a v2 page says once for all its posts, by id."""

    users: Mapping[str, Table] = field(default_factory=dict)
    tweets: Mapping[str, Table] = field(default_factory=dict)
    media: Mapping[str, Table] = field(default_factory=dict)
    places: Mapping[str, Table] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Table) -> Includes:
        return cls(*(by_id(value, name, key) for name, key in INCLUDED))


INCLUDED = (("users", "id"), ("tweets", "id"), ("media", "media_key"), ("places", "id"))
NOTHING = Includes()


def by_id(value: Table, name: str, key: str) -> dict[str, Table]:
    return {ident(entry, key): entry for entry in tables(value, name) if ident(entry, key)}


def is_v2(value: Table) -> bool:
    """A post of API v2: an id and a text, and at least one thing only posts have."""
    named = bool(ident(value, "id")) and isinstance(value.get("text"), str)
    return named and "user" not in value and "id_str" not in value and any(sign in value for sign in V2_SIGNS)


def is_v1(value: Table) -> bool:
    """A status of API v1.1; its user is missing where it is itself inside one."""
    worded = isinstance(value.get("text"), str) or isinstance(value.get("full_text"), str)
    known = isinstance(value.get("user"), Mapping) or "created_at" in value
    return bool(ident(value, "id_str")) and worded and known


def is_user_v1(value: Table) -> bool:
    """A user of API v1.1, who carries their newest status along."""
    return bool(ident(value, "id_str") and text(value, "screen_name"))


def is_archived(value: Table) -> bool:
    """An entry of an account's archive: {"tweet": {…}}."""
    inner = table(value, "tweet")
    return bool(ident(inner, "id_str") or ident(inner, "id")) and ("full_text" in inner or "text" in inner)


def is_compliance(value: Table) -> bool:
    """A line of a compliance job."""
    return bool(ident(value, "id")) and "action" in value and ("reason" in value or "redacted_at" in value)


def deletion_of(value: Table) -> Table:
    """What a streamed deletion says it deletes: {id, at?}; {} of anything else."""
    streamed = table(value, "delete", "status") or table(value, "delete", "tweet")
    return {"id": ident(streamed, "id_str") or ident(streamed, "id"), **table(value, "delete")} if streamed else {}


def posts(value: object, known: Includes = NOTHING, depth: int = 12) -> Iterator[Table]:
    """Every post and deletion of a document, in order, in the shapes of this module."""
    if isinstance(value, list):
        for entry in value:
            yield from posts(entry, known, depth)
    if not isinstance(value, Mapping) or depth <= 0:
        return
    if is_v1(value):
        yield from v1_posts(value)
    elif is_user_v1(value):
        status = {**table(value, "status"), "user": {name: part for name, part in value.items() if name != "status"}}
        yield from v1_posts(status) if is_v1(status) else ()
    elif is_v2(value):
        yield from v2_posts(value, known)
    elif is_archived(value) or is_compliance(value):
        yield value
    elif deletion := deletion_of(value):
        yield {"delete": deletion}
    else:
        yield from container(value, known, depth)


def container(value: Table, known: Includes, depth: int) -> Iterator[Table]:
    """The posts of a page, then those it refers to, then what it says is no longer there."""
    here = Includes.of(table(value, "includes")) if "includes" in value else known
    for name, entry in value.items():
        if name == "errors":
            yield from ({"delete": {"id": missing}} for missing in not_found(value))
        else:
            yield from posts(entry, here, depth - 1)


def not_found(value: Table) -> list[str]:
    """Ids of posts that a partial error says do not exist any more."""
    errors = (error for error in tables(value, "errors") if text(error, "resource_type") == "tweet")
    gone = (error for error in errors if text(error, "type").endswith("/resource-not-found"))
    return [one for error in gone if (one := ident(error, "resource_id") or ident(error, "value")).isdigit()]


def v1_posts(value: Table) -> Iterator[Table]:
    """The status, then the ones inside it, each on its own."""
    yield value
    for name in INNER_V1:
        if is_v1(table(value, name)):
            yield from v1_posts(table(value, name))


def v2_posts(value: Table, known: Includes) -> Iterator[Table]:
    """The post with what it refers to; then, in a flattened line, the posts inside it."""
    yield {"data": value, "includes": narrowed(value, known)}
    for inner in tables(value, "referenced_tweets"):
        if is_v2(inner):
            yield from v2_posts(inner, known)


def narrowed(value: Table, known: Includes) -> dict[str, list[Table]]:
    """Of a page's includes, what this one post needs."""
    tweets = [
        known.tweets[one] for ref in tables(value, "referenced_tweets") if (one := ident(ref, "id")) in known.tweets
    ]
    keys = [one for one in listing(value, "attachments", "media_keys") if isinstance(one, str)]
    found = {
        "users": [known.users[one] for one in (ident(value, "author_id"),) if one in known.users],
        "tweets": tweets,
        "media": [known.media[one] for one in keys if one in known.media],
        "places": [known.places[one] for one in (text(value, "geo", "place_id"),) if one in known.places],
    }
    return {name: entries for name, entries in found.items() if entries}


def snowflake_ms(one: str) -> int:
    """When an id was made; 0 for the counters of before November 2010 and for what is no id."""
    value = int(one) if one.isascii() and one.isdigit() and len(one) < 20 else 0
    return (value >> 22) + SNOWFLAKE_EPOCH_MS if value >= SNOWFLAKE_MIN else 0


def deleted_account(value: Table) -> bool:
    """Whether a line of a compliance job is about an account: its id was not made when it says it was created.

    Lines about posts and about accounts look alike. A post's id tells its moment, within two seconds; an account's
    does not, unless the account is younger than 2016.
    """
    created, made = iso_ms(value, "created_at"), snowflake_ms(ident(value, "id"))
    return bool(created) and abs(created - made) > 2_000
