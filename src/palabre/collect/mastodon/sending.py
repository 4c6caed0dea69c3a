"""Answering over Mastodon's API: statuses, with the Idempotency-Key that the server itself honours for an hour.

The post answered is named by its uri; a server knows it by an id of its own, asked for in turn by search, from the
address, and from what its author wrote last. Where none tells, nothing is sent: a server may put an answer to an id it
does not know outside any thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from palabre.collect.config import word
from palabre.collect.contract import Config, Means
from palabre.collect.mastodon import mapping, urls
from palabre.collect.mastodon.sweep import own_ident
from palabre.collect.payload import Table, ident, iso_ms, number, table, tables, text
from palabre.collect.sending import CUT, FORBIDDEN, GONE, LENGTH, SAID, Abilities, Outgoing, Sent
from palabre.collect.speaking import SKEW_MS, Line, alike, host_of, settling, taken, with_mention, write_secret
from palabre.errors import FetchError, RefusedError, UnknownOutcomeError
from palabre.text.html import html_to_text
from palabre.text.lengths import LINK_CHARS, with_short_links

CHARS_MAX = 500
PAGES_LOOKED = 10  # of our own statuses, 40 each, while they are newer than the message
MASTODON = re.compile(r"[3-9]\.\d+\.\d+(?:[+-]\S*)?$")  # "4.5.1", "4.6.0+glitch"; not "2.7.2 (compatible; …)"
FOLLOWED = ("public", "unlisted", "private", "direct")


def said(answer: Table) -> tuple[str, str]:
    return "", text(answer, "error_description") or text(answer, "error")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server says of itself. keyed: it is of those known to honour the Idempotency-Key."""

    chars_max: int = CHARS_MAX
    link_chars: int = LINK_CHARS
    keyed: bool = False


