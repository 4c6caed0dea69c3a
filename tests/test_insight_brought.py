"""What publications brought: each answer once, to the right one, whoever wrote it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from palabre.insight import brought as subject

US = "https://piaf.example/@us"


def row(post_id: int, who: str, **more: Any) -> dict[str, Any]:
    plain = {"parent": "", "root": "", "reshare_of": "", "quote_of": "", "intents": [], "views": None}
    return {**plain, "post_id": post_id, "uri": f"u{post_id}", "account_uri": who, "sort_ms": post_id, **more}


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Any:
    around = [
        row(1, US, views=120),
        row(2, US),
        row(3, "lea", parent="u1", root="u1", intents=["question"]),
        row(4, US, parent="u3", root="u1"),  # ours: an answer to a question, no answer to us
        row(5, "hugo", parent="u4", root="u1", intents=["question"]),
        row(6, "lea", parent="u1", root="u1"),
        row(7, "zoe", reshare_of="u1"),
        row(8, "zoe", quote_of="u2", parent="u2", root="u2"),
        row(9, US, reshare_of="u1"),
    ]
    needs = [SimpleNamespace(need_id=1, title="Selle", post_ids=(3, 8, 99)),
             SimpleNamespace(need_id=2, title="Prix", post_ids=(3, 5, 6))]  # fmt: skip
    archive: Any = SimpleNamespace(needs=SimpleNamespace(all=lambda _: needs))
    monkeypatch.setattr(subject, "posts_around", lambda *_: around)
    monkeypatch.setattr(subject, "first_heard", lambda *_: {"lea": 3, "hugo": 0, "zoe": 7})
    return subject.brought(archive, 1, ["u1", "u2", "u404"], frozenset({US}))


def told(one: Any) -> dict[str, Any]:
    names = ("replies", "new_voices", "questions", "answered_questions", "passed_on", "reach")
    return {name: getattr(one, name).value for name in names}


def test_each_answer_counts_once_for_what_it_answers(found: Any) -> None:
    assert told(found["u1"]) == {"replies": 3, "new_voices": 1, "questions": 2, "answered_questions": 1, "passed_on": 1,
                                 "reach": 120}  # fmt: skip
    assert told(found["u2"]) == {"replies": 1, "new_voices": 1, "questions": 0, "answered_questions": 0, "passed_on": 1,
                                 "reach": None}  # fmt: skip
    assert found["u1"].replies.evidence.post_ids == (3, 5, 6)


def test_the_needs_of_those_who_answered_are_named_the_most_first(found: Any) -> None:
    assert [(one.title, one.n, one.post_ids) for one in found["u1"].needs] == [
        ("Prix", 3, (3, 5, 6)),
        ("Selle", 1, (3,)),
    ]
    assert [one.title for one in found["u2"].needs] == ["Selle"]


def test_what_was_never_heard_brought_nothing_that_is_known(found: Any) -> None:
    assert not found["u404"].heard
    assert set(told(found["u404"]).values()) == {0, None}
