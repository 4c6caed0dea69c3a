"""Brandwatch Consumer Research: the CSV of a mentions export (some lines of preamble, then one mention a line)."""

from __future__ import annotations

from typing import ClassVar

from palabre.collect.files.vendor import VendorCsv


class BrandwatchFormat(VendorCsv):
    name = "brandwatch"
    signature = frozenset({"query_id", "query_name", "date", "url"})
    known: ClassVar = {
        "text": ("Full Text", "Snippet"),
        "title": ("Title",),
        "url": ("Url", "Original Url"),
        "published_ms": ("Date",),
        "lang": ("Language",),
        "network": ("Content Source", "Page Type", "Content Source Name"),
        "kind": ("Thread Entry Type",),
        "account_id": ("X Author ID", "Twitter Author ID", "Facebook Author ID", "Author ID"),
        "account_handle": ("Author",),
        "account_name": ("Full Name", "Display Name"),
        "followers": ("X Followers", "Twitter Followers", "Instagram Followers", "Bluesky Followers"),
        "verified": ("X Verified", "Twitter Verified"),
        "likes": ("Likes", "X Likes", "Twitter Likes", "Facebook Likes", "Instagram Like Count", "Reddit Score"),
        "replies": ("Comments", "X Reply Count", "Twitter Reply Count", "Facebook Comments", "Instagram Comment Count"),
        "reshares": ("Shares", "X Reposts", "X Retweets", "Twitter Retweets", "Facebook Shares"),
        "views": ("Impressions",),
        "tags": ("Hashtags",),
        "mentions": ("Mentioned Authors",),
        "links": ("Expanded URLs",),
        "media": ("Media URLs",),
        "country": ("Country Code", "Country"),
        "region": ("Region",),
        "city": ("City",),
        "parent": ("Parent Post Url", "X Reply to", "Twitter Reply to"),
        "root": ("Thread URL",),
        "reshare_of": ("X Repost of", "X Retweet of", "Twitter Retweet of"),
        "rating": ("Rating",),
    }
