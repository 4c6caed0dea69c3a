"""A workspace's corrections: near copies follow one, others stay, many help in general, all can be undone."""

from __future__ import annotations

import pyarrow as pa
import pytest

from palabre.read import corrections, readings
from palabre.read.corrections import Correction, Corrections, effect, from_bytes, learn, of_reading

SAID = "The new app is sick, the battery dies laughing at my charger"
OTHERS = ["I hate this train", "What a lovely day", "meeting at ten", "le service est nul", "merci beaucoup, bravo"]


def tones(texts: list[str], layer: Corrections | None = None) -> list[str]:
    batch = pa.RecordBatch.from_pydict({"title": [""] * len(texts), "text": texts})
    found: list[str] = readings.read(batch, only=["tone"], layer=layer)["tone"].to_pylist()
    return found


@pytest.mark.parametrize("label", ["negative", "neutral", "positive"])
def test_one_correction_carries_over_to_near_copies_and_to_nothing_else(label: str) -> None:
    layer = learn([Correction("tone", SAID, (label,))])
    copies = [SAID, SAID.upper(), f"@bob {SAID}!!", f"{SAID} http://x.y"]
    assert tones(copies, layer) == [label] * len(copies)
    assert tones(OTHERS, layer) == tones(OTHERS)


def test_many_corrections_that_agree_help_where_they_did_not_look() -> None:
    places = "Lyon Paris Nantes Lille Brest Metz Nice Dijon Tours Rouen Caen Pau Sens Albi Agen Gap Laon Foix Dax Auch"
    said = [f"Le cyclovent de {place} siffle encore ce matin" for place in places.split()]
    before = tones(["Mon cyclovent siffle à Bordeaux"])
    layer = learn([Correction("tone", text, ("negative",)) for text in said])
    assert tones(["Mon cyclovent siffle à Bordeaux"], layer) == ["negative"]
    measured = effect([Correction("tone", text, ("negative",)) for text in said])["tone"]
    assert measured.n == 20
    assert measured.after == 20 >= measured.before
    assert before  # whatever it was


def test_the_last_word_on_a_text_holds() -> None:
    layer = learn([Correction("tone", SAID, ("negative",)), Correction("tone", SAID, ("positive",))])
    assert tones([SAID], layer) == ["positive"]
    assert layer.learnt["tone"].n == 1


def test_undoing_is_learning_without() -> None:
    other = Correction("tone", "meeting at ten", ("positive",))
    both, one = learn([Correction("tone", SAID, ("negative",)), other]), learn([other])
    assert tones([SAID], one) == tones([SAID])
    assert tones(["meeting at ten"], both) == tones(["meeting at ten"], one) == ["positive"]


def test_a_layer_survives_its_bytes() -> None:
    layer = learn([Correction("tone", SAID, ("negative",)), *of_reading("emotion", SAID, ["anger"])])
    again = from_bytes(layer.to_bytes())
    assert tones([SAID], again) == ["negative"]
    assert again.learnt.keys() == layer.learnt.keys() == {"tone", "emotion", "emotional"}


def test_a_layer_of_other_features_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = learn([Correction("tone", SAID, ("negative",))]).to_bytes()
    monkeypatch.setattr(corrections, "VERSION", 999)
    assert from_bytes(stored).learnt == {}


def test_no_emotion_is_a_correction_too() -> None:
    layer = learn(of_reading("emotion", "I am so happy and proud today", []))
    batch = pa.RecordBatch.from_pydict({"title": [""], "text": ["I am so happy and proud today"]})
    assert readings.read(batch, only=["emotion"])["emotion"].to_pylist() == ["joy"]
    assert readings.read(batch, only=["emotion"], layer=layer)["emotion"].to_pylist() == [""]


def test_a_single_correction_has_no_measured_effect() -> None:
    assert effect([Correction("tone", SAID, ("negative",))]) == {}
    assert learn([]).learnt == {}


def test_offence_can_be_taken_back() -> None:
    text = "you are such a dirty bastard and I hate you"
    batch = pa.RecordBatch.from_pydict({"title": [""], "text": [text]})
    layer = learn([Correction("offence", text, ())])
    before, after = (readings.read(batch, only=["offence"], layer=one)["offence"][0].as_py() for one in (None, layer))
    assert after < 0.5 < before


def test_what_a_workspace_always_says_does_not_become_a_tone() -> None:
    """Twenty complaints that name the house turn no other post that names it."""
    days = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
    said = [f"{one} days waiting for an answer from Cyclovent, {what}" for one in days for what in ("ok", "well")]
    things = ("bell", "basket", "saddle", "light", "lock", "pump", "mirror", "rack", "grip", "pedal", "frame", "chain")
    usual = [f"The new Cyclovent {one} is on display at the shop in {at}" for one in things for at in ("Lyon", "Lille")]
    others = [f"Cyclovent shows a {one} in its window this week" for one in things]
    taught = [Correction("tone", text, ("negative",)) for text in said]
    alone, beside = learn(taught), learn(taught, usual)
    plain, moved, kept = tones(others), tones(others, alone), tones(others, beside)
    assert moved.count("negative") > len(others) / 2  # what is held back here
    assert sum(a != b for a, b in zip(plain, kept, strict=True)) <= 1
    assert tones(said, beside) == ["negative"] * len(said)
    assert effect(taught, usual)["tone"].after >= effect(taught)["tone"].after - 1
