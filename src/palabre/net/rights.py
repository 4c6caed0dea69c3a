"""What a site allows: robots.txt (RFC 9309) and the reservation of text and data mining (directive 2019/790, art. 4).

Two places say that mining is reserved before the page is asked for or with it: ``/.well-known/tdmrep.json`` and the
``tdm-reservation`` field; a third is in the page, as a meta element. Source: W3C TDMRep, final report 2024-05.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from palabre.clock import Clock
from palabre.errors import FetchError
from palabre.net.addresses import Target
from palabre.net.response import Headers, Response

if TYPE_CHECKING:
    from protego import Protego

AGENT = "Palabre"
KEPT_MS = 24 * 3_600_000
ROBOTS_BYTES = 512_000  # RFC 9309 §2.5: at least 500 KiB must be read; what follows is ignored
DELAY_MAX_SECONDS = 60.0
SITES_MAX = 2_000
META = re.compile(rb"<meta\b[^>]{0,500}>", re.I)
META_NAME = re.compile(rb"""name\s*=\s*["']?(tdm-reservation|robots|palabre)\b""", re.I)
META_CONTENT = re.compile(rb"""content\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
RESERVING = {"noai", "notdm", "no-tdm", "noml"}

Fetch = Callable[[str, int], Response]  # (url, cap_bytes); 4xx come back, 5xx and no answer are raised


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site said, and until when we believe it. robots None: it has no rules; mining: (path, reserved)."""

    robots: Protego | None
    mining: tuple[tuple[str, bool], ...]
    until_ms: int


class Rights:
    """Rules by site, asked once a day at most. ``fetch`` is the client's own, without robots."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self.fetch = fetch
        self.clock = clock
        self.robots_of: dict[str, Rules] = {}
        self.mining_of: dict[str, Rules] = {}
        self.lock = threading.Lock()

    def allows(self, target: Target) -> bool:
        """Whether robots.txt lets us ask. FetchError ``net.robots_unavailable`` while it cannot be read (5xx)."""
        rules = self._known(self.robots_of, target, self._ask_robots)
        return rules.robots is None or bool(rules.robots.can_fetch(target.url, AGENT))

    def delay_seconds(self, target: Target) -> float:
        """The Crawl-delay of a site already asked, at most a minute; 0 without."""
        rules = self.robots_of.get(site_of(target))
        said = rules.robots.crawl_delay(AGENT) if rules and rules.robots else None
        return min(max(float(said or 0), 0.0), DELAY_MAX_SECONDS)

    def reserves(self, target: Target) -> bool:
        """Whether tdmrep.json reserves mining for this path; a file that is absent or broken reserves nothing."""
        rules = self._known(self.mining_of, target, self._ask_mining)
        verdicts = [(len(path), reserved) for path, reserved in rules.mining if path_matches(path, target.path)]
        return max(verdicts, default=(0, False))[1]

    def _known(self, table: dict[str, Rules], target: Target, ask: Callable[[str], Rules]) -> Rules:
        site = site_of(target)
        rules = table.get(site)
        if rules is None or rules.until_ms <= self.clock.now_ms():
            rules = ask(site)
            with self.lock:
                while len(table) >= SITES_MAX:
                    del table[next(iter(table))]
                table[site] = rules
        return rules

    def _ask_robots(self, site: str) -> Rules:
        from protego import Protego

        try:
            answer = self.fetch(f"{site}/robots.txt", ROBOTS_BYTES)
        except FetchError as error:
            if error.key == "net.status":
                host = site.partition("://")[2]
                raise FetchError("net.robots_unavailable", retry_after=error.retry_after, host=host) from error
            raise
        robots = Protego.parse(answer.text()) if answer.ok else None
        return Rules(robots, (), self.clock.now_ms() + KEPT_MS)

    def _ask_mining(self, site: str) -> Rules:
        try:
            answer = self.fetch(f"{site}/.well-known/tdmrep.json", ROBOTS_BYTES)
            mining = mining_rules(answer.body) if answer.ok else ()
        except FetchError:
            mining = ()
        return Rules(None, mining, self.clock.now_ms() + KEPT_MS)


def site_of(target: Target) -> str:
    return f"{target.scheme}://{target.netloc}"


def mining_rules(body: bytes) -> tuple[tuple[str, bool], ...]:
    """(path pattern, reserved) of a tdmrep.json; anything odd is left out."""
    try:
        entries = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    rows = entries if isinstance(entries, list) else []
    return tuple(
        (str(row["location"]), str(row["tdm-reservation"]).strip() == "1")
        for row in rows[:1_000]
        if isinstance(row, dict) and "location" in row and "tdm-reservation" in row
    )


def path_matches(pattern: str, path: str) -> bool:
    """Patterns as in robots.txt: a prefix, ``*`` for anything, ``$`` for the end; linear time."""
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    place = len(first)
    for part in rest:
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return not pattern.endswith("$") or place == len(path) or (bool(rest) and path.endswith(rest[-1]))


def page_reserves(headers: Headers, body: bytes) -> bool:
    """Whether the answer itself reserves mining: its field, its X-Robots-Tag, or a meta in its first 64 KiB."""
    if str(headers.get("tdm-reservation", "")).strip() == "1":
        return True
    if words(str(headers.get("x-robots-tag", ""))) & RESERVING:
        return True
    return any(meta_reserves(element) for element in META.findall(body[:65_536]))


def meta_reserves(element: bytes) -> bool:
    name, content = META_NAME.search(element), META_CONTENT.search(element)
    if not name or not content:
        return False
    text = next(filter(None, content.groups()), b"").decode("latin-1")
    return text.strip() == "1" if name[1].lower() == b"tdm-reservation" else bool(words(text) & RESERVING)


def words(text: str) -> set[str]:
    return {word for word in re.split(r"[\s,;:]+", text.lower()) if word}
