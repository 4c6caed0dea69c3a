"""Answering on X: POST /2/tweets as one's own account, never beyond the day's budget.

A message costs money, more with a link in it. What was spent is counted in this process; X itself keeps the bill.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from threading import Lock
from typing import ClassVar
from uuid import uuid4

from palabre.collect.config import amount
from palabre.collect.contract import Config, Means
from palabre.collect.payload import Table, ident, iso_ms, table, tables, text
from palabre.collect.sending import BLOCKED, FORBIDDEN, GONE, LENGTH, SAID, WAIT, Abilities, Outgoing, Sent
from palabre.collect.speaking import SKEW_MS, Line, alike, all_seen, settling, taken, write_secret
from palabre.collect.x import oauth, urls
from palabre.collect.x.budget import DAY_MS
from palabre.errors import RefusedError
from palabre.text.lengths import has_link, weighted

HOST = "x.com"
POSTS_LOOKED = 20
CHARS_MAX = 280
CHARS_MAX_PREMIUM = 25_000
USD, USD_LINKED = 0.015, 0.20  # for a message, and for one with a link (see terms.md)
STATUS = re.compile(r"/status/(\d{1,20})$")
WHY = {"https://api.twitter.com/2/problems/usage-capped": WAIT}
# X says why in words only.
CLUES = (
    ("deleted or not visible", GONE),
    ("not visible to you", GONE),
    ("not allowed to reply", BLOCKED),
    ("reply to this conversation", BLOCKED),
    ("blocked", BLOCKED),
    ("too long", LENGTH),
    ("duplicate content", SAID),  # of this message alone: the account may still write
)


def said(answer: Table) -> tuple[str, str]:
    sentence = text(answer, "detail") or text(answer, "title")
    sentence = next((text(error, "message") for error in tables(answer, "errors") if text(error, "message")), sentence)
    return text(answer, "type"), sentence


class XSender:
    spent: ClassVar[dict[tuple[str, int], float]] = {}  # US dollars by account and day
    lock: ClassVar[Lock] = Lock()

    def abilities(self, config: Config, means: Means | None = None) -> Abilities:
        most = CHARS_MAX_PREMIUM if config.get("premium") is True else CHARS_MAX
        plain, linked = amount(config, "price_per_message", USD), amount(config, "price_per_linked_message", USD_LINKED)
        return Abilities(most, deletes=True, usd=plain, usd_linked=linked, tested="own requests")

    def account(self, config: Config, means: Means) -> str:
        return f"@{text(Desk.of(means).me(), 'username')}"

    def length(self, text: str) -> int:
        return weighted(text)

    def send(self, message: Outgoing, config: Config, means: Means) -> Sent:
        desk, can = Desk.of(means), self.abilities(config)
        if weighted(message.text) > can.chars_max:
            raise RefusedError(LENGTH, host=HOST)
        body: dict[str, object] = {"text": message.text}
        if message.answers:
            body["reply"] = {"in_reply_to_tweet_id": ident_of(message.answers)}
        price = can.usd_linked if has_link(message.text) else can.usd
        day = self.reserve(desk.keys.token, price, amount(config, "messages_usd_per_day", 1.0), means)
        try:
            answer = desk.write("POST", urls.POST, body)
        except RefusedError:
            self.give_back(desk.keys.token, price, day)
            raise
        own = taken(ident(answer, "data", "id"), HOST)
        return Sent(urls.post_uri(own), urls.post_uri(own), means.clock.now_ms())

    def reserve(self, account: str, price: float, budget: float, means: Means) -> int:
        """Books a message before it leaves. RefusedError until midnight UTC when the day's budget is spent."""
        now = means.clock.now_ms()
        day = now // DAY_MS
        with self.lock:
            before = self.spent.get((account, day), 0.0)
            if before + price > budget + 1e-9:
                wait = ((day + 1) * DAY_MS - now) / 1000
                spent, limit = f"{before:.2f}", f"{budget:.2f}"
                raise RefusedError("sending.budget", retry_after=wait, host=HOST, spent=spent, budget=limit)
            self.spent[account, day] = before + price
        return day

    def give_back(self, account: str, price: float, day: int) -> None:
        with self.lock:
            self.spent[account, day] = max(0.0, self.spent.get((account, day), 0.0) - price)

    @settling
    def find(self, message: Outgoing, config: Config, means: Means) -> Sent | None:
        """Among our latest posts, which X bills as posts read."""
        desk = Desk.of(means)
        params = {"tweet.fields": "created_at,referenced_tweets,note_tweet,entities", "max_results": str(POSTS_LOOKED)}
        answer = desk.look(urls.user_posts(ident(desk.me(), "id")), params)
        above = ident_of(message.answers) if message.answers else ""
        posts = tables(answer, "data")
        for post in posts:
            if iso_ms(post, "created_at") < message.made_ms - SKEW_MS or replied(post) != above:
                continue
            if alike(message.text, expanded(post)):
                own = ident(post, "id")
                return Sent(urls.post_uri(own), urls.post_uri(own), iso_ms(post, "created_at"))
        oldest = min((iso_ms(post, "created_at") for post in posts), default=0)
        all_seen(len(posts) >= POSTS_LOOKED, oldest, message.made_ms, HOST)
        return None

    def edit(self, uri: str, message: Outgoing, config: Config, means: Means) -> Sent:
        raise RefusedError("sending.no_edit", host=HOST)

    def delete(self, uri: str, config: Config, means: Means) -> None:
        try:
            Desk.of(means).write("DELETE", f"{urls.POST}/{ident_of(uri)}")
        except RefusedError as error:
            if error.key != GONE:
                raise


