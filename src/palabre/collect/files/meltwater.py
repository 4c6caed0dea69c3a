"""Meltwater: the CSV of an Explore export; the older one is UTF-16 with tabs."""

from __future__ import annotations

from collections.abc import Set
from typing import ClassVar

from palabre.collect.files.vendor import VendorCsv


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

    def owns(self, names: Set[str]) -> bool:
        return bool({"hit_sentence", "opening_text"} & names) and {"date", "url"} <= names
