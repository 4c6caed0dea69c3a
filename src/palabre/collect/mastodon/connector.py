"""Mastodon's API: timelines over REST, and the live stream, with REST to catch up whenever the stream was away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from palabre.collect.backwards import SEEN_MAX, Entry, Sheet, walk_back
from palabre.collect.config import amount, secret, settle, word
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.jsonfile import unwrap
from palabre.collect.mastodon import mapping, urls
from palabre.collect.mastodon.sending import MastodonSender
from palabre.collect.mastodon.sweep import sweep
from palabre.collect.payload import Table, drift, ident, iso_ms, raw, table, tables, text, texts
from palabre.errors import ConfigError, FetchError, ItemError
from palabre.model import Event, Gone, RawItem
from palabre.net import Response

TIMELINES = ("public", "local", "remote", "hashtag", "account", "list", "search")
STREAMED = ("public", "local", "remote", "hashtag", "list")
NEEDS_VALUE = ("hashtag", "account", "list", "search")
NEEDS_TOKEN = ("list", "search")
BATCH = 50  # streamed events given at once, at the latest
BATCH_SECONDS = 1.0  # and how long they may wait for company; a keep-alive gives them too
URIS_MAX = 20_000  # ids whose posts we can still name when a deletion comes
CATCH_UP_PAGES = 50

OPTIONS = (
    Option("server", "url", required=True),
    Option("timeline", "choice", default="public", choices=TIMELINES),
    Option("value"),
    Option("token", "secret"),
    Option("write_token", "secret", answering=True),
    Option("live", "flag", default=False),
    Option("replies", "flag", default=False),
    Option("respect_noindex", "flag", default=True),
    Option("pages_max", "number", default=10),
)


class MastodonConnector:
    def describe(self) -> Description:
        return Description(
            name="mastodon",
            options=OPTIONS,
            rhythm_seconds=300,
            backfill=True,
            edits=True,
            deletions=True,
            tested="server",
            networks=("mastodon",),
        )

    def validate(self, config: Config) -> Config:
        whole = settle(OPTIONS, config)
        timeline, value = str(whole["timeline"]), str(whole["value"])
        if timeline in NEEDS_VALUE and not value:
            raise ConfigError("connector_mastodon.errors.value_needed", timeline=timeline)
        if whole["live"] and timeline not in STREAMED:
            raise ConfigError("connector_mastodon.errors.not_streamed", timeline=timeline)
        return {**whole, "value": value.removeprefix("#") if timeline == "hashtag" else value}

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        visit = Visit(self.validate(config), means, account_id=text(cursor, "account_id"))
        visit.remember(table(cursor, "uris"))
        while True:
            for page in walk_back(visit.sheet, cursor, window, visit.pages_max(cursor), visit.keep):
                cursor = page.cursor
                yield page
            if not visit.config["live"] or window.since_ms or window.until_ms:
                return
            for page in visit.stream(cursor):
                cursor = page.cursor
                yield page

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return mapping.events(item)

    def sweep(self, config: Config, uris: Iterable[str], means: Means) -> Iterator[Gone | RawItem]:
        return sweep(config, uris, means)

    def sender(self) -> MastodonSender:
        return MastodonSender()

    def canary(self, config: Config) -> Config:
        return {"server": word(config, "server") or "https://mastodon.social", "timeline": "public"}


@dataclass
class Visit:
    """One run against one server. uris: server id → post uri, for deletions, which name only the id; keep: see kept."""

    config: Config
    means: Means
    account_id: str = ""
    uris: dict[str, str] = field(default_factory=dict)
    keep: dict[str, object] = field(default_factory=dict)

    @property
    def server(self) -> str:
        return word(self.config, "server")

    def pages_max(self, cursor: Cursor) -> int:
        return CATCH_UP_PAGES if self.config["live"] and cursor else int(amount(self.config, "pages_max", 10))

    def kept(self) -> dict[str, object]:
        """What every cursor carries: the account's id, the newest ids with their posts."""
        newest = dict(list(self.uris.items())[-SEEN_MAX:])
        return {"account_id": self.account_id, "uris": newest} if self.account_id else {"uris": newest}

    def remember(self, pairs: Mapping[str, object]) -> None:
        self.uris |= {name: uri for name, uri in pairs.items() if isinstance(uri, str)}
        for name in list(self.uris)[: max(0, len(self.uris) - URIS_MAX)]:
            del self.uris[name]

    def headers(self) -> dict[str, str]:
        """Public timelines need no token; where one is given it is used."""
        wanted = word(self.config, "timeline") in NEEDS_TOKEN
        token = secret(self.means, "token") if wanted else self.means.secrets.get("token", "")
        return {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, url: str, params: Mapping[str, str]) -> Response:
        return self.means.net.get(url, params=params, headers=self.headers(), robots=False).check()

    def place(self) -> tuple[str, dict[str, str]]:
        """The timeline's address and its own parameters."""
        value, timeline = word(self.config, "value"), word(self.config, "timeline")
        match timeline:
            case "hashtag":
                return urls.hashtag(self.server, value), {}
            case "account":
                return urls.statuses(self.server, self.account(value)), {}
            case "list":
                return urls.list_timeline(self.server, value), {}
            case "search":
                return urls.search(self.server), {"q": value, "type": "statuses"}
        return urls.public(self.server), {timeline: "true"} if timeline in ("local", "remote") else {}

    def account(self, name: str) -> str:
        """The account's id on this server, asked for once."""
        if not self.account_id:
            answer = self.get(urls.lookup(self.server), {"acct": name.removeprefix("@")}).json()
            self.account_id = ident(answer, "id")
        if not self.account_id:
            raise FetchError("connector_mastodon.errors.no_account", account=name, server=self.server)
        return self.account_id

    def sheet(self, token: str) -> Sheet:
        """One page of the timeline; token: max_id, or the offset of a search."""
        url, own = self.place()
        search = own.get("type") == "statuses"
        older = {"offset" if search else "max_id": token} if token else {}
        response = self.get(url, {**own, **older, "limit": str(urls.PAGE)})
        answer = unwrap(response.json())[1]
        found = tables(answer, "statuses") if search else [entry for entry in listed(answer) if ident(entry, "id")]
        self.remember({ident(entry, "id"): mapping.uri_of(entry) for entry in found})
        self.keep |= self.kept()
        after = str(int(token or 0) + len(found)) if search else ident(found[-1], "id") if found else ""
        return Sheet(
            tuple(self.entry(entry) for entry in found),
            after if found else "",
            quota_left=response.quota_left,
            next_after_ms=wait_until(response),
            drift=drift(found, mapping.REQUIRED, mapping.KNOWN) | self.skipped(found),
        )

    def entry(self, status: Table) -> Entry:
        items = tuple(mapping.raws(self.thread(status), self.server, self.config["respect_noindex"] is True))
        return Entry(ident(status, "id"), iso_ms(status, "created_at"), items)

    def thread(self, status: Table) -> object:
        """The status, with the conversation around it where that is wanted and there is one."""
        alone = not ident(status, "in_reply_to_id") and not status.get("replies_count")
        if self.config["replies"] is not True or alone:
            return status
        response = self.means.net.get(
            urls.context(self.server, ident(status, "id")), headers=self.headers(), robots=False
        )
        return [status, response.json()] if response.ok else status

    def skipped(self, found: list[Table]) -> dict[str, int]:
        """What was not ours to keep, by reason."""
        private = sum(not mapping.public(entry) for entry in found)
        hidden = sum(mapping.hidden(entry) for entry in found) if self.config["respect_noindex"] is True else 0
        return {name: n for name, n in (("skipped: private", private), ("skipped: noindex", hidden)) if n}

    def stream(self, cursor: Cursor) -> Iterator[Page]:
        """Live events, a page each time the stream breathes, until it ends; the caller then catches up over REST."""
        timeline, seen = word(self.config, "timeline"), list(texts(cursor, "seen"))
        params = {timeline if timeline == "list" else "tag": word(self.config, "value")}
        lines = self.means.net.lines(
            urls.streaming(self.server, timeline),
            params=params if word(self.config, "value") else {},
            headers=self.headers(),
        )
        batch: list[RawItem] = []
        given = self.means.clock.monotonic() - BATCH_SECONDS
        for event, data in server_events(lines):
            batch.extend(self.streamed(event, data, seen))
            now = self.means.clock.monotonic()
            if batch and (not event or len(batch) >= BATCH or now - given >= BATCH_SECONDS):
                yield Page(tuple(batch), {**self.kept(), "seen": seen[-SEEN_MAX:]}, requests=0)
                batch, given = [], now
        if batch:
            yield Page(tuple(batch), {**self.kept(), "seen": seen[-SEEN_MAX:]}, requests=0)

    def streamed(self, event: str, data: str, seen: list[str]) -> Iterator[RawItem]:
        """Raw items of one streamed event; what cannot be read goes to quarantine as it is."""
        if event == "delete":
            uri = self.uris.pop(data.strip(), "")
            if uri:
                yield raw({"event": "delete", "uri": uri})
        elif event in ("update", "status.update"):
            try:
                status = mapping.stream_payload({"payload": data})
            except ItemError:
                yield RawItem(data.encode(errors="replace"))
                return
            seen.append(ident(status, "id"))
            self.remember({ident(status, "id"): text(status, "uri")})
            yield from mapping.raws(status, self.server, self.config["respect_noindex"] is True)


def listed(answer: object) -> list[Table]:
    """The objects of an answer that should be a list."""
    return [entry for entry in answer if isinstance(entry, Mapping)] if isinstance(answer, list) else []


def wait_until(response: Response) -> int:
    """When the limit is spent, the moment the server names; else 0."""
    return iso_ms(dict(response.headers), "x-ratelimit-reset") if response.quota_left == 0 else 0


def server_events(lines: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """(event, data) of a server-sent stream (WHATWG HTML §9.2); ("", "") for a keep-alive."""
    event = ""
    data: list[str] = []
    for line in lines:
        said = line.decode("utf-8", "replace").rstrip("\r\n")
        name, _, value = said.partition(":")
        if not said:
            if data:
                yield event or "message", "\n".join(data)
            event = ""
            data = []
        elif not name:
            yield "", ""
        elif name == "event":
            event = value.removeprefix(" ")
        elif name == "data":
            data.append(value.removeprefix(" "))
