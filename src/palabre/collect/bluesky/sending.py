"""Answering on the AT Protocol: a record in one's own repository, under a key made of ours, so that it cannot double.

``putRecord`` with ``swapRecord: null`` writes only where nothing stands yet; reading that one place afterwards tells
for certain whether the message is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import regex

from palabre.clock import to_datetime
from palabre.collect.bluesky import urls
from palabre.collect.bluesky.session import Session, bearer
from palabre.collect.config import word
from palabre.collect.contract import Config, Means
from palabre.collect.payload import Table, iso_ms, table, tables, text, truth
from palabre.collect.sending import BLOCKED, CUT, GONE, LENGTH, TOKEN, Abilities, Outgoing, Sent
from palabre.collect.speaking import Line, host_of, needed, settling, unreached, write_secret
from palabre.errors import FetchError, RefusedError, UnknownOutcomeError
from palabre.text.lengths import LINK, graphemes
from palabre.text.links import target, unlinked

CHARS_MAX, BYTES_MAX = 300, 3000  # app.bsky.feed.post: maxGraphemes, maxLength
BASE32 = "234567abcdefghijklmnopqrstuvwxyz"  # sortable (atproto.com/specs/tid)
EXPIRED = ("ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired")
WHY = dict.fromkeys(EXPIRED, TOKEN) | {"BlockedActor": BLOCKED, "BlockedByActor": BLOCKED, "RecordNotFound": GONE}
MENTION = regex.compile(r"(?<![\w@])@((?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*)(?![\w@])", regex.IGNORECASE)
HASHTAG = regex.compile(r"(?<![\w&])[#＃]((?=[^\s]*\p{L})[\p{L}\p{N}_]{1,64})")


def said(answer: Table) -> tuple[str, str]:
    return text(answer, "error"), text(answer, "message")


class BlueskySender:
    def abilities(self, config: Config, means: Means | None = None) -> Abilities:
        return Abilities(CHARS_MAX, keyed=True, deletes=True)

    def account(self, config: Config, means: Means) -> str:
        desk = Desk.of(config, means)
        return f"@{text(desk.read(urls.get_session(desk.session.server)), 'handle')}"

    def length(self, text: str) -> int:
        return graphemes(text)

    def send(self, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        if graphemes(message.text) > CHARS_MAX or len(message.text.encode()) > BYTES_MAX:
            raise RefusedError(LENGTH, host=desk.host)
        record = desk.record(message, means.clock.now_ms())
        body = {**desk.place(rkey_of(message), "rkey"), "record": record, "swapRecord": None}
        try:
            uri = text(desk.write(urls.put_record(desk.session.server), body), "uri")
        except RefusedError as error:
            there = desk.there(message) if error.params.get("code") == "InvalidSwap" else None
            if there is None:
                raise
            return there
        if not uri:
            raise UnknownOutcomeError(CUT, host=desk.host)
        return desk.sent(uri, record)

    @settling
    def find(self, message: Outgoing, config: Config, means: Means) -> Sent | None:
        return Desk.of(config, means).there(message)

    def edit(self, uri: str, message: Outgoing, config: Config, means: Means) -> Sent:
        """The network's readers show the first version of a post: abilities say that there is none."""
        raise RefusedError("sending.no_edit", host=host_of(word(config, "server")))

    def delete(self, uri: str, config: Config, means: Means) -> None:
        desk = Desk.of(config, means)
        desk.write(urls.delete_record(desk.session.server), desk.place(uri.rpartition("/")[2], "rkey"))