@dataclass(frozen=True)
class Desk:
    """One account; every call is signed anew."""

    means: Means
    keys: oauth.Keys

    @classmethod
    def of(cls, means: Means) -> Desk:
        names = ("api_key", "api_secret", "access_token", "access_secret")
        return cls(means, oauth.Keys(*(write_secret(means, HOST, name) for name in names)))

    def line(self, method: str, url: str) -> Line:
        header = oauth.header(method, url, self.keys, uuid4().hex, self.means.clock.now_ms())
        return Line(self.means, HOST, {"Authorization": header}, said, WHY)

    def write(self, method: str, url: str, body: Mapping[str, object] | None = None) -> Table:
        try:
            return self.line(method, url).write(method, url, body)
        except RefusedError as error:
            words = str(error.params.get("said", "")).lower()
            key = next((key for clue, key in CLUES if clue in words), error.key)
            raise RefusedError(
                key, retry_after=error.retry_after, host=HOST, said=error.params.get("said", "")
            ) from error

    def look(self, url: str, params: Mapping[str, str]) -> Table:
        """The parameters are signed, so they are part of the address here."""
        whole = urls.with_query(url, params)
        return self.line("GET", whole).look(whole)

    def me(self) -> Table:
        found = table(self.line("GET", urls.ME).read(urls.ME), "data")
        if not ident(found, "id"):
            raise RefusedError(FORBIDDEN, host=HOST)
        return found


def ident_of(uri: str) -> str:
    found = STATUS.search(uri)
    if not found:
        raise RefusedError(GONE, host=HOST)
    return found[1]


def replied(post: Table) -> str:
    refs = (ref for ref in tables(post, "referenced_tweets") if text(ref, "type") == "replied_to")
    return ident(next(refs, {}), "id")


def expanded(post: Table) -> str:
    """The words as they were written: X replaces links by its own, and & < > by entities."""
    words = unescape(text(post, "note_tweet", "text") or text(post, "text"))
    for link in tables(post, "entities", "urls"):
        words = words.replace(text(link, "url") or "\0", text(link, "expanded_url"))
    return words
