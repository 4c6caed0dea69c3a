"""The language of a post: declared, else read; never guessed where there is nothing to guess from."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from palabre.batches import batch_of
from palabre.model import Post
from palabre.read.language import answers, model, plain_texts, read_language, scores

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


def test_a_batch_is_read_exactly_as_the_library_reads_each_text(shared: Path) -> None:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    texts = pq.read_table(shared / "data/umsab/french_val.parquet")["text"].to_pylist()[:150]
    texts += pq.read_table(shared / "data/umsab/english_val.parquet")["text"].to_pylist()[:150]
    plain = plain_texts(batch_of([Post("u", "x", text=text) for text in texts]))
    library = LanguageIdentifier.from_model_file(MODEL_FILE)
    library.set_languages(list(LANGUAGES))
    found = model(LANGUAGES)
    assert [found.languages[n] for n in scores(found, plain).argmax(axis=1)] == [
        library.classify(one)[0] for one in plain
    ]


@pytest.mark.parametrize(("name", "code"), [("french", "fr"), ("english", "en")])
def test_real_short_texts_are_read_right(shared: Path, name: str, code: str) -> None:
    texts = pq.read_table(shared / f"data/umsab/{name}_val.parquet")["text"].to_pylist()
    found = answers(model(LANGUAGES), plain_texts(batch_of([Post("u", "x", text=text) for text in texts])))
    assert found.count(code) / len(found) > 0.98
