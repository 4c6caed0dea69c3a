"""Every setting, once: its default, its unit in its name, its limits.

Read from the environment (``PALABRE_<NAME>``, or ``PALABRE_<NAME>_FILE`` for a secret kept in a file), else from
``palabre.toml`` in the data folder, else the default below. A value that cannot be used stops the start.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path

import platformdirs

from palabre.errors import ConfigError

ENV = "PALABRE_"


def limited(default: object, low: float | None = None, high: float | None = None, *, secret: bool = False) -> object:
    """A default with its limits (both belong to the range) for the loader and the generated reference."""
    return field(default=default, metadata={"low": low, "high": high, "secret": secret})


@dataclass(frozen=True)
class Settings:
    """Frozen once read. The help of each is the message ``settings.<name>``."""

    home: Path = Path()
    database_url: str = limited("", secret=True)  # type: ignore[assignment]  # "": SQLite in home
    segments_url: str = ""  # "": the folder `lake` in home
    lang: str = "fr"
    host: str = "127.0.0.1"
    port: int = limited(8420, 1, 65535)  # type: ignore[assignment]
    site_url: str = ""  # how the desk is reached from outside; "" on one's own machine
    trusted_proxies: int = limited(0, 0, 5)  # type: ignore[assignment]
    secret_key: str = limited("", secret=True)  # type: ignore[assignment]  # "": made once, kept in home
    log_level: str = "INFO"

    query_chars_max: int = limited(2_000, 10, 1_000_000)  # type: ignore[assignment]
    query_nodes_max: int = limited(200, 1, 100_000)  # type: ignore[assignment]
    query_depth_max: int = limited(20, 1, 200)  # type: ignore[assignment]

    post_bytes_max: int = limited(2_000_000, 1_000, 100_000_000)  # type: ignore[assignment]
    # ISO 639-1; what a post without declared language may be in. The default: those read well
    languages: str = "ar bn ca da de el en es fa fr he hi hy it ja ka ko nb nl pl pt ro ru sv th tr uk zh"
    read_posts: str = "all"  # or "mentions", "none": which posts tone, intents and the rest are read of
    batch_posts: int = limited(512, 1, 100_000)  # type: ignore[assignment]
    seal_seconds: float = limited(5.0, 0.1, 3600)  # type: ignore[assignment]
    raw_days: int = limited(30, 0, 3650)  # type: ignore[assignment]
    retention_days: int = limited(396, 1, 36500)  # type: ignore[assignment]  # 13 months
    lock_seconds: float = limited(30.0, 0.1, 600)  # type: ignore[assignment]  # how long a writer waits for its turn
    disk_free_bytes_min: int = limited(500_000_000, 0)  # type: ignore[assignment]

    connect_seconds: float = limited(5.0, 0.1, 120)  # type: ignore[assignment]
    read_seconds: float = limited(20.0, 0.1, 600)  # type: ignore[assignment]
    total_seconds: float = limited(60.0, 1, 3600)  # type: ignore[assignment]
    feed_bytes_max: int = limited(5_000_000, 1_000)  # type: ignore[assignment]
    page_bytes_max: int = limited(10_000_000, 1_000)  # type: ignore[assignment]
    media_bytes_max: int = limited(20_000_000, 1_000)  # type: ignore[assignment]
    message_bytes_max: int = limited(5_000_000, 1_000)  # type: ignore[assignment]  # one WebSocket message
    idle_seconds: float = limited(90.0, 1, 3600)  # type: ignore[assignment]  # silence after which a stream is dead
    host_interval_seconds: float = limited(0.5, 0, 3600)  # type: ignore[assignment]  # between two calls to one host
    send_interval_seconds: float = limited(1.0, 0, 3600)  # type: ignore[assignment]  # between two messages of a channel
    redirects_max: int = limited(5, 0, 20)  # type: ignore[assignment]
    contact_url: str = ""  # in the User-Agent: where a site's owner can reach us; "" uses site_url
    collect_workers: int = limited(8, 1, 64)  # type: ignore[assignment]
    items_failed_max: int = limited(50, 1, 100_000)  # type: ignore[assignment]  # all of the first n: the source stops
    import_batch_posts: int = limited(4_000, 1, 100_000)  # type: ignore[assignment]
    import_file_bytes_max: int = limited(20_000_000_000, 1_000)  # type: ignore[assignment]
    upload_bytes_max: int = limited(500_000_000, 1_000, 20_000_000_000)  # type: ignore[assignment]  # a file sent to the desk
    export_rows_max: int = limited(200_000, 1, 10_000_000)  # type: ignore[assignment]  # rows of one export
    api_requests_per_minute: int = limited(120, 1, 100_000)  # type: ignore[assignment]  # of one API token, in the long run
    api_requests_at_once: int = limited(40, 1, 100_000)  # type: ignore[assignment]  # after a rest: size of the bucket

    provider_readings: str = ""  # "tone=chat emotion=onnx"; "": no other model than ours is asked
    provider_posts_per_day: int = limited(0, 0, 1_000_000)  # type: ignore[assignment]
    provider_folder: str = ""  # of an ONNX model
    provider_url: str = ""  # base address of a chat endpoint: "https://host/v1"
    provider_model: str = ""
    provider_key: str = limited("", secret=True)  # type: ignore[assignment]

    smtp_host: str = ""  # the house's own letters (the day, reports, alerts); "" sends none
    smtp_port: int = limited(465, 1, 65535)  # type: ignore[assignment]
    smtp_tls: str = "tls"  # or "starttls", "none" (only for a host of allowed_hosts_private)
    smtp_user: str = ""
    smtp_password: str = limited("", secret=True)  # type: ignore[assignment]
    smtp_from: str = ""  # address the letters come from; "" uses smtp_user

    allowed_hosts_private: str = ""  # internal hosts named one by one: "intranet.example:443 127.0.0.1:8001"

    @property
    def second_opinions(self) -> dict[str, str]:
        """provider_readings as {reading: model}; unchecked: `providers.second.wanted` refuses what is no such thing."""
        pairs = [one.partition("=") for one in self.provider_readings.replace(",", " ").split()]
        return {reading: kind for reading, _, kind in pairs}

    @property
    def sql_url(self) -> str:
        """The SQLAlchemy URL of the ledger."""
        return self.database_url or f"sqlite:///{self.home / 'palabre.sqlite3'}"


def data_home() -> Path:
    """PALABRE_HOME, else the platform's folder for application data."""
    return Path(os.environ.get("PALABRE_HOME") or platformdirs.user_data_dir("palabre")).expanduser().resolve()


