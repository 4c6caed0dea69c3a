"""A source's configuration made whole, by what its options declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlsplit

from palabre.collect.contract import Config, Means, Option
from palabre.errors import ConfigError

TRUE = ("1", "true", "yes", "on", "oui", "vrai")
FALSE = ("", "0", "false", "no", "off", "non", "faux")


def settle(options: Sequence[Option], config: Config) -> dict[str, object]:
    """Defaults filled in, values converted, unknown and missing options refused. Secrets stay where they are.

    Raises ConfigError: payload.unknown_option, payload.missing_option, payload.bad_option (option, value, expected).
    """
    known = {option.name: option for option in options}
    for name in config:
        if name not in known:
            raise ConfigError("payload.unknown_option", option=name, known=", ".join(known))
    return {option.name: settled(option, config.get(option.name)) for option in options if option.kind != "secret"}


def settled(option: Option, value: object) -> object:
    """One value as its option wants it; the default where it is absent or empty."""
    value = value.strip() if isinstance(value, str) else value
    if value in (None, "", [], ()):
        if option.required:
            raise ConfigError("payload.missing_option", option=option.name)
        return option.default if option.default is not None else EMPTY.get(option.kind, "")
    return CONVERTERS.get(option.kind, as_text)(option, value)


def refuse(option: Option, value: object, expected: str) -> ConfigError:
    return ConfigError("payload.bad_option", option=option.name, value=str(value)[:200], expected=expected)


def as_text(option: Option, value: object) -> object:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise refuse(option, value, "text")
    return str(value)


def as_number(option: Option, value: object) -> object:
    try:
        number = float(value) if not isinstance(value, bool) else None  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = None
    if number is None or not 0 <= number < 1e15:
        raise refuse(option, value, "0 …")
    return int(number) if number.is_integer() else number


def as_choice(option: Option, value: object) -> object:
    if value not in option.choices:
        raise refuse(option, value, ", ".join(option.choices))
    return value


def as_flag(option: Option, value: object) -> object:
    said = str(value).lower()
    if isinstance(value, bool) or said in TRUE + FALSE:
        return value is True or said in TRUE
    raise refuse(option, value, "true, false")


def as_list(option: Option, value: object) -> object:
    """A list of texts; a string is cut at commas and line ends."""
    parts = value.replace("\n", ",").split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str | int) for part in parts):
        raise refuse(option, value, "a, b, c")
    return [text for part in parts if (text := str(part).strip())]


def as_url(option: Option, value: object) -> object:
    """An http, https, ws or wss address without its last slash; a bare host is taken as https."""
    said = str(value).strip().rstrip("/")
    url = said if "://" in said else f"https://{said}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https", "ws", "wss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(sign.isspace() for sign in url):
        raise refuse(option, value, "https://…")
    return url


def as_date(option: Option, value: object) -> object:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError as error:
        raise refuse(option, value, "2026-11-21") from error


EMPTY: Mapping[str, object] = {"list": [], "flag": False, "number": 0}
CONVERTERS = {
    "number": as_number,
    "choice": as_choice,
    "flag": as_flag,
    "list": as_list,
    "url": as_url,
    "date": as_date,
}


def secret(means: Means, name: str) -> str:
    """A secret of this source. ConfigError when it was not given."""
    value = means.secrets.get(name, "")
    if not value:
        raise ConfigError("payload.missing_option", option=name)
    return value


def words(config: Config, name: str) -> list[str]:
    """A list option, whoever wrote the configuration."""
    value = config.get(name)
    return [str(entry) for entry in value] if isinstance(value, list | tuple) else []


def word(config: Config, name: str) -> str:
    """A text option; "" when absent."""
    value = config.get(name)
    return value if isinstance(value, str) else ""


def amount(config: Config, name: str, default: float) -> float:
    """A number option."""
    value = config.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else default
