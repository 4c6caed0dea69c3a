"""Connectors found through the entry points of ``palabre.connectors``: ours and anyone's."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from palabre.errors import ConfigError

if TYPE_CHECKING:
    from palabre.collect.contract import Connector
    from palabre.collect.sending import Sender

GROUP = "palabre.connectors"


@cache
def registered() -> dict[str, EntryPoint]:
    """Entry points by connector name; nothing is imported."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def connector(name: str) -> Connector:
    """The connector of that name. ConfigError names the plugin that is unknown or cannot be loaded."""
    entry = registered().get(name)
    if entry is None:
        raise ConfigError("plugins.unknown", name=name, known=", ".join(sorted(registered())))
    try:
        made: Connector = entry.load()()
    except Exception as error:
        raise ConfigError("plugins.broken", name=name, module=entry.value, reason=str(error)) from error
    return made


def sender(name: str) -> Sender | None:
    """What speaks through that connector, or None where people cannot be answered. ConfigError as `connector`."""
    from palabre.collect.sending import Speaker

    made = connector(name)
    return made.sender() if isinstance(made, Speaker) else None
