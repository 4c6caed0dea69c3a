"""Answering comments on YouTube, as the channel that gave its consent (OAuth 2, refresh token of one's own project).

YouTube has threads of two levels: an answer to an answer stands under the first comment.
"""

from __future__ import annotations

from dataclasses import dataclass

from palabre.collect.contract import Config, Means
from palabre.collect.payload import Table, ident, iso_ms, table, tables, text
from palabre.collect.sending import BLOCKED, CUT, FORBIDDEN, GONE, LENGTH, TOKEN, WAIT, Abilities, Outgoing, Sent
from palabre.collect.speaking import (
    SKEW_MS,
    Line,
    alike,
    needed,
    refreshed,
    settling,
    taken,
    with_mention,
    write_secret,
)
from palabre.collect.youtube import urls
from palabre.errors import RefusedError, UnknownOutcomeError
from palabre.text.html import html_to_text

HOST = "youtube.com"
CHARS_MAX = 10_000
PAGES_LOOKED = 3
COMMENT, VIDEO = "yt:comment:", "yt:video:"
WHY = {
    "commentsDisabled": BLOCKED,
    "operationNotSupported": BLOCKED,
    "forbidden": FORBIDDEN,
    "insufficientPermissions": FORBIDDEN,
    "ineligibleAccount": FORBIDDEN,
    "authError": TOKEN,
    "commentNotFound": GONE,
    "parentCommentNotFound": GONE,
    "parentCommentIsPrivate": GONE,
    "videoNotFound": GONE,
    "commentTextTooLong": LENGTH,
    "quotaExceeded": WAIT,
    "rateLimitExceeded": WAIT,
    "userRateLimitExceeded": WAIT,
}


def said(answer: Table) -> tuple[str, str]:
    reason = next((text(error, "reason") for error in tables(answer, "error", "errors")), "")
    return reason, html_to_text(text(answer, "error", "message"))


class YouTubeSender:
    def abilities(self, config: Config, means: Means | None = None) -> Abilities:
        return Abilities(CHARS_MAX, edits=True, deletes=True, publishes=False, tested="own requests")

    def account(self, config: Config, means: Means) -> str:
        return text(Desk.of(config, means).channel(), "snippet", "title")

    def length(self, text: str) -> int:
        return len(text)

    def send(self, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        if len(message.text) > CHARS_MAX:
            raise RefusedError(LENGTH, host=HOST)
        place = place_of(message.answers)
        if place.video:
            top = {"snippet": {"textOriginal": message.text}}
            body = {"snippet": {"videoId": place.video, "topLevelComment": top}}
            answer = desk.line.write("POST", f"{urls.THREADS}?part=snippet", body)
            return sent(table(answer, "snippet", "topLevelComment"), place.video)
        words = with_mention(message.text, message.to) if place.nested else message.text
        body = {"snippet": {"parentId": place.top, "textOriginal": words}}
        return sent(desk.line.write("POST", f"{urls.COMMENTS}?part=snippet", body), "")

    @settling
    def find(self, message: Outgoing, config: Config, means: Means) -> Sent | None:
        desk = Desk.of(config, means)
        me, place, token = ident(desk.channel(), "id"), place_of(message.answers), ""
        for _ in range(PAGES_LOOKED):
            answer = desk.line.look(*place.listing(token))
            for comment in comments_of(answer):
                snippet = table(comment, "snippet")
                own = text(snippet, "authorChannelId", "value") == me
                recent = iso_ms(snippet, "publishedAt") >= message.made_ms - SKEW_MS
                words = text(snippet, "textOriginal") or html_to_text(text(snippet, "textDisplay"))
                if own and recent and alike(message.text, words):
                    return sent(comment, place.video)
            token = text(answer, "nextPageToken")
            if not token:
                return None
        raise UnknownOutcomeError(CUT, host=HOST)  # a long thread: it may lie further below

    def edit(self, uri: str, message: Outgoing, config: Config, means: Means) -> Sent:
        body = {"id": uri.removeprefix(COMMENT), "snippet": {"textOriginal": message.text}}
        answer = Desk.of(config, means).line.write("PUT", f"{urls.COMMENTS}?part=snippet", body)
        return sent(answer, "")

    def delete(self, uri: str, config: Config, means: Means) -> None:
        desk = Desk.of(config, means)
        try:
            desk.line.write("DELETE", f"{urls.COMMENTS}?id={uri.removeprefix(COMMENT)}")
        except RefusedError as error:
            if error.key != GONE:
                raise


@dataclass(frozen=True)
class Desk:
    """One channel, signed in for an hour."""

    line: Line

    @classmethod
    def of(cls, config: Config, means: Means) -> Desk:
        form = {
            "client_id": needed(config, "client_id", HOST),
            "client_secret": write_secret(means, HOST, "client_secret"),
            "refresh_token": write_secret(means, HOST, "refresh_token"),
            "grant_type": "refresh_token",
        }
        token = refreshed(Line(means, HOST, {}), urls.SIGN_IN, form)
        return cls(Line(means, HOST, {"Authorization": f"Bearer {token}"}, said, WHY))

    def channel(self) -> Table:
        found = tables(self.line.read(urls.CHANNELS, {"part": "snippet", "mine": "true"}), "items")
        if not found:
            raise RefusedError(FORBIDDEN, host=HOST)
        return found[0]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer stands: under a video, or under a first comment. nested: what it answers is an answer itself."""

    video: str = ""
    top: str = ""
    nested: bool = False

    def listing(self, token: str) -> tuple[str, dict[str, str]]:
        params = {"part": "snippet", "maxResults": str(urls.PAGE)} | ({"pageToken": token} if token else {})
        if self.video:
            return urls.THREADS, {**params, "videoId": self.video, "order": "time"}
        return urls.COMMENTS, {**params, "parentId": self.top}


def place_of(uri: str) -> Place:
    if uri.startswith(VIDEO):
        return Place(video=uri.removeprefix(VIDEO))
    if not uri.startswith(COMMENT):
        raise RefusedError(GONE if uri else "sending.no_place", host=HOST)
    top, dot, _ = uri.removeprefix(COMMENT).partition(".")
    return Place(top=top, nested=bool(dot))


def comments_of(answer: Table) -> list[Table]:
    """Comments of either listing."""
    return [table(entry, "snippet", "topLevelComment") or entry for entry in tables(answer, "items")]


def sent(comment: Table, video: str) -> Sent:
    own = taken(ident(comment, "id"), HOST)
    page = urls.comment_page(text(comment, "snippet", "videoId") or video, own)
    return Sent(urls.comment_uri(own), page, iso_ms(comment, "snippet", "publishedAt"))
