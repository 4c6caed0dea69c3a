"""Posts asked by author: posting lists know accounts, the ledger their names, as they are now."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.contract.deliveries import delivery, note
from tests.contract.test_archive_search import indexed
from tests.contract.test_lake_words import told_alike

from palabre.archive import Archive, account_names
from palabre.archive.lake_words import LakeWords
from palabre.archive.tables import account_name
from palabre.model import Account
from palabre.search import ask

ADA = Account("https://a.example/u/1", "ada@a.example", "Ada Élodie")
BOB = Account("https://a.example/u/2", "@Bob", "Bob")
NAMELESS = Account("", "", "Une rédaction")


@pytest.fixture
def heard(archive: Archive) -> Archive:
    posts = [note(at, "un mot", account=(ADA, BOB, NAMELESS, None)[at % 4]) for at in range(20)]
    archive.write(indexed(posts))
    archive.lake.seal_all()
    archive.lake_words.keep_all()
    return archive


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Of each count, whether lists gave it."""
    given: list[bool] = []
    plain = LakeWords.selected

    def noted(*args: object, **more: object) -> object:
        found = plain(*args, **more)  # type: ignore[arg-type]
        given.append(found is not None)
        return found

    monkeypatch.setattr(LakeWords, "selected", noted)
    return given


NAMES = {
    "author:ada": 5,
    "author:@ada@a.example": 5,
    'author:"ada elodie"': 5,
    'author:"https://a.example/u/1"': 5,
    "author:ad*": 5,
    "author:(ada OR bob)": 10,
    "author:@BOB": 5,
    'author:"une redaction"': 5,
    'author:"?:Une rédaction"': 0,
    "author:ado": 0,
    "author:nobody AND mot": 0,
    "mot AND NOT author:bob": 15,
    "mot AND NOT author:nobody": 20,
    "author:b?b": 5,
}


@pytest.mark.parametrize(("query", "n"), NAMES.items())
def test_an_author_is_found_by_each_name(
    heard: Archive, query: str, n: int, listed: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told_alike(ask(heard, 1, query), monkeypatch) == n
    assert bool(listed) == ("?" not in query)
    assert all(listed)


def test_a_new_name_holds_for_posts_that_are_sealed(
    heard: Archive, listed: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard.write(indexed([note(100, "neuf", account=Account(ADA.uri, "countess", ""))]))
    for query, n in {"author:countess": 6, "author:ada": 0, 'author:"ada elodie"': 6, "author:bob": 5}.items():
        assert told_alike(ask(heard, 1, query), monkeypatch) == n
    assert all(listed)


def test_an_account_without_a_visible_name_takes_one(heard: Archive) -> None:
    for name in ("", "Zoé"):
        heard.write(indexed([note(100 + len(name), "neuf", account=Account("", "\u0301", name))]))
    assert ask(heard, 1, "author:zoe").count().n == 2


def test_who_is_erased_leaves_no_name(heard: Archive) -> None:
    heard.write(indexed([note(100, "neuf", account=Account(ADA.uri, "countess@a.example", ""))]))
    heard.erase(1, ADA.uri)
    with heard.ledger.read() as connection:
        left = connection.execute(account_name.select()).all()
    assert {row.name for row in left} == {"bob", BOB.uri, "une redaction"}
    assert ask(heard, 1, "author:ada").count().n == 0


def test_too_many_accounts_are_looked_for_post_by_post(
    heard: Archive, listed: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_names, "ACCOUNTS_MAX", 1)
    assert ask(heard, 1, "author:https*").count().n == 10
    assert ask(heard, 1, "mot AND NOT author:https*").count().n == 10
    assert not listed


def test_a_name_of_any_length_is_taken(heard: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's index takes no value of 3,000 bytes."""
    long = "né" * 400
    heard.write(indexed([note(100, "un mot", account=Account("https://a.example/u/3", "", long))]))
    for query, n in {f'author:"{long}"': 1, f'author:"{long[:200]}"': 0, f"author:{long[:200]}*": 1}.items():
        assert told_alike(ask(heard, 1, query), monkeypatch) == n


def test_names_of_other_workspaces_are_not_asked(heard: Archive) -> None:
    other = heard.workspaces.add("other").workspace_id
    heard.write(delivery([note(1, "autre", account=ADA)], workspace_id=other))
    heard.lake.seal_all()
    heard.lake_words.keep_all()
    assert ask(heard, other, "author:ada").count().n == 1
    assert ask(heard, other, "author:bob").count().n == 0
    assert ask(heard, 1, "author:ada").count().n == 5
