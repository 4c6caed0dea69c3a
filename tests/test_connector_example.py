"""The connector of docs/connectors.md works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from palabre.collect.contract import Connector, Window
from palabre.collect.testing import FakeNet, fake_means
from palabre.errors import ConfigError, ItemError
from palabre.model import Gone, Heard, RawItem

PAGE = Path(__file__).resolve().parents[1] / "docs" / "connectors.md"
HERE = "https://guests.example"


@pytest.fixture(scope="module")
def connector() -> Connector:
    code = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert code
    names: dict[str, Any] = {}
    exec(code.group(1), names)
    made: Connector = names["GuestbookConnector"]()
    return made


def entry(number: int, **more: object) -> dict[str, object]:
    return {"id": str(number), "who": "lea", "said": f"word {number}", "at": "2026-11-21T10:00:00Z"} | more


def test_its_pages_go_on_from_the_cursor(connector: Connector) -> None:
    net = FakeNet()
    net.answer(f"{HERE}/entries?after=&limit=100", json={"entries": [entry(n) for n in range(1, 101)]})
    net.answer(f"{HERE}/entries?after=100&limit=100", json={"entries": [entry(101, deleted=True)]})
    net.answer(f"{HERE}/entries?after=101&limit=100", json={"entries": []})
    config = connector.validate({"url": f"{HERE}/"})
    first, second = connector.pages(config, {}, fake_means(net), Window())
    assert (len(first.items), first.cursor, second.cursor) == (100, {"after": "100"}, {"after": "101"})
    (last,) = connector.pages(config, second.cursor, fake_means(net), Window())
    assert (last.items, last.cursor) == ((), {"after": "101"})
    (gone,) = connector.map(second.items[0], config)
    assert gone == Gone(f"{HERE}/entries/101")
    (heard,) = connector.map(first.items[0], config)
    assert isinstance(heard, Heard)
    assert (heard.post.uri, heard.post.text, heard.post.published_ms) == (f"{HERE}/entries/1", "word 1", 1795255200000)
    assert heard.post.account
    assert heard.post.account.handle == "lea"


def test_what_cannot_be_used_is_refused(connector: Connector) -> None:
    with pytest.raises(ConfigError):
        connector.validate({})
    with pytest.raises(ItemError):
        list(connector.map(RawItem(b'{"said": "nameless"}'), {"url": HERE}))
