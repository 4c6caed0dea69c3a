"""The write door, on both databases."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest
from tests.contract.deliveries import delivery, note, texts

from palabre.archive import Archive, Filters, Receipt, RunStats
from palabre.clock import FixedClock
from palabre.errors import NotFoundError
from palabre.model import Account, Fault, Metrics, RawItem

ADA = Account("https://example.org/u/ada", "ada", "Ada")


def counts(receipt: Receipt) -> dict[str, int]:
    names = ("stored", "revised", "unchanged", "gone", "suppressed", "dropped", "quarantined")
    return {name: getattr(receipt, name) for name in names if getattr(receipt, name)}


def test_posts_are_stored_once_and_found_newest_first(archive: Archive) -> None:
    posts = [note(i, f"bonjour numero {i}", account=ADA) for i in range(5)]
    assert counts(archive.write(delivery(posts))) == {"stored": 5}
    assert counts(archive.write(delivery(posts))) == {"unchanged": 5}
    assert texts(archive, "bonjour") == [f"bonjour numero {i}" for i in reversed(range(5))]
    assert archive.count(1).n == 5


def test_a_post_comes_back_as_it_was_given(archive: Archive) -> None:
    post = note(
        1, "l'été 🎉", title="Titre", url="https://example.org/1", lang="fr", published_ms=1_750_000_000_123,
        account=ADA,
        parent="https://example.org/p/0", root="https://example.org/p/0", links=("https://a.example",), tags=("été",),
        mentions=("bob",), country="FR", city="Lyon", rating=4.5, sensitive=True, media=("https://m.example/1.png",),
        metrics=Metrics(likes=3, views=2**40),
    )  # fmt: skip
    receipt = archive.write(delivery([post]))
    row = archive.post(1, receipt.newest_id)
    assert row.post == post
    assert row.sort_ms == post.published_ms


def test_ids_rise_with_arrival_and_never_return(archive: Archive) -> None:
    first = archive.write(delivery([note(1), note(2)])).newest_id
    archive.write(delivery([], gone=[note(2).uri, note(1).uri]))
    assert archive.write(delivery([note(3)])).newest_id == first + 1


@pytest.mark.parametrize(
    ("published", "expected"),
    [(0, "now"), (1, "1990"), (4_000_000_000_000, "now"), (1_700_000_000_000, "itself")],
)
def test_impossible_dates_are_kept_but_sort_where_they_can(
    archive: Archive, clock: FixedClock, published: int, expected: str
) -> None:
    row = archive.post(1, archive.write(delivery([note(1, published_ms=published)])).newest_id)
    assert row.post.published_ms == published
    assert row.sort_ms == {"now": clock.now_ms(), "1990": 631_152_000_000, "itself": published}[expected]


def test_an_edit_is_a_revision_and_the_index_follows(archive: Archive, clock: FixedClock) -> None:
    post_id = archive.write(delivery([note(1, "premiere version")])).newest_id
    clock.sleep(60)
    assert counts(archive.write(delivery([note(1, "seconde version")]))) == {"revised": 1}
    assert [old.text for old in archive.revisions(1, post_id)] == ["premiere version"]
    assert texts(archive, "premiere") == []
    assert texts(archive, "seconde") == ["seconde version"]
    assert archive.post(1, post_id).revisions == 1
    assert len(archive.raw(1, post_id)) == 2


def test_an_edit_that_does_not_say_its_thread_leaves_it_where_it_was(archive: Archive) -> None:
    post_id = archive.write(delivery([note(1, "premiere version", root="https://a.example/0")])).newest_id
    assert counts(archive.write(delivery([note(1, "seconde version")]))) == {"revised": 1}
    assert archive.post(1, post_id).post.root == "https://a.example/0"


def test_an_older_version_that_comes_late_changes_nothing(archive: Archive) -> None:
    archive.write(delivery([note(1, "nouvelle", edited_ms=2_000)]))
    assert counts(archive.write(delivery([note(1, "ancienne", edited_ms=1_000)]))) == {"unchanged": 1}
    assert texts(archive) == ["nouvelle"]


def test_other_words_from_another_source_are_no_edit_unless_it_says_so(archive: Archive) -> None:
    one = archive.sources.add(1, "feed", "a", {}).source_id
    two = archive.sources.add(1, "webpage", "b", {}).source_id
    post_id = archive.write(delivery([note(1, "resume")], source_id=one)).newest_id
    assert counts(archive.write(delivery([note(1, "texte entier")], source_id=two))) == {"unchanged": 1}
    assert archive.posts.sources(1, post_id) == [one, two]
    assert counts(archive.write(delivery([note(1, "corrige", edited_ms=9)], source_id=two))) == {"revised": 1}
    assert archive.count(1, filters=Filters(source_ids=(two,))).n == 1


def test_revisions_stop_at_twenty_four(archive: Archive) -> None:
    post_id = archive.write(delivery([note(1, "version 0")])).newest_id
    for i in range(1, 30):
        archive.write(delivery([note(1, f"version {i}")]))
    assert len(archive.revisions(1, post_id)) == 24
    assert texts(archive) == ["version 29"]


def test_counts_become_fresher_without_a_revision(archive: Archive) -> None:
    post_id = archive.write(delivery([note(1, metrics=Metrics(likes=1, views=10))])).newest_id
    assert counts(archive.write(delivery([note(1, metrics=Metrics(likes=5))]))) == {"unchanged": 1}
    assert archive.post(1, post_id).post.metrics == Metrics(likes=5, views=10)
    assert archive.revisions(1, post_id) == []


def test_copies_in_one_batch_count_once_each(archive: Archive) -> None:
    batch = [note(1, "a"), note(1, "a"), note(1, "b"), note(2, "c")]
    receipt = archive.write(delivery(batch))
    assert counts(receipt) == {"stored": 2, "unchanged": 1, "revised": 1}
    assert receipt.offered == 4


def test_a_post_taken_back_leaves_nothing_and_stays_away(archive: Archive) -> None:
    post_id = archive.write(delivery([note(1, "marqueur")])).newest_id
    archive.write(delivery([note(1, "marqueur change")]))
    assert counts(archive.write(delivery([], gone=[note(1).uri]))) == {"gone": 1}
    assert counts(archive.write(delivery([note(1, "marqueur")]))) == {"gone": 1}
    assert texts(archive, "marqueur") == []
    with pytest.raises(NotFoundError):
        archive.post(1, post_id)
    with archive.ledger.read() as connection:
        for table in ("revision", "raw", "mention", "post"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0


def test_a_post_taken_back_before_it_came_does_not_come(archive: Archive) -> None:
    archive.write(delivery([], gone=[note(7).uri]))
    assert counts(archive.write(delivery([note(7)]))) == {"gone": 1}
    archive.write(delivery([], gone=[note(8).uri], keep="matched"))  # a firehose tells too many to remember them
    watch = archive.watches.add(1, "w", "q").watch_id
    assert counts(archive.write(delivery([note(8)], mentions=[(0, watch)], keep="matched"))) == {"stored": 1}


def test_a_firehose_keeps_what_a_watch_wants(archive: Archive) -> None:
    watch = archive.watches.add(1, "w", "q").watch_id
    receipt = archive.write(delivery([note(1), note(2), note(3)], mentions=[(1, watch)], keep="matched"))
    assert counts(receipt) == {"stored": 1, "dropped": 2}
    assert receipt.kept + receipt.set_aside + receipt.quarantined == receipt.offered == 3


def test_mentions_are_written_shown_and_counted(archive: Archive) -> None:
    one, two = (w.watch_id for w in archive.watches.add_many(1, [("a", "q", "brand"), ("b", "q", "theme")]))
    archive.write(delivery([note(1, "x"), note(2, "y")], mentions=[(0, one), (0, one), (0, two), (1, two), (1, 999)]))
    assert [row.post.text for row in archive.mentions(1, two)] == ["y", "x"]
    assert [row.post.text for row in archive.mentions(1, one)] == ["x"]
    assert archive.search(1)[1].watch_ids == (one, two)
    assert archive.count(1, filters=Filters(watch_ids=(one, two))).n == 2
    assert archive.facets(1)["watch"] == [(str(two), 2), (str(one), 1)]
    archive.write(delivery([note(2, "y, edited")], mentions=[(0, one)]))
    assert [row.post.text for row in archive.mentions(1, two)] == ["x"]
    archive.watches.remove(two, 1)
    assert archive.mentions(1, two) == []
    assert archive.search(1)[1].watch_ids == (one,)


def test_matching_history_changes_mentions(archive: Archive) -> None:
    watch = archive.watches.add(1, "w", "q").watch_id
    last = archive.write(delivery([note(i, f"t{i}") for i in range(4)], mentions=[(0, watch), (1, watch)])).newest_id
    archive.change_mentions(1, watch, lost=[last - 3], won=[last, last - 1])
    assert [row.post.text for row in archive.mentions(1, watch)] == ["t3", "t2", "t1"]
    assert texts(archive, "t2") == ["t2"]
    assert archive.mentions(1, watch, before=last, limit=1)[0].post.text == "t2"


def test_the_watch_of_another_workspace_gets_no_mention(archive: Archive) -> None:
    other = archive.workspaces.add("other").workspace_id
    theirs = archive.watches.add(other, "w", "q").watch_id
    archive.write(delivery([note(1)], mentions=[(0, theirs)]))
    assert archive.mentions(other, theirs) == []
    assert archive.search(1)[0].watch_ids == ()


def test_workspaces_share_nothing(archive: Archive) -> None:
    other = archive.workspaces.add("other").workspace_id
    mine = archive.write(delivery([note(1, "secret")])).newest_id
    archive.write(delivery([note(1, "autre")], workspace_id=other))
    assert texts(archive, "secret", other) == []
    assert texts(archive, "autre", other) == ["autre"]
    for ask in (archive.post, archive.thread, archive.raw, archive.revisions):
        with pytest.raises(NotFoundError):
            ask(other, mine)
    with pytest.raises(NotFoundError):
        archive.write(delivery([note(1)], workspace_id=77))


def test_cursor_run_and_health_are_written_with_the_posts(archive: Archive, clock: FixedClock) -> None:
    source = archive.sources.add(1, "feed", "a", {"url": "https://example.org"}, rhythm_seconds=60)
    now = clock.now_ms()
    run = RunStats(now, requests=2, not_modified=1, quota_left=7, drift={"titel": 2})
    archive.write(
        delivery([note(1, published_ms=now - 5_000)], source_id=source.source_id, cursor={"page": 2}, run=run)
    )
    archive.write(delivery([note(2)], source_id=source.source_id, run=run))
    assert archive.sources.get(source.source_id).cursor == {"page": 2}
    health = archive.sources.health(1)[0]
    assert (health.last_heard_ms, health.quota_left, health.drift) == (now, 7, {"titel": 4})
    assert (health.not_modified_share, health.stored, health.requests) == (0.5, 2, 4)
    archive.sources.finish_run(source.source_id, now, error_key="net.timeout", error_params={"host": "example.org"})
    clock.sleep(200)
    health = archive.sources.health(1)[0]
    assert (health.failures, health.error_key, health.silent_since_ms) == (1, "net.timeout", now)
    assert archive.sources.runs(source.source_id, 1)[0].pages == 2


def test_faults_go_to_quarantine_with_their_bytes(archive: Archive) -> None:
    item = RawItem(b'{"broken": tru', note={"page": "3"})
    fault = Fault("map", "feed.bad", {"line": "1"}, "ValueError", "mapping.py:3")
    assert counts(archive.write(delivery([note(1)], faults=[(item, fault)]))) == {"stored": 1, "quarantined": 1}
    archive.write(delivery([], faults=[(item, fault)]))
    rows = archive.quarantine.all(1)
    assert [(row.fault, row.tries, row.state) for row in rows] == [(fault, 2, "waiting")]
    assert archive.quarantine.get(1, rows[0].quarantine_id)[1] == item
    archive.quarantine.settle(1, rows[0].quarantine_id, "dropped")
    assert archive.quarantine.all(1) == []
    assert archive.quarantine.get(1, rows[0].quarantine_id)[1].body == b""
    with pytest.raises(NotFoundError):
        archive.quarantine.get(2, rows[0].quarantine_id)


def test_a_post_too_large_is_quarantined_and_the_next_one_stored(archive: Archive) -> None:
    big = note(1, "x" * (archive.settings.post_bytes_max + 1))
    assert counts(archive.write(delivery([big, note(2)]))) == {"stored": 1, "quarantined": 1}
    assert archive.quarantine.all(1)[0].fault.key == "archive.post_too_large"


def test_a_row_the_database_refuses_is_found_and_the_others_stored(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A null where none may be stands for whatever a database may refuse one day."""
    import palabre.archive.prepared as prepared

    whole = prepared.columns_of

    def spoiled(batch: pa.RecordBatch) -> dict[str, list[object]]:
        columns = whole(batch)
        columns["url"] = [None if text == "poison" else "" for text in columns["text"]]
        return columns

    monkeypatch.setattr(prepared, "columns_of", spoiled)
    receipt = archive.write(delivery([note(i, "poison" if i == 13 else f"bon {i}") for i in range(40)]))
    assert counts(receipt) == {"stored": 39, "quarantined": 1}
    assert archive.quarantine.all(1)[0].fault.key == "archive.row_refused"
    assert len(texts(archive)) == 39


