"""The query language of watches, and the engine that matches posts against them.

`Panel` and `parse` are looked up when they are first asked for: the language alone needs no Arrow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palabre.match.panel import Panel
    from palabre.match.parser import parse

__all__ = ["Panel", "parse"]
HOMES = {"Panel": "palabre.match.panel", "parse": "palabre.match.parser"}


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise AttributeError(name)
    return getattr(import_module(HOMES[name]), name)
