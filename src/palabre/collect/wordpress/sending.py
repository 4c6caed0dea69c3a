"""Answering under the posts of a WordPress site, and publishing there: the REST API with an application password."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from palabre.collect.config import word
from palabre.collect.contract import Config, Means
from palabre.collect.payload import Table, ident, tables, text
from palabre.collect.sending import BLOCKED, CUT, FORBIDDEN, GONE, LENGTH, TOKEN, WAIT, Abilities, Outgoing, Sent
from palabre.collect.speaking import SKEW_MS, Line, alike, all_seen, host_of, needed, settling, taken, write_secret
from palabre.collect.wordpress import urls
from palabre.collect.wordpress.mapping import rendered, utc_ms
from palabre.errors import RefusedError, UnknownOutcomeError
from palabre.text.html import html_to_text

BYTES_MAX = 65_525  # of a comment (wp_get_comment_fields_max_lengths)
POST = re.compile(r"[?&](?:p|page_id)=(\d{1,12})(?:$|&)")
COMMENT = re.compile(r"#comment-(\d{1,12})$")
SHOWN = ("approved", "approve", "1", "")
BLANK_LINES = re.compile(r"\n\s*\n")
WHY = {
    "incorrect_password": TOKEN,
    "invalid_username": TOKEN,
    "invalid_application_password": TOKEN,
    "rest_not_logged_in": TOKEN,
    "rest_comment_login_required": TOKEN,
    "application_passwords_disabled": TOKEN,
    "rest_forbidden_context": FORBIDDEN,
    "rest_cannot_create": FORBIDDEN,
    "rest_comment_closed": BLOCKED,
    "rest_comment_draft_post": GONE,
    "rest_comment_trash_post": GONE,
    "rest_comment_invalid_post_id": GONE,
    "rest_comment_invalid_id": GONE,
    "rest_post_invalid_id": GONE,
    "rest_already_trashed": GONE,
    "comment_content_column_length": LENGTH,
    "comment_flood": WAIT,
}


def said(answer: Table) -> tuple[str, str]:
    return text(answer, "code"), html_to_text(text(answer, "message"))


class WordPressSender:
    def abilities(self, config: Config, means: Means | None = None) -> Abilities:
        return Abilities(BYTES_MAX, edits=True, deletes=True)

    def account(self, config: Config, means: Means) -> str:
        desk = Desk.of(config, means)
        return f"{text(desk.me(), 'name')} · {desk.host}"

    def length(self, text: str) -> int:
        """The database counts bytes."""
        return len(text.encode())

    def send(self, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        if self.length(message.text) > BYTES_MAX and message.answers:
            raise RefusedError(LENGTH, host=desk.host)
        if not message.answers:
            return desk.sent(desk.line.write("POST", urls.posts(desk.site), article(message)))
        post, parent = desk.place(message.answers)
        body = {"post": int(post), "parent": int(parent or 0), "content": safe(message.text)}
        return desk.sent(desk.line.write("POST", urls.comments(desk.site), body))

    @settling
    def find(self, message: Outgoing, config: Config, means: Means) -> Sent | None:
        desk = Desk.of(config, means)
        found = desk.answers(message) if message.answers else desk.articles(message)
        mine = [one for one in found if utc_ms(one, "date_gmt") >= message.made_ms - SKEW_MS and is_it(one, message)]
        if not mine:
            oldest = min((utc_ms(one, "date_gmt") for one in found), default=0)
            all_seen(len(found) >= urls.PER_PAGE, oldest, message.made_ms, desk.host)
        return desk.sent(mine[0]) if mine else None

    def edit(self, uri: str, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        comment = COMMENT.search(uri)
        body = {"content": safe(message.text)} if comment else article(message)
        return desk.sent(desk.line.write("POST", desk.thing(uri), body))

    def delete(self, uri: str, config: Config, means: Means) -> None:
        """To the trash of the site, where its people can still take it back."""
        desk = Desk.of(config, means)
        try:
            desk.line.write("DELETE", desk.thing(uri))
        except RefusedError as error:
            if error.key != GONE:
                raise


@dataclass(frozen=True)
class Desk:
    """One account on one site."""

    site: str
    host: str
    line: Line

    @classmethod
    def of(cls, config: Config, means: Means) -> Desk:
        site = word(config, "url")
        host = host_of(site)
        pair = f"{needed(config, 'user', host)}:{write_secret(means, host, 'app_password')}"
        headers = {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        return cls(site, host, Line(means, host, headers, said, WHY))

    def me(self) -> Table:
        return self.line.read(urls.me(self.site), {"context": "edit"})

    def thing(self, uri: str) -> str:
        """The API's address of a comment or of a post of ours."""
        if found := COMMENT.search(uri):
            return f"{urls.comments(self.site)}/{found[1]}"
        return f"{urls.posts(self.site)}/{self.post_of(uri)}"

    def post_of(self, uri: str) -> str:
        """The number of a post: its guid says it, or is the address under which it was published."""
        if found := POST.search(uri):
            return found[1]
        slug = urlsplit(uri).path.rstrip("/").rpartition("/")[2]
        listed = tables(self.line.read(urls.posts(self.site), {"slug": slug}), "items") if slug else []
        for post in listed:
            if uri in (rendered(post, "guid"), text(post, "link")):
                return ident(post, "id")
        raise RefusedError(GONE, host=self.host)

    def place(self, uri: str) -> tuple[str, str]:
        """(post, comment answered or ""). RefusedError ``sending.gone``: neither there, nor shown any more."""
        if found := COMMENT.search(uri):
            comment = self.line.read(f"{urls.comments(self.site)}/{found[1]}")
            if text(comment, "status") not in SHOWN:
                raise RefusedError(GONE, host=self.host)
            return ident(comment, "post"), found[1]
        return self.post_of(uri), ""

    def answers(self, message: Outgoing) -> list[Table]:
        """Our comments in that very place, held ones too. Who may not see held ones cannot be sure."""
        comment = COMMENT.search(message.answers)
        where = {"parent": comment[1]} if comment else {"post": self.post_of(message.answers), "parent": "0"}
        params = {**where, "author": ident(self.me(), "id"), "per_page": str(urls.PER_PAGE), "order": "desc"}
        try:
            found = self.line.read(urls.comments(self.site), {**params, "status": "all"})
            return tables(found, "items")
        except RefusedError as error:
            if error.params.get("status") not in (400, 401, 403):
                raise
        found = self.line.look(urls.comments(self.site), {**params, "author": None})
        shown = [one for one in tables(found, "items") if is_it(one, message)]
        if not shown:
            raise UnknownOutcomeError(CUT, host=self.host)
        return shown

    def articles(self, message: Outgoing) -> list[Table]:
        params = {"author": ident(self.me(), "id"), "per_page": str(urls.PER_PAGE), "order": "desc", "status": "any"}
        return tables(self.line.look(urls.posts(self.site), params), "items")

    def sent(self, found: Table) -> Sent:
        comment = text(found, "type") == "comment"
        uri = taken(text(found, "link") if comment else rendered(found, "guid"), self.host)
        return Sent(uri, text(found, "link"), utc_ms(found, "date_gmt"))


def is_it(found: Table, message: Outgoing) -> bool:
    return alike(message.text, html_to_text(rendered(found, "content")))


def safe(words: str) -> str:
    """Plain words as the HTML that WordPress expects; it makes paragraphs itself."""
    return escape(words, quote=False)


def article(message: Outgoing) -> Mapping[str, object]:
    """A post: the subject, or the first line, is its title."""
    title = message.subject or message.text.strip().partition("\n")[0][:120]
    paragraphs = (safe(part.strip()).replace("\n", "<br>") for part in BLANK_LINES.split(message.text) if part.strip())
    html = "".join(f"<p>{part}</p>" for part in paragraphs)
    return {"title": safe(title), "content": html, "status": "publish"}
