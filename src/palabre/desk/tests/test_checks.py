"""Our own system checks, and the production settings of Django's."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.checks import CheckMessage

from palabre.desk.config import checks, database, secret
from palabre.errors import ConfigError
from palabre.settings import Settings

GOOD_KEY = "abcdefghijklmnopqrstuvwxyz0123456789-abcdefghijklmnopqrstuvwxyz"
CASES: list[tuple[Callable[[], list[CheckMessage]], str]] = [
    (lambda: checks.secret_faults("short"), "palabre.E001"),
    (lambda: checks.secret_faults("a" * 99), "palabre.E001"),
    (lambda: checks.secret_faults(GOOD_KEY), ""),
    (lambda: checks.debug_faults(True), "palabre.E002"),
    (lambda: checks.host_faults(["*"]), "palabre.E003"),
    (lambda: checks.host_faults([]), "palabre.E003"),
    (lambda: checks.proxy_faults("HTTP_X_FORWARDED_PROTO", 1), "palabre.E004"),
    (lambda: checks.proxy_faults(("HTTP_X_FORWARDED_PROTO", "https"), 0), "palabre.E004"),
    (lambda: checks.proxy_faults(("HTTP_X_FORWARDED_PROTO", "https"), 1), ""),
    (lambda: checks.site_faults("listen.example.org"), "palabre.E005"),
    (lambda: checks.site_faults("https://listen.example.org/path"), "palabre.E005"),
    (lambda: checks.exposure_faults(Settings(host="0.0.0.0")), "palabre.E006"),
    (lambda: checks.exposure_faults(Settings(host="0.0.0.0", site_url="http://x.example")), "palabre.W007"),
    (lambda: checks.exposure_faults(Settings(site_url="https://x.example")), "palabre.E008"),
    (lambda: checks.exposure_faults(Settings(site_url="https://x.example", trusted_proxies=1)), ""),
    (lambda: checks.exposure_faults(Settings()), ""),
    (lambda: checks.storage_faults(Path("/a/static"), Path("/a"), "/a/static/desk.sqlite3"), "palabre.E009"),
    (lambda: checks.disk_faults(Path("/"), 10**18), "palabre.W012"),
    (lambda: checks.clock_faults(0), "palabre.E013"),
    (lambda: checks.hasher_faults(["django.contrib.auth.hashers.MD5PasswordHasher"]), "palabre.E014"),
]


@pytest.mark.parametrize(("ask", "expected"), CASES)
def test_each_check_finds_its_fault(ask: Callable[[], list[CheckMessage]], expected: str) -> None:
    assert [found.id for found in ask()] == ([expected] if expected else [])


def test_a_folder_that_everybody_reads_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert [found.id for found in checks.privacy_faults(tmp_path)] == ["palabre.W010"]
    tmp_path.chmod(0o700)
    assert checks.privacy_faults(tmp_path) == []


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    first = secret.kept(path)
    assert secret.kept(path) == first
    assert checks.secret_faults(first) == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["secret.key"]


def test_postgresql_has_a_schema_of_its_own() -> None:
    entry = database.entry(Settings(database_url="postgresql+psycopg://ana:p%40ss@db:5433/ear?sslmode=require"))
    assert (entry["NAME"], entry["USER"], entry["PASSWORD"], entry["PORT"]) == ("ear", "ana", "p@ss", "5433")
    assert entry["OPTIONS"] == {"sslmode": "require", "options": "-c search_path=desk"}


def test_another_database_is_refused() -> None:
    with pytest.raises(ConfigError):
        database.entry(Settings(database_url="mysql://x/y"))


def test_production_settings_pass_the_deployment_checks(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PALABRE_", "DJANGO_"))}
    environment |= {
        "PALABRE_HOME": str(tmp_path),
        "PALABRE_SITE_URL": "https://listen.example.org",
        "PALABRE_TRUSTED_PROXIES": "1",
        "PALABRE_DISK_FREE_BYTES_MIN": "0",
    }
    code = "from palabre.cli.main import main; main()"
    command = [sys.executable, "-c", code, "manage", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
