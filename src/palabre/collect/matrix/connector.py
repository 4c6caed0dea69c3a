"""Matrix rooms through one's own account: /sync for what is new, /messages for gaps and for the past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from palabre.collect.backwards import inside
from palabre.collect.config import amount, secret, settle, words
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.matrix import mapping, urls
from palabre.collect.matrix.sending import MatrixSender
from palabre.collect.payload import Table, drift, dumps, table, tables, text, texts
from palabre.errors import ConfigError, FetchError
from palabre.model import Event, RawItem

WAIT_MS = 15_000  # how long a live sync waits for something new; shorter than the network client's patience

OPTIONS = (
    Option("server", "url", required=True),
    Option("rooms", "list"),
    Option("token", "secret", required=True),
    Option("join", "flag", default=False),
    Option("live", "flag", default=False),
    Option("pages_max", "number", default=20),
)


class MatrixConnector:
    def describe(self) -> Description:
        return Description(
            name="matrix",
            options=OPTIONS,
            rhythm_seconds=300,
            backfill=True,
            edits=True,
            deletions=True,
            tested="server",
            networks=("matrix",),
        )

    def validate(self, config: Config) -> Config:
        whole = settle(OPTIONS, config)
        for room in words(whole, "rooms"):
            if room[:1] not in "!#":
                raise ConfigError("connector_matrix.errors.not_a_room", room=room)
        return whole

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        visit = Visit(self.validate(config), means)
        visit.settle_rooms(texts(cursor, "rooms"))
        if window.since_ms or window.until_ms:
            yield from visit.backfill(cursor, window)
            return
        while True:
            page, more = visit.sync(cursor)
            cursor = page.cursor
            yield page
            if not visit.config["live"] and not more:
                return

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return mapping.events(item)

    def sender(self) -> MatrixSender:
        return MatrixSender()

    def canary(self, config: Config) -> Config:
        """The same account and rooms: Matrix has no room that everybody may read on every server."""
        return {**config, "live": False}


@dataclass
class Visit:
    """One run. rooms: ids to listen to, none for all that the account has joined; names: display names by user."""

    config: Config
    means: Means
    rooms: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def server(self) -> str:
        return str(self.config["server"])

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {secret(self.means, 'token')}"}

    def get(self, url: str, params: Mapping[str, str]) -> Table:
        response = self.means.net.get(url, params=params, headers=self.headers(), robots=False)
        if response.status in (401, 403):
            error = FetchError("payload.refused", reason=text(table({"a": response.json()}, "a"), "errcode"))
            error.permanent = True
            raise error
        return table({"answer": response.check().json()}, "answer")

    def settle_rooms(self, known: Iterable[str]) -> None:
        """Ids of the rooms asked for; aliases are looked up once, rooms are joined only where that was allowed."""
        self.rooms = list(known)
        if self.rooms:
            return
        for name in words(self.config, "rooms"):
            room = name if name.startswith("!") else text(self.get(urls.alias(self.server, name), {}), "room_id")
            if self.config["join"] is True:
                self.means.net.request("POST", urls.join(self.server, name), headers=self.headers(), json={}).check()
            self.rooms.append(room)

    def filter(self) -> str:
        """Only messages, redactions and names; only our rooms."""
        types = [mapping.MESSAGE, mapping.REDACTION, mapping.ENCRYPTED, "m.room.member"]
        timeline = {"limit": urls.PAGE, "types": types, "lazy_load_members": True}
        rooms = {"rooms": self.rooms} if self.rooms else {}
        silent: dict[str, object] = {"types": []}
        state = {"types": ["m.room.member"], "lazy_load_members": True}
        room = {"timeline": timeline, "state": state, "ephemeral": silent, "account_data": silent, **rooms}
        return dumps({"room": room, "presence": silent, "account_data": silent}).decode()

    def sync(self, cursor: Cursor) -> tuple[Page, bool]:
        """(what is new since the cursor, whether there may be more at once)."""
        since = text(cursor, "since")
        wait = WAIT_MS if since and self.config["live"] is True else 0
        params = {"filter": self.filter(), "timeout": str(wait)} | ({"since": since} if since else {})
        answer = self.get(urls.sync(self.server), params)
        items: list[RawItem] = []
        met: list[Table] = []
        requests = 1
        for room, part in table(answer, "rooms", "join").items():
            events, asked = self.timeline(room, table({"part": part}, "part"), since)
            requests += asked
            met += events
            items += mapping.raws(self.completed(room, events), room, self.names)
        state = {"since": text(answer, "next_batch"), "rooms": self.rooms}
        return Page(tuple(items), state, requests=requests, drift=odd(met)), bool(items) and bool(since)

    def timeline(self, room: str, part: Table, since: str) -> tuple[list[Table], int]:
        """(events of one room in order, calls made): what the server left out of the answer is fetched."""
        events = tables(part, "timeline", "events")
        self.names |= mapping.members(tables(part, "state", "events") + events)
        limited = part.get("timeline") and table(part, "timeline").get("limited") is True
        if not (limited and since):
            return events, 0
        earlier: list[Table] = []
        calls = 0
        for chunk, _ in self.back(room, text(part, "timeline", "prev_batch"), since):
            earlier += chunk
            calls += 1
        return [*reversed(earlier), *events], calls

    def back(self, room: str, token: str, until: str = "") -> Iterator[tuple[list[Table], str]]:
        """Pages of a room's past, newest first, with the token of the next one; until: a sync token to stop at."""
        for _ in range(int(amount(self.config, "pages_max", 20))):
            places = {"from": token, "to": until}
            params = {"dir": "b", "limit": str(urls.PAGE)} | {name: at for name, at in places.items() if at}
            answer = self.get(urls.messages(self.server, room), params)
            self.names |= mapping.members(tables(answer, "state"))
            chunk, token = tables(answer, "chunk"), text(answer, "end")
            yield chunk, token
            if not chunk or not token:
                return

    def completed(self, room: str, events: list[Table]) -> list[Table]:
        """Edits of messages that are not among the events are replaced by the message itself, edit included."""
        known = {text(event, "event_id") for event in events}
        outside = {one for event in events if (one := mapping.edited_id(event)) and one not in known}
        fetched = []
        for one in sorted(outside):
            response = self.means.net.get(urls.event(self.server, room, one), headers=self.headers(), robots=False)
            if response.ok and mapping.is_event(table({"event": response.json()}, "event")):
                fetched.append(table({"event": response.json()}, "event"))
        return [*fetched, *events]

    def backfill(self, cursor: Cursor, window: Window) -> Iterator[Page]:
        """The past of each room, newest first, down to the window's start."""
        done = set(texts(cursor, "done"))
        for room in self.rooms or texts(self.get(urls.joined(self.server), {}), "joined_rooms"):
            if room in done:
                continue
            token = text(cursor, "token") if text(cursor, "room") == room else ""
            for chunk, after in self.back(room, token):
                kept = [event for event in reversed(chunk) if inside(mapping.sent_ms(event), window)]
                state = {"rooms": self.rooms, "done": sorted(done), "room": room, "token": after}
                yield Page(tuple(mapping.raws(self.completed(room, kept), room, self.names)), state, drift=odd(chunk))
                if chunk and window.since_ms and mapping.sent_ms(chunk[-1]) < window.since_ms:
                    break
            done.add(room)
            yield Page((), {"rooms": self.rooms, "done": sorted(done)}, requests=0)


def odd(events: list[Table]) -> dict[str, int]:
    """Fields that were missing, and what we could not read because it is encrypted."""
    counts = {name: n for name, n in drift(events, mapping.REQUIRED, ()).items() if name.startswith("-")}
    encrypted = sum(event.get("type") == mapping.ENCRYPTED for event in events)
    return counts | ({"skipped: encrypted": encrypted} if encrypted else {})
