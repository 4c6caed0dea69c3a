"""`palabre read`, `train --labels` and `evaluate`, as they are called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from palabre.cli.main import cli
from palabre.model import AXES, EMOTIONS, INTENTS, TONES
from palabre.read import registry

ONLY = "tone,emotion,offence,irony"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PALABRE_HOME", str(tmp_path / "home"))
    registry.forget()
    return tmp_path


def call(*words: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(cli, list(words), input=stdin)


def lines_of(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def ndjson(*rows: object) -> bytes:
    return b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)


def test_each_post_has_a_line_in_order() -> None:
    posts = [{"id": number, "text": f"post number {number}, I love it"} for number in range(50)]
    result = call("read", "--only", ONLY, "-", stdin=ndjson(*posts))
    assert result.exit_code == 0
    found = lines_of(result)
    assert [line["id"] for line in found] == list(range(50))
    assert set(found[0]) == {"id", "tone", "emotion", "offence", "irony"}
    assert set(found[0]["tone"]["scores"]) == set(TONES)
    assert found[0]["emotion"]["label"] in EMOTIONS
    assert found[0]["offence"]["label"] in ("offensive", "not-offensive")


def test_a_bad_line_is_said_and_the_others_go_on() -> None:
    stdin = ndjson({"id": 1, "text": "a"}, b"{oops", {"id": 2}, b"[]", {"id": "x", "text": "b"}, b"")
    result = call("read", "--only", "tone", "-", stdin=stdin)
    assert result.exit_code == 1
    assert [line["id"] for line in lines_of(result)] == [1, "x"]
    said = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    assert [one["line"] for one in said] == [2, 3, 4]


def test_hard_posts_are_read() -> None:
    texts = ["", " ", "\ud83d", "日本語", "مرحبا", "👍" * 3000, "\0", "x" * 10_000_000, "word " * 200_000]
    result = call("read", "--only", ONLY, "-", stdin=ndjson(*({"id": n, "text": text} for n, text in enumerate(texts))))
    assert result.exit_code == 0
    assert len(lines_of(result)) == len(texts)


def test_nothing_is_said_of_a_language_without_a_model_nor_of_no_words() -> None:
    texts = (
        "日本語のテキストです。とても素晴らしい製品です",
        "",
        "Это ужасный сервис, никогда больше не куплю",
        "😍😍",
    )
    posts = [{"id": number, "text": text} for number, text in enumerate(texts)]
    found = lines_of(call("read", "--explain", "--only", f"{ONLY},intent,axis", "-", stdin=ndjson(*posts)))
    for line in found[:3]:
        assert line["tone"] == {"label": None, "scores": dict.fromkeys(TONES), "words": {}}
        assert line["emotion"] == {"label": None, "scores": dict.fromkeys(EMOTIONS), "strength": None, "words": {}}
        assert line["intent"] == {"labels": ["other"], "scores": dict.fromkeys(INTENTS), "words": {}}
        assert line["axis"] == {"label": "none", "scores": dict.fromkeys(AXES), "words": {}}
        assert line["offence"] == line["irony"] == {"label": None, "score": None, "words": {}}
    assert found[3]["tone"]["label"] == "positive"  # a sign is a word that all share


def test_words_that_carried_a_decision_are_named() -> None:
    result = call("read", "--only", "tone", "--explain", "-", stdin=ndjson({"id": 1, "text": "I love love this"}))
    words = lines_of(result)[0]["tone"]["words"]["positive"]
    assert words[0]["word"] == "love"
    assert {"start", "end", "weight"} <= set(words[0])


def test_an_unknown_reading_is_refused() -> None:
    result = call("read", "--only", "horoscope", "-", stdin=b"")
    assert "horoscope" in str(result.exception)


def test_a_model_of_ones_own_is_trained_measured_and_used(home: Path) -> None:
    rows = [{"text": f"the {word} number {n} is here", "label": label} for n in range(30)
            for word, label in (("train", "rail"), ("boat", "sea"))]  # fmt: skip
    path = home / "labels.ndjson"
    path.write_bytes(ndjson(*rows))
    result = call("train", "--labels", str(path), "--name", "transport", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["value"] > 95
    assert registry.head("transport").labels[:2] == ("rail", "sea")  # and "other"
    registry.forget()


def test_too_few_labels_are_refused(home: Path) -> None:
    path = home / "labels.ndjson"
    path.write_bytes(ndjson({"text": "a", "label": "x"}, {"text": "b", "label": "y"}))
    assert call("train", "--labels", str(path), "--name", "few").exit_code == 1


def test_training_says_which_data_it_misses(home: Path) -> None:
    result = call("train", "--data", str(home), "--only", "irony")
    assert "irony_" in str(result.exception.params["path"])  # type: ignore[union-attr]


def test_evaluate_prints_floors_beside_measures() -> None:
    found = json.loads(call("evaluate", "--json").stdout)
    assert {"model", "set", "metric", "n", "floor", "value"} <= set(found[0])
    assert any(one["model"] == "tone" and one["floor"] for one in found)
