"""Reading a list that shows its newest entries first, without losing one and without trusting the order of ids.

Most platforms page so: newest first, then an opaque token for what is older. We walk back until an entry of the last
visit shows up. Until the walk is done the cursor keeps both ends, so that a crash half-way leaves no hole.

Cursor: {"seen": ids of the newest page of the last finished walk, "fresh": those of the walk under way,
"token": where it stands}. Whole pages are given, entries already seen included: that is how edits are noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from palabre.collect.contract import Cursor, Page, Window
from palabre.collect.payload import text, texts
from palabre.model import RawItem

SEEN_MAX = 200
BACKFILL_PAGES_MAX = 100_000  # a window is read to its end; this only stops a list that never ends


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: its id there, when it was published (0: not said), what to keep of it."""

    ident: str
    published_ms: int
    items: tuple[RawItem, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list. token: what asks for the older page, "" at the end of the list."""

    entries: tuple[Entry, ...]
    token: str = ""
    requests: int = 1
    quota_left: int | None = None
    next_after_ms: int = 0
    drift: Mapping[str, int] = field(default_factory=dict)


def walk_back(
    fetch: Callable[[str], Sheet],
    cursor: Cursor,
    window: Window,
    pages_max: int,
    keep: Mapping[str, object] | None = None,
) -> Iterator[Page]:
    """Pages from the newest back to what was seen, to the window's start or to pages_max.

    fetch: the sheet of a token, "" for the newest. keep: entries every cursor carries along.
    A walk that an earlier run left unfinished is finished first, then the newest are asked for.
    """
    keep = {} if keep is None else keep  # an empty one is filled while we walk
    seen, fresh, token = texts(cursor, "seen"), texts(cursor, "fresh"), text(cursor, "token")
    if token:
        yield from one_walk(fetch, seen, fresh, token, window, pages_max, keep)
        seen = fresh or seen
    yield from one_walk(fetch, seen, (), "", window, pages_max, keep)


def one_walk(
    fetch: Callable[[str], Sheet],
    seen: tuple[str, ...],
    fresh: tuple[str, ...],
    token: str,
    window: Window,
    pages_max: int,
    keep: Mapping[str, object],
) -> Iterator[Page]:
    """From a token to where the last walk began. A first visit without a window takes one page only.

    When pages_max is reached before what was seen, what lies between is given up, and told as a drift named ``gap``:
    a source that brings more than we read must not keep us from the newest.
    """
    known = set(seen)
    limit = BACKFILL_PAGES_MAX if window.since_ms else pages_max
    for count in range(1, limit + 1):
        sheet = fetch(token)
        fresh = fresh or tuple(entry.ident for entry in sheet.entries[:SEEN_MAX] if entry.ident)
        first_visit = not known and not window.since_ms
        whole = first_visit or arrived(sheet, known, window) or sheet.token == token
        done = whole or count == limit
        token = "" if done else sheet.token
        state = {"seen": list(fresh or seen)} if done else {"seen": list(seen), "fresh": list(fresh), "token": token}
        yield page_of(sheet if whole or not done else with_gap(sheet), window, {**keep, **state})
        if done:
            return


def with_gap(sheet: Sheet) -> Sheet:
    return replace(sheet, drift={**sheet.drift, "gap": 1})


def arrived(sheet: Sheet, known: set[str], window: Window) -> bool:
    """Whether there is nothing more to ask for: the end, something known, or everything older than the window."""
    if not sheet.token or not sheet.entries:
        return True
    if window.since_ms:
        dated = [entry.published_ms for entry in sheet.entries if entry.published_ms]
        return bool(dated) and max(dated) < window.since_ms
    return any(entry.ident in known for entry in sheet.entries)


def page_of(sheet: Sheet, window: Window, cursor: Cursor) -> Page:
    """The sheet as a page: what lies outside the window left out."""
    items = tuple(item for entry in sheet.entries if inside(entry.published_ms, window) for item in entry.items)
    return Page(
        items,
        cursor,
        requests=sheet.requests,
        quota_left=sheet.quota_left,
        next_after_ms=sheet.next_after_ms,
        drift=sheet.drift,
    )


def inside(published_ms: int, window: Window) -> bool:
    """Whether a moment is in the window; an unknown one is."""
    late = window.until_ms and published_ms >= window.until_ms
    return not published_ms or (published_ms >= window.since_ms and not late)
