"""Anything that can send a signed webhook: a form, a shop, a robot, a platform we do not know.

items = receive(config, secrets, headers, body, now_ms, seen)    the desk's URL calls this; Refusal says what to answer
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from palabre.collect.config import settle, word
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.webhook.mapping import map_item, parts, strict_json, template_of
from palabre.collect.webhook.signature import Refusal, check
from palabre.errors import ItemError
from palabre.model import Event, RawItem

OPTIONS = (
    Option("secret", "secret", required=True),  # several, apart by spaces, while one replaces another
    Option("style", "choice", default="standard", choices=("standard", "github")),
    Option("network", default="webhook"),
    Option("template"),
)


class WebhookConnector:
    def describe(self) -> Description:
        return Description(
            name="webhook", options=OPTIONS, rhythm_seconds=86_400, edits=True, deletions=True, tested="own requests",
            networks=("webhook",),
        )  # fmt: skip

    def validate(self, config: Config) -> Config:
        plain = {name: value for name, value in config.items() if name != "template"}
        made = settle(tuple(option for option in OPTIONS if option.name != "template"), plain)
        return made | {"template": json.dumps(template_of(config.get("template")), sort_keys=True)}

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        """Nothing to fetch: what comes is pushed to `receive`."""
        return iter(())

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return map_item(item, template_of(config.get("template")), word(config, "network") or "webhook")

    def canary(self, config: Config) -> Config:
        return config  # only the sender can say whether it is well


def receive(
    config: Config,
    secrets: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
    now_ms: int,
    seen: Callable[[str], bool],
) -> tuple[RawItem, ...]:
    """Raw items of one request. Refusal (with the HTTP status) when it is forged, old, repeated, too large or no JSON.

    headers: any case; body: the very bytes received; seen: True if that delivery came before, and remembers it.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    live = secrets.get("secret", "").split()
    delivery = check(word(config, "style") or "standard", live, lower, body, now_ms, seen)
    try:
        listed = parts(strict_json(body), template_of(config.get("template")))
    except ItemError as error:
        raise Refusal("json", 400, reason=str(error)[:80]) from error
    note = {"delivery": delivery}
    return tuple(RawItem(json.dumps(one).encode(), "application/json", note) for one in listed)
