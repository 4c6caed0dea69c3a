"""Posts of X as posts of ours, from API v2, API v1.1 and account archives. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import unescape

from palabre.collect.payload import (
    Table,
    decode,
    ident,
    iso_ms,
    need,
    number,
    table,
    tables,
    text,
    texts,
    truth,
)
from palabre.collect.x import urls
from palabre.collect.x.shapes import deleted_account, is_archived, is_compliance, is_v1, is_v2, snowflake_ms
from palabre.errors import ItemError
from palabre.model import Account, Event, Gone, Heard, Metrics, Post, PostKind, RawItem

REQUIRED = ("id", "text", "author_id", "created_at")
V1_TIME = "%a %b %d %H:%M:%S %z %Y"
NO_LANG = ("und", "qam", "qct", "qht", "qme", "qst", "zxx", "art")  # X's codes for "no words to judge by"
OLD_LANG = {"in": "id", "iw": "he", "ji": "yi"}


def events(item: RawItem, owner: Account | None = None) -> Iterator[Event]:
    """What one raw item says. owner: whose archive it is. Raises ItemError."""
    value = decode(item)
    if is_compliance(value):
        yield from compliance(value)
    elif "delete" in value:
        yield Gone(urls.post_uri(need(ident(value, "delete", "id"), "id")), iso_ms(value, "delete", "event_at"))
    elif is_archived(value):
        yield archived(table(value, "tweet"), owner)
    elif is_v1(value):
        yield Heard(v1_post(value, account_v1(table(value, "user"))))
    elif is_v2(table(value, "data")):
        yield Heard(v2_post(table(value, "data"), table(value, "includes")))
    else:
        raise ItemError("connector_x.errors.not_a_post")


def compliance(value: Table) -> Iterator[Event]:
    """A deletion that a compliance job reports. An account is ``Gone`` by its own uri: all its posts."""
    if text(value, "action") != "delete":
        return
    one = need(ident(value, "id"), "id")
    account = deleted_account(value)
    uri = urls.user_uri(one) if account else urls.post_uri(one)
    yield Gone(uri, iso_ms(value, "redacted_at"), account)


def archived(tweet: Table, owner: Account | None) -> Event:
    """A post of an account's own archive; one in ``deleted-tweets.js`` says when it was deleted."""
    if "deleted_at" in tweet:
        return Gone(
            urls.post_uri(need(ident(tweet, "id_str") or ident(tweet, "id"), "id")), iso_ms(tweet, "deleted_at")
        )
    return Heard(v1_post(tweet, owner))


# ── API v2 ──


def v2_post(tweet: Table, includes: Table) -> Post:
    """An edited post keeps the address of its first version: the edit is a revision, not another post."""
    own = need(ident(tweet, "id"), "id")
    first = next(iter(texts(tweet, "edit_history_tweet_ids")), own)
    refs = {text(ref, "type"): ref for ref in reversed(tables(tweet, "referenced_tweets"))}
    original = whole(refs.get("retweeted", {}), includes)
    author = table(tweet, "author") or included(includes, "users", "id", ident(tweet, "author_id"))
    said = original or tweet
    place = table(tweet, "geo") if "full_name" in table(tweet, "geo") else next(iter(tables(includes, "places")), {})
    return Post(
        uri=urls.post_uri(first),
        network="x",
        kind=kind_of("retweeted" in refs, "replied_to" in refs),
        text=v2_words(said),
        url=urls.post_page(text(author, "username"), own),
        lang=lang_of(text(tweet, "lang")),
        published_ms=snowflake_ms(first) if first != own else iso_ms(tweet, "created_at") or snowflake_ms(own),
        edited_ms=iso_ms(tweet, "created_at") if first != own else 0,
        account=account_v2(author, ident(tweet, "author_id")),
        parent=reference(refs.get("replied_to", {}), includes),
        root=urls.post_uri(ident(tweet, "conversation_id")) if ident(tweet, "conversation_id") else "",
        reshare_of=reference(refs.get("retweeted", {}), includes),
        quote_of=reference(refs.get("quoted", {}), includes),
        links=v2_links(said),
        tags=entity_values(said, (("hashtags", "tag"), ("cashtags", "tag"))),
        mentions=entity_values(said, (("mentions", "username"),)),
        country=country_of(text(place, "country_code")),
        city=text(place, "name") if text(place, "place_type") == "city" else "",
        sensitive=truth(tweet, "possibly_sensitive"),
        media=v2_media(tweet, includes),
        metrics=v2_metrics(table(tweet, "public_metrics")),
    )


def kind_of(reshare: bool, reply: bool) -> PostKind:
    return PostKind.RESHARE if reshare else PostKind.REPLY if reply else PostKind.NOTE


def included(includes: Table, name: str, key: str, value: str) -> Table:
    """The object of an include that has this id; {} when it did not come."""
    return next((entry for entry in tables(includes, name) if value and ident(entry, key) == value), {})


def whole(ref: Table, includes: Table) -> Table:
    """The post a reference points at, if it came along: a reshare cuts long texts, the original does not."""
    return ref if is_v2(ref) else included(includes, "tweets", "id", ident(ref, "id"))


def reference(ref: Table, includes: Table) -> str:
    """The uri of a referenced post: that of its first version where the answer tells."""
    first = next(iter(texts(whole(ref, includes), "edit_history_tweet_ids")), ident(ref, "id"))
    return urls.post_uri(first) if first else ""


