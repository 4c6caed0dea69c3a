"""Answering on a NodeBB forum with a token of its Write API, v3 (docs.nodebb.org, "Write API")."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlencode

from palabre.collect.config import word
from palabre.collect.contract import Config, Means
from palabre.collect.nodebb import urls
from palabre.collect.nodebb.mapping import is_taken_back, published
from palabre.collect.payload import Table, ident, table, tables, text, truth
from palabre.collect.sending import BLOCKED, FORBIDDEN, GONE, HELD, LENGTH, TOKEN, WAIT, Abilities, Outgoing, Sent
from palabre.collect.speaking import SKEW_MS, Line, alike, all_seen, host_of, needed, settling, taken, write_secret
from palabre.errors import RefusedError, UnknownOutcomeError

CHARS_MAX = 32_767  # a forum's usual maximumPostLength
TITLE_CHARS = 200
PAGE_POSTS = 20  # that a forum gives at once
WHY = {"not-authorised": TOKEN, "forbidden": FORBIDDEN, "not-found": GONE, "too-many-requests": WAIT}


def said(answer: Table) -> tuple[str, str]:
    return text(answer, "status", "code"), text(answer, "status", "message")


class NodebbSender:
    def abilities(self, config: Config, means: Means | None = None) -> Abilities:
        publishes = bool(word(config, "category"))
        return Abilities(CHARS_MAX, edits=True, deletes=True, publishes=publishes, tested="own requests")

    def account(self, config: Config, means: Means) -> str:
        desk = Desk.of(config, means)
        return f"@{text(desk.line.read(desk.url(urls.myself(desk.site))), 'username')} · {desk.host}"

    def length(self, text: str) -> int:
        return len(text)

    def send(self, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        if len(message.text) > CHARS_MAX:
            raise RefusedError(LENGTH, host=desk.host)
        if message.answers:
            pid = desk.pid_of(message.answers)
            url, body = desk.answer_to(pid), {"content": message.text, "toPid": numbered(unquote(pid))}
        else:
            category = needed(config, "category", desk.host)
            url, body = urls.topics(desk.site), {"content": message.text, "title": title_of(message)}
            body["cid"] = numbered(category)
        return desk.sent(table(desk.line.write("POST", desk.url(url), body), "response"))

    @settling
    def find(self, message: Outgoing, config: Config, means: Means) -> Sent | None:
        desk = Desk.of(config, means)
        slug = text(desk.line.look(desk.url(urls.myself(desk.site))), "userslug")
        url = desk.url(urls.member_posts(desk.site, taken(slug, desk.host)))
        posts = tables(desk.line.look(url), "posts")
        topic = ident(desk.seen(desk.pid_of(message.answers)), "tid") if message.answers else ""
        for post in posts:
            if published(post) < message.made_ms - SKEW_MS or not same_place(post, message, topic):
                continue
            whole = desk.seen(ident(post, "pid"))
            if alike(message.text, text(whole, "content")):
                return desk.sent(whole)
        oldest = min(map(published, posts), default=0)
        all_seen(len(posts) >= PAGE_POSTS, oldest, message.made_ms, desk.host)
        return None

    def edit(self, uri: str, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        pid = desk.pid_of(uri)
        answer = desk.line.write("PUT", desk.url(urls.by_id(desk.site, pid)), {"content": message.text})
        return desk.sent({"pid": pid, **table(answer, "response")})

    def delete(self, uri: str, config: Config, means: Means) -> None:
        """As its author deletes it: a purge is a moderator's. What was taken back already is well."""
        desk = Desk.of(config, means)
        pid = desk.pid_of(uri)
        try:
            desk.line.write("DELETE", desk.url(urls.state(desk.site, pid)))
        except RefusedError as error:
            found = {} if error.key == GONE else desk.post(pid)
            if found and not is_taken_back(found):
                raise


@dataclass(frozen=True)
class Desk:
    """One member of one forum. uid: whose name a master token speaks in, "" for a member's own token."""

    site: str
    host: str
    uid: str
    line: Line

    @classmethod
    def of(cls, config: Config, means: Means) -> Desk:
        site = word(config, "url")
        host = host_of(site)
        headers = {"Authorization": f"Bearer {write_secret(means, host, 'token')}"}
        return cls(site, host, ident(config, "uid"), Line(means, host, headers, said, WHY))

    def url(self, address: str) -> str:
        return f"{address}?{urlencode({'_uid': self.uid})}" if self.uid.strip("0") else address

    def pid_of(self, uri: str) -> str:
        found = urls.POST.search(uri)
        if not found or not uri.startswith(self.site):
            raise RefusedError(GONE, host=self.host)
        return found[1]

    def post(self, pid: str) -> Table:
        """As it is now; {} for none."""
        return table(self.line.read(self.url(urls.by_id(self.site, pid)), gone=False), "response")

    def seen(self, pid: str) -> Table:
        return table(self.line.look(self.url(urls.by_id(self.site, pid)), absent=True), "response")

    def answer_to(self, pid: str) -> str:
        """The address of answers in the topic of a post. RefusedError: the post is gone, or the topic is closed."""
        found = self.post(pid)
        if not ident(found, "tid") or is_taken_back(found):
            raise RefusedError(GONE, host=self.host)
        url = urls.topic_by_id(self.site, ident(found, "tid"))
        topic = table(self.line.read(self.url(url)), "response")
        if topic.get("locked"):
            raise RefusedError(BLOCKED, host=self.host)
        if topic.get("deleted"):
            raise RefusedError(GONE, host=self.host)
        return url

    def sent(self, post: Table) -> Sent:
        """UnknownOutcomeError: it waits for a moderator, or the answer does not name it."""
        if truth(post, "queued"):
            raise UnknownOutcomeError(HELD, host=self.host)
        place = urls.post(self.site, taken(ident(post, "pid") or ident(post, "mainPid"), self.host))
        return Sent(place, place, published(post))


def same_place(post: Table, message: Outgoing, topic: str) -> bool:
    """An answer in its topic, or a post that begins one; "" where the topic is not known any more."""
    if message.answers:
        return not topic or ident(post, "tid") == topic
    return truth(post, "isMainPost")


def numbered(ident: str) -> object:
    """Numbers of posts and categories as the documents have them; others (of other servers) as they are."""
    return int(ident) if ident.isascii() and ident.isdecimal() else ident


def title_of(message: Outgoing) -> str:
    return message.subject or message.text.strip().partition("\n")[0][:TITLE_CHARS]