def test_nul_characters_and_odd_keys_do_no_harm(archive: Archive) -> None:
    odd = ["a\0b", 'it\'s \\ "quoted"', "日本語", "👩‍👩‍👧 🇫🇷", "x" * 5_000, "tab\there", "' OR 1=1 --", "* : ^ NEAR( -"]
    receipt = archive.write(delivery([note(i, text, tags=("n\0",)) for i, text in enumerate(odd)]))
    assert counts(receipt) == {"stored": len(odd)}
    for key, n in {
        "it's": 1,
        '"quoted"': 1,
        "\\": 1,
        "👩‍👩‍👧": 1,
        "x" * 5_000: 1,
        "--": 1,
        "near(": 1,
        "*": 1,
        "'": 1,
    }.items():
        assert len(texts(archive, key)) == n, key


def test_a_post_with_too_many_words_for_the_index_is_still_found(archive: Archive) -> None:
    archive.write(delivery([note(1, " ".join(f"mot{i}" for i in range(60_000))), note(2, "mot3")]))
    assert archive.count(1).n == 2
    from palabre.model import Sieve, SieveTerm

    sieve = Sieve(SieveTerm("mot3"), exact=True)
    found = archive.search(1, sieve, lambda batch: ["mot3" in text.split() for text in batch["text"].to_pylist()])
    assert len(found) == 2


def test_random_deliveries_agree_with_a_dictionary(archive: Archive) -> None:
    rng = random.Random(7)
    model: dict[str, str] = {}
    tombs: set[str] = set()
    for _ in range(30):
        batch = [note(rng.randrange(40), f"mot{rng.randrange(5)}") for _ in range(rng.randrange(12))]
        gone = [note(rng.randrange(40)).uri for _ in range(rng.randrange(3))]
        receipt = archive.write(delivery(batch, gone=gone))
        for post in batch:
            if post.uri not in tombs:
                model[post.uri] = post.text
        for uri in gone:
            model.pop(uri, None)
            tombs.add(uri)
        assert receipt.offered == len(batch) + len(gone)
    assert {row.post.uri: row.post.text for row in archive.search(1, limit=1000)} == model
    for i in range(5):
        assert sorted(texts(archive, f"mot{i}")) == sorted(text for text in model.values() if text == f"mot{i}")
