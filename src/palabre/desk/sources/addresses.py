"""Addresses that others are given: where a hub, a site or a program pushes to a source of ours."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from palabre import pushes
from palabre.archive.types import Source
from palabre.desk.inbound.views import pipeline

KINDS = {"feed": "websub", "webmention": "webmention", "webhook": "webhook"}


@dataclass(frozen=True, slots=True)
class Address:
    """kind: websub, webmention or webhook; reachable: whether other machines can reach it."""

    kind: str
    url: str
    reachable: bool

    @property
    def markup(self) -> str:
        """What a page announces, for Webmention."""
        return f'<link rel="webmention" href="{self.url}">' if self.kind == "webmention" else ""


def address(request: HttpRequest, source: Source) -> Address | None:
    """None for a source that nobody pushes to, and for a feed without a hub."""
    kind = KINDS.get(source.connector)
    if kind is None or (kind == "websub" and not source.cursor.get("hub")):
        return None
    path = reverse(f"inbound:{kind}", kwargs={"token": pushes.token_of(pipeline(), source.source_id)})
    site = pipeline().settings.site_url.rstrip("/")
    return Address(kind, site + path if site else request.build_absolute_uri(path), bool(site))
