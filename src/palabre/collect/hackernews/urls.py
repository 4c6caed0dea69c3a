"""Addresses of Hacker News: its own item store (Firebase, v0) and the search that Algolia keeps of it (v1)."""

from __future__ import annotations

ITEM_PAGE = "https://news.ycombinator.com/item?id="
USER_PAGE = "https://news.ycombinator.com/user?id="
SEARCH_BY_DATE = "https://hn.algolia.com/api/v1/search_by_date"
HITS_PER_PAGE = 1000  # what one query gives at most, whatever the page


def item(number: str) -> str:
    """One item; the answer is ``null`` for an item that never was or is hidden."""
    return f"https://hacker-news.firebaseio.com/v0/item/{number}.json"


def page(number: str) -> str:
    """Where a person reads an item; also its uri."""
    return ITEM_PAGE + number