class MastodonSender:
    known: ClassVar[dict[str, Limits]] = {}  # by server

    def abilities(self, config: Config, means: Means | None = None) -> Abilities:
        limits = self.limits(word(config, "server"), means)
        return Abilities(limits.chars_max, keyed=limits.keyed, edits=True, deletes=True, private=True)

    def limits(self, server: str, means: Means | None) -> Limits:
        """Asked once a process of /api/v2/instance, else of v1, which older and smaller servers have."""
        if server not in self.known and means is not None:
            for url in (urls.instance_v2(server), urls.instance(server)):
                try:
                    answer = means.net.get(url, robots=False)
                    found = limits_of(table({"a": answer.json()}, "a")) if answer.ok else None
                except FetchError:
                    return Limits()
                if found:
                    self.known[server] = found
                    break
        return self.known.get(server, Limits())

    def account(self, config: Config, means: Means) -> str:
        me = Desk.of(config, means).me()
        return f"@{text(me, 'acct')}@{host_of(word(config, 'server'))}"

    def length(self, text: str) -> int:
        return with_short_links(text)

    def send(self, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        words = desk.worded(message)
        parent = desk.status_of(message.answers, message.to, desk.line.read) if message.answers else {}
        limits = self.limits(desk.server, means)
        if desk.server in self.known and with_short_links(words, limits.link_chars) > limits.chars_max:
            raise RefusedError(LENGTH, host=desk.host)  # a server that did not tell its limits says so itself
        body = {"status": words, "visibility": visibility(parent, message.private)}
        body |= {"in_reply_to_id": ident(parent, "id")} if parent else {}
        body |= {"language": message.lang} if message.lang else {}
        answer = desk.line.write("POST", urls.post(desk.server), body, Idempotency_Key=message.key)
        return sent(answer, desk.host)

    @settling
    def find(self, message: Outgoing, config: Config, means: Means) -> Sent | None:
        desk = Desk.of(config, means)
        return next(
            (sent(status, desk.host) for status in desk.own(message.made_ms) if desk.is_it(status, message)), None
        )

    def edit(self, uri: str, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        status = desk.status_of(uri, "", desk.line.read)
        body = {"status": desk.worded(message)} | ({"language": message.lang} if message.lang else {})
        return sent(desk.line.write("PUT", urls.status(desk.server, ident(status, "id")), body), desk.host)

    def delete(self, uri: str, config: Config, means: Means) -> None:
        """Some small servers have no deletion in their API and answer 404 all the same: so it is read again."""
        desk = Desk.of(config, means)
        try:
            status = desk.status_of(uri, "", desk.line.read)
        except RefusedError as error:
            if error.key == GONE:
                return
            raise
        url = urls.status(desk.server, ident(status, "id"))
        try:
            desk.line.write("DELETE", url)
        except RefusedError as error:
            if error.key != GONE:
                raise
            if desk.line.read(url, gone=False):
                raise RefusedError(SAID, host=desk.host, said="DELETE /api/v1/statuses: 404") from error


@dataclass(frozen=True)
class Desk:
    """One account on one server."""

    server: str
    host: str
    line: Line

    @classmethod
    def of(cls, config: Config, means: Means) -> Desk:
        server = word(config, "server")
        host = host_of(server)
        token = write_secret(means, host, "write_token", "token")
        return cls(server, host, Line(means, host, {"Authorization": f"Bearer {token}"}, said))

    def me(self) -> Table:
        found = self.line.read(urls.me(self.server))
        if not ident(found, "id"):
            raise RefusedError(FORBIDDEN, host=self.host)
        return found

    def worded(self, message: Outgoing) -> str:
        """A status tells only those it names: whoever is answered is named. ``to`` may be an address: then not."""
        handle = message.to if message.answers and "/" not in message.to else ""
        return with_mention(message.text, handle)

    def status_of(self, uri: str, handle: str, ask: Callable[..., Table]) -> Table:
        """The server's own object of a post. RefusedError ``sending.gone`` when no way leads to it."""
        own = own_ident(uri, self.server)
        for found in self.ways(uri, own, handle, ask):
            if ident(found, "id") and (text(found, "uri") == uri or text(found, "url") == uri):
                return found
        raise RefusedError(GONE, host=self.host)

    def ways(self, uri: str, own: str, handle: str, ask: Callable[..., Table]) -> Iterator[Table]:
        if own:
            yield ask(urls.status(self.server, own), gone=False)
        params = {"q": uri, "type": "statuses", "resolve": "true", "limit": "5"}
        yield from tables(ask(urls.search(self.server), params, gone=False), "statuses")
        if handle:
            account = ident(ask(urls.lookup(self.server), {"acct": self.local(handle)}, gone=False), "id")
            if account:
                yield from tables(ask(urls.statuses(self.server, account), {"limit": "40"}, gone=False), "items")
        mentions = ask(urls.notifications(self.server), {"types[]": "mention", "limit": "40"}, gone=False)
        yield from (table(entry, "status") for entry in tables(mentions, "items"))
        if not handle:
            mine = ident(ask(urls.me(self.server)), "id")
            yield from tables(ask(urls.statuses(self.server, mine), {"limit": "40"}, gone=False), "items")

    def local(self, handle: str) -> str:
        """``name`` of one of this server's own, else ``name@server``."""
        return handle.removeprefix("@").removesuffix(f"@{self.host}").removesuffix(f"@{mapping.host_of(self.server)}")

    def own(self, since_ms: int) -> Iterator[Table]:
        """Our statuses, newest first, down to the moment."""
        me = ident(self.line.look(urls.me(self.server)), "id")
        before: dict[str, str] = {}
        seen: set[str] = set()
        for _ in range(PAGES_LOOKED):
            found = tables(self.line.look(urls.statuses(self.server, me), {"limit": str(urls.PAGE), **before}), "items")
            recent = [one for one in found if iso_ms(one, "created_at") >= since_ms - SKEW_MS]
            yield from (one for one in recent if ident(one, "id") not in seen)
            repeated = {ident(one, "id") for one in found} <= seen  # some servers give the first page whatever is asked
            if len(recent) < len(found) or (repeated and len(found) < urls.PAGE):
                return
            seen |= {ident(one, "id") for one in found}
            before = {"max_id": ident(found[-1], "id")}
        raise UnknownOutcomeError(CUT, host=self.host)  # it may lie further below

    def is_it(self, status: Table, message: Outgoing) -> bool:
        """The same words, in the same place."""
        if bool(ident(status, "in_reply_to_id")) != bool(message.answers):
            return False
        versions = (html_to_text(text(status, "content")), text(status, "text"))  # as shown; as written, where told
        return any(alike(message.text, words) for words in versions) and self.in_place(status, message)

    def in_place(self, status: Table, message: Outgoing) -> bool:
        above = ident(status, "in_reply_to_id")
        if not above:
            return True
        parent = self.line.look(urls.status(self.server, above), absent=True)
        return not parent or message.answers in (text(parent, "uri"), text(parent, "url"))


def limits_of(answer: Table) -> Limits | None:
    """The limits an instance declares; None when it declares none. Others than Mastodon say so in their version."""
    found = table(answer, "configuration", "statuses")
    most, link = number(found, "max_characters"), number(found, "characters_reserved_per_url")
    version = text(answer, "version")
    keyed = bool(MASTODON.match(version)) or "Pleroma" in version or "Akkoma" in version
    return Limits(most or CHARS_MAX, link or LINK_CHARS, keyed) if found else None


def visibility(parent: Table, private: bool) -> str:
    """As the post answered, never wider; an answer to no one is public."""
    follows = text(parent, "visibility")
    return "direct" if private else follows if follows in FOLLOWED else "public"


def sent(status: Table, host: str) -> Sent:
    uri = taken(mapping.uri_of(status), host)
    return Sent(uri, text(status, "url") or uri, iso_ms(status, "created_at"))
