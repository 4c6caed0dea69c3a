"""Who helps: found by address, never one that nobody could write to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.understand_talk import post, table, uri

from palabre.insight import helping
from palabre.insight.scope import Scope
from palabre.model import Account

ADVICE = "Essaie de vider le cache puis redémarre, ça règle souvent le problème."


@pytest.mark.parametrize(("handle", "address", "expected"), [
    ("hugo", "https://piaf.example/@hugo", ["https://piaf.example/@hugo"]),
    ("hugo", "", []),  # as from a table that gives names alone
])  # fmt: skip
def test_who_has_no_address_is_no_helper(
    monkeypatch: pytest.MonkeyPatch, handle: str, address: str, expected: list[str]
) -> None:
    talk = []
    for week in range(8):
        asked, told = 2 * week, 2 * week + 1
        talk.append(post(asked, f"lea{week}", "Où vider le cache ?", day=7 * week))
        answer = post(told, handle, ADVICE, day=7 * week + 0.1, parent=uri(asked), root=uri(asked))
        talk.append(replace(answer, account=Account(address, handle=handle)))
    archive: Any = None
    posts = table(talk, post_id=list(range(len(talk))), sort_ms=[one.published_ms for one in talk])
    monkeypatch.setattr(helping, "table", lambda *_: posts)
    monkeypatch.setattr(helping, "our_accounts", lambda *_: frozenset())
    assert [one.account for one in helping.helpers(archive, 1, Scope())] == expected
