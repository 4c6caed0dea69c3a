"""Any JSON → posts, by a template: a field of ours, and the dotted path where it lies. Pure.

    {"items": "data.messages", "uri": "id", "text": "body", "published_ms": "created_at", "account_name": "user.name"}

A path is keys and list positions joined by dots; ``=value`` is the value itself. Without a template the JSON has our
own names (those of the columns of the archive).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from palabre.collect.payload import Table, epoch_ms, number, sound
from palabre.errors import ConfigError, ItemError
from palabre.model import Account, Event, Gone, Heard, Metrics, Post, PostKind, RawItem
from palabre.text.dates import parse_date
from palabre.text.html import html_to_text
from palabre.text.named import FINDERS, named

TEXTS = ("uri", "network", "kind", "text", "title", "html", "url", "lang", "parent", "root", "reshare_of", "quote_of")
PLACES = ("country", "region", "city")
MOMENTS = ("published_ms", "edited_ms")
LISTS = ("links", "tags", "mentions", "media")
COUNTS = ("likes", "replies", "reshares", "views")
ACCOUNT = ("account_uri", "account_handle", "account_name", "account_url", "followers")
OTHERS = ("items", "gone", "rating", "sensitive")
FIELDS = frozenset((*TEXTS, *PLACES, *MOMENTS, *LISTS, *COUNTS, *ACCOUNT, *OTHERS))
IDENTITY = {name: name for name in FIELDS if name != "items"}
ITEMS_MAX = 1_000
_PATH = re.compile(r"^(=.{0,200}|[^.\s]{1,100}(\.[^.\s]{1,100}){0,15})\Z", re.DOTALL)
_GLOBAL = re.compile(r"^(https?://|urn:|tag:|at:|mid:)", re.IGNORECASE)


def template_of(said: object) -> dict[str, str]:
    """The template as written (JSON, or a table). ConfigError names the field or the path at fault."""
    try:
        found = json.loads(said) if isinstance(said, str) and said.strip() else said or {}
    except ValueError as error:
        raise ConfigError("connector_webhook.errors.template_json", reason=str(error)[:100]) from error
    if not isinstance(found, Mapping):
        raise ConfigError("connector_webhook.errors.template_json", reason=type(found).__name__)
    for name, path in found.items():
        if name not in FIELDS:
            raise ConfigError(
                "connector_webhook.errors.template_field", field=str(name)[:60], known=", ".join(sorted(FIELDS))
            )
        if not isinstance(path, str) or not _PATH.match(path):
            raise ConfigError("connector_webhook.errors.template_path", field=name, path=str(path)[:60])
    return dict(found)


def strict_json(body: bytes) -> Any:
    """JSON in which no object names a key twice. ItemError for anything else."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise ItemError("connector_webhook.errors.json", reason=str(error)[:80]) from error


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("duplicate key")
    return made


def at(value: object, path: str) -> object:
    """What lies at a dotted path; None where nothing does."""
    if path.startswith("="):
        return path[1:]
    for part in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def parts(found: object, template: Mapping[str, str]) -> list[object]:
    """The items of one delivery: the list at ``items``, else the whole; ItemError when there are too many."""
    inner = at(found, template["items"]) if "items" in template else found
    listed = inner if isinstance(inner, list) else [inner]
    if len(listed) > ITEMS_MAX:
        raise ItemError("connector_webhook.errors.too_many", limit=ITEMS_MAX)
    return listed


def map_item(item: RawItem, template: Mapping[str, str], network: str) -> Iterable[Event]:
    """One item of a delivery. ItemError: no id, or nothing said."""
    found = strict_json(item.body)
    if not isinstance(found, Mapping):
        raise ItemError("payload.not_object")
    return tuple(events(found, template or IDENTITY, network))


def events(found: Table, template: Mapping[str, str], network: str) -> Iterator[Event]:
    values = {name: at(found, path) for name, path in template.items()}
    network = string(values.get("network")) or network
    uri = string(values.get("uri")) or string(values.get("url"))
    if not uri:
        raise ItemError("payload.missing", field="uri")
    uri = uri if _GLOBAL.match(uri) else f"{network}:{uri}"
    if values.get("gone") not in (None, False, "", 0, "false"):
        yield Gone(uri)
        return
    post = post_of(values, uri, network)
    if not (post.text or post.title or post.url):
        raise ItemError("connector_webhook.errors.empty")
    yield Heard(post)


def post_of(values: Mapping[str, object], uri: str, network: str) -> Post:
    html = string(values.get("html"))
    kind = string(values.get("kind"))
    said: dict[str, Any] = {name: string(values.get(name)) for name in (*TEXTS, *PLACES)}
    said |= {name: moment(values.get(name)) for name in MOMENTS} | {name: strings(values.get(name)) for name in LISTS}
    said |= {
        "uri": uri,
        "network": network,
        "kind": PostKind(kind) if kind in tuple(PostKind) else PostKind.NOTE,
        "text": said["text"] or html_to_text(html),
        "url": said["url"] if said["url"].startswith(("http://", "https://")) else "",
        "account": account_of(values, network),
        "rating": rating_of(values.get("rating")),
        "sensitive": values.get("sensitive") is True,
        "metrics": Metrics(**{name: number(values, name) for name in COUNTS}),
    }
    said |= {name: named(said["text"], name) for name in FINDERS if values.get(name) is None}
    return Post(**said)


def string(value: object) -> str:
    """A string or a number as text; the rest is nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return sound(str(value)).strip()


def strings(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(text for one in listed[:200] if (text := string(one)))


def moment(value: object) -> int:
    """An ISO or RFC 822 date, epoch seconds or milliseconds, as epoch milliseconds; 0 when it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return round(value) if value > 1e11 else epoch_ms({"at": value}, "at")
    return parse_date(string(value)) or 0


def account_of(values: Mapping[str, object], network: str) -> Account | None:
    """Who said it: by uri, else by handle, else by name, inside the network."""
    uri, handle, name = (string(values.get(f"account_{part}")) for part in ("uri", "handle", "name"))
    if not (uri or handle or name):
        return None
    url = string(values.get("account_url"))
    whole = uri if _GLOBAL.match(uri) else f"{network}:user:{uri or handle or name}"
    return Account(whole, handle.lstrip("@"), name, url, followers=number(values, "followers"))


def rating_of(value: object) -> float | None:
    """0 to 5, else nothing."""
    try:
        rating = float(string(value))
    except ValueError:
        return None
    return rating if 0 <= rating <= 5 else None
