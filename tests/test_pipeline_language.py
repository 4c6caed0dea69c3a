"""The language of a post: declared, else read; never guessed where there is nothing to guess from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.batches import batch_of
from palabre.model import Post
from palabre.read.calibrate import calibration_error
from palabre.read.language import answers, known_languages, model, plain_texts, probabilities, read_language, spoken
from palabre.settings import Settings

LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "nl", "pt")


def langs(*texts: str, declared: str = "") -> list[str]:
    posts = [Post(f"urn:x:{n}", "web", text=text, lang=declared) for n, text in enumerate(texts)]
    found: list[str] = read_language(batch_of(posts), LANGUAGES)["lang"].to_pylist()
    return found


def test_sentences_are_read() -> None:
    said = [
        "Il fait vraiment très beau ce matin",
        "The weather is really nice this morning",
        "Das Wetter ist heute sehr schön",
    ]
    assert langs(*said) == ["fr", "en", "de"]


def test_what_is_declared_is_believed() -> None:
    assert langs("The weather is nice", declared="fr") == ["fr"]


@pytest.mark.parametrize("text", ["", "🙂🙂", "https://example.org/the-weather-is-nice", "@alice #bob", "..."])
def test_nothing_is_said_of_what_says_nothing(text: str) -> None:
    assert langs(text) == [""]


def test_no_language_is_read_where_none_is_asked_for() -> None:
    batch = batch_of([Post("urn:x:1", "web", text="Il fait beau")])
    assert read_language(batch, ()) is batch


def test_the_answer_does_not_depend_on_the_neighbours(shared: Path) -> None:
    texts = pq.read_table(shared / "data/umsab/french_val.parquet")["text"].to_pylist()[:60]
    texts += pq.read_table(shared / "data/umsab/arabic_val.parquet")["text"].to_pylist()[:60]
    found = model(LANGUAGES)
    alone = np.concatenate([probabilities(found, [text]) for text in texts])
    assert np.allclose(probabilities(found, texts), alone, atol=1e-5)


@pytest.mark.parametrize(("name", "code"), [("french", "fr"), ("english", "en")])
def test_real_short_texts_are_read_right(shared: Path, name: str, code: str) -> None:
    texts = pq.read_table(shared / f"data/umsab/{name}_val.parquet")["text"].to_pylist()
    found, _ = answers(model(LANGUAGES), plain_texts(batch_of([Post("u", "x", text=text) for text in texts])))
    assert found.count(code) / len(found) > 0.98


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Καλημέρα σας, τι κάνετε;", "el"),
        ("今日はとても良い天気ですね", "ja"),
        ("오늘 날씨가 정말 좋네요", "ko"),
        ("今天天气非常好", "zh"),
        ("ありがとう", "ja"),
        ("안녕", "ko"),
        ("Сегодня очень хорошая погода", "ru"),
        ("Het is vandaag erg mooi weer", "nl"),
        ("Bugün hava çok güzel", "tr"),
        ("BONJOUR À TOUS, IL FAIT BEAU", "fr"),
    ],
)
def test_the_languages_of_the_default_setting_are_read(text: str, code: str) -> None:
    spoken = tuple(Settings().languages.split())
    assert answers(model(spoken), [text])[0] == [code]


def test_every_language_of_the_default_setting_has_a_model() -> None:
    assert set(Settings().languages.split()) <= set(known_languages())


def test_a_language_without_a_model_is_left_out() -> None:
    assert model(("fr", "xx")).languages == ("fr",)
    assert answers(model(("xx",)), ["Il fait beau"])[0] == [""]


def test_only_the_languages_of_the_workspace_are_answered() -> None:
    assert answers(model(("en", "nl")), ["Das Wetter ist heute sehr schön"], 0.0)[0][0] in ("en", "nl")


@given(st.lists(st.text(max_size=80), max_size=12))
def test_whatever_the_text_the_answer_is_a_language_or_nothing(texts: list[str]) -> None:
    labels, sure = answers(model(()), texts, 0.0)
    assert len(labels) == len(sure) == len(texts)
    assert all(0 <= one <= 1.0001 for one in sure.tolist())
    assert set(labels) <= {"", *known_languages()}


def test_a_huge_word_costs_no_more_than_its_beginning() -> None:
    batch = batch_of([Post("urn:x:1", "web", text="a" * 3_000_000 + " bonjour")])
    assert read_language(batch, LANGUAGES).num_rows == 1


def test_confidence_means_what_it_says(shared: Path) -> None:
    """Expected calibration error of tweets and word pairs that were held out when the slope was fitted."""
    found = model(tuple(Settings().languages.split()))
    texts = [
        (text, code)
        for name, code in (("french", "fr"), ("german", "de"), ("spanish", "es"))
        for text in pq.read_table(shared / f"data/umsab/{name}_val.parquet")["text"].to_pylist()
    ]
    labels, sure = answers(found, spoken(pa.array([text for text, _ in texts])), 0.0)
    right = np.array([label == code for label, (_, code) in zip(labels, texts, strict=True)])
    assert calibration_error(sure, right) < 0.05
