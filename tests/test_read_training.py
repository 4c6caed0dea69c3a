"""Word vectors learnt from texts, a teacher's lessons, and heads fitted on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from palabre.errors import InputError
from palabre.read.linear import word_rows
from palabre.read.training import corpus, french, lessons, minilm, offence, recipes, teacher, vectors
from palabre.read.training.data import Examples, examples, joined
from palabre.read.training.fit import Recipe
from palabre.read.training.make import TAUGHT, Held, Task, make_from, shares

PAIRS = [("delicious", "bread"), ("tasty", "bread"), ("delicious", "cake"), ("tasty", "cake")]
OTHERS = [("broken", "engine"), ("faulty", "engine"), ("broken", "brake"), ("faulty", "brake")]

NOTHING = (np.array([0], np.uint64), np.array([1]))  # one word that nobody wrote


@pytest.fixture(scope="module")
def table():
    texts = [f"the {quality} {thing} here" for quality, thing in PAIRS + OTHERS] * 40
    seen = vectors.tokens_of(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "THINNED", 1.0)  # every word is frequent here
        return vectors.learnt(seen, vectors.counted(seen))


def vector(table, word):
    return table[word_rows(vectors.tokens_of([word]).words, vectors.ROWS)[0]]


def test_words_in_the_same_company_have_near_vectors(table):
    tasty, delicious, faulty = (vector(table, word) for word in ("tasty", "delicious", "faulty"))
    assert tasty @ delicious > 2 * abs(tasty @ faulty)


def test_a_word_that_was_not_seen_has_no_vector(table):
    assert not vector(table, "zeppelin").any()


def test_folding_vectors_into_a_head_changes_nothing(table):
    some = vectors.Vectors(table)
    weights = np.random.default_rng(0).normal(size=(table.shape[1], 2)).astype(np.float32)
    seen = vectors.tokens_of(["tasty cake", "a faulty brake"])
    plain = some.vectors(seen) @ weights
    folded = vectors.word_means(seen, some.folded(weights).floats())
    assert folded == pytest.approx(plain, abs=0.02 * float(np.abs(plain).max()))


def test_two_words_of_one_row_leave_it_to_the_commoner():
    hashes = np.array([1 << 8, (1 << 8) + (1 << 8) * vectors.ROWS], np.uint64)
    words = vectors.Counted(hashes, np.array([5, 50]), 1_000)
    found = vectors.table_of(hashes, np.array([[1.0, 0.0], [0.0, 1.0]]), words)
    assert found[1].argmax() == 1


def test_lessons_are_found_again_by_their_text_and_hold_none(tmp_path, monkeypatch):
    told = ["I love it", "I hate it"]
    file = tmp_path / "lessons.npz"
    np.savez(file, keys=corpus.keys(told), tone=np.array([[0, 0, 1], [1, 0, 0]], np.float16))
    monkeypatch.setattr(lessons, "lessons_file", lambda: file)
    monkeypatch.setattr(lessons, "texts", lambda folder: ["other words", "I HATE it!", "I love it"])
    found = lessons.taught(tmp_path, "tone", 3)
    assert sorted(found.texts) == ["I HATE it!", "I love it"]
    assert found.targets[found.texts.index("I love it")].tolist() == [0, 0, 1]
    turned = lessons.taught(tmp_path, "tone", 3, turned=True)
    assert turned.targets[turned.texts.index("I love it")].tolist() == [1, 0, 0]
    assert set(found.groups) == {TAUGHT}


def test_without_lessons_there_are_none(tmp_path, monkeypatch):
    monkeypatch.setattr(lessons, "lessons_file", lambda: tmp_path / "none.npz")
    assert len(lessons.taught(tmp_path, "tone", 3)) == 0


def test_a_head_learns_from_lessons_but_is_not_judged_by_them():
    given = examples(["good thing", "bad thing", "good day", "bad day"] * 6, [0, 1, 0, 1] * 6, 2, "people")
    given = Examples(
        [f"{text} {at}" for at, text in enumerate(given.texts)], given.targets, given.weights, given.groups
    )
    told = Examples(["splendid"] * 30, np.tile(np.array([[1.0, 0.0]], np.float32), (30, 1)), np.ones(30), [TAUGHT] * 30)
    task = Task("t", ("good", "bad"), "softmax", (), lambda _: given, lambda _: {}, {}, Recipe(cost=1.0), rare=False)
    held = {"more": Held(examples(["a splendid one"], [0], 2, "people"), "accuracy", both=False)}
    made = make_from(task, joined(given, told), held, "")
    assert made.card["measured"]["more"]["value"] == 100
    assert made.card["measured"]["cross-validation"]["n"] == len(given)


def test_heads_of_one_reading_say_it_from_one_probability():
    """A decision that is asked for moves no post across it: only the probabilities move."""
    given = examples([f"rude word {at}" for at in range(20)] + [f"calm day {at}" for at in range(40)],
                     [0] * 20 + [1] * 40, 2, "people")  # fmt: skip
    task = Task("t", ("rude",), "sigmoid", (), lambda _: given, lambda _: {}, {}, tune="macro_f1", rare=False)
    falls, asked = (make_from(one, given, {}, "").head for one in (task, replace(task, decision=0.56)))
    margins = np.linspace(-2, 2, 41, dtype=np.float32)[:, None]
    assert asked.decision[0] == pytest.approx(0.56)
    assert (asked.holds(asked.probabilities(margins)) == falls.holds(falls.probabilities(margins))).all()


def test_what_leans_on_the_tone_is_made_after_it(tmp_path, monkeypatch):
    made: list[str] = []
    cooks = {one: lambda data, out, say, one=one: made.append(one) for one in ("irony", "intent", "tone")}
    monkeypatch.setattr(recipes, "known", lambda: cooks)
    recipes.train(tmp_path, tmp_path, ["intent", "irony", "tone"])
    assert made == ["irony", "tone", "intent"]


def test_calm_posts_count_once_and_next_to_none_offends():
    some = offence.calm(["bonjour", "bonjour", "", "au revoir"], "news", 0.3)
    assert some.texts == ["bonjour", "au revoir"]
    assert some.labels.tolist() == [1, 1]
    assert some.targets[:, 0] == pytest.approx(offence.CALM_SHARE)


def test_of_two_french_words_in_a_row_the_commoner_keeps_it():
    words = ["bonjour", "deux mots", "merci"]  # two tokens have no row
    table = french.placed(words, np.eye(3, dtype=np.float32), vectors.Counted(*NOTHING, total=1))
    assert vector(table, "bonjour").argmax() == 0
    assert vector(table, "merci").argmax() == 2


def test_french_words_that_are_not_installed_are_asked_for_by_name():
    if french.util.find_spec(french.PACKAGE):
        pytest.skip("they are installed here")
    with pytest.raises(InputError) as raised:
        french.pretrained()
    assert raised.value.key == "train.no_teacher"
    assert "french" in recipes.on_request()


def test_a_balanced_task_levels_the_labels_within_each_group():
    some = joined(examples(["a"] * 9 + ["b"], [0] * 9 + [1], 2, "one"), examples(["c"] * 4, [1] * 4, 2, "other"))
    task = Task("t", ("x", "y"), "softmax", (), lambda _: some, lambda _: {}, {}, balanced=True)
    weights = shares(task, some)
    assert weights[:9].sum() == pytest.approx(weights[9])
    assert weights[:10].sum() / 10 == pytest.approx(weights[10:].sum() / 4)


def test_a_teacher_that_is_not_installed_is_asked_for_by_name():
    if all(minilm.util.find_spec(name) for name in ("torch", minilm.PACKAGE)):
        pytest.skip("a teacher is installed here")
    with pytest.raises(InputError) as raised:
        minilm.load(teacher.TASKS)
    assert raised.value.key == "train.no_teacher"
    assert "teacher" in recipes.on_request()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@a @b hello", "@user hello"),
        ("see https://x.org/y now", "see url now"),
        ("#SoHappy today", "# So Happy today"),
    ],
)
def test_what_the_teacher_reads(text, expected):
    assert minilm.prepared(text) == expected


def test_levels_are_cut_to_as_many_of_each():
    some = examples([str(one) for one in range(10)], [0] * 8 + [1] * 2, 2, "g")
    assert np.bincount(teacher.level(some, 3).labels).tolist() == [3, 2]