def read_environment(name: str, environ: Mapping[str, str]) -> str | None:
    """The value of a setting in the environment, or in the file that the environment names."""
    direct = environ.get(ENV + name.upper())
    if direct is not None:
        return direct
    path = environ.get(f"{ENV}{name.upper()}_FILE")
    if path is None:
        return None
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as error:
        raise ConfigError("settings.unreadable_file", name=name, path=path, reason=error.strerror or "") from error


def convert(name: str, kind: type, value: object) -> object:
    """A raw value as the type of its setting; ConfigError says which setting and what was expected."""
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        raise ConfigError("settings.not_a", name=name, value=value, kind=kind.__name__) from error


def check_limits(name: str, value: object, low: float | None, high: float | None) -> None:
    """ConfigError if a number is outside its limits."""
    if not isinstance(value, int | float):
        return
    if (low is not None and value < low) or (high is not None and value > high):
        raise ConfigError("settings.out_of_range", name=name, value=value, low=low, high=high)


def load(home: Path, environ: Mapping[str, str]) -> Settings:
    """Settings of a data folder. Raises ConfigError."""
    path = home / "palabre.toml"
    table = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    unknown = set(table) - {entry.name for entry in fields(Settings)}
    if unknown:
        raise ConfigError("settings.unknown", name=", ".join(sorted(unknown)), path=str(path))
    values: dict[str, object] = {"home": home}
    for entry in fields(Settings):
        if entry.name == "home":
            continue
        raw = read_environment(entry.name, environ)
        found = raw if raw is not None else table.get(entry.name)
        if found is not None:
            values[entry.name] = convert(entry.name, type(entry.default), found)
            check_limits(entry.name, values[entry.name], entry.metadata.get("low"), entry.metadata.get("high"))
    return Settings(**values)  # type: ignore[arg-type]  # names and types were checked above


@cache
def settings() -> Settings:
    """The settings of this process; the data folder is made if it is not there."""
    home = data_home()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return load(home, os.environ)
