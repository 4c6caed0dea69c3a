"""What a profile says of its owner: addresses that it shows, those the network checked, e-mail. Pure.

From the bytes a platform gave with a post (the Mastodon API's ``account``, an ActivityPub actor, Bluesky's ``author``),
and from the profile's own page (links marked rel=me, https://microformats.org/wiki/rel-me).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from palabre.text.urls import absolute, canonical

MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
LINK = re.compile(r"https?://[^\s\"'<>)\]]+")
HOLDERS = ("account", "actor", "author", "attributedTo", "user")
TEXTS = ("note", "summary", "description", "bio", "website", "blog")
LINKS_MAX = 30
TAG = re.compile(r"<(?:a|link)\b[^>]{0,2000}>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"(?<![\w-])([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))")


@dataclass(frozen=True, slots=True)
class Profile:
    """Canonical addresses; verified: those the network says that it checked."""

    links: frozenset[str] = frozenset()
    verified: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()


def profile_of(body: bytes) -> Profile:
    """Of the author of an item; empty where the item says nothing of them, or is no JSON."""
    try:
        item = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Profile()
    holders = [item.get(name) for name in HOLDERS] if isinstance(item, Mapping) else []
    return joined([of_account(one) for one in holders if isinstance(one, Mapping)])


def joined(found: list[Profile]) -> Profile:
    return Profile(
        frozenset().union(*(one.links for one in found)),
        frozenset().union(*(one.verified for one in found)),
        frozenset().union(*(one.emails for one in found)),
    )


def of_account(account: Mapping[str, Any]) -> Profile:
    texts = [account[name] for name in TEXTS if isinstance(account.get(name), str)]
    entries = [one for one in fields(account) if isinstance(one.get("value"), str)]
    values = [str(one["value"]) for one in entries]
    checked = [str(one["value"]) for one in entries if one.get("verified_at")]
    return Profile(links_in([*texts, *values]), links_in(checked), mails_in([*texts, *values]))


def fields(account: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The rows of a profile's table: Mastodon's ``fields``, ActivityPub's ``attachment``."""
    for name in ("fields", "attachment"):
        entries = account.get(name)
        if isinstance(entries, list):
            yield from (one for one in entries[:LINKS_MAX] if isinstance(one, Mapping))


def links_in(texts: list[str]) -> frozenset[str]:
    found = [link for text in texts for link in LINK.findall(text[:10_000])]
    return frozenset(canonical(link) for link in found[:LINKS_MAX])


def mails_in(texts: list[str]) -> frozenset[str]:
    return frozenset(mail.lower() for text in texts for mail in MAIL.findall(text[:10_000]))


def rel_me(page: str, base: str) -> frozenset[str]:
    """Addresses that a page claims as the same person's: its links with rel=me, made absolute and canonical."""
    found = set()
    for tag in TAG.findall(page):
        given = {name.lower(): a or b or c for name, a, b, c in ATTRIBUTE.findall(tag)}
        if "me" in given.get("rel", "").lower().split() and given.get("href"):
            found.add(absolute(base, given["href"].replace("&amp;", "&")))
    return frozenset(found - {""})
