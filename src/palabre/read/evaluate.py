"""Floors beside measures. A floor is what a model must reach on posts it has not learnt; floors may only be raised.

"recorded": measured when the model was made, by the same recipe without the held-out part. "live": the shipped model on
the same part now, which it has meanwhile learnt where the card says so: it proves that what is shipped still works, and
is no measure of how well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from palabre.errors import InputError
from palabre.read import registry

FLOORS = registry.SHIPPED / "floors.json"


@dataclass(frozen=True, slots=True)
class Measure:
    """One line. value: recorded; live: None when not asked for; learnt: the shipped model has seen the set since."""

    model: str
    set: str
    metric: str
    n: int
    floor: float | None
    value: float | None
    live: float | None = None
    learnt: bool = False

    @property
    def holds(self) -> bool:
        """The recorded measure, and the live one, are not under the floor."""
        known = [one for one in (self.value, self.live) if one is not None]
        return self.floor is None or (bool(known) and min(known) >= self.floor)


def floors() -> dict[str, dict[str, float]]:
    """By model and set."""
    found: dict[str, dict[str, float]] = json.loads(FLOORS.read_text("utf-8"))
    return found


def measures(data: Path | None = None) -> list[Measure]:
    """All there is, by model; those with a floor that nothing was measured for too. Raises InputError: no such data."""
    wanted = floors()
    found: list[Measure] = []
    for model in sorted({*registry.names(), *wanted}):
        about = registry.card(model) if registry.folder_of(model) else {}
        again = live(model, about, data) if data else {}
        found += lines(model, about, wanted.get(model, {}), again)
    return found


def lines(
    model: str, about: Mapping[str, Any], wanted: Mapping[str, float], again: Mapping[str, float]
) -> Iterator[Measure]:
    measured: Mapping[str, Any] = about.get("measured", {})
    for name in dict.fromkeys([*measured, *wanted]):
        one = measured.get(name, {})
        yield Measure(
            model,
            name,
            str(one.get("metric", "")),
            int(one.get("n", 0)),
            wanted.get(name),
            one.get("value"),
            again.get(name),
            bool(one.get("learnt_after", False)),
        )


def live(model: str, about: Mapping[str, Any], data: Path) -> Mapping[str, float]:
    """By set, what the shipped model scores now; only where a `Task` says what is held out."""
    from palabre.read.training import recipes
    from palabre.read.training.data import fingerprint
    from palabre.read.training.make import measured_now

    task = recipes.tasks().get(model)
    if task is None or not about:
        return {}
    if about.get("data_sha256") not in ("", fingerprint(data, task.files)):
        raise InputError("train.other_data", name=model)
    return measured_now(task, registry.head(model), data)
