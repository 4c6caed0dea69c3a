"""Answering on Reddit as an account that gave its lasting consent (OAuth 2, refresh token of one's own application)."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass

from palabre.collect.config import word
from palabre.collect.contract import Config, Means
from palabre.collect.payload import Table, at, epoch_ms, ident, number, table, tables, text
from palabre.collect.reddit import mapping, urls
from palabre.collect.sending import BLOCKED, FORBIDDEN, GONE, LENGTH, SAID, TOKEN, WAIT, Abilities, Outgoing, Sent
from palabre.collect.speaking import (
    AGAIN_SECONDS,
    SKEW_MS,
    Line,
    alike,
    all_seen,
    needed,
    refreshed,
    settling,
    taken,
    write_secret,
)
from palabre.errors import RefusedError

HOST = "reddit.com"
CHARS_MAX = 10_000
THING = re.compile(r"/comments/(\w+)/(?:[^/]+/(\w+)/)?$")
WHY = {
    "RATELIMIT": WAIT,
    "THREAD_LOCKED": BLOCKED,
    "TOO_OLD": BLOCKED,
    "USER_BLOCKED": BLOCKED,
    "SUBREDDIT_NOTALLOWED": BLOCKED,
    "BANNED_FROM_SUBREDDIT": BLOCKED,
    "DELETED_COMMENT": GONE,
    "DELETED_LINK": GONE,
    "NO_THING_ID": GONE,
    "TOO_LONG": LENGTH,
    "USER_REQUIRED": TOKEN,
}


def said(answer: Table) -> tuple[str, str]:
    return text(answer, "reason"), text(answer, "explanation") or text(answer, "message") or text(answer, "error")


class RedditSender:
    def abilities(self, config: Config, means: Means | None = None) -> Abilities:
        publishes = word(config, "list") in ("subreddit", "comments") and "+" not in word(config, "value")
        return Abilities(CHARS_MAX, edits=True, deletes=True, publishes=publishes, tested="own requests")

    def account(self, config: Config, means: Means) -> str:
        return f"u/{Desk.of(config, means).me()}"

    def length(self, text: str) -> int:
        return len(text)

    def send(self, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        if len(message.text) > CHARS_MAX:
            raise RefusedError(LENGTH, host=HOST)
        if not message.answers:
            return desk.publish(message, word(config, "value"))
        thing = thing_of(message.answers)
        desk.refuse_gone(thing)
        answer = desk.write(urls.comment(), {"thing_id": thing, "text": message.text})
        data = table(next(iter(tables(answer, "json", "data", "things")), {}), "data")
        return sent_of(data)

    @settling
    def find(self, message: Outgoing, config: Config, means: Means) -> Sent | None:
        desk = Desk.of(config, means)
        listing = urls.user_comments(desk.me()) if message.answers else urls.user_submitted(desk.me())
        answer = desk.line.look(listing, {"limit": str(urls.PAGE), "sort": "new", "raw_json": "1"})
        above = thing_of(message.answers) if message.answers else ""
        listed = list(mapping.things(answer))
        for thing in listed:
            data = table(thing, "data")
            words = text(data, "body" if message.answers else "selftext")
            recent = epoch_ms(data, "created_utc") >= message.made_ms - SKEW_MS
            if recent and alike(message.text, words) and (not above or ident(data, "parent_id") == above):
                return sent_of(data)
        oldest = min((epoch_ms(thing, "data", "created_utc") for thing in listed), default=0)
        all_seen(len(listed) >= urls.PAGE, oldest, message.made_ms, HOST)
        return None

    def edit(self, uri: str, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        desk.write(urls.edit(), {"thing_id": thing_of(uri), "text": message.text})
        return Sent(uri, uri, means.clock.now_ms())

    def delete(self, uri: str, config: Config, means: Means) -> None:
        Desk.of(config, means).write(urls.delete(), {"id": thing_of(uri)})


@dataclass(frozen=True)
class Desk:
    """One account, signed in for an hour."""

    means: Means
    line: Line

    @classmethod
    def of(cls, config: Config, means: Means) -> Desk:
        pair = f"{needed(config, 'client_id', HOST)}:{write_secret(means, HOST, 'client_secret')}"
        basic = {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        form = {"grant_type": "refresh_token", "refresh_token": write_secret(means, HOST, "refresh_token")}
        token = refreshed(Line(means, HOST, basic, said), urls.TOKEN, form)
        return cls(means, Line(means, HOST, {"Authorization": f"Bearer {token}"}, said))

    def me(self) -> str:
        name = text(self.line.read(urls.me()), "name")
        if not name:
            raise RefusedError(FORBIDDEN, host=HOST)
        return name

    def refuse_gone(self, thing: str) -> None:
        """Reddit takes answers to what its author took back."""
        found = next(iter(mapping.things(self.line.read(urls.info(), {"id": thing, "raw_json": "1"}))), None)
        if found is None or mapping.taken_back(text(found, "kind"), table(found, "data")):
            raise RefusedError(GONE, host=HOST)
        if at(found, "data", "locked") is True or at(found, "data", "archived") is True:
            raise RefusedError(BLOCKED, host=HOST)

    def write(self, url: str, form: dict[str, object]) -> Table:
        """Reddit says no inside a 200: [["TOO_LONG", "this is too long", "text"], …]."""
        answer = self.line.write("POST", url, form={**form, "api_type": "json", "raw_json": "1"})
        errors = at(answer, "json", "errors")
        if isinstance(errors, list) and errors and isinstance(errors[0], list) and errors[0]:
            code, sentence = (str(part) for part in (*errors[0], "", "")[:2])
            key = WHY.get(code, SAID)
            wait = float(number(answer, "json", "ratelimit") or AGAIN_SECONDS) if key == WAIT else None
            raise RefusedError(key, retry_after=wait, host=HOST, said=(sentence or code)[:200], code=code)
        return answer

    def publish(self, message: Outgoing, community: str) -> Sent:
        if not community:
            raise RefusedError("sending.no_place", host=HOST)
        title = message.subject or message.text.strip().partition("\n")[0]
        form: dict[str, object] = {"kind": "self", "sr": community, "title": title[:300], "text": message.text}
        data = table(self.write(urls.submit(), form), "json", "data")
        own = taken(ident(data, "id"), HOST)
        return Sent(urls.submission_uri(own), text(data, "url"), self.means.clock.now_ms())


def thing_of(uri: str) -> str:
    """``t3_abc`` of a submission's uri, ``t1_def`` of a comment's."""
    found = THING.search(uri)
    if not found:
        raise RefusedError(GONE, host=HOST)
    return f"t1_{found[2]}" if found[2] else f"t3_{found[1]}"


def sent_of(data: Table) -> Sent:
    kind = "t1" if ident(data, "link_id") else "t3"
    taken(ident(data, "id"), HOST)
    return Sent(mapping.uri_of(kind, data), mapping.page_of(data), epoch_ms(data, "created_utc"))
