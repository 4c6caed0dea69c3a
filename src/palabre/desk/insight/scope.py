"""What a page asks, as the scope of the engine's questions."""

from __future__ import annotations

from palabre.desk.insight.asked import Asked
from palabre.insight import Scope


def scope_of(asked: Asked) -> Scope:
    """The same period, watches, filters, words and step."""
    return Scope(asked.filters, asked.selection.query, asked.step_ms)
