"""Which format a file is in: every registered one looks at its beginning, the surest is believed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from palabre.collect.files.streams import Opened
from palabre.collect.formats import Format, Head, Refining
from palabre.errors import ConfigError, ItemError

GROUP = "palabre.formats"


@cache
def registered() -> Mapping[str, EntryPoint]:
    """Entry points by format name; nothing is imported."""
    return {entry.name: entry for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name)}


@cache
def loaded(name: str) -> Format:
    """The format of that name. ConfigError: unknown, or its plugin cannot be loaded."""
    entry = registered().get(name)
    if entry is None:
        raise ConfigError("files.unknown_kind", kind=name, known=", ".join(registered()))
    try:
        made: Format = entry.load()()
    except Exception as error:
        raise ConfigError("plugins.broken", name=name, module=entry.value, reason=str(error)[:200]) from error
    return made


@cache
def usable() -> tuple[tuple[Format, ...], Mapping[str, str]]:
    """Every format that can be loaded, and why the others cannot: one broken plugin stops nothing."""
    good, broken = [], {}
    for name in registered():
        try:
            good.append(loaded(name))
        except ConfigError as error:
            broken[name] = str(error)
    return tuple(good), broken


def sureness(one: Format, head: Head) -> float:
    """What a format says of a file; a plugin that raises says no."""
    try:
        return float(one.sniff(head))
    except Exception:
        return 0.0


def format_of(head: Head, kind: str = "") -> Format:
    """The format to read a file with. ItemError: empty, or nobody knows it."""
    if not head.start:
        raise ItemError("files.empty")
    if kind:
        return loaded(kind)
    sure = [(sureness(one, head), one) for one in usable()[0]]
    best = max(sure, key=lambda pair: pair[0], default=None)
    if best is None or best[0] <= 0:
        raise ItemError("files.unknown")
    return best[1]


def format_for(opened: Opened, kind: str = "") -> Format:
    """The same for a file that may be read further where its beginning does not tell. ItemError also: it is damaged."""
    found = format_of(opened.head, kind)
    return found.refined(opened.stream) if isinstance(found, Refining) else found
