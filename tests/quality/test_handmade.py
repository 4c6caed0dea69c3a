"""Tones, intents, axes and aspects on posts written and labelled by hand: nothing has learnt them or was tuned on them.

The floors are beside the posts; they may only be raised.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from palabre.model import AXES, EMOTIONS, INTENTS, TONES
from palabre.read import readings, stance
from palabre.read.training import emotion, offence

FOLDER = Path(__file__).with_name("handmade")
Flags = npt.NDArray[np.bool_]


@cache
def read(language: str) -> tuple[list[dict[str, Any]], pa.RecordBatch]:
    rows = [json.loads(line) for line in (FOLDER / f"intents.{language}.ndjson").read_text("utf-8").splitlines()]
    batch = pa.RecordBatch.from_pydict({"text": [row["text"] for row in rows]})
    return rows, readings.read(batch, only=["intent", "axis", "aspects", "tone"])


def f1(truth: Flags, said: Flags) -> float:
    return float(200 * (truth & said).sum() / max(1, truth.sum() + said.sum()))


def measured(language: str) -> dict[str, float]:
    rows, found = read(language)
    intents, axes = found["intents"].to_pylist(), [one or "none" for one in found["axis"].to_pylist()]
    by_intent = [
        f1(np.array([name in row["intents"] for row in rows]), np.array([name in one for one in intents]))
        for name in INTENTS
    ]
    by_axis = [
        f1(np.array([row["axis"] == name for row in rows]), np.array([one == name for one in axes])) for name in AXES
    ]
    pairs = list(zip(rows, found["aspects"].to_pylist(), strict=True))
    truth = {(at, one["name"]): one["tone"] for at, (row, _) in enumerate(pairs) for one in row["aspects"]}
    said = {(at, one["name"]): one["tone"] for at, (_, some) in enumerate(pairs) for one in some}
    both = truth.keys() & said.keys()
    tones = [(row["tone"], told) for row, told in zip(rows, found["tone"].to_pylist(), strict=True) if "tone" in row]
    by_tone = [f1(np.array([a == name for a, _ in tones]), np.array([b == name for _, b in tones])) for name in TONES]
    return {
        "tones": float(np.mean(by_tone)),
        **{f"intent {name}": value for name, value in zip(INTENTS, by_intent, strict=True)},
        "intents": float(np.mean(by_intent)),
        "axes": float(np.mean(by_axis)),
        "aspects": 200 * len(both) / (len(truth) + len(said)),
        "tones of aspects": 100 * sum(truth[one] == said[one] for one in both) / len(both),
    }


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_measure_on_posts_labelled_by_hand_is_under_its_floor(language: str) -> None:
    floors = json.loads((FOLDER / "floors.json").read_text("utf-8"))[language]
    found = measured(language)
    assert found.keys() == floors.keys()
    assert {name: round(value, 1) for name, value in found.items() if value < floors[name]} == {}


def test_hard_words_in_french_are_told_from_insults() -> None:
    posts = offence.invented(FOLDER / "offence.fr.txt")
    batch = pa.RecordBatch.from_pydict({"text": posts.texts})
    found = [
        one["offence"]["label"] == "offensive"
        for one in readings.lines(readings.read(batch, only=["offence"]), ["offence"])
    ]
    truth, said = posts.labels == 0, np.array(found)
    value = (f1(truth, said) + f1(~truth, ~said)) / 2
    assert value >= json.loads((FOLDER / "floors.json").read_text("utf-8"))["offence fr"]["macro-F1"]


def test_emotions_of_french_posts_are_told_apart() -> None:
    posts = emotion.invented(FOLDER / "emotion.fr.txt")
    batch = pa.RecordBatch.from_pydict({"text": posts.texts})
    found = [one["emotion"]["label"] for one in readings.lines(readings.read(batch, only=["emotion"]), ["emotion"])]
    said = np.array([EMOTIONS.index(one) for one in found])
    value = np.mean([f1(posts.labels == one, said == one) for one in range(len(EMOTIONS))])
    assert value >= json.loads((FOLDER / "floors.json").read_text("utf-8"))["emotion fr"]["macro-F1"]


def rows_of(name: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in (FOLDER / f"{name}.ndjson").read_text("utf-8").splitlines()]


def emotions(rows: list[dict[str, Any]]) -> list[str | None]:
    return [row["emotion"] for row in rows]


def measured_plain(language: str) -> dict[str, float]:
    """Short praise, plain hatred, disappointment, and posts that say nothing of the kind."""
    rows = rows_of(f"plain.{language}")
    found = readings.read(
        pa.RecordBatch.from_pydict({"text": [row["text"] for row in rows]}), only=["intent", "emotion"]
    )
    intents = found["intents"].to_pylist()
    told = {name: np.array([name in one for one in intents]) for name in INTENTS}
    true = {name: np.array([name in row["intents"] for row in rows]) for name in INTENTS}
    against = np.array([row["tone"] == "negative" for row in rows]) & ~true["praise"]
    felt, said = (np.array([bool(one) for one in some]) for some in (emotions(rows), found["emotion"].to_pylist()))
    return {
        "complaint": f1(true["complaint"], told["complaint"]),
        "praise": f1(true["praise"], told["praise"]),
        "intents": float(np.mean([f1(true[name], told[name]) for name in INTENTS])),
        "hatred not taken for praise": 100 - float(100 * (against & told["praise"]).sum() / against.sum()),
        "whether an emotion": (f1(felt, said) + f1(~felt, ~said)) / 2,
    }


@pytest.mark.parametrize("language", ["en", "fr"])
def test_plain_praise_and_plain_hatred_are_told_apart(language: str) -> None:
    floors = json.loads((FOLDER / "floors.json").read_text("utf-8"))[f"plain {language}"]
    found = measured_plain(language)
    assert found.keys() == floors.keys()
    assert {name: round(value, 1) for name, value in found.items() if value < floors[name]} == {}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_stances_of_replies_are_told_apart(language: str) -> None:
    rows = [row for row in rows_of("stances") if row["language"] == language]
    said = [one.label for one in stance.stances([row["text"] for row in rows])]
    found = {
        name: f1(np.array([row["stance"] == name for row in rows]), np.array([one == name for one in said]))
        for name in stance.STANCES
    }
    floors = json.loads((FOLDER / "floors.json").read_text("utf-8"))[f"stances {language}"]
    found["macro-F1"] = float(np.mean(list(found.values())))
    assert {name: round(found[name], 1) for name, floor in floors.items() if found[name] < floor} == {}


def test_no_post_is_both_learnt_from_and_measured_on() -> None:
    from palabre.read.training import intent, tone

    taught = [*intent.handmade().texts, *tone.handmade().texts, *offence.invented().texts]
    taught += [*emotion.invented().texts, *emotion.plain().texts]
    taught += [json.loads(row)["text"] for row in (emotion.HANDMADE / "stances.ndjson").read_text("utf-8").splitlines()]
    learnt = {text.casefold() for text in taught}
    measured_on = [*offence.invented(FOLDER / "offence.fr.txt").texts]
    measured_on += emotion.invented(FOLDER / "emotion.fr.txt").texts
    measured_on += [row["text"] for one in ("en", "fr") for row in read(one)[0]]
    measured_on += [row["text"] for one in ("plain.en", "plain.fr", "stances") for row in rows_of(one)]
    assert not [text for text in measured_on if text.casefold() in learnt]
