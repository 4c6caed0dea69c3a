"""Three ways to hear Bluesky: Jetstream (light JSON), the repository firehose (the source itself), and search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from palabre.clock import to_datetime
from palabre.collect.backwards import Entry, Sheet, walk_back
from palabre.collect.bluesky import mapping, urls
from palabre.collect.bluesky.frames import Inflater, dictionary_id, firehose_events, frame_object, refuse_error_frame
from palabre.collect.bluesky.sending import BlueskySender
from palabre.collect.bluesky.session import Session
from palabre.collect.bluesky.sweep import sweep
from palabre.collect.config import amount, settle, word, words
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.payload import Table, drift, dumps, number, table, tables, text
from palabre.errors import ConfigError, FetchError, ItemError
from palabre.model import Event, Gone, RawItem

OVERLAP_US = 5_000_000  # what a resumed v1 stream repeats, so that nothing falls between two servers' clocks
BATCH = 500
BATCH_SECONDS = 1.0
SILENCE_SECONDS = 30.0  # after that an empty page tells that the stream still stands
RECORDED = "recordings of 2023 to 2024"

# Listening needs no account; answering from the same source does.
SPEAKING_OPTIONS = (
    Option("server", "url", default=urls.PDS, answering=True),
    Option("handle", answering=True),
    Option("app_password", "secret", answering=True),
)
JETSTREAM_OPTIONS = (
    Option("wire", "choice", default="v2", choices=("v1", "v2")),
    Option("host", "url"),
    Option("reposts", "flag", default=False),
    Option("accounts", "list"),
    Option("compress", "flag", default=True),
    *SPEAKING_OPTIONS,
)
FIREHOSE_OPTIONS = (
    Option("host", "url", default=urls.RELAY),
    Option("reposts", "flag", default=False),
    *SPEAKING_OPTIONS,
)
SEARCH_OPTIONS = (
    Option("query", required=True),
    Option("server", "url", default=urls.PDS),
    Option("handle", required=True),
    Option("app_password", "secret", required=True),
    Option("lang"),
    Option("pages_max", "number", default=10),
)


def collections(config: Config) -> list[str]:
    """The record kinds we ask for."""
    return [urls.POSTS, urls.REPOSTS] if config.get("reposts") is True else [urls.POSTS]


class JetstreamConnector:
    def describe(self) -> Description:
        return Description(
            name="bluesky_jetstream",
            options=JETSTREAM_OPTIONS,
            rhythm_seconds=60,
            live=True,
            backfill=True,
            edits=True,
            deletions=True,
            tested=RECORDED,
            networks=("bluesky",),
            keep="matched",
        )

    def validate(self, config: Config) -> Config:
        whole = settle(JETSTREAM_OPTIONS, config)
        if not all(did.startswith("did:") for did in words(whole, "accounts")):
            raise ConfigError("connector_bluesky_jetstream.errors.not_a_did")
        home = urls.JETSTREAM_V1 if whole["wire"] == "v1" else urls.JETSTREAM_V2
        return {**whole, "handle": bare(whole), "host": over_websocket(str(whole["host"] or home))}

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        whole = self.validate(config)
        inflate, dictionary = dictionary_of(whole, means)
        address = jetstream_address(whole, jetstream_start(whole, cursor, window), dictionary)
        protocols = ("xrpc.v1.json",) if whole["wire"] == "v2" else ()
        with means.net.websocket(address, subprotocols=protocols) as socket:
            for frames in batches(socket.receive, means):
                page, last_ms = jetstream_page(frames, inflate, cursor)
                cursor = page.cursor
                yield page
                if window.until_ms and last_ms >= window.until_ms:
                    return

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return mapping.events(item)

    def sender(self) -> BlueskySender:
        return BlueskySender()

    def canary(self, config: Config) -> Config:
        return {"wire": word(config, "wire") or "v2", "host": word(config, "host")}


def bare(config: Config) -> str:
    """A handle without its @."""
    return word(config, "handle").strip().removeprefix("@")


def over_websocket(host: str) -> str:
    """A host given with http is meant for its websocket; ``/subscribe`` and ``/xrpc…`` are ours to add."""
    host = host.replace("http", "ws", 1) if host.startswith("http") else host
    return host.partition("/subscribe")[0].partition("/xrpc")[0].rstrip("/")


def dictionary_of(config: Config, means: Means) -> tuple[Inflater, int]:
    """The inflater and the dictionary's id; plain frames where the dictionary cannot be had."""
    if config["compress"] is not True:
        return Inflater(), 0
    place = urls.DICTIONARY_V1 if config["wire"] == "v1" else urls.dictionary_v2(word(config, "host"))
    try:
        response = means.net.get(place, robots=False)
    except FetchError:
        return Inflater(), 0
    known = dictionary_id(response.body) if response.ok else 0
    return (Inflater(response.body), known) if known else (Inflater(), 0)


def jetstream_start(config: Config, cursor: Cursor, window: Window) -> int:
    """Where to resume: microseconds on v1, the sequence number on v2; 0 for now."""
    if config["wire"] == "v2" and (seq := number(cursor, "seq")):
        return seq
    micro = number(cursor, "time_us")
    return max(0, micro - OVERLAP_US) if micro else window.since_ms * 1000


def jetstream_address(config: Config, start: int, dictionary: int) -> str:
    host, dids = word(config, "host"), words(config, "accounts")
    if config["wire"] == "v1":
        return urls.jetstream_v1(host, collections(config), dids, start, compress=dictionary > 0)
    return urls.jetstream_v2(host, collections(config), dids, start, dictionary)


