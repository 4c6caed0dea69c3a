"""The system checks of `palabre doctor`: each has an id, looks at one thing, and says what to do."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from palabre.archive.vault import KEY_FILE
from palabre.clock import Clock
from palabre.errors import PalabreError
from palabre.road.disk import free_bytes
from palabre.settings import Settings

OK, WARNING, ERROR = "ok", "warning", "error"
BACKUP_DAYS_MAX = 2
DAY_MS = 86_400_000
BUILT_MS = 1_788_220_800_000  # September 2026: this code is not older, so a clock before that is wrong
CLOCK_YEARS = 20
FREE_WARNING_FACTOR = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. level: ok, warning or error; the sentence is ``doctor.<key>``."""

    check: str
    level: str
    key: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Patient:
    settings: Settings
    clock: Clock


def home_writable(one: Patient) -> Finding:
    probe = one.settings.home / f".doctor-{os.getpid()}"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Finding("P001", ERROR, "home_not_writable", {"path": one.settings.home, "reason": error.strerror})
    return Finding("P001", OK, "home_writable", {"path": one.settings.home})


def disk_room(one: Patient) -> Finding:
    free, limit = free_bytes(one.settings), one.settings.disk_free_bytes_min
    level = ERROR if free < limit else WARNING if free < limit * FREE_WARNING_FACTOR else OK
    key = {ERROR: "disk_full", WARNING: "disk_low", OK: "disk_well"}[level]
    return Finding("P002", level, key, {"free": round(free / 1e9, 1), "limit": round(limit / 1e9, 1)})


def clock_sane(one: Patient) -> Finding:
    now = one.clock.now_ms()
    good = BUILT_MS <= now <= BUILT_MS + CLOCK_YEARS * 366 * DAY_MS
    return Finding("P003", OK if good else ERROR, "clock_sane" if good else "clock_wrong")


def secret_key(one: Patient) -> Finding:
    """The key must exist once there is an archive, and be readable by its owner alone."""
    if one.settings.secret_key:
        return Finding("P004", OK, "key_setting")
    path = one.settings.home / KEY_FILE
    if not path.exists():
        return Finding("P004", WARNING, "key_missing", {"path": path})
    open_to_others = stat.S_IMODE(path.stat().st_mode) & 0o077
    return Finding(
        "P004", ERROR if open_to_others else OK, "key_open" if open_to_others else "key_well", {"path": path}
    )


def database(one: Patient) -> Finding:
    """Reachable, and of this version. Nothing is migrated here."""
    from palabre.archive.ledger import open_ledger
    from palabre.archive.migrate import current_version, known_versions

    try:
        ledger = open_ledger(one.settings)
        with ledger.read() as connection:
            found = current_version(connection)
        ledger.close()
    except PalabreError as error:
        return Finding("P005", ERROR, "database_unreachable", {"reason": str(error)})
    newest = known_versions()[-1]
    if found in ("", newest):
        return Finding("P005", OK, "database_well" if found else "database_new", {"version": found})
    level = WARNING if found < newest else ERROR
    return Finding("P005", level, "database_older" if found < newest else "database_newer", {"version": found})


def kernel(_one: Patient) -> Finding:
    from importlib.util import find_spec

    there = find_spec("palabre.text._kernel") is not None
    return Finding("P006", OK if there else WARNING, "kernel_there" if there else "kernel_missing")


def backup_age(one: Patient) -> Finding:
    """When the newest backup was made."""
    manifests = Path(one.settings.home, "backups").glob("*/manifest.json")
    newest = max((int(path.stat().st_mtime * 1000) for path in manifests), default=0)
    if not newest:
        return Finding("P007", WARNING, "backup_none")
    days = (one.clock.now_ms() - newest) // DAY_MS
    return Finding("P007", WARNING if days > BACKUP_DAYS_MAX else OK, "backup_age", {"n": days})


def private_hosts(one: Patient) -> Finding:
    names = one.settings.allowed_hosts_private
    return Finding("P008", WARNING if names else OK, "private_hosts" if names else "private_none", {"names": names})


def reach(one: Patient) -> Finding:
    """A desk that is reached from outside must be told under which address, and over TLS."""
    outside = one.settings.host not in ("127.0.0.1", "::1", "localhost")
    url = one.settings.site_url
    if outside and not url.startswith("https://"):
        return Finding("P009", WARNING, "reach_open", {"host": one.settings.host})
    return Finding("P009", OK, "reach_well")


def debug_off(one: Patient) -> Finding:
    on = one.settings.log_level.upper() == "DEBUG" or os.environ.get("DJANGO_DEBUG", "").lower() in ("1", "true")
    return Finding("P010", WARNING if on else OK, "debug_on" if on else "debug_off")


def home_private(one: Patient) -> Finding:
    others = stat.S_IMODE(one.settings.home.stat().st_mode) & 0o007
    return Finding(
        "P011", WARNING if others else OK, "home_open" if others else "home_private", {"path": one.settings.home}
    )


def formats(_one: Patient) -> Finding:
    """Plugins that cannot be loaded."""
    from palabre.collect.files.detect import usable

    broken = usable()[1]
    if broken:
        return Finding("P012", WARNING, "plugins_broken", {"names": ", ".join(broken)})
    return Finding("P012", OK, "plugins_well")


def lake_database(_one: Patient) -> Finding:
    """DuckDB and Arrow work together on this machine."""
    import duckdb

    version = duckdb.connect().execute("SELECT version()").fetchall()[0][0]
    return Finding("P013", OK, "duckdb_well", {"version": version})


CHECKS: tuple[Callable[[Patient], Finding], ...] = (
    home_writable, disk_room, clock_sane, secret_key, database, kernel, backup_age, private_hosts, reach, debug_off,
    home_private, formats, lake_database,
)  # fmt: skip


def findings(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Every check in order; one that fails itself is an error, not an end."""
    patient = Patient(settings, clock)
    for number, check in enumerate(CHECKS, 1):
        try:
            yield check(patient)
        except Exception as error:
            yield Finding(f"P{number:03}", ERROR, "check_failed", {"reason": type(error).__name__})
