"""The networks that one may choose, called as people call them."""

from __future__ import annotations

from collections.abc import Iterable

from palabre import plugins
from palabre.desk.engine import archive
from palabre.desk.mentions.facets import naming
from palabre.desk.workspaces.models import Workspace
from palabre.errors import PalabreError

BY_HAND = ("phone", "visit", "letter")  # where a case opened by hand may come from


def choices(workspace: Workspace, lang: str, kept: Iterable[str] = ()) -> list[tuple[str, str]]:
    """(code, name), by name: what connectors listen to, what was heard, what is told by hand. kept: codes that a row
    names already, so that changing it loses none."""
    found = {*kept, *BY_HAND, *listened_to(), *archive().authors.networks(workspace.pk)} - {""}
    called = naming(lang, {}, {})
    return sorted(((code, called("network", code)) for code in found), key=lambda one: one[1].casefold())


def listened_to() -> set[str]:
    """The networks of every connector that can be loaded."""
    return {network for name in plugins.registered() for network in _of(name)}


def _of(connector: str) -> tuple[str, ...]:
    try:
        return plugins.connector(connector).describe().networks
    except PalabreError:
        return ()  # a broken plugin must not take the page away; `palabre doctor` names it
