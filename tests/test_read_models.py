"""Heads, calibration, explanations, the registry and the readings of a batch."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from palabre.errors import InputError
from palabre.model import EMOTIONS, READINGS, TONES
from palabre.read import calibrate, explain, readings, registry
from palabre.read.contract import Page
from palabre.read.embedding import embedding_of
from palabre.read.features import VERSION, Spec, features
from palabre.read.linear import Head, Table, pack, quantised, softmax, word_means
from palabre.read.training.data import examples
from palabre.read.training.fit import Recipe, fit, one_hot
from palabre.read.training.make import Finish, Task, fitted, margins_of, matrix_of

MINE = ["tone", "emotion", "offence", "irony"]
TEXTS = [
    "I love this, it is wonderful! 😀",
    "Je déteste ce train, encore en retard…",
    "",
    "meeting at 10",
    "@a http://b.c",
]


def batch_of(texts: list[str], titles: list[str] | None = None) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"title": titles or [""] * len(texts), "text": texts, "lang": [""] * len(texts)})


def small_head(spec: Spec = Spec(bits=10), words: bool = False) -> Head:  # noqa: B008
    chance = np.random.default_rng(3)
    zero = np.zeros(2, np.float32)
    return Head(
        "small",
        ("a", "b"),
        "softmax",
        spec,
        quantised(chance.normal(size=(1 << spec.bits, 2))),
        np.array([0.3, -0.1], np.float32),
        np.array([2, 2], np.float32),
        zero,
        zero,
        quantised(chance.normal(size=(256, 2))) if words else None,
    )


def test_margins_are_sums_over_occurrences() -> None:
    head = small_head()
    seen = features(TEXTS, head.spec)
    found = pack([head]).margins(seen)["small"]
    table = head.table.floats()
    for row in range(len(TEXTS)):
        ids = seen.ids[seen.indptr[row] : seen.indptr[row + 1]]
        expected = table[ids].sum(axis=0) / np.sqrt(max(len(ids), 1)) + head.bias
        assert found[row] == pytest.approx(expected, abs=1e-3)


def test_a_head_for_one_language_decides_where_the_head_for_all_does() -> None:
    """Whoever takes probabilities of both asks one threshold of them."""
    for name in ("emotional", "offence"):
        for variant in registry.variants(name).values():
            assert registry.head(variant).decision == pytest.approx(registry.head(name).decision, abs=1e-4)


def test_heads_scored_together_score_as_alone() -> None:
    one, other = small_head(), dataclasses.replace(small_head(words=True), name="other")
    seen = features(TEXTS, one.spec)
    together = pack([one, other]).margins(seen)
    assert together["small"] == pytest.approx(pack([one]).margins(seen)["small"], abs=1e-4)
    assert together["other"] == pytest.approx(pack([other]).margins(seen)["other"], abs=1e-4)


def test_training_and_serving_weigh_alike() -> None:
    head = small_head()
    served = pack([head]).margins(features(TEXTS, head.spec))["small"]
    assert margins_of(head, TEXTS) == pytest.approx(served, abs=1e-3)


def test_explanations_add_up_to_the_margin() -> None:
    head = small_head(words=True)
    for text in TEXTS:
        margin = pack([head]).margins(features([text], head.spec))["small"][0] - head.bias
        for label in (0, 1):
            told = sum(word.weight for word in explain.carried(text, head, label))
            assert told == pytest.approx(float(margin[label] * head.slope[label]), abs=2e-3)


def test_word_vectors_are_averaged_over_tokens() -> None:
    table = np.arange(32, dtype=np.float32).reshape(16, 2)
    seen = features(["a b a", ""], Spec())
    found = word_means(seen, table)
    assert found[1].tolist() == [0, 0]
    assert 0 <= found[0, 0] <= 30


@pytest.mark.parametrize("loss", ["hinge", "softmax"])
def test_a_head_learns_what_can_be_learnt(loss: str) -> None:
    texts = [f"{'good' if row % 2 else 'bad'} thing {row}" for row in range(60)]
    labels = np.array([row % 2 for row in range(60)])
    from palabre.read.linear import design

    matrix = design(features(texts, Spec(bits=12)))
    found = fit(matrix, one_hot(labels, 2), None, Recipe(3.0, loss, 50)).margins(matrix)
    assert (found.argmax(axis=1) == labels).all()


def test_calibration_makes_probabilities_honest() -> None:
    chance = np.random.default_rng(5)
    truth = chance.random(4_000) < 0.3
    margins = np.where(truth, 1.0, -1.0) + chance.normal(size=4_000) * 1.5
    slope, intercept = calibrate.fit_sigmoid(margins, truth)
    found = 1 / (1 + np.exp(-(slope * margins + intercept)))
    assert calibrate.calibration_error(found, truth) < 0.03
    steps = calibrate.fit_isotonic(margins, truth)
    assert calibrate.calibration_error(steps(margins), truth) < 0.03
    assert (np.diff(steps(np.sort(margins))) >= 0).all()
    both = np.stack([margins, -margins], axis=1)
    slopes, shifts = calibrate.fit_softmax(both, (~truth).astype(np.int64))
    said = softmax((both * slopes + shifts).astype(np.float32))
    assert calibrate.calibration_error(said[:, 0], truth) < 0.03


def test_an_empty_set_is_perfectly_calibrated() -> None:
    assert calibrate.calibration_error(np.empty(0), np.empty(0, bool)) == 0


def test_a_saved_head_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "own_folder", lambda: tmp_path)
    head = small_head(words=True)
    registry.save(head, {"title": "x", "measured": {"set": {"value": 1.5, "n": 3}}}, tmp_path)
    again = registry.head("small")
    assert again.labels == head.labels
    assert again.spec == head.spec
    assert np.array_equal(again.table.values, head.table.values)
    assert registry.card("small")["measured"]["set"] == {"value": 1.5, "n": 3}
    registry.forget()


def test_a_model_for_other_features_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "own_folder", lambda: tmp_path)
    registry.save(small_head(), {}, tmp_path)
    card = tmp_path / "small.toml"
    card.write_text(card.read_text().replace(f"version = {VERSION}", "version = 999"))
    registry.forget()
    with pytest.raises(InputError):
        registry.head("small")
    with pytest.raises(InputError):
        registry.head("nothing")
    registry.forget()


def test_int8_tables_hold_their_weights() -> None:
    weights = np.array([[1.0, -2.0], [0.5, 0.0]])
    assert quantised(weights).floats() == pytest.approx(weights, abs=0.01)
    assert Table(np.zeros((1, 1), np.int8), np.ones(1, np.float32)).floats().dtype == np.float32


def test_readings_have_a_row_a_post_and_the_schema() -> None:
    found = readings.read(batch_of(TEXTS), only=MINE)
    assert found.num_rows == len(TEXTS)
    assert found.schema.names[: len(READINGS.names)] == READINGS.names
    assert found["intents"].null_count == len(TEXTS)
    tones = np.stack([np.asarray(found[f"tone_{name}"]) for name in TONES], axis=1)
    says = np.array([bool(text) for text in TEXTS])  # no words, no tone
    assert tones[says].sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert np.isnan(tones[~says]).all()
    assert found["tone"].null_count == 1
    felt = np.stack([np.asarray(found[f"emotion_{name}"]) for name in EMOTIONS], axis=1).sum(axis=1)
    assert ((felt >= 0) & (felt <= 1.001)).all()
    assert found["tone"].to_pylist()[0] == "positive"


def test_readings_of_nothing_are_nothing() -> None:
    assert readings.read(batch_of([]), only=MINE).num_rows == 0


def test_a_long_batch_is_read_as_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = readings.read(batch_of(TEXTS * 3), only=MINE)
    monkeypatch.setattr(readings, "POSTS_AT_ONCE", 4)
    parts = readings.read(batch_of(TEXTS * 3), only=MINE)
    for name in ("tone", "emotion"):
        assert whole[name].to_pylist() == parts[name].to_pylist()


def test_an_unknown_reading_is_named() -> None:
    with pytest.raises(InputError) as raised:
        readings.read(batch_of(["x"]), only=["tone", "horoscope"])
    assert raised.value.params["names"] == "horoscope"


def test_the_title_is_read_too() -> None:
    assert Page(batch_of(["text"], ["Title"])).texts == ["Title\ntext"]


def test_every_file_with_a_reading_is_found() -> None:
    assert set(MINE) <= set(readings.known())


def test_shipped_models_are_small_and_have_cards() -> None:
    size = sum(path.stat().st_size for path in registry.SHIPPED.iterdir())
    assert size < 25_000_000
    for path in registry.SHIPPED.glob("*.toml"):
        card = registry.card(path.stem)
        assert card["data"]
        assert card["limits"]
        assert path.with_suffix(".npz").exists()


def test_an_embedding_folded_into_a_head_weighs_the_same() -> None:
    chance = np.random.default_rng(1)
    vectors = embedding_of({word: chance.normal(size=5) for word in ("i", "love", "this", "train", "en")}, 64)
    weights = chance.normal(size=(5, 2))
    seen = features(TEXTS)
    direct = vectors.vectors(seen) @ weights
    assert word_means(seen, vectors.folded(weights).floats()) == pytest.approx(direct, abs=0.05)
    assert direct[2].tolist() == [0, 0]


def test_a_head_with_an_embedding_is_trained_as_it_is_served() -> None:
    chance = np.random.default_rng(2)
    words = embedding_of({word: chance.normal(size=4) for word in ("good", "bad", "thing")}, 64)
    texts = [f"{'good' if row % 2 else 'bad'} thing {'a' * (row % 7 + 1)}" for row in range(40)]
    some = examples(texts, [row % 2 for row in range(40)], 2, "x")
    task = Task(
        "t", ("a", "b"), "softmax", (), lambda _: some, lambda _: {}, {}, spec=Spec(bits=12), embedding=lambda: words
    )
    weights = fitted(task, some)
    zero = np.zeros(2, np.float32)
    head = Finish(task, zero + 1, zero, zero).head(weights)
    assert head.words is not None
    assert margins_of(head, texts) == pytest.approx(weights.margins(matrix_of(task, some)), abs=0.1)
