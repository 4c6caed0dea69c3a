"""Evidence as JSON text, as the registers keep it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson

from palabre.model import Evidence


def evidence_text(evidence: Evidence) -> str:
    """Only what was asked."""
    return orjson.dumps({name: value for name, value in asdict(evidence).items() if value}).decode()


def evidence_from(text: str) -> Evidence:
    """What `evidence_text` wrote."""
    found: Mapping[str, Any] = orjson.loads(text or "{}")
    ids = {name: tuple(found.get(name, ())) for name in ("watch_ids", "post_ids")}
    return Evidence(**{**found, **ids})


def json_text(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def json_from(text: str) -> Any:
    """ "" stands for an empty list."""
    return orjson.loads(text) if text else []
