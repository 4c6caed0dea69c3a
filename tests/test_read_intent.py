"""Phrases, cues, intents, axes, aspects and a user's own labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palabre.errors import InputError
from palabre.model import INTENTS
from palabre.read import aspects, cues, readings, registry
from palabre.read.features import features
from palabre.read.phrases import book, compiled, hits


def posts(*texts: str) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"text": list(texts)})


def names(patterns: dict[str, list[str]], text: str) -> list[str]:
    known = book(patterns)
    return [known.names[one] for one in hits(known, features([text])).name]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("service client", "Le SERVICE Client répond", True),
        ("service client", "service au client", False),
        ("service _ client", "service au client", True),
        ("(bad|poor) service", "such poor service!", True),
        ("pas (du tout)? content", "pas content", True),
        ("pas (du tout)? content", "pas du tout content", True),
        ("stars?", "5 star app", True),
        ("stars?", "5 stars app", True),
        ("déçu", "decu, tres decu", True),
        ("0* ans", "client depuis 27 ans", True),
        ("^add", "Add a widget", True),
        ("^add", "Please do. Add a widget", True),
        ("^add", "I add things", False),
        ("why \\?", "but why??", True),
        ("don ' t", "I don’t know", True),
    ],
)
def test_a_phrase_is_found_where_its_pattern_says(pattern: str, text: str, found: bool) -> None:
    assert bool(names({"it": [pattern]}, text)) is found


@pytest.mark.parametrize("pattern", ["(a|b", "a)", "(a)?", "_", "? a", ""])
def test_a_wrong_pattern_is_refused(pattern: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        compiled(pattern)


def test_a_phrase_does_not_run_from_one_post_into_the_next() -> None:
    known = book({"it": ["service client"]})
    assert len(hits(known, features(["quel service", "client fidèle"])).name) == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=6))
def test_cues_of_any_text_are_a_row_a_text_and_the_same_alone_or_together(texts: list[str]) -> None:
    together = cues.matrix(features(texts)).toarray()
    assert together.shape == (len(texts), len(cues.cues().columns))
    assert np.isfinite(together).all()
    for text, row in zip(texts, together, strict=True):
        assert np.allclose(cues.matrix(features([text])).toarray()[0], row)


def test_a_denied_cue_counts_as_another() -> None:
    columns = cues.cues().columns
    rows = cues.matrix(features(["je recommande vivement", "je ne recommande pas vivement du tout"])).toarray()
    assert rows[0, columns.index("praise_recommend")] > 0
    assert rows[1, columns.index("not praise_recommend")] > 0 or rows[1, columns.index("complaint_anger")] > 0


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("L'appli plante à chaque démarrage depuis la mise à jour, inadmissible", "complaint"),
        ("The app crashes every time since the last update, useless", "complaint"),
        ("Bonjour, comment puis-je changer mon adresse ?", "question"),
        ("Hi, how can I change my address?", "question"),
        ("Please add an option to export my data", "suggestion"),
        ("Il faudrait ajouter un mode sombre", "suggestion"),
        ("Je résilie mon abonnement et je passe à la concurrence", "churn"),
        ("I'm cancelling my subscription and switching to another provider", "churn"),
        ("Je compte acheter ce téléphone, vous me conseillez quel modèle ?", "purchase"),
        ("Thinking of buying a new laptop, any recommendations?", "purchase"),
    ],
)
def test_plain_intents_are_read(text: str, intent: str) -> None:
    assert intent in readings.read(posts(text), only=["intent"])["intents"][0].as_py()


@pytest.mark.parametrize("text", ["Mon train part à 18 h 12", "I bought bread", ""])
def test_a_post_without_intent_is_other(text: str) -> None:
    found = readings.read(posts(text), only=["intent"])
    line = readings.lines(found, ["intent"])[0]["intent"]
    assert line["labels"] == ["other"]  # type: ignore[index,call-overload]
    assert set(line["scores"]) == set(INTENTS)  # type: ignore[index,call-overload]


def test_axes_are_read() -> None:
    found = readings.read(
        posts(
            "Batterie décevante, l'écran a un défaut et le prix est trop élevé",
            "Le service client ne répond jamais au téléphone, conseiller désagréable",
            "Encore du greenwashing, cette entreprise pollue et licencie, aucune éthique",
        ),
        only=["axis"],
    )
    assert found["axis"].to_pylist() == ["product", "relationship", "legitimacy"]


def test_aspects_have_their_place_and_tone() -> None:
    good = "😀 Super livraison, rien à redire, merci beaucoup !"
    bad = "C'est beaucoup trop cher pour ce que c'est"
    found = readings.read(posts("", good, bad), only=["aspects"])["aspects"].to_pylist()
    assert found[0] == []
    delivery = next(one for one in found[1] if one["name"] == "delivery")
    assert good[delivery["start"] : delivery["end"]] == "livraison"
    assert delivery["tone"] == "positive"
    assert [(one["name"], one["tone"]) for one in found[2]] == [("price", "negative")]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text("prix livraison service 😀é@h:/.!?,\n", max_size=80), min_size=1, max_size=5))
def test_aspects_lie_within_their_text(texts: list[str]) -> None:
    for text, found in zip(texts, readings.read(posts(*texts), only=["aspects"])["aspects"].to_pylist(), strict=True):
        for one in found:
            assert 0 <= one["start"] < one["end"] <= len(text)


def test_lexicons_name_the_same_aspects_in_both_languages() -> None:
    assert len(aspects.lexicon().names) >= 15


def test_ones_own_labels_refuse_what_is_none_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from palabre.read.training import own

    monkeypatch.setenv("PALABRE_HOME", str(tmp_path))
    registry.forget()
    kinds = {
        "weather": "will it {} rain {} today",
        "music": "play some {} jazz {} song",
        "bank": "transfer {} money to my {} account",
    }
    fillers = ("please", "now", "really", "again", "soon", "maybe", "for me", "later", "quickly", "tomorrow")
    rows = [
        {"text": text.format(a, b), "label": name} for name, text in kinds.items() for a in fillers for b in fillers
    ]
    some = own.read_labels(enumerate(rows), lambda _line, _key: None)
    own.train("mine", some, registry.own_folder())
    batch = posts(
        "will it soon rain rain tomorrow today",
        "play some now jazz later song",
        "zebras quarrel noisily underneath purple bridges",
    )
    lines = readings.lines(readings.read(batch, only=["own:mine"]), ["own:mine"])
    assert [line["own:mine"]["label"] for line in lines] == ["weather", "music", "other"]  # type: ignore[index,call-overload]
    registry.forget()


def test_labels_that_nobody_taught_are_refused() -> None:
    with pytest.raises(InputError):
        readings.read(posts("hello"), only=["own:nobody"])
