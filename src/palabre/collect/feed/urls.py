"""Addresses this connector knows by itself; all others come from the user or from a page they name."""

from __future__ import annotations

# Always something new, kept for decades: tells silence from a fault of ours.
CANARY = "https://www.w3.org/blog/feed/"

# Where sites keep a feed that their pages do not announce, most usual first.
USUAL_PATHS = ("/feed/", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/rss", "/feed.json")