def v2_words(tweet: Table) -> str:
    """The long text where there is one; X escapes &, < and > in all of them. Then what images are said to show."""
    body = unescape(text(tweet, "note_tweet", "text") or text(tweet, "text"))
    alts = [text(part, "alt_text") for part in tables(tweet, "attachments", "media")]
    return "\n\n".join(part for part in (body, *alts) if part)


def entities_of(tweet: Table) -> tuple[Table, Table]:
    return table(tweet, "entities"), table(tweet, "note_tweet", "entities")


def entity_values(tweet: Table, wanted: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Values of the entities of these names, each once, in the order they were written."""
    found = [text(entry, key) for part in entities_of(tweet) for name, key in wanted for entry in tables(part, name)]
    return tuple(dict.fromkeys(value for value in found if value))


def v2_links(tweet: Table) -> tuple[str, ...]:
    """Links without X's shortener; those to the post's own images are left out."""
    entries = [entry for part in entities_of(tweet) for entry in tables(part, "urls") if "media_key" not in entry]
    return link_list(entries)


def link_list(entries: list[Table]) -> tuple[str, ...]:
    links = (text(entry, "unwound_url") or text(entry, "expanded_url") or text(entry, "url") for entry in entries)
    return tuple(dict.fromkeys(link for link in links if link.startswith(("http://", "https://"))))


def v2_media(tweet: Table, includes: Table) -> tuple[str, ...]:
    parts = tables(tweet, "attachments", "media") or tables(includes, "media")
    found = (text(part, "url") or text(part, "preview_image_url") for part in parts)
    return tuple(url for url in found if url)


def v2_metrics(counts: Table) -> Metrics:
    return Metrics(
        likes=number(counts, "like_count"),
        replies=number(counts, "reply_count"),
        reshares=number(counts, "retweet_count"),
        views=number(counts, "impression_count"),
    )


def account_v2(user: Table, author_id: str) -> Account | None:
    one, name = ident(user, "id") or author_id, text(user, "username")
    if not one:
        return None
    return Account(
        urls.user_uri(one),
        name,
        text(user, "name"),
        f"https://x.com/{name}" if name else "",
        number(user, "public_metrics", "followers_count"),
        truth(user, "verified"),
    )


def lang_of(code: str) -> str:
    """ISO 639-1; X's codes for posts without words are "not said"."""
    base = OLD_LANG.get(code.lower(), code.lower()).partition("-")[0]
    return base if base.isascii() and base.isalpha() and len(base) in (2, 3) and base not in NO_LANG else ""


def country_of(code: str) -> str:
    return code.upper() if len(code) == 2 and code.isascii() and code.isalpha() else ""


# ── API v1.1 and archives ──


def v1_post(status: Table, account: Account | None) -> Post:
    own = need(ident(status, "id_str") or ident(status, "id"), "id")
    original = table(status, "retweeted_status")
    said = original or status
    above, quoted = ident(status, "in_reply_to_status_id_str"), ident(status, "quoted_status_id_str")
    place = table(status, "place")
    return Post(
        uri=urls.post_uri(own),
        network="x",
        kind=kind_of(bool(original), bool(above)),
        text=unescape(v1_text(said)),
        url=urls.post_page(account.handle if account else "", own),
        lang=lang_of(text(status, "lang")),
        published_ms=v1_ms(text(status, "created_at")) or snowflake_ms(own),
        account=account,
        parent=urls.post_uri(above) if above else "",
        reshare_of=urls.post_uri(ident(original, "id_str")) if ident(original, "id_str") else "",
        quote_of=urls.post_uri(quoted) if quoted else "",
        links=link_list(v1_entities(said, "urls")),
        tags=v1_values(said, (("hashtags", "text"), ("symbols", "text"))),
        mentions=v1_values(said, (("user_mentions", "screen_name"),)),
        country=country_of(text(place, "country_code")),
        city=text(place, "name") if text(place, "place_type") == "city" else "",
        sensitive=truth(status, "possibly_sensitive"),
        media=tuple(
            dict.fromkeys(url for part in v1_entities(said, "media") if (url := text(part, "media_url_https")))
        ),
        metrics=v1_metrics(said),
    )


def v1_text(status: Table) -> str:
    """The whole text: the extended one where the classic one was cut at 140 characters."""
    return text(status, "extended_tweet", "full_text") or text(status, "full_text") or text(status, "text")


def v1_entities(status: Table, name: str) -> list[Table]:
    """Entities of the whole text, native media included."""
    extended = table(status, "extended_tweet")
    base = extended if text(extended, "full_text") else status
    return tables(base, "entities", name) + tables(base, "extended_entities", name)


def v1_values(status: Table, wanted: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    found = [text(entry, key) for name, key in wanted for entry in v1_entities(status, name)]
    return tuple(dict.fromkeys(value for value in found if value))


def v1_ms(written: str) -> int:
    """``Wed Oct 10 20:19:24 +0000 2018``; 0 when it is not so written."""
    try:
        return round(datetime.strptime(written, V1_TIME).timestamp() * 1000)  # noqa: DTZ007  # the pattern asks for %z
    except ValueError:
        return iso_ms({"at": written}, "at")


def account_v1(user: Mapping[str, object]) -> Account | None:
    one, name = ident(user, "id_str") or ident(user, "id"), text(user, "screen_name")
    if not one:
        return None
    url = f"https://x.com/{name}" if name else ""
    return Account(
        urls.user_uri(one), name, text(user, "name"), url, number(user, "followers_count"), truth(user, "verified")
    )


def v1_metrics(status: Table) -> Metrics:
    return Metrics(
        likes=number(status, "favorite_count"),
        replies=number(status, "reply_count"),
        reshares=number(status, "retweet_count"),
    )
