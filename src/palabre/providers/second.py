"""A second opinion on the posts that our models are least sure of, within a daily budget.

second = Second.of(settings(), net, clock)
batch, told = second.reread(posts, readings)
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from palabre.clock import Clock, to_datetime
from palabre.errors import ConfigError, PalabreError
from palabre.model import AXES, EMOTIONS, TONES
from palabre.net import Net
from palabre.providers.chat import ChatProvider
from palabre.providers.contract import LABELS, NONE, Provider, Said
from palabre.providers.onnx import OnnxProvider
from palabre.settings import Settings

SCORED: Mapping[str, tuple[str, ...]] = {"tone": TONES, "emotion": EMOTIONS, "axis": AXES}
KINDS = ("onnx", "chat")


@dataclass(slots=True)
class Told:
    """What came of one batch. refused: answers that were not of the list, or none at all; failed: message keys."""

    asked: int = 0
    changed: int = 0
    confirmed: int = 0
    refused: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Budget:
    """How many posts may be asked about in a day (UTC), counted in a small file that outlives the process."""

    path: Path
    clock: Clock
    per_day: int

    @classmethod
    def of(cls, given: Settings, clock: Clock) -> Budget:
        return cls(given.home / "providers.json", clock, given.provider_posts_per_day)

    def left(self) -> int:
        return max(0, self.per_day - self.spent())

    def spent(self) -> int:
        """Posts asked about today; all of the budget if the file cannot be read, so that damage never costs."""
        if not self.path.exists():
            return 0
        try:
            said = json.loads(self.path.read_text("utf-8"))
            return int(said["posts"]) if said["day"] == self.day() else 0
        except (OSError, ValueError, KeyError, TypeError):
            return self.per_day

    def spend(self, posts: int) -> None:
        """Counted before the posts are asked about."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps({"day": self.day(), "posts": self.spent() + posts}), "utf-8")
        os.replace(fresh, self.path)

    def day(self) -> str:
        return to_datetime(self.clock.now_ms()).date().isoformat()


@dataclass(frozen=True, slots=True)
class Second:
    """providers: by reading, in the order of the settings. Nothing in it: nothing is asked."""

    providers: Mapping[str, Provider]
    budget: Budget

    @classmethod
    def of(cls, given: Settings, net: Net, clock: Clock) -> Second:
        """From the settings. Raises ConfigError."""
        made = {reading: made_as(kind, given, net) for reading, kind in wanted(given).items()}
        return cls(made, Budget.of(given, clock))

    def reread(self, posts: pa.RecordBatch, readings: pa.RecordBatch) -> tuple[pa.RecordBatch, Told]:
        """READINGS with the answers in their places. A provider that fails leaves them as they were."""
        told = Told()
        for reading, provider in self.providers.items():
            rows = least_sure(readings, reading)[: self.budget.left()]
            if not len(rows):
                continue
            self.budget.spend(len(rows))
            told.asked += len(rows)
            try:
                said = provider.ask(reading, [text_of(posts, row) for row in rows])
            except PalabreError as error:
                told.failed.append(error.key)
                continue
            readings = applied(readings, reading, rows, said, told)
        return readings, told


def wanted(given: Settings) -> dict[str, str]:
    """What the settings ask of whom, {reading: provider}. Raises ConfigError: a name that is none."""
    for reading, kind in given.second_opinions.items():
        if reading not in LABELS or kind not in KINDS:
            raise ConfigError(
                "providers.setting", value=f"{reading}={kind}", readings=", ".join(LABELS), kinds=", ".join(KINDS)
            )
    return given.second_opinions


def made_as(kind: str, given: Settings, net: Net) -> Provider:
    """A provider of one of KINDS. Raises ConfigError."""
    return OnnxProvider(Path(given.provider_folder)) if kind == "onnx" else chat_of(given, net)


def chat_of(given: Settings, net: Net) -> ChatProvider:
    """Raises ConfigError: no address or no model."""
    if not given.provider_url or not given.provider_model:
        raise ConfigError("providers.no_endpoint")
    return ChatProvider(net, given.provider_url, given.provider_model, given.provider_key)


def text_of(posts: pa.RecordBatch, row: int) -> str:
    title = posts["title"][row].as_py() if "title" in posts.schema.names else ""
    return "\n".join(part for part in (title, posts["text"][row].as_py()) if part)


def least_sure(readings: pa.RecordBatch, reading: str) -> list[int]:
    """The rows that were read, the least sure first."""
    columns = [readings[f"{reading}_{name}"].to_numpy(zero_copy_only=False) for name in SCORED[reading]]
    margin = margins(np.stack(columns, axis=1).astype(np.float64), reading)
    return [int(row) for row in np.argsort(margin, kind="stable") if np.isfinite(margin[row])]


def margins(scores: npt.NDArray[np.float64], reading: str) -> npt.NDArray[np.float64]:
    """How far the best label of each row is ahead of the next, not a number where it was not read. scores: (rows,
    labels). Where a reading may say that no label holds, that counts as a label: it has what the others leave."""
    if NONE in LABELS[reading]:
        scores = np.column_stack([scores, 1 - scores.sum(axis=1)])
    ordered = np.sort(scores, axis=1)
    found: npt.NDArray[np.float64] = ordered[:, -1] - ordered[:, -2]
    return found


def applied(
    readings: pa.RecordBatch, reading: str, rows: Sequence[int], said: Sequence[Said | None], told: Told
) -> pa.RecordBatch:
    """The batch with the answers; scores are the provider's, null where it told none."""
    labels = readings[reading].to_pylist()
    scores = {name: readings[f"{reading}_{name}"].to_pylist() for name in SCORED[reading]}
    for row, one in zip(rows, said, strict=True):
        if one is None:
            told.refused += 1
            continue
        label = "" if one.label == NONE else one.label
        told.confirmed += label == labels[row]
        told.changed += label != labels[row]
        labels[row] = label
        given = dict(zip(LABELS[reading], one.scores, strict=False))
        for name, column in scores.items():
            column[row] = given.get(name)
    readings = replaced(readings, reading, labels)
    for name, column in scores.items():
        readings = replaced(readings, f"{reading}_{name}", column)
    return readings


def replaced(batch: pa.RecordBatch, name: str, values: Sequence[object]) -> pa.RecordBatch:
    at = batch.schema.get_field_index(name)
    return batch.set_column(at, batch.schema.field(at), pa.array(values, batch.schema.field(at).type))
