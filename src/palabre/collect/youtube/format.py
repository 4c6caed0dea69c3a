"""Answers of the YouTube Data API on disk. Those that hold no comment and no video are recognised and empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from palabre.collect.formats import Options
from palabre.collect.jsonfile import JsonFormat, sample
from palabre.collect.payload import tables, text
from palabre.collect.youtube import mapping
from palabre.model import Event, RawItem


class YouTubeFormat(JsonFormat):
    name = "youtube"

    def score(self, value: object, address: str) -> float:
        if "/youtube/v3/" in address:
            return 0.9
        parts = (part for part in sample(value) if isinstance(part, Mapping))
        if any(text(part, "kind").startswith(mapping.PREFIX) for part in parts):
            return 0.97
        return 0.6 if is_refusal(value) else 0.0

    def found(self, value: object, address: str) -> Iterable[RawItem]:
        return mapping.raws(value)

    def events(self, item: RawItem, options: Options) -> Iterable[Event]:
        return mapping.events(item)


def is_refusal(value: object) -> bool:
    """Whether this is the API's error: {"error": {"code": …, "errors": [{"domain": …, "reason": …}]}}."""
    return any(text(error, "domain") and text(error, "reason") for error in tables(value, "error", "errors"))
