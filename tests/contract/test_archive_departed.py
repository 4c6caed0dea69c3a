"""An account that is gone takes its posts along, on both databases: all of them, its own only, and for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.contract.deliveries import delivery, note, texts

from palabre.archive import Archive
from palabre.archive import departed as accounts
from palabre.clock import FixedClock
from palabre.model import Account, Gone, Post

ZOE, HUGO = "did:plc:zoe", "did:plc:hugo"


def by(who: str, *numbers: int, network: str = "bluesky") -> list[Post]:
    return [note(n, f"mot {n}", network=network, account=Account(who, who[-4:])) for n in numbers]


def leave(archive: Archive, *who: str, posts: Sequence[Post] = (), workspace_id: int = 1, keep: str = "all") -> object:
    gone = tuple(Gone(uri, account=True) for uri in who)
    return archive.write(replace(delivery(posts, workspace_id=workspace_id, keep=keep), gone=gone))


@pytest.mark.parametrize("keep", ["all", "matched"])
def test_all_posts_of_a_gone_account_go_and_stay_away(archive: Archive, keep: str) -> None:
    archive.write(delivery([*by(ZOE, 1, 2, 3), *by(HUGO, 4)]))
    leave(archive, ZOE, keep=keep)
    assert texts(archive) == ["mot 4"]
    assert archive.write(delivery(by(ZOE, 1, 2))).gone == 2
    assert texts(archive, "mot") == ["mot 4"]


def test_nothing_is_left_in_any_table(archive: Archive) -> None:
    watch = archive.watches.add(1, "w", "mot").watch_id
    archive.write(delivery(by(ZOE, 1, 2), mentions=[(0, watch), (1, watch)]))
    archive.write(delivery([replace(by(ZOE, 1)[0], text="autre mot")]))
    leave(archive, ZOE)
    with archive.ledger.read() as connection:
        for table in ("revision", "raw", "mention", "post"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0


def test_many_posts_leave_in_short_steps(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "POSTS_A_STEP", 7)
    archive.write(delivery([*by(ZOE, *range(40)), *by(HUGO, 99)]))
    steps: list[int] = []
    some = accounts.take_back_some
    monkeypatch.setattr(accounts, "take_back_some", lambda *given: steps.extend([some(*given)]) or steps[-1])  # type: ignore[func-returns-value]
    leave(archive, ZOE)
    assert steps == [7, 7, 7, 7, 7, 5]
    assert texts(archive) == ["mot 99"]


def test_posts_of_the_same_page_go_too(archive: Archive) -> None:
    leave(archive, ZOE, posts=by(ZOE, 1))
    assert texts(archive) == []


def test_an_account_of_another_workspace_or_unknown_is_left_alone(archive: Archive) -> None:
    other = archive.workspaces.add("autre", "Autre").workspace_id
    archive.write(delivery(by(ZOE, 1)))
    archive.write(delivery(by(ZOE, 1), workspace_id=other))
    leave(archive, ZOE, "did:plc:nobody", workspace_id=other)
    assert (len(texts(archive)), texts(archive, workspace_id=other)) == (1, [])


def test_one_uri_on_two_networks_is_found_on_both(archive: Archive) -> None:
    archive.write(delivery([*by(ZOE, 1), *by(ZOE, 2, network="web"), *by(HUGO, 3, network="mail")]))
    leave(archive, ZOE)
    assert texts(archive) == ["mot 3"]


def test_a_post_whose_uri_looks_like_an_account_is_not_one(archive: Archive, clock: FixedClock) -> None:
    archive.write(delivery(by(ZOE, 1)))
    archive.write(delivery([], gone=[ZOE]))
    assert texts(archive) == ["mot 1"]
