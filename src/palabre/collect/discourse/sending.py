"""Answering on a Discourse forum with an API key of one's own (docs.discourse.org, "Posts")."""

from __future__ import annotations

from dataclasses import dataclass

from palabre.collect.config import word
from palabre.collect.contract import Config, Means
from palabre.collect.discourse import urls
from palabre.collect.payload import Table, ident, iso_ms, tables, text, texts, truth
from palabre.collect.sending import BLOCKED, FORBIDDEN, GONE, HELD, LENGTH, TOKEN, WAIT, Abilities, Outgoing, Sent
from palabre.collect.speaking import SKEW_MS, Line, alike, all_seen, host_of, needed, settling, taken, write_secret
from palabre.errors import RefusedError, UnknownOutcomeError

CHARS_MAX = 32_000  # a forum's usual max_post_length
TOPICS, REPLIES = "4", "5"  # kinds of user actions
ACTIONS = 30  # that a forum gives at once
WHY = {"invalid_access": FORBIDDEN, "not_logged_in": TOKEN, "not_found": GONE, "rate_limit": WAIT, "read_only": WAIT}


def said(answer: Table) -> tuple[str, str]:
    sentence = "; ".join(texts(answer, "errors")) or text(answer, "failed")
    return text(answer, "error_type"), sentence


class DiscourseSender:
    def abilities(self, config: Config, means: Means | None = None) -> Abilities:
        publishes = bool(word(config, "category"))
        return Abilities(CHARS_MAX, edits=True, deletes=True, publishes=publishes, tested="own requests")

    def account(self, config: Config, means: Means) -> str:
        desk = Desk.of(config, means)
        found = desk.line.read(urls.session(desk.site))
        return f"@{text(found, 'current_user', 'username') or desk.name} · {desk.host}"

    def length(self, text: str) -> int:
        return len(text)

    def send(self, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        if len(message.text) > CHARS_MAX:
            raise RefusedError(LENGTH, host=desk.host)
        body: dict[str, object] = {"raw": message.text}
        if message.answers:
            topic, number = desk.place(message.answers)
            desk.refuse_closed(topic, number)
            body |= {"topic_id": int(topic), "reply_to_post_number": int(number)}
        else:
            body |= {"title": title_of(message), "category": needed(config, "category", desk.host)}
        answer = desk.line.write("POST", urls.posts(desk.site), body)
        if text(answer, "action") == "enqueued":
            raise UnknownOutcomeError(HELD, host=desk.host)
        return desk.sent(answer)

    @settling
    def find(self, message: Outgoing, config: Config, means: Means) -> Sent | None:
        desk = Desk.of(config, means)
        params = {"username": desk.name, "filter": REPLIES if message.answers else TOPICS, "offset": "0"}
        actions = tables(desk.line.look(urls.user_actions(desk.site), params), "user_actions")
        for action in actions:
            if iso_ms(action, "created_at") < message.made_ms - SKEW_MS or not desk.same_topic(action, message):
                continue
            post = desk.line.look(urls.by_id(desk.site, ident(action, "post_id")), absent=True)
            if alike(message.text, text(post, "raw")):
                return desk.sent(post)
        oldest = min((iso_ms(action, "created_at") for action in actions), default=0)
        all_seen(len(actions) >= ACTIONS, oldest, message.made_ms, desk.host)
        return None

    def edit(self, uri: str, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        body = {"post": {"raw": message.text}}
        answer = desk.line.write("PUT", urls.by_id(desk.site, desk.ident_of(uri)), body)
        return desk.sent(answer.get("post") or answer)  # type: ignore[arg-type]  # a table, or sent() says unknown

    def delete(self, uri: str, config: Config, means: Means) -> None:
        desk = Desk.of(config, means)
        try:
            desk.line.write("DELETE", urls.by_id(desk.site, desk.ident_of(uri)))
        except RefusedError as error:
            if error.key != GONE:
                raise


@dataclass(frozen=True)
class Desk:
    """One member of one forum."""

    site: str
    host: str
    name: str
    line: Line

    @classmethod
    def of(cls, config: Config, means: Means) -> Desk:
        site = word(config, "url")
        host = host_of(site)
        name = needed(config, "api_username", host)
        headers = {"Api-Key": write_secret(means, host, "api_key"), "Api-Username": name}
        return cls(site, host, name, Line(means, host, headers, said, WHY))

    def place(self, uri: str) -> tuple[str, str]:
        """(topic, number in it); the topic of a list stands for its first post."""
        found = urls.PLACE.search(uri)
        if not found or not uri.startswith(self.site):
            raise RefusedError(GONE, host=self.host)
        return found[1], found[2] or "1"

    def refuse_closed(self, topic: str, number: str) -> None:
        """A forum would put an answer to a vanished post at the end of the topic, as an answer to nobody."""
        post = self.line.read(urls.by_number(self.site, topic, number))
        if truth(post, "user_deleted") or truth(post, "hidden") or text(post, "deleted_at"):
            raise RefusedError(GONE, host=self.host)
        found = self.line.read(urls.topic(self.site, topic))
        if truth(found, "closed") or truth(found, "archived"):
            raise RefusedError(BLOCKED, host=self.host)

    def ident_of(self, uri: str) -> str:
        return ident(self.line.read(urls.by_number(self.site, *self.place(uri))), "id")

    def same_topic(self, action: Table, message: Outgoing) -> bool:
        return not message.answers or ident(action, "topic_id") == self.place(message.answers)[0]

    def sent(self, post: Table) -> Sent:
        topic, number = taken(ident(post, "topic_id"), self.host), taken(ident(post, "post_number"), self.host)
        place = urls.post(self.site, topic, number)
        return Sent(place, place, iso_ms(post, "created_at"))


def title_of(message: Outgoing) -> str:
    return message.subject or message.text.strip().partition("\n")[0][:200]
