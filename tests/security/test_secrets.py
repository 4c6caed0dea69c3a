"""No secret leaves (P9 for the archive, the network and the logs): planted values are looked for everywhere."""

from __future__ import annotations

import io
import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest

from palabre.archive import open_archive
from palabre.archive.vault import Vault, seal, unseal
from palabre.clock import FixedClock
from palabre.errors import ArchiveError, FetchError
from palabre.logs import configure, keep_secret, logger
from palabre.net import Net
from palabre.settings import Settings

CANARIES = [f"canary-{n:02}-Zx9wQ7" for n in range(30)]


def traces(folder: Path) -> list[str]:
    """Files of a folder that hold a planted value in clear."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(value.encode() in path.read_bytes() for value in CANARIES)]


@pytest.fixture
def planted(own_settings: Settings, clock: FixedClock) -> Any:
    """(archive, source id): thirty secrets on one source."""
    archive = open_archive(own_settings, clock)
    workspace = archive.workspaces.find("default")
    secrets = {f"token{n}": value for n, value in enumerate(CANARIES)}
    added = archive.sources.add(
        workspace.workspace_id, "mastodon", "planted", {"server": "https://a.example"}, secrets=secrets
    )
    yield archive, workspace.workspace_id, added.source_id
    archive.close()


def test_a_secret_comes_back_to_the_connector_and_is_nowhere_in_clear(planted: Any, own_settings: Settings) -> None:
    archive, workspace_id, source_id = planted
    assert sorted(archive.sources.secrets(source_id).values()) == sorted(CANARIES)
    assert len(archive.sources.secret_names(source_id, workspace_id)) == 30
    assert traces(own_settings.home) == []
    (own_settings.home / "teeth.txt").write_text(CANARIES[3])
    assert traces(own_settings.home) == ["teeth.txt"]


def test_what_a_screen_may_know_of_a_source_holds_no_secret(planted: Any) -> None:
    archive, workspace_id, source_id = planted
    shown = repr(archive.sources.get(source_id, workspace_id)) + repr(archive.sources.health(workspace_id))
    assert not any(value in shown for value in CANARIES)


def test_the_database_alone_opens_nothing(planted: Any, own_settings: Settings, clock: FixedClock) -> None:
    archive, _, source_id = planted
    archive.close()
    (own_settings.home / "secret.key").write_text("00" * 32)
    with pytest.raises(ArchiveError):
        open_archive(own_settings, clock).sources.secrets(source_id)


def test_a_sealed_value_opens_in_its_own_place_only() -> None:
    key = Vault(b"x" * 32).derived("tests")
    sealed = seal(key, b"value", "workspace/1/token")
    assert unseal(key, sealed, "workspace/1/token") == b"value"
    for place, data in (
        ("workspace/2/token", sealed),
        ("workspace/1/other", sealed),
        ("workspace/1/token", sealed[:-1]),
    ):
        with pytest.raises(ArchiveError):
            unseal(key, data, place)


def test_the_key_file_is_its_owners_alone(planted: Any, own_settings: Settings) -> None:
    assert (own_settings.home / "secret.key").stat().st_mode & 0o077 == 0


def test_a_log_blots_a_secret_out_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    configure("INFO")
    keep_secret(CANARIES)
    logger("tests").info("call", url=f"https://a.example/?k={CANARIES[0]}", nested={CANARIES[1]: [CANARIES[2]]}, n=1)
    logging.getLogger("library").warning("failed with %s", CANARIES[4])
    lines = out.getvalue()
    assert not any(value in lines for value in CANARIES)
    assert json.loads(lines.splitlines()[0])["n"] == 1


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_no_error_of_the_network_carries_what_was_sent(web: Any, net: Net, status: int) -> None:
    web.routes["/x"] = (status, {}, CANARIES[0].encode())
    headers = {"Authorization": f"Bearer {CANARIES[1]}"}
    with pytest.raises(FetchError) as caught:
        net.get(f"{web.url}/x?access_token={CANARIES[2]}", headers=headers).check()
    error = caught.value
    shown = f"{error} {error.params} {error.args} {error!r}"
    assert not any(value in shown for value in CANARIES)