def batches(receive: object, means: Means) -> Iterator[list[str | bytes]]:
    """Frames as they come, given after a second, at 500, or (empty) when nothing came for half a minute."""
    frames: list[str | bytes] = []
    given = means.clock.monotonic()
    while True:
        frame = receive(SILENCE_SECONDS if not frames else BATCH_SECONDS)  # type: ignore[operator]
        if frame is not None:
            frames.append(frame)
        now = means.clock.monotonic()
        if frame is None or len(frames) >= BATCH or now - given >= BATCH_SECONDS:
            yield frames
            frames, given = [], now


def jetstream_page(frames: Sequence[str | bytes], inflate: Inflater, cursor: Cursor) -> tuple[Page, int]:
    """(page, when its last event was witnessed). A frame that cannot be read goes to quarantine as it came."""
    items: list[RawItem] = []
    records: list[object] = []
    place, last_ms = dict(cursor), 0
    for frame in frames:
        try:
            body = inflate(frame)
            event = refuse_error_frame(frame_object(body))
        except ItemError:
            items.append(RawItem(frame if isinstance(frame, bytes) else frame.encode(errors="replace")))
            continue
        flat = mapping.flattened(table({"event": event}, "event"))
        place |= {name: at for name in ("seq", "time_us") if (at := number(flat, name))}
        last_ms = max(last_ms, mapping.event_ms(flat))
        if mapping.is_event(flat) and mapping.wanted(flat):
            items.append(RawItem(body))
            records.append(table(flat, "commit", "record"))
    found = [record for record in tables({"all": records}, "all") if text(record, "$type") == urls.POSTS]
    return Page(tuple(items), place, requests=0, drift=drift(found, mapping.REQUIRED, mapping.KNOWN)), last_ms


class FirehoseConnector:
    def describe(self) -> Description:
        return Description(
            name="bluesky_firehose",
            options=FIREHOSE_OPTIONS,
            rhythm_seconds=60,
            live=True,
            edits=True,
            deletions=True,
            tested="server",
            networks=("bluesky",),
            keep="matched",
        )

    def validate(self, config: Config) -> Config:
        whole = settle(FIREHOSE_OPTIONS, config)
        return {**whole, "handle": bare(whole), "host": over_websocket(str(whole["host"]))}

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        whole = self.validate(config)
        seq = number(cursor, "seq")
        with means.net.websocket(urls.repos(word(whole, "host"), -1 if seq is None else seq)) as socket:
            for frames in batches(socket.receive, means):
                page = firehose_page(frames, cursor, collections(whole))
                cursor = page.cursor
                yield page

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return mapping.events(item)

    def sender(self) -> BlueskySender:
        return BlueskySender()

    def canary(self, config: Config) -> Config:
        return {"host": word(config, "host")}


def firehose_page(frames: Sequence[str | bytes], cursor: Cursor, wanted: Sequence[str]) -> Page:
    """Frames as a page; those that cannot be read go to quarantine as they came."""
    items: list[RawItem] = []
    seq = number(cursor, "seq") or 0
    for frame in frames:
        body = frame if isinstance(frame, bytes) else frame.encode(errors="replace")
        try:
            number_, events = firehose_events(body)
        except ItemError:
            items.append(RawItem(body, "application/cbor"))
            continue
        seq = max(seq, number_)
        kept = (event for event in events if mapping.wanted(event))
        items += [RawItem(dumps(event)) for event in kept if text(event, "commit", "collection") in (*wanted, "")]
    return Page(tuple(items), {"seq": seq} if seq else cursor, requests=0)


class SearchConnector:
    def describe(self) -> Description:
        return Description(
            name="bluesky_search",
            options=SEARCH_OPTIONS,
            rhythm_seconds=900,
            backfill=True,
            deletions=True,
            tested=RECORDED,
            networks=("bluesky",),
        )

    def validate(self, config: Config) -> Config:
        whole = settle(SEARCH_OPTIONS, config)
        return {**whole, "handle": bare(whole)}

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        whole = self.validate(config)
        search = Search(whole, Session.of(whole, means), window)
        yield from walk_back(search.sheet, cursor, window, int(amount(whole, "pages_max", 10)))

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return mapping.events(item, signed_in=True)

    def sweep(self, config: Config, uris: Iterable[str], means: Means) -> Iterator[Gone | RawItem]:
        return sweep(self.validate(config), uris, means)

    def sender(self) -> BlueskySender:
        return BlueskySender()

    def canary(self, config: Config) -> Config:
        return {**config, "query": "the", "lang": "en"}


@dataclass(frozen=True)
class Search:
    """One question, asked page after page with the account's own session."""

    config: Config
    session: Session
    window: Window

    def params(self, token: str) -> dict[str, str]:
        asked = {"q": word(self.config, "query"), "sort": "latest", "limit": str(urls.SEARCH_LIMIT)}
        bounds = {"since": self.window.since_ms, "until": self.window.until_ms}
        asked |= {name: to_datetime(ms).strftime("%Y-%m-%dT%H:%M:%SZ") for name, ms in bounds.items() if ms}
        optional = {"cursor": token, "lang": word(self.config, "lang")}
        return asked | {name: value for name, value in optional.items() if value}

    def sheet(self, token: str) -> Sheet:
        response = self.session.get(urls.search_posts(self.session.server), self.params(token))
        answer = response.json()
        found = [view for view in tables(answer, "posts") if mapping.is_view(view)]
        return Sheet(
            tuple(self.entry(view) for view in found),
            text(answer, "cursor"),
            quota_left=response.quota_left,
            drift=drift([mapping.record_of(view) for view in found], mapping.REQUIRED, mapping.KNOWN),
        )

    def entry(self, view: Table) -> Entry:
        items = tuple(RawItem(dumps(part)) for part in mapping.found_in(view))
        return Entry(text(view, "uri"), mapping.view_found(view).at_ms, items)
