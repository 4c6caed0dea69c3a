"""Answering in Matrix rooms: the transaction id is our key, so the server itself makes two attempts one message."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import unquote

from palabre.collect.config import word, words
from palabre.collect.contract import Config, Means
from palabre.collect.matrix import mapping, urls
from palabre.collect.payload import Table, table, tables, text
from palabre.collect.sending import BLOCKED, CUT, FORBIDDEN, GONE, LENGTH, TOKEN, WAIT, Abilities, Outgoing, Sent
from palabre.collect.speaking import SKEW_MS, Line, alike, host_of, settling, taken, write_secret
from palabre.errors import RefusedError, UnknownOutcomeError
from palabre.text.links import linked

BYTES_MAX = 60_000  # an event may have 65,536 bytes in all (client-server API, "size limits")
PAGES_LOOKED = 20
ENCRYPTION = "m.room.encryption"
WHY = {
    "M_UNKNOWN_TOKEN": TOKEN,
    "M_MISSING_TOKEN": TOKEN,
    "M_FORBIDDEN": BLOCKED,
    "M_LIMIT_EXCEEDED": WAIT,
    "M_TOO_LARGE": LENGTH,
    "M_NOT_FOUND": GONE,
    "M_USER_DEACTIVATED": TOKEN,
    "M_GUEST_ACCESS_FORBIDDEN": FORBIDDEN,
}
PLACE = re.compile(r"matrix:(?:roomid/([^/]+)/)?e/(.+)$")


def said(answer: Table) -> tuple[str, str]:
    return text(answer, "errcode"), text(answer, "error")


class MatrixSender:
    who: ClassVar[dict[tuple[str, str], str]] = {}  # by server and token

    def abilities(self, config: Config, means: Means | None = None) -> Abilities:
        rooms = words(config, "rooms")
        return Abilities(keyed=True, edits=True, deletes=True, publishes=len(rooms) == 1)

    def account(self, config: Config, means: Means) -> str:
        return Desk.of(config, means).me()

    def length(self, text: str) -> int:
        return len(text)

    def send(self, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        room, answered = desk.place(message, config)
        desk.refuse_encrypted(room)
        content = desk.content(message, room, answered)
        return desk.put(room, content, transaction(message.key))

    @settling
    def find(self, message: Outgoing, config: Config, means: Means) -> Sent | None:
        desk = Desk.of(config, means)
        room, answered = desk.place(message, config)
        me, token = desk.me(), ""
        for _ in range(PAGES_LOOKED):
            answer = desk.line.look(urls.messages(desk.server, room), params_of(token))
            events = tables(answer, "chunk")
            for event in events:
                if text(event, "sender") == me and is_it(event, message, answered):
                    own = text(event, "event_id")
                    return Sent(urls.event_uri(room, own), urls.page(room, own), mapping.sent_ms(event))
            token = text(answer, "end")
            if not events or not token or mapping.sent_ms(events[-1]) < message.made_ms - SKEW_MS:
                return None
        raise UnknownOutcomeError(CUT, host=desk.host)  # a busy room: it may lie further below

    def edit(self, uri: str, message: Outgoing, config: Config, means: Means) -> Sent:
        """An m.replace of the first version; its own transaction id names the new text too."""
        desk = Desk.of(config, means)
        room, own = place_of(uri, desk.host)
        fresh = body_of(message.text)
        content = {**fresh, "body": f"* {fresh['body']}", "m.new_content": fresh}
        content["m.relates_to"] = {"rel_type": "m.replace", "event_id": own}
        desk.put(room, content, transaction(f"{message.key}/edit/{message.text}"))
        return Sent(uri, urls.page(room, own), means.clock.now_ms())

    def delete(self, uri: str, config: Config, means: Means) -> None:
        desk = Desk.of(config, means)
        room, own = place_of(uri, desk.host)
        try:
            desk.line.write("PUT", urls.redact(desk.server, room, own, transaction(f"gone/{uri}")), {})
        except RefusedError as error:
            if error.key != GONE:
                raise


@dataclass(frozen=True)
class Desk:
    """One account on one homeserver."""

    server: str
    host: str
    line: Line
    token: str = field(repr=False)

    @classmethod
    def of(cls, config: Config, means: Means) -> Desk:
        server = word(config, "server")
        host = host_of(server)
        token = write_secret(means, host, "token")
        return cls(server, host, Line(means, host, {"Authorization": f"Bearer {token}"}, said, WHY), token)

    def me(self) -> str:
        """Our user id; asked for once a process."""
        known = MatrixSender.who.get((self.server, self.token))
        if not known:
            known = text(self.line.read(urls.whoami(self.server)), "user_id")
            MatrixSender.who[self.server, self.token] = known
        return known

    def place(self, message: Outgoing, config: Config) -> tuple[str, str]:
        """(room, event answered). A publication goes to the only room that is listened to."""
        if message.answers:
            return place_of(message.answers, self.host)
        rooms = words(config, "rooms")
        if len(rooms) != 1:
            raise RefusedError("sending.no_place", host=self.host)
        room = rooms[0]
        return (room if room.startswith("!") else text(self.line.read(urls.alias(self.server, room)), "room_id")), ""

    def refuse_encrypted(self, room: str) -> None:
        """We would answer in clear what was asked under encryption."""
        if self.line.read(urls.state(self.server, room, ENCRYPTION), gone=False):
            raise RefusedError("sending.encrypted", host=self.host)

    def content(self, message: Outgoing, room: str, answered: str) -> dict[str, object]:
        """m.room.message; in the thread of the message answered where it is in one (spec, "rich replies")."""
        content: dict[str, object] = body_of(message.text)
        if len(message.text.encode()) > BYTES_MAX:
            raise RefusedError(LENGTH, host=self.host)
        if not answered:
            return content
        event = self.line.read(urls.event(self.server, room, answered))
        if table(event, "unsigned", "redacted_because") or not text(event, "event_id"):
            raise RefusedError(GONE, host=self.host)
        relation: dict[str, object] = {"m.in_reply_to": {"event_id": answered}}
        thread = text(event, "content", "m.relates_to", "event_id") if mapping.relation(event) == "m.thread" else ""
        relation |= {"rel_type": "m.thread", "event_id": thread, "is_falling_back": False} if thread else {}
        return content | {"m.relates_to": relation, "m.mentions": {"user_ids": [text(event, "sender")]}}

    def put(self, room: str, content: Mapping[str, object], key: str) -> Sent:
        answer = self.line.write("PUT", urls.send(self.server, room, key), content)
        own = taken(text(answer, "event_id"), self.host)
        return Sent(urls.event_uri(room, own), urls.page(room, own), self.line.means.clock.now_ms())


def place_of(uri: str, host: str) -> tuple[str, str]:
    """(room id, event id) of a matrix: URI. RefusedError where it names no room."""
    found = PLACE.match(uri)
    if not found or not found[1]:
        raise RefusedError(GONE, host=host)
    return f"!{unquote(found[1])}", f"${unquote(found[2])}"


def params_of(token: str) -> dict[str, str]:
    return {"dir": "b", "limit": str(urls.PAGE)} | ({"from": token} if token else {})


def is_it(event: Table, message: Outgoing, answered: str) -> bool:
    """The same transaction where the server still says so, else the same words in the same place."""
    if text(event, "unsigned", "transaction_id") == transaction(message.key):
        return True
    replied = text(event, "content", "m.relates_to", "m.in_reply_to", "event_id")
    late = mapping.sent_ms(event) >= message.made_ms - SKEW_MS
    return late and replied == answered and alike(message.text, text(event, "content", "body"))


def transaction(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def body_of(words: str) -> dict[str, object]:
    """The text, and the same as HTML with its links and line ends."""
    html = linked(words)
    content: dict[str, object] = {"msgtype": "m.text", "body": words}
    if "<a " in html or "\n" in words:
        content |= {"format": "org.matrix.custom.html", "formatted_body": html.replace("\n", "<br>")}
    return content
