"""Erasure, suppression, backups, secrets, upkeep: what must go goes, what must stay stays."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.contract.deliveries import delivery, note, texts

from palabre.archive import Archive, open_archive
from palabre.archive.restore import forget_before, read_manifest, restore
from palabre.archive.vault import Vault, seal, unseal
from palabre.clock import FixedClock
from palabre.errors import ArchiveError, InputError, NotFoundError
from palabre.model import Account, Fault, RawItem
from palabre.settings import Settings

MARK = "zqmarkerqz"
ZOE = Account(f"https://example.org/u/{MARK}", f"{MARK}h", f"{MARK} name", f"https://example.org/@{MARK}")
BOB = Account("https://example.org/u/bob", "bob")


def zoe_posts(archive: Archive) -> None:
    """Posts of the person, edits, a reshare, an answer, a mention, quarantine, a tombstone; and posts of others."""
    watch = archive.watches.add(1, "w", "q").watch_id
    mine = f"{ZOE.uri}/posts/1"
    posts = [
        note(0, f"{MARK} premier", uri=mine, account=ZOE, html=f"<p>{MARK}</p>"),
        note(2, f"{MARK} reshared", kind="reshare", reshare_of=mine, account=BOB),
        note(3, "answer", parent=mine, root=mine, account=BOB, mentions=(ZOE.handle, "carl")),
        note(4, "ailleurs", account=BOB),
    ]
    fault = Fault("map", "feed.bad", {"user": f"{MARK}h"})
    item = RawItem(f'{{"author":"{MARK}h","x":'.encode())
    archive.write(delivery(posts, mentions=[(0, watch)], faults=[(item, fault)]))
    archive.write(delivery([note(0, f"{MARK} edited", uri=mine, account=ZOE)]))
    archive.write(delivery([note(5, uri=f"{ZOE.uri}/posts/9", account=ZOE)], gone=[f"{ZOE.uri}/posts/9"]))


def files_with(folder: Path, mark: str) -> list[str]:
    """Files that hold the mark anywhere in their bytes, in any case."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if mark.encode() in path.read_bytes().lower()]


