"""Where sites list their own pages, most telling first."""

from __future__ import annotations

CANARY = "https://www.w3.org/"


def robots(origin: str) -> str:
    return f"{origin}/robots.txt"


def sitemaps(origin: str) -> tuple[str, ...]:
    """Usual places of a sitemap that ``robots.txt`` does not name."""
    return (f"{origin}/sitemap.xml", f"{origin}/sitemap_index.xml", f"{origin}/sitemap-news.xml")