@dataclass(frozen=True)
class Desk:
    """One account on one data server."""

    means: Means
    host: str
    session: Session
    did: str

    @classmethod
    def of(cls, config: Config, means: Means) -> Desk:
        host = host_of(word(config, "server"))
        needed(config, "handle", host)
        write_secret(means, host, "app_password")
        session = Session.of(config, means)
        desk = cls(means, host, session, "")
        return cls(means, host, session, text(desk.read(urls.get_session(session.server)), "did"))

    def line(self) -> Line:
        if not self.session.access:
            self.renew()
        return Line(self.means, self.host, bearer(self.session.access), said, WHY)

    def renew(self) -> None:
        """Signs in again. RefusedError: nothing of the message has left."""
        try:
            self.session.renew()
        except FetchError as error:
            refused = error.permanent and error.key.endswith("sign_in")
            raise (RefusedError(TOKEN, host=self.host) if refused else unreached(error, self.host)) from error

    def again(self, call: Callable[[Line], Table]) -> Table:
        """A call whose token the server no longer took was not heard: once more with a new one."""
        try:
            return call(self.line())
        except RefusedError as error:
            if error.key != TOKEN:
                raise
        self.renew()
        return call(self.line())

    def read(self, url: str, params: Mapping[str, object] | None = None) -> Table:
        return self.again(lambda line: line.read(url, params))

    def write(self, url: str, body: Mapping[str, object]) -> Table:
        return self.again(lambda line: line.write("POST", url, body))

    def place(self, rkey: str, name: str) -> dict[str, object]:
        return {"repo": self.did, "collection": urls.POSTS, name: rkey}

    def there(self, message: Outgoing) -> Sent | None:
        """What stands under the key of this message in our repository."""
        try:
            found = self.read(urls.get_record(self.session.server), self.place(rkey_of(message), "rkey"))
        except RefusedError as error:
            if error.key == GONE:
                return None
            raise
        return self.sent(text(found, "uri"), table(found, "value"))

    def sent(self, uri: str, record: Mapping[str, object]) -> Sent:
        return Sent(uri, urls.post_page(self.did, uri.rpartition("/")[2]), iso_ms(record, "createdAt"))

    def record(self, message: Outgoing, now_ms: int) -> dict[str, object]:
        moment = to_datetime(message.made_ms or now_ms).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        record: dict[str, object] = {"$type": urls.POSTS, "text": message.text, "createdAt": moment}
        facets = list(self.facets(message.text))
        record |= {"facets": facets} if facets else {}
        record |= {"langs": [message.lang]} if message.lang else {}
        return record | ({"reply": self.reply(message.answers)} if message.answers else {})

    def reply(self, uri: str) -> dict[str, object]:
        """Strong references to the post answered and to the first of its thread. RefusedError: gone, or closed."""
        did, _, rest = uri.removeprefix("at://").partition("/")
        collection, _, rkey = rest.partition("/")
        if not (uri.startswith("at://") and rkey):
            raise RefusedError(GONE, host=self.host)
        self.refuse_closed(uri)
        found = self.read(urls.get_record(self.session.server), {"repo": did, "collection": collection, "rkey": rkey})
        parent = {"uri": uri, "cid": text(found, "cid")}
        if not parent["cid"]:
            raise RefusedError(GONE, host=self.host)
        root = table(found, "value", "reply", "root")
        return {"root": dict(root) if text(root, "cid") else parent, "parent": parent}

    def refuse_closed(self, uri: str) -> None:
        """RefusedError ``sending.blocked`` where the network's view says so; a data server alone has no such view."""
        try:
            answer = self.means.net.get(
                urls.get_posts(self.session.server),
                params={"uris": uri},
                headers=bearer(self.session.access),
                robots=False,
            )
            found = tables(answer.json(), "posts") if answer.ok else []
        except FetchError:
            return
        for view in found:
            author = table(view, "author", "viewer")
            blocked = truth(author, "blockedBy") or bool(text(author, "blocking"))
            if blocked or truth(view, "viewer", "replyDisabled"):
                raise RefusedError(BLOCKED, host=self.host)

    def facets(self, words: str) -> Iterator[dict[str, object]]:
        """Links, and hashtags and mentions outside of them, placed by bytes of the UTF-8 text."""
        for found in LINK.finditer(words):
            yield facet(words, found.span(), {"$type": "app.bsky.richtext.facet#link", "uri": target(found[0])})
        bare = unlinked(words)
        for found in HASHTAG.finditer(bare):
            yield facet(words, found.span(), {"$type": "app.bsky.richtext.facet#tag", "tag": found[1]})
        for found in MENTION.finditer(bare):
            did = self.did_of(found[1])
            if did:
                yield facet(words, found.span(), {"$type": "app.bsky.richtext.facet#mention", "did": did})

    def did_of(self, handle: str) -> str:
        """ "" where nobody has that handle: the words stay plain."""
        try:
            return text(self.read(urls.resolve_handle(self.session.server), {"handle": handle}), "did")
        except RefusedError as error:
            if error.retry_after:
                raise
            return ""


def facet(words: str, span: tuple[int, int], feature: dict[str, str]) -> dict[str, object]:
    start, end = (len(words[:at].encode()) for at in span)
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def rkey_of(message: Outgoing) -> str:
    """A TID made of when the message was sent off and of its key: the same for the same message, always."""
    digest = int.from_bytes(hashlib.sha256(message.key.encode()).digest()[:4], "big")
    micro = message.made_ms * 1000 + digest % 1000
    return tid((micro << 10) | (digest // 1000 % 1024))


def tid(value: int) -> str:
    """64 bits, the first one 0, as thirteen signs (atproto.com/specs/tid)."""
    return "".join(BASE32[(value >> shift) & 31] for shift in range(60, -5, -5))
