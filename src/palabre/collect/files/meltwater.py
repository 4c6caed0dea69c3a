"""Meltwater: the CSV of an Explore export; the older one is UTF-16 with tabs."""

from __future__ import annotations

from typing import ClassVar

from palabre.collect.files.columns import plain
from palabre.collect.files.vendor import SURE, VendorCsv, header_of
from palabre.collect.formats import Head


class MeltwaterFormat(VendorCsv):
    name = "meltwater"
    known: ClassVar = {
        "text": ("Hit Sentence", "Opening Text"),
        "title": ("Headline", "Title"),
        "url": ("URL",),
        "published_ms": ("Date",),
        "time": ("Time",),
        "lang": ("Language",),
        "network": ("Source Type", "Content Type", "Information Type", "Source"),
        "account_handle": ("Author Handle", "Influencer", "Twitter Screen Name"),
        "account_name": ("Author Name", "User Profile Url Name", "Author"),
        "account_url": ("User Profile Url", "Author Profile URL"),
        "followers": ("Twitter Followers", "Followers"),
        "likes": ("Likes", "Reactions"),
        "replies": ("Comments", "Replies"),
        "reshares": ("Shares", "Reposts"),
        "views": ("Views",),
        "tags": ("Hashtags",),
        "links": ("Links",),
        "country": ("Country",),
        "region": ("State", "Subregion"),
        "city": ("City",),
        "parent": ("Parent URL",),
    }

    def sniff(self, head: Head) -> float:
        try:
            names = {plain(name) for name in header_of(head.start)}
        except Exception:  # whatever it is, it is not ours
            return 0.0
        ours = {"hit_sentence", "opening_text"} & names and {"date", "url"} <= names
        return SURE if ours else 0.0
