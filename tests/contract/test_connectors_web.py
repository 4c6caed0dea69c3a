"""What every web connector owes: a true description, its sentences in both languages, its terms, a canary."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from palabre import plugins
from palabre.collect.contract import Window
from palabre.collect.testing import fake_means
from palabre.messages import LANGUAGES, catalogue

NAMES = ("feed", "webpage", "wordpress", "webmention", "webhook", "discourse", "nodebb", "hackernews")
PUSHED = ("webhook", "webmention")  # nothing is fetched: what comes is pushed to us


@pytest.mark.parametrize("name", NAMES)
def test_the_sentences_of_a_connector_exist_in_both_languages(name: str) -> None:
    described = plugins.connector(name).describe()
    keys = {f"connector_{name}.{part}" for part in ("title", "about")}
    keys |= {f"connector_{name}.option.{option.name}" for option in described.options}
    for lang in LANGUAGES:
        assert keys <= set(catalogue(lang))


@pytest.mark.parametrize("name", NAMES)
def test_every_error_key_in_the_code_has_its_sentences(name: str) -> None:
    folder = files("palabre.collect") / name
    sources = [entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".py")]
    used = {key for source in sources for key in re.findall(r"connector_\w+\.errors\.[a-z_]+\b(?!\{)", source)}
    for lang in LANGUAGES:
        assert {key for key in used if not key.endswith("_")} <= set(catalogue(lang))


@pytest.mark.parametrize("name", NAMES)
def test_a_description_is_complete_and_its_terms_are_dated(name: str) -> None:
    described = plugins.connector(name).describe()
    assert described.name == name
    assert described.rhythm_seconds > 0
    assert described.networks
    terms = (files("palabre.collect") / name / "terms.md").read_text("utf-8")
    assert "Checked: 2026-11-21" in terms


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PUSHED])
def test_a_canary_is_a_configuration_of_its_connector(name: str) -> None:
    connector = plugins.connector(name)
    canary = connector.canary({})
    assert connector.validate(canary) is not None
    assert dict(connector.validate(connector.validate(canary))) == dict(connector.validate(canary))


@pytest.mark.parametrize("name", PUSHED)
def test_a_pushed_connector_asks_nothing_of_the_network(name: str) -> None:
    assert list(plugins.connector(name).pages({}, {}, fake_means(), Window())) == []