def test_an_erased_person_is_in_no_byte_of_the_data_folder(archive: Archive, settings: Settings) -> None:
    zoe_posts(archive)
    if archive.ledger.sqlite:
        assert files_with(settings.home, MARK)
    gone = archive.erase(1, "@" + ZOE.handle.upper(), by="ada")
    assert (gone.accounts, gone.posts, gone.revisions, gone.mentions, gone.quarantined) == (1, 2, 1, 0, 1)
    assert texts(archive) == ["ailleurs", "answer"]
    answer = archive.search(1)[1].post
    assert (answer.parent, answer.root, answer.mentions) == ("", "", ("carl",))
    assert files_with(settings.home, MARK) == []
    with archive.ledger.read() as connection:
        for table in ("post", "account", "revision", "tombstone", "quarantine", "suppression", "audit"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert MARK not in str(rows).lower(), table


def test_an_erased_person_is_in_no_byte_of_the_lake(archive: Archive, settings: Settings) -> None:
    zoe_posts(archive)
    archive.write(delivery([note(20, f"nobody knows {MARK.upper()}x", uri=f"{ZOE.uri}/posts/20", account=ZOE)]))
    archive.lake.seal_all()
    assert any(files_with(archive.lake.root, part) for part in (MARK, "posts/20"))
    archive.erase(1, ZOE.uri)
    assert archive.lake.posts(1).count().to_pyarrow().as_py() == 2
    names = [path.name for path in archive.lake.root.rglob("*") if path.is_file()]
    assert len(names) == 1
    held = pq.read_table(next(archive.lake.root.rglob("*.parquet")))
    assert MARK not in str(held.to_pylist()).lower()
    assert files_with(archive.lake.root, MARK) == []


def test_a_restored_archive_makes_its_lake_again(settings: Settings, clock: FixedClock, tmp_path: Path) -> None:
    with open_archive(settings, clock) as archive:
        archive.write(delivery([note(1), note(2)]))
        archive.lake.seal_all()
        folder = archive.back_up(tmp_path / "backups")
        archive.write(delivery([note(3)]))
        archive.lake.seal_all()
    restore(settings, folder)
    with open_archive(settings, clock) as archive:
        assert archive.lake.posts(1).count().to_pyarrow().as_py() == 2
        assert archive.lake.status().files == 0
        assert archive.lake.seal_all() == 2


def test_an_erased_person_does_not_come_back(archive: Archive) -> None:
    zoe_posts(archive)
    archive.erase(1, ZOE.uri)
    again = [
        note(11, "new uri", account=ZOE),
        note(12, "by handle", account=Account("https://example.org/other", ZOE.handle.upper())),
        note(13, "old uri", uri=f"{ZOE.uri}/posts/1"),
        note(14, "reshare", reshare_of=f"{ZOE.uri}/posts/1"),
        note(15, "reshare of an unknown one", reshare_of=f"{ZOE.uri}/posts/77"),
        note(16, "taken back once", uri=f"{ZOE.uri}/posts/9"),
        note(17, "someone else", account=BOB),
    ]
    receipt = archive.write(delivery(again))
    assert (receipt.suppressed, receipt.stored) == (6, 1)
    assert archive.write(delivery(again, workspace_id=archive.workspaces.add("other").workspace_id)).suppressed == 0
    archive.suppression.lift(1, "mastodon", uri=ZOE.uri, handle=ZOE.handle)
    assert archive.write(delivery([note(11, "new uri", account=ZOE)])).stored == 1


def test_an_erased_post_does_not_come_back(archive: Archive) -> None:
    post_id = archive.write(delivery([note(1)])).newest_id
    assert archive.erasing.erase_post(1, post_id).posts == 1
    assert archive.write(delivery([note(1)])).suppressed == 1


def test_a_backup_restores_and_those_who_objected_since_stay_away(
    settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    with open_archive(settings, clock) as archive:
        zoe_posts(archive)
        source = archive.sources.add(1, "feed", "a", {}, secrets={"token": "s3cret"}).source_id
        folder = archive.back_up(tmp_path / "backups")
        archive.erase(1, ZOE.uri)
        archive.write(delivery([note(99, "after the backup")]))
    manifest = restore(settings, folder)
    assert manifest.counts["post"] == 4
    with open_archive(settings, clock) as archive:
        assert texts(archive) == ["ailleurs", "answer"]
        assert archive.write(delivery([note(11, account=ZOE)])).suppressed == 1
        assert archive.sources.secrets(source) == {"token": "s3cret"}
        assert archive.suppression.count(1) > 0
        if archive.ledger.sqlite:
            forget_before(settings)
            assert files_with(settings.home, MARK) == []


def test_a_backup_restores_on_another_machine(settings: Settings, clock: FixedClock, tmp_path: Path) -> None:
    """A new home without a key: the one of the backup is taken."""
    with open_archive(settings, clock) as archive:
        source = archive.sources.add(1, "feed", "a", {}, secrets={"token": "s3cret"}).source_id
        folder = archive.back_up(tmp_path / "backups")
    from dataclasses import replace

    fresh = replace(settings, home=tmp_path / "elsewhere")
    fresh.home.mkdir()
    restore(fresh, folder)
    with open_archive(fresh, clock) as archive:
        assert archive.sources.secrets(source) == {"token": "s3cret"}


def test_a_damaged_or_partial_backup_is_refused_and_nothing_changes(
    settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    with open_archive(settings, clock) as archive:
        archive.write(delivery([note(1)]))
        folder = archive.back_up(tmp_path / "backups")
    name = next(name for name in read_manifest(folder).files if name.startswith("ledger"))
    with (folder / name).open("r+b") as file:
        file.seek(100)
        file.write(b"\xff\xfe")
    with pytest.raises(ArchiveError) as damaged:
        restore(settings, folder)
    (folder / "manifest.json").unlink()
    with pytest.raises(ArchiveError) as partial:
        restore(settings, folder)
    assert (damaged.value.key, partial.value.key) == ("archive.backup_damaged", "archive.no_backup")
    with open_archive(settings, clock) as archive:
        assert archive.count(1).n == 1


def test_secrets_are_sealed_and_only_names_are_shown(archive: Archive, settings: Settings) -> None:
    source = archive.sources.add(1, "x", "a", {}, secrets={"token": "canary-4711"}).source_id
    archive.sources.set_secret(source, 1, "other", "canary-4712")
    archive.sources.set_secret(source, 1, "token", "")
    assert archive.sources.secret_names(source, 1) == ["other"]
    assert archive.sources.secrets(source) == {"other": "canary-4712"}
    assert files_with(settings.home, "canary-47") == []
    with pytest.raises(NotFoundError):
        archive.sources.set_secret(source, 2, "token", "x")


def test_a_sealed_secret_opens_in_its_own_place_only() -> None:
    key = Vault(b"master").derived("data keys")
    sealed = seal(key, b"secret", "a/1/token")
    assert unseal(key, sealed, "a/1/token") == b"secret"
    for other, place in ((key, "a/2/token"), (Vault(b"another").derived("data keys"), "a/1/token")):
        with pytest.raises(ArchiveError) as refused:
            unseal(other, sealed, place)
        assert refused.value.key == "archive.wrong_key"


def test_what_had_its_time_goes(archive: Archive, clock: FixedClock) -> None:
    old = archive.write(delivery([note(1, "vieux")])).newest_id
    clock.sleep(31 * 86_400)
    archive.write(delivery([note(2, "neuf")]))
    assert archive.tidy().raw == 1
    assert archive.raw(1, old) == []
    clock.sleep((settings_days := archive.settings.retention_days - 30) * 86_400)
    archive.write(delivery([note(1, "vieux")]))  # hearing it again does not start its time anew
    assert archive.tidy().posts == 1, settings_days
    assert texts(archive) == ["neuf"]


def test_a_source_is_worked_on_by_one(archive: Archive, clock: FixedClock) -> None:
    source = archive.sources.add(1, "feed", "a", {}, rhythm_seconds=60)
    now = clock.now_ms()
    assert [found.source_id for found in archive.sources.due(now)] == [source.source_id]
    assert archive.sources.claim(source.source_id, now + 1_000)
    assert not archive.sources.claim(source.source_id, now + 1_000)
    assert archive.sources.due(now) == []
    archive.sources.finish_run(source.source_id, now)
    assert archive.sources.get(source.source_id).next_due_ms == now + 60_000
    archive.sources.change(source.source_id, 1, state="paused", config={"url": "x"}, name="b")
    assert archive.sources.due(now + 10**9) == []
    assert archive.sources.find(1, "feed", "b") == archive.sources.get(source.source_id)
    archive.write(delivery([note(1)], source_id=source.source_id))
    archive.sources.remove(source.source_id, 1)
    assert archive.search(1)[0].source_id is None


@pytest.mark.parametrize("slug", ["", "A", "é", "a b", "-a", "x" * 64])
def test_a_workspace_needs_a_plain_name(archive: Archive, slug: str) -> None:
    with pytest.raises(InputError):
        archive.workspaces.add(slug)


def test_limits_and_choices_are_told(archive: Archive) -> None:
    refused = [
        lambda: archive.sources.add(1, "feed", "n" * 301, {}),
        lambda: archive.sources.add(1, "feed", "n", {"a": "x" * 100_001}),
        lambda: archive.sources.add(1, "feed", "n", {}, keep="some"),
        lambda: archive.watches.add(1, "n" * 301, "q"),
        lambda: archive.watches.add(1, "n", "q", kind="planet"),
        lambda: archive.workspaces.add("x", "n" * 201),
    ]
    for call in refused:
        with pytest.raises(InputError):
            call()


def test_the_number_of_a_source_that_went_is_never_given_again(archive: Archive) -> None:
    first = archive.sources.add(1, "feed", "First", {"url": "https://a.example/1"})
    archive.sources.remove(first.source_id, 1)
    second = archive.sources.add(1, "feed", "Second", {"url": "https://a.example/2"})
    assert second.source_id > first.source_id
