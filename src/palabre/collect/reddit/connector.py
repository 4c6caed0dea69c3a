"""Reddit's API with one's own approved key: communities, comments, forests, search; what was taken back is followed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from palabre.collect.backwards import Entry, Sheet, walk_back
from palabre.collect.config import amount, secret, settle, word
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.payload import Table, drift, epoch_ms, ident, number, raw, table, text, texts
from palabre.collect.reddit import mapping, urls
from palabre.collect.reddit.sending import RedditSender
from palabre.errors import ConfigError, FetchError
from palabre.model import Event, RawItem
from palabre.net import Response

LISTS = ("subreddit", "comments", "search", "user")
RECHECKED = 1_000  # the newest things whose deletion we still notice, 100 a visit
FOREST_CALLS_MAX = 20

OPTIONS = (
    Option("list", "choice", default="subreddit", choices=LISTS),
    Option("value", required=True),
    Option("subreddit"),
    Option("client_id", required=True),
    Option("client_secret", "secret", required=True),
    Option("refresh_token", "secret", answering=True),
    Option("forest", "flag", default=False),
    Option("pages_max", "number", default=10),
)


class RedditConnector:
    def describe(self) -> Description:
        return Description(
            name="reddit",
            options=OPTIONS,
            rhythm_seconds=900,
            backfill=True,
            edits=True,
            deletions=True,
            tested="recordings of 2016 to 2026",
            networks=("reddit",),
        )

    def validate(self, config: Config) -> Config:
        if not config.get("client_id"):
            raise ConfigError("connector_reddit.errors.no_key", feed=urls.feed(str(config.get("value") or "…")))
        whole = settle(OPTIONS, config)
        bare = str(whole["value"]).strip().removeprefix("/")
        plain = bare if whole["list"] == "search" else bare.removeprefix("r/").removeprefix("u/").strip("/")
        return {**whole, "value": plain}

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        visit = Visit(self.validate(config), means, list(texts(cursor, "recent")))
        for page in walk_back(visit.sheet, cursor, window, int(amount(visit.config, "pages_max", 10)), visit.keep):
            cursor = page.cursor
            yield page
        if not window.since_ms and visit.recent:
            yield visit.recheck(cursor)

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return mapping.events(item)

    def sender(self) -> RedditSender:
        return RedditSender()

    def canary(self, config: Config) -> Config:
        return {**config, "list": "subreddit", "value": "all", "forest": False}


@dataclass
class Visit:
    """One run. recent: names of the things heard last, oldest first, to ask later whether they still stand."""

    config: Config
    means: Means
    recent: list[str]
    token: str = ""
    keep: dict[str, object] = field(default_factory=dict)

    def sign_in(self) -> None:
        """An application's token (OAuth 2, client credentials), good for a day."""
        pair = f"{word(self.config, 'client_id')}:{secret(self.means, 'client_secret')}"
        headers = {
            "Authorization": f"Basic {b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        response = self.means.net.request(
            "POST", urls.TOKEN, headers=headers, content=b"grant_type=client_credentials"
        ).check()
        self.token = text(response.json(), "access_token")
        if not self.token:
            raise FetchError("payload.refused", reason=text(response.json(), "error") or "access_token")

    def get(self, url: str, params: Mapping[str, str]) -> Response:
        if not self.token:
            self.sign_in()
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.means.net.get(url, params={**params, "raw_json": "0"}, headers=headers, robots=False).check()

    def place(self) -> tuple[str, dict[str, str]]:
        value = word(self.config, "value")
        match word(self.config, "list"):
            case "comments":
                return urls.subreddit_comments(value), {}
            case "user":
                return urls.user(value), {"sort": "new"}
            case "search":
                within = word(self.config, "subreddit").removeprefix("r/")
                params = {"q": value, "sort": "new", "type": "link"}
                return urls.search(within), params | ({"restrict_sr": "1"} if within else {})
        return urls.subreddit_new(value), {}

    def sheet(self, token: str) -> Sheet:
        url, own = self.place()
        response = self.get(url, {**own, "limit": str(urls.PAGE)} | ({"after": token} if token else {}))
        answer = response.json()
        found = [thing for thing in mapping.things(answer) if mapping.public(thing)]
        entries = tuple(self.entry(thing) for thing in found)
        self.remember(found)
        return Sheet(
            entries,
            text(answer, "data", "after"),
            quota_left=response.quota_left,
            next_after_ms=self.wait_until(response),
            drift=missing(found),
        )

    def wait_until(self, response: Response) -> int:
        """When the calls of this window are spent, the moment it ends (the header counts seconds); else 0."""
        seconds = number(dict(response.headers), "x-ratelimit-reset")
        return self.means.clock.now_ms() + seconds * 1000 if response.quota_left == 0 and seconds else 0

    def entry(self, thing: Table) -> Entry:
        data = table(thing, "data")
        inside = self.forest(data) if self.config["forest"] is True and thing["kind"] == "t3" else []
        return Entry(name_of(thing), epoch_ms(data, "created_utc"), tuple(raw(part) for part in (thing, *inside)))

    def forest(self, submission: Table) -> list[Table]:
        """All comments of a submission, its "more" tokens followed up to a number of calls."""
        if not number(submission, "num_comments"):
            return []
        answer = self.get(urls.forest(ident(submission, "id")), {"limit": "500"}).json()
        found = [thing for thing in mapping.things(answer) if thing["kind"] == "t1"]
        waiting = [child for token in mapping.tokens(answer) for child in texts(token, "children")]
        for start in range(0, min(len(waiting), FOREST_CALLS_MAX * urls.PAGE), urls.PAGE):
            children = ",".join(waiting[start : start + urls.PAGE])
            params = {"api_type": "json", "link_id": f"t3_{ident(submission, 'id')}", "children": children}
            found += [thing for thing in mapping.things(self.get(urls.more(), params).json()) if thing["kind"] == "t1"]
        return found

    def remember(self, found: list[Table]) -> None:
        names = [name_of(thing) for thing in reversed(found)]
        self.recent = [*(name for name in self.recent if name not in set(names)), *names][-RECHECKED:]
        self.keep["recent"] = self.recent

    def recheck(self, cursor: Cursor) -> Page:
        """Ask what became of the hundred names that were checked longest ago, and put them last in line."""
        names, left = self.recent[: urls.PAGE], self.recent[urls.PAGE :]
        response = self.get(urls.info(), {"id": ",".join(names)})
        items: tuple[RawItem, ...] = tuple(raw(thing) for thing in mapping.things(response.json()))
        return Page(items, {**cursor, "recent": [*left, *names]}, quota_left=response.quota_left)


def name_of(thing: Table) -> str:
    """``t3_abc``."""
    return f"{thing['kind']}_{ident(thing, 'data', 'id')}"


def missing(found: list[Table]) -> dict[str, int]:
    """Fields we count on that did not come; new ones come every month at Reddit and say nothing."""
    counts = drift([table(thing, "data") for thing in found], mapping.REQUIRED, ())
    return {name: n for name, n in counts.items() if name.startswith("-")}
