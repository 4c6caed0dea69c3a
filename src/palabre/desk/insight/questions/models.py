"""The models behind the readings: what each learnt from, what it cannot do, how well it did, and its floor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from palabre.desk.engine import archive
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.pages import Page, Screen
from palabre.desk.insight.second import second
from palabre.desk.workspaces.access import Seat
from palabre.messages import catalogue, say
from palabre.read import registry
from palabre.reader import models_stamp

FILES_MAX = 40


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a model on posts it had not seen. floor: below which it may not ship, None where none is set."""

    on: str
    metric: str
    value: float
    n: int
    folds: int
    floor: float | None


@dataclass(frozen=True, slots=True)
class Model:
    """A card as the page shows it. mark: of the data it learnt from, which says which version it is."""

    name: str
    title: str
    kind: str
    languages: tuple[str, ...]
    data: tuple[str, ...]
    limits: str
    examples: int
    mark: str
    own: bool
    measures: tuple[Measure, ...]


@cache
def floors() -> Mapping[str, Mapping[str, float]]:
    """Floors by model and set; none where the installation has no such file."""
    place = registry.SHIPPED / "floors.json"
    return json.loads(place.read_text("utf-8")) if place.is_file() else {}


def model(name: str, lang: str) -> Model:
    card = registry.card(name)
    folder = registry.folder_of(name)
    measured = card.get("measured", {})
    return Model(
        name,
        words(f"models.title.{name}", str(card.get("title", name)), lang),
        str(card.get("method", card.get("kind", ""))),
        tuple(card.get("languages", ())),
        tuple(card.get("data", ())),
        words(f"models.limits.{name}", str(card.get("limits", "")), lang),
        int(card.get("examples", 0)),
        str(card.get("data_sha256", ""))[:8],
        folder is not None and folder != registry.SHIPPED,
        tuple(measure(name, on, one) for on, one in measured.items()),
    )


def words(key: str, own: str, lang: str) -> str:
    """In the reader's language where it was translated, else as the card says it."""
    return say(key, lang) if key in catalogue(lang) else own


def measure(name: str, on: str, one: Mapping[str, Any]) -> Measure:
    numbers = int(one.get("n", 0)), int(one.get("folds", 0))
    return Measure(on, str(one.get("metric", "")), float(one["value"]), *numbers, floors().get(name, {}).get(on))


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    names = [name for name in registry.names() if registry.card(name).get("measured")]
    layer = archive().corrections.layer(seat.workspace.id)
    return Screen(
        {"models": [model(name, lang) for name in names], "stamp": models_stamp()[:8], "layer": layer,
         "version": version("palabre"), "waiting": archive().readings.waiting(seat.workspace.id),
         "second": lambda: second(seat, lang)}  # asked when it is shown: answers are kept for minutes, and it moves
    )  # fmt: skip


PAGE = Page("models", "models.title_page", build, rank=60, room="trust", periods=False)
