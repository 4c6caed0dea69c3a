"""When a page has come to rest. Playwright's "networkidle" sleeps half a second at each page, however still it is."""

from __future__ import annotations

import time
from typing import Any

QUIET_MS = 100  # without a request; what a page asks for by itself it asks at once, or after a second
STEP_MS = 25
LONG_SECONDS = 120.0  # a first reckoning, on a machine with other work


class Traffic:
    """Watches the requests of a page from its beginning."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.under_way: set[Any] = set()
        page.on("request", self.began)
        page.on("requestfinished", self.ended)
        page.on("requestfailed", self.ended)

    def began(self, request: Any) -> None:  # playwright takes no method of a set
        self.under_way.add(request)

    def ended(self, request: Any) -> None:
        self.under_way.discard(request)

    def rest(self) -> None:
        """Waits until the page is loaded and nothing more comes."""
        self.page.wait_for_load_state("load")
        end, quiet = time.monotonic() + LONG_SECONDS, 0
        while quiet < QUIET_MS:
            assert time.monotonic() < end, sorted(request.url for request in self.under_way)
            self.page.wait_for_timeout(STEP_MS)
            quiet = 0 if self.under_way else quiet + STEP_MS
