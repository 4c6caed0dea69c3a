"""What every social connector owes its users: sentences, terms with a date, defaults, a canary, honesty about tests."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from palabre import plugins
from palabre.messages import LANGUAGES, catalogue

NAMES = (
    "mastodon", "bluesky_jetstream", "bluesky_firehose", "bluesky_search", "reddit", "youtube", "x", "matrix", "mail",
)  # fmt: skip
FILLED = {
    "server": "https://e.example", "value": "bio", "query": "bio", "handle": "me.example", "client_id": "id",
    "host": "e.example", "user": "lea",
}  # fmt: skip


def filled(name: str) -> dict[str, object]:
    """A configuration with everything that must be filled in, and nothing else."""
    wanted = [option for option in plugins.connector(name).describe().options if option.required]
    return {option.name: FILLED[option.name] for option in wanted if option.kind != "secret"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_connector_and_option_has_its_sentence(name: str, lang: str) -> None:
    known = catalogue(lang)
    options = [f"option.{option.name}" for option in plugins.connector(name).describe().options]
    missing = [key for key in ("title", "about", *options) if f"connector_{name}.{key}" not in known]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_the_terms_were_checked_on_a_date(name: str) -> None:
    module = import_module(type(plugins.connector(name)).__module__)
    terms = (Path(str(module.__file__)).parent / "terms.md").read_text("utf-8")
    assert re.search(r"Checked on \d{4}-\d{2}-\d{2}", terms)


@pytest.mark.parametrize("name", NAMES)
def test_a_configuration_made_whole_stays_the_same_and_holds_no_secret(name: str) -> None:
    connector = plugins.connector(name)
    whole = connector.validate(filled(name))
    assert connector.validate(whole) == whole
    secrets = {option.name for option in connector.describe().options if option.kind == "secret"}
    assert not secrets & whole.keys()
    assert connector.validate(connector.canary(whole))


@pytest.mark.parametrize("name", NAMES)
def test_a_description_says_what_it_is(name: str) -> None:
    described = plugins.connector(name).describe()
    assert described.name == name
    assert described.rhythm_seconds > 0
    assert described.tested
    assert described.networks
    assert (described.price_per_item > 0) == (name == "x")
