"""Importing a file from the browser: sent, looked at, its columns named, read in the background, its file gone."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from palabre.archive import Filters
from palabre.desk import beats
from palabre.desk.api.tests.test_api import asker, key
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.imports import keeping, working
from palabre.desk.imports.models import ARRIVING, DONE, FAILED, QUEUED, RUNNING, STOPPED, WAITING, Import
from palabre.desk.imports.tests.files import BRANDWATCH, FRENCH, NDJSON, SILENT
from palabre.desk.imports.tests.routes import waiting
from palabre.desk.workspaces.models import AuditEntry, User, Workspace
from palabre.desk.workspaces.tests.matrix import sit
from palabre.errors import ArchiveError
from palabre.road.imports import Import as Road

AsUser = Callable[[User], Client]
BASE = "/w/alpha/sources/import"


@pytest.fixture(autouse=True)
def empty_folder() -> None:
    keeping.discard(keeping.folder())


@pytest.fixture
def browser(alpha: Workspace, alice: User, as_user: AsUser) -> Client:
    return as_user(alice)


def limited(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    monkeypatch.setattr(settings, "PALABRE", replace(settings.PALABRE, **values))


def send(browser: Client, name: str, body: bytes) -> Import:
    """Through the form, as without script."""
    answer = browser.post(BASE, {"file": SimpleUploadedFile(name, body)})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return Import._base_manager.get(uid=answer.headers["Location"].rpartition("/")[2])


def page(browser: Client, row: Import) -> str:
    answer = browser.get(f"{BASE}/{row.uid}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def imported(browser: Client, row: Import, **given: Any) -> Import:
    assert browser.post(f"{BASE}/{row.uid}/start", given).status_code == 302
    working.run()
    row.refresh_from_db()
    return row


def texts(workspace: Workspace) -> dict[str, str]:
    """What the archive holds: the URI of each post and its text."""
    return {row.post.uri: row.post.text for row in archive().search(workspace.id, filters=Filters(), limit=100)}


def on_disk() -> list[Path]:
    return [one for one in keeping.folder().rglob("*") if one.is_file()] if keeping.folder().is_dir() else []


# Files as people bring them


def test_the_page_says_what_may_be_imported(browser: Client) -> None:
    shown = browser.get(BASE).content.decode()
    assert "What you may import" in shown
    assert "A file knows no deletions" in shown


def test_a_brandwatch_export_is_recognised_and_imported(browser: Client, alpha: Workspace) -> None:
    row = send(browser, "mentions-Cyclovent.csv", BRANDWATCH.encode())
    shown = page(browser, row)
    assert "Brandwatch export" in shown
    assert "The battery of my Cyclovent died after two days, again." in shown
    assert "The row has neither text nor title. (1 row)" in shown
    done = imported(browser, row)
    assert (done.state, done.error_key) == (DONE, "")
    said = done.said
    assert (said["offered"], said["stored"], said["quarantined"]) == (4, 3, 1)
    kept = archive().search(alpha.id, filters=Filters(), limit=10)
    by_uri = {one.post.uri: one.post for one in kept}
    first = by_uri["https://x.com/i/status/9001"]
    assert (first.network, first.account and first.account.handle, first.metrics.likes) == ("x", "anna_rides", 12)
    assert on_disk() == []
    result = page(browser, done)
    assert "See 1 item in quarantine" in result
    source = archive().sources.find(alpha.id, "import", "brandwatch")
    assert source is not None
    assert f"/w/alpha/stream?scope=all&amp;source={source.source_id}" in result
    assert browser.get(f"/w/alpha/stream?scope=all&source={source.source_id}").content.count(b"Cyclovent") >= 3
    assert b"mentions-Cyclovent.csv" not in browser.get(f"/w/alpha/quarantine?source={source.source_id}").content


def test_columns_with_french_headings_are_proposed_and_can_be_changed(browser: Client, alpha: Workspace) -> None:
    row = send(browser, "forum.csv", FRENCH.encode("cp1252"))
    shown = page(browser, row)
    assert "Separated by semicolon" in shown
    assert "Windows (cp1252)" in shown
    assert '<option value="text=Verbatim" selected>' in shown
    assert '<option value="network=Réseau" selected>' in shown
    assert "« " not in shown
    # "Quand" says nothing by its name; its values do. Somebody puts the reference where the address was.
    assert '<option value="published_ms=Quand" selected>' in shown
    maps = ["text=Verbatim", "published_ms=Quand", "account_handle=Pseudo", "id=Réf. interne", "network=Réseau", ""]
    assert browser.post(f"{BASE}/{row.uid}", {"map": maps, "dates": "month"}).status_code == 302
    again = page(browser, row)
    assert '<option value="id=Réf. interne" selected>' in again
    assert "11 March 2026, 10:15" in again
    done = imported(browser, row, map=maps, dates="day")
    assert done.said["stored"] == 3
    assert texts(alpha)["urn:palabre:forum:A-1"] == "La batterie tient deux jours ; bravo !"
    assert {one.post.published_ms for one in archive().search(alpha.id, limit=9, filters=Filters())} >= {1793700900000}


def test_a_file_with_the_same_columns_is_read_the_same_way(browser: Client, alpha: Workspace) -> None:
    maps = ["text=Verbatim", "id=Réf. interne", ""]
    imported(browser, send(browser, "one.csv", FRENCH.encode()), map=maps, network="forum")
    other = FRENCH.replace("A-", "B-").replace("Lyon", "Nantes")
    row = send(browser, "two.csv", other.encode())
    shown = page(browser, row)
    assert "the same columns as “one.csv”" in shown
    assert row.options == {"network": "forum", "guess": "no", "map.text": "Verbatim", "map.id": "Réf. interne"}
    browser.post(f"{BASE}/{row.uid}/forget")
    assert '<option value="published_ms=Quand" selected>' in page(browser, row)


def test_ndjson_is_imported_and_its_broken_line_is_in_quarantine(browser: Client, alpha: Workspace) -> None:
    done = imported(browser, send(browser, "talk.ndjson", NDJSON))
    assert (done.said["offered"], done.said["stored"], done.said["quarantined"]) == (3, 2, 1)
    assert done.said["offered"] == done.said["stored"] + done.said["unchanged"] + done.said["quarantined"]
    assert "La sonnette sonne deux fois" in texts(alpha).values()
    assert b"This line is not a JSON object" in browser.get("/w/alpha/quarantine").content


def test_the_same_file_twice_stores_nothing_new(browser: Client, alpha: Workspace) -> None:
    imported(browser, send(browser, "talk.ndjson", NDJSON))
    again = imported(browser, send(browser, "talk.ndjson", NDJSON))
    assert (again.said["stored"], again.said["unchanged"]) == (0, 2)
    history = browser.get(BASE).content.decode()
    assert history.count("talk.ndjson") == 2
    assert "2 known already" in history
    assert "alice" in history


def test_a_zipped_export_is_read_as_the_file_inside(browser: Client, alpha: Workspace) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as members:
        members.writestr("forum.csv", FRENCH)
    row = send(browser, "forum.zip", packed.getvalue())
    assert '<option value="text=Verbatim" selected>' in page(browser, row)
    assert imported(browser, row, map=["text=Verbatim", "id=Réf. interne"]).said["stored"] == 3


def test_an_account_archive_gives_its_posts_and_not_its_pictures(browser: Client, alpha: Workspace) -> None:
    tweet = {"tweet": {"id_str": "77", "full_text": "Cyclovent at dawn"}}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as members:
        members.writestr("Your archive.html", "<html>")
        members.writestr("data/account.js", "window.YTD.account.part0 = []")
        members.writestr("data/tweets.js", "window.YTD.tweets.part0 = " + json.dumps([tweet]))
        for n in range(5):
            members.writestr(f"data/tweets_media/{n}.jpg", b"\xff\xd8\xff")
    row = send(browser, "twitter-2026.zip", packed.getvalue())
    assert "Cyclovent at dawn" in page(browser, row)
    done = imported(browser, row)
    assert (done.said["stored"], done.said["files_quarantined"], done.faults) == (1, 0, [])


def test_an_archive_names_the_files_it_could_not_read(browser: Client, alpha: Workspace) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as members:
        members.writestr("talk.ndjson", NDJSON)
        members.writestr("sub/notes.pdf", b"%PDF-1.4")
    row = send(browser, "two.zip", packed.getvalue())
    done = imported(browser, row)
    assert [name for name, *_ in done.faults] == ["sub/notes.pdf"]
    assert "Not recognised: only its name is noted in quarantine." in page(browser, done)


def test_signs_that_no_database_keeps_end_no_import(browser: Client, alpha: Workspace) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as members:
        members.writestr("talk.ndjson", NDJSON)
        members.writestr("odd.csv", "i\0d,l\0ikes\n1,2\n3,4\n".encode("utf-16"))
    done = imported(browser, send(browser, "two.zip", packed.getvalue()))
    [[name, key_, params]] = done.faults
    assert (done.state, name, key_, params) == (DONE, "odd.csv", "files.no_text_column", {"columns": "id, likes"})


def test_the_button_that_imports_stands_before_the_posts(browser: Client, alpha: Workspace) -> None:
    """The column of the first posts is as high as the window: what stands below them is not seen."""
    shown = page(browser, send(browser, "forum.csv", FRENCH.encode()))
    assert shown.index("/start") < shown.index('class="first-posts"')


# What is wrong with a file


def test_a_table_that_says_nothing_asks_which_column_speaks(browser: Client, alpha: Workspace) -> None:
    row = send(browser, "silent.csv", SILENT.encode())
    assert "No column holds what was said. Columns: reference, when. Choose the one that does." in page(browser, row)
    browser.post(f"{BASE}/{row.uid}/start")
    row.refresh_from_db()
    assert row.state == WAITING
    assert imported(browser, row, map=["text=reference", "published_ms=when"]).said["stored"] == 3


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "No known format recognises this file."),
        ("torn.xlsx", b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml" + b"xl/" * 9, "The workbook is damaged"),
        ("torn.zip", b"PK\x03\x04 and then nothing of the kind", "damaged or encrypted"),
        ("torn.csv.gz", gzip.compress(b"text\nhello\n", mtime=0)[:-12], "damaged"),
        ("names.parquet", b"PAR1 is all there is", "The Parquet file is damaged"),
    ],
)
def test_a_broken_file_says_what_is_wrong_and_goes_away(
    name: str, body: bytes, sentence: str, browser: Client, alpha: Workspace
) -> None:
    row = send(browser, name, body)
    shown = page(browser, row)
    assert sentence in shown
    assert "--" not in shown.partition("<main")[2]
    assert browser.post(f"{BASE}/{row.uid}/leave").status_code == 302
    assert on_disk() == []
    assert not Import._base_manager.filter(uid=row.uid).exists()


def test_a_file_that_breaks_while_it_is_read_fails_with_its_reason(browser: Client, alpha: Workspace) -> None:
    row = send(browser, "talk.txt", NDJSON)
    browser.post(f"{BASE}/{row.uid}/start")
    keeping.path_of(row).write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 500)
    working.run()
    row.refresh_from_db()
    assert (row.state, row.error_key) == (FAILED, "files.unknown")
    assert "No known format recognises this file." in page(browser, row)
    kept = browser.get("/w/alpha/quarantine").content.decode()
    assert str(settings.PALABRE.home) not in kept
    assert on_disk() == []


def test_what_stops_the_archive_is_said(browser: Client, alpha: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise ArchiveError("pipeline.disk_full", free=1, limit=2)

    monkeypatch.setattr(Road, "write", full)
    failed = imported(browser, send(browser, "talk.ndjson", NDJSON))
    assert failed.state == FAILED
    assert "The disk is almost full." in page(browser, failed)
    assert on_disk() == []


@pytest.mark.parametrize("members", [1, 3])
def test_a_bomb_stays_closed(members: int, browser: Client, alpha: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, upload_bytes_max=1_000_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bag:
        for n in range(members):
            bag.writestr(f"{n}.csv", b"text;author\n" + b"hello there, it is me;anna\n" * (500_000 // members))
    row = send(browser, "bomb.zip", packed.getvalue())
    assert "exceeds 10 MB" in page(browser, row)
    assert Import._base_manager.get(uid=row.uid).state == WAITING
    assert browser.post(f"{BASE}/{row.uid}/start").status_code == 302
    assert Import._base_manager.get(uid=row.uid).state == WAITING


# How it travels


def test_a_file_too_large_is_refused_before_it_travels(
    browser: Client, alpha: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch, upload_bytes_max=1_000_000)
    begun = browser.post(f"{BASE}/begin", {"name": "a.csv", "size": "1500000"})
    assert begun.status_code == 400
    assert "1.5 MB; the limit is 1 MB" in begun.json()["error"]
    whole = browser.post(BASE, {"file": SimpleUploadedFile("a.csv", b"x" * 1_500_000)})
    assert whole.status_code == 400
    assert "the limit is 1 MB" in whole.content.decode()
    assert not Import._base_manager.exists()
    assert on_disk() == []


def piece(browser: Client, where: str, at: int, body: bytes) -> Any:
    return browser.post(f"{where}?at={at}", body, content_type="application/octet-stream")


def test_a_large_file_travels_in_pieces(browser: Client, alpha: Workspace) -> None:
    body = FRENCH.encode()
    begun = browser.post(f"{BASE}/begin", {"name": "../../etc/forum.csv", "size": str(len(body))}).json()
    assert piece(browser, begun["piece"], 0, body[:100]).json() == {"at": 100}
    lost = piece(browser, begun["piece"], 50, body[50:])
    assert (lost.status_code, lost.json()) == (409, {"at": 100})
    row = Import._base_manager.get()
    assert (row.state, row.name) == (ARRIVING, "forum.csv")
    assert "discard this file and send it again" in page(browser, row)
    last = piece(browser, begun["piece"], 100, body[100:] + b"and more than was said").json()
    assert last["next"] == f"{BASE}/{row.uid}"
    assert keeping.path_of(row).read_bytes() == body
    assert keeping.path_of(row).stat().st_mode & 0o077 == 0
    assert imported(browser, row).said["stored"] == 3


def test_a_disk_that_fills_meanwhile_is_said(
    browser: Client, alpha: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = FRENCH.encode()
    begun = browser.post(f"{BASE}/begin", {"name": "forum.csv", "size": str(len(body))}).json()
    assert piece(browser, begun["piece"], 0, body[:100]).status_code == 200
    limited(monkeypatch, disk_free_bytes_min=1 << 60)
    full = piece(browser, begun["piece"], 100, body[100:])
    assert full.status_code == 400
    assert "not enough room" in full.json()["error"]
    assert not Import._base_manager.exists()
    assert on_disk() == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("posts.csv", "posts.csv"),
        ("../../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\export.xlsx", "export.xlsx"),
        ("..", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("a\0b\n\u202ec.csv", "abc.csv"),
        ("é" * 300 + ".csv", "é" * 58 + ".csv"),
        ("語" * 300, "語" * 40),
        ("x." + "y" * 300, "x." + "y" * 118),
    ],
)
def test_no_name_leads_out_of_the_folder(given: str, kept: str) -> None:
    assert keeping.safe_name(given) == kept


def test_only_so_many_files_wait(browser: Client, alpha: Workspace) -> None:
    for _ in range(5):
        waiting(alpha)
    refused = browser.post(f"{BASE}/begin", {"name": "a.csv", "size": "10"})
    assert "5 files wait already" in refused.json()["error"]


@pytest.mark.parametrize("role", ["reader", "agent"])
def test_only_who_may_add_a_source_imports(role: str, alpha: Workspace, as_user: AsUser) -> None:
    row = waiting(alpha)
    browser = as_user(sit(alpha, role))
    assert browser.post(BASE, {"file": SimpleUploadedFile("a.csv", b"text\nhello\n")}).status_code == 404
    assert browser.post(f"{BASE}/{row.uid}/start").status_code == 404
    assert b"sources/import" not in browser.get("/w/alpha/sources").content


def test_a_form_without_its_token_is_refused(alpha: Workspace, alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    row = waiting(alpha)
    for path in (f"{BASE}/begin", f"{BASE}/{row.uid}/piece", f"{BASE}/{row.uid}/start", f"{BASE}/{row.uid}/leave"):
        assert strict.post(path).status_code == 403


# In the background


def test_an_import_is_noted_and_survives_the_end_of_a_process(
    browser: Client, alpha: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = waiting(alpha)
    browser.post(f"{BASE}/{row.uid}/start")
    assert AuditEntry.objects.of(alpha).filter(what="file_imported", about="forum.csv").count() == 1
    assert "You may leave this page" in page(browser, row)
    with monkeypatch.context() as patched:
        patched.setattr(beats, "ending", lambda: True)
        taken = working.claimed()
        assert taken is not None
        working.perform(taken)
    row.refresh_from_db()
    assert (row.state, row.tries) == (QUEUED, 0)
    assert on_disk() != []
    working.run()
    row.refresh_from_db()
    assert (row.state, row.said["offered"], row.said["unchanged"]) == (DONE, 3, 3)
    assert "what had been kept before counts among the known" in page(browser, row)


def test_a_file_that_ends_the_process_is_not_tried_for_ever(alpha: Workspace) -> None:
    row = waiting(alpha)
    Import._base_manager.filter(pk=row.pk).update(state=RUNNING, tries=1)
    working.interrupted()
    assert Import._base_manager.get(pk=row.pk).state == QUEUED
    Import._base_manager.filter(pk=row.pk).update(state=RUNNING, tries=working.TRIES_MAX)
    working.interrupted()
    assert Import._base_manager.get(pk=row.pk).state == FAILED
    assert on_disk() == []


def test_an_import_can_be_stopped(browser: Client, alpha: Workspace) -> None:
    row = waiting(alpha)
    browser.post(f"{BASE}/{row.uid}/start")
    browser.post(f"{BASE}/{row.uid}/leave")
    working.run()
    row.refresh_from_db()
    assert (row.state, row.said) == (STOPPED, {})
    assert on_disk() == []
    assert "Stopped" in page(browser, row)


def test_one_that_is_read_stops_where_it_notices(browser: Client, alpha: Workspace) -> None:
    row = waiting(alpha)
    Import._base_manager.filter(pk=row.pk).update(state=QUEUED)
    taken = working.claimed()
    assert taken is not None
    browser.post(f"{BASE}/{row.uid}/leave")
    working.perform(taken)
    row.refresh_from_db()
    assert row.state == STOPPED
    assert on_disk() == []


def test_a_file_that_nobody_wanted_goes_away(alpha: Workspace) -> None:
    row, other = waiting(alpha), waiting(alpha)
    Import._base_manager.filter(pk=other.pk).update(made_ms=now_ms())
    working.tidy()
    assert not Import._base_manager.filter(pk=row.pk).exists()
    assert on_disk() == [keeping.path_of(other)]


def test_the_way_there_is_on_the_pages_where_one_looks_for_it(browser: Client, alpha: Workspace) -> None:
    for path in ("/w/alpha/sources", "/w/alpha/sources/add", "/w/alpha/stream", "/w/alpha/start"):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert f'href="{BASE}"' in answer.content.decode(), path


def test_a_program_sends_a_file_and_says_what_its_columns_hold(alpha: Workspace, alice: User) -> None:
    ask = asker(key(alice, alpha, "read write"))
    status, sent = ask("imports", "post", {"file": {"name": "forum.csv", "text": FRENCH}})
    assert status == 201, sent
    uid, look = sent["imported"]["id"], sent["look"]
    assert (look["kind"], look["rows"], look["ready"]) == ("csv", 3, True)
    assert {one["name"]: one["field"] for one in look["columns"]}["Verbatim"] == "text"
    given = {"columns": {"text": "Verbatim", "id": "Réf. interne"}, "network": "forum"}
    status, changed = ask(f"imports/{uid}", "patch", given)
    assert status == 200, changed
    assert ask(f"imports/{uid}", "patch", {"dates": "day"})[0] == 200
    assert Import._base_manager.get(uid=uid).options["map.id"] == "Réf. interne"
    assert ask(f"imports/{uid}", "patch", {"columns": {"text": "nowhere"}})[0] == 422
    assert ask(f"imports/{uid}/start", "post")[1]["imported"]["state"] == QUEUED
    working.run()
    done = ask(f"imports/{uid}")[1]["imported"]
    assert (done["state"], done["said"]["stored"]) == (DONE, 3)
    assert "urn:palabre:forum:A-1" in texts(alpha)
    assert asker(key(alice, alpha, "read"))("imports", "post", {"file": {"text": "x"}})[0] == 401


def test_who_is_not_to_be_kept_is_not_kept(browser: Client, alpha: Workspace) -> None:
    """The suppression list is asked at the one write door, whatever the post came by."""
    archive().suppression.add_account(alpha.id, "x", handle="anna_rides")
    done = imported(browser, send(browser, "mentions.csv", BRANDWATCH.encode()))
    assert (done.said["stored"], done.said["suppressed"]) == (2, 1)
    assert done.said["offered"] == done.said["stored"] + done.said["unchanged"] + done.said["quarantined"]
    assert "https://x.com/i/status/9001" not in texts(alpha)
