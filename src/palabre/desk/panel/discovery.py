"""Feeds that an organisation's own site announces, asked for when the wizard wants to know."""

from __future__ import annotations

from django.conf import settings

from palabre.desk.clock import CLOCK


def feeds_of(site: str, most: int = 6) -> list[tuple[str, str]]:
    """(title, address) of the feeds a site's first page announces. Raises FetchError when it cannot be reached."""
    from palabre.collect.feed.discovery import discover
    from palabre.net import Net

    address = site if "://" in site else f"https://{site}"
    with Net(settings.PALABRE, CLOCK) as net:
        answer = net.get(address, cap_bytes=2_000_000)
    return [(found.title, found.url) for found in discover(answer.text(), answer.url)][:most]
