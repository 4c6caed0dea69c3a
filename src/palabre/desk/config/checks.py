"""Our own system checks: what is wrong with an installation, said before it is open to anyone.

Errors stop the start (`palabre up` runs them); warnings are printed. Ids are stable: palabre.E001 …
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from palabre.desk.clock import now_ms
from palabre.messages import say
from palabre.settings import Settings

BORN_MS = 1_763_000_000_000  # November 2025: a clock that shows less is wrong
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def _error(number: int, key: str, **params: object) -> Error:
    return Error(say(f"desk.check.{key}", None, **params), id=f"palabre.E{number:03}")


def _warning(number: int, key: str, **params: object) -> Warning:
    return Warning(say(f"desk.check.{key}", None, **params), id=f"palabre.W{number:03}")


def secret_faults(key: str) -> list[CheckMessage]:
    """A key that is short or monotonous can be guessed, and with it every session."""
    return [] if len(key) >= 50 and len(set(key)) >= 10 else [_error(1, "secret_weak")]


def debug_faults(debug: bool) -> list[CheckMessage]:
    return [_error(2, "debug")] if debug else []


def host_faults(hosts: Sequence[str]) -> list[CheckMessage]:
    return [_error(3, "any_host")] if "*" in hosts or not hosts else []


def proxy_faults(header: object, proxies: int) -> list[CheckMessage]:
    """Django reads a header given as text letter by letter and believes anybody."""
    right = header is None if not proxies else isinstance(header, tuple) and len(header) == 2
    return [] if right else [_error(4, "proxy_header")]


def site_faults(site_url: str) -> list[CheckMessage]:
    if not site_url:
        return []
    parts = urlsplit(site_url)
    whole = parts.scheme in {"http", "https"} and parts.hostname and parts.path in {"", "/"}
    return [] if whole else [_error(5, "site_url", url=site_url)]


def exposure_faults(values: Settings) -> list[CheckMessage]:
    """Others can reach the desk: then it needs a name, and passwords must not travel in clear."""
    if values.host in LOOPBACK and not values.site_url:
        return []
    parts = urlsplit(values.site_url)
    if not parts.hostname:
        return [_error(6, "open_without_site", host=values.host)]
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        return [_warning(7, "no_tls", url=values.site_url)]
    return [_error(8, "https_without_proxy")] if parts.scheme == "https" and not values.trusted_proxies else []


def storage_faults(static_root: Path, home: Path, database: object) -> list[CheckMessage]:
    """What browsers may fetch must not lie where the data lies."""
    kept = Path(str(database))
    return [_error(9, "storage_in_web_root")] if kept.is_relative_to(static_root) or home == static_root else []


def privacy_faults(home: Path) -> list[CheckMessage]:
    """The data folder is for its owner alone."""
    if os.name != "posix" or not home.exists():
        return []
    return [_warning(10, "home_readable", path=str(home))] if home.stat().st_mode & stat.S_IRWXO else []


def writing_faults(home: Path) -> list[CheckMessage]:
    return [] if os.access(home, os.W_OK | os.X_OK) else [_error(11, "home_unwritable", path=str(home))]


def disk_faults(home: Path, least: int) -> list[CheckMessage]:
    free = shutil.disk_usage(home).free if home.exists() else least
    return [_warning(12, "disk_low", free=free // 1_000_000, least=least // 1_000_000)] if free < least else []


def clock_faults(now: int) -> list[CheckMessage]:
    return [_error(13, "clock_wrong")] if now < BORN_MS else []


def hasher_faults(hashers: Sequence[str]) -> list[CheckMessage]:
    return [] if hashers and "Argon2" in hashers[0] else [_error(14, "hasher")]


@register("palabre")
def check(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """All of them, on the settings of this process."""
    values: Settings = settings.PALABRE
    return [
        *secret_faults(settings.SECRET_KEY),
        *debug_faults(settings.DEBUG),
        *host_faults(settings.ALLOWED_HOSTS),
        *proxy_faults(settings.SECURE_PROXY_SSL_HEADER, values.trusted_proxies),
        *site_faults(values.site_url),
        *exposure_faults(values),
        *storage_faults(Path(settings.STATIC_ROOT), values.home, settings.DATABASES["default"]["NAME"]),
        *writing_faults(values.home),
        *privacy_faults(values.home),
        *disk_faults(values.home, values.disk_free_bytes_min),
        *clock_faults(now_ms()),
        *hasher_faults(settings.PASSWORD_HASHERS),
    ]
