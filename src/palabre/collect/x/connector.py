"""X API v2: recent search, a user's posts and mentions, the filtered stream; never beyond the day's budget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from palabre.clock import to_datetime
from palabre.collect.backwards import Entry, Sheet, walk_back
from palabre.collect.config import amount, secret, settle, word
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.payload import Table, drift, epoch_ms, ident, loads, number, raw, table, tables, text, texts
from palabre.collect.x import mapping, shapes, urls
from palabre.collect.x.budget import PRICE_PER_ITEM, Budget, Estimate
from palabre.collect.x.sending import USD, USD_LINKED, XSender
from palabre.errors import ConfigError, FetchError, ItemError
from palabre.model import Event, RawItem
from palabre.net import Response

LISTS = ("search", "mentions", "user", "stream")
FOLLOWED = 1_000  # the newest posts that are asked again, where one pays for it, to learn of deletions
DAYS_COUNTED = 7

OPTIONS = (
    Option("list", "choice", default="mentions", choices=LISTS),
    Option("value", required=True),
    Option("token", "secret", required=True),
    Option("budget_usd_per_day", "number", default=1.0),
    Option("price_per_item", "number", default=PRICE_PER_ITEM),
    Option("recheck", "flag", default=False),
    Option("pages_max", "number", default=10),
    Option("api_key", "secret", answering=True),
    Option("api_secret", "secret", answering=True),
    Option("access_token", "secret", answering=True),
    Option("access_secret", "secret", answering=True),
    Option("messages_usd_per_day", "number", default=1.0, answering=True),
    Option("price_per_message", "number", default=USD, answering=True),
    Option("price_per_linked_message", "number", default=USD_LINKED, answering=True),
    Option("premium", "flag", default=False, answering=True),
)


class XConnector:
    def describe(self) -> Description:
        return Description(
            name="x",
            options=OPTIONS,
            rhythm_seconds=3600,
            backfill=True,
            edits=True,
            deletions=True,
            price_per_item=PRICE_PER_ITEM,
            tested="recordings of 2021 to 2022",
            networks=("x",),
        )

    def validate(self, config: Config) -> Config:
        whole = settle(OPTIONS, config)
        value = str(whole["value"])
        plain = value.removeprefix("@") if whole["list"] in ("mentions", "user") else value
        smallest = urls.PAGE_MIN * amount(whole, "price_per_item", PRICE_PER_ITEM)
        if amount(whole, "budget_usd_per_day", 0) < smallest:
            raise ConfigError("connector_x.errors.budget_too_small", needed=f"{smallest:.2f}")
        return {**whole, "value": plain}

    def estimate(self, config: Config, means: Means) -> Estimate:
        """What a search would cost a day, from the counts endpoint, which is not billed by the post."""
        visit = Visit.begin(self.validate(config), {}, means, Window())
        query = {"search": "{}", "stream": "{}", "mentions": "@{}", "user": "from:{}"}[word(visit.config, "list")]
        params = {"query": query.format(word(visit.config, "value")), "granularity": "day"}
        answer = visit.get(urls.COUNTS, params).json()
        posts = (number(answer, "meta", "total_tweet_count") or 0) / DAYS_COUNTED
        return Estimate(round(posts, 1), round(posts * visit.budget.price, 2))

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        visit = Visit.begin(self.validate(config), cursor, means, window)
        if visit.config["list"] == "stream":
            yield from visit.stream()
            return
        for page in walk_back(visit.sheet, cursor, window, int(amount(visit.config, "pages_max", 10)), visit.keep):
            cursor = page.cursor
            yield page
        if visit.config["recheck"] is True and visit.recent and visit.budget.left >= urls.PAGE_MIN:
            yield visit.recheck(cursor)

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return mapping.events(item)

    def sender(self) -> XSender:
        return XSender()

    def canary(self, config: Config) -> Config:
        """The posts of X's developers, one small page."""
        return {**config, "list": "user", "value": "XDevelopers", "pages_max": 1, "recheck": False}


@dataclass
class Visit:
    """One run. keep: what every cursor carries: the day's reading, the user's id, the newest post's id."""

    config: Config
    means: Means
    window: Window
    budget: Budget
    recent: list[str]
    newest: str  # the newest post we have: where a new walk must end
    user_id: str
    since: str = ""  # where the walk under way must end
    keep: dict[str, object] = field(default_factory=dict)

    @classmethod
    def begin(cls, config: Config, cursor: Cursor, means: Means, window: Window) -> Visit:
        price = amount(config, "price_per_item", PRICE_PER_ITEM)
        daily = amount(config, "budget_usd_per_day", 1.0)
        budget = Budget.of(cursor, daily, price, means.clock.now_ms())
        seen, fresh = newest_of(texts(cursor, "seen")), newest_of(texts(cursor, "fresh"))
        recent = list(texts(cursor, "recent"))
        return cls(config, means, window, budget, recent, fresh or seen, text(cursor, "user_id"), seen)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {secret(self.means, 'token')}"}

    def get(self, url: str, params: Mapping[str, str]) -> Response:
        response = self.means.net.get(url, params=params, headers=self.headers(), robots=False)
        if response.status in (400, 401, 403):
            answer = table({"body": safe_json(response)}, "body")
            error = FetchError("payload.refused", reason=text(answer, "detail") or text(answer, "title"))
            error.permanent = True
            raise error
        return response.check()

    def place(self) -> tuple[str, dict[str, str]]:
        value = word(self.config, "value")
        match word(self.config, "list"):
            case "search":
                return urls.RECENT, {"query": value}
            case "user":
                return urls.user_posts(self.user(value)), {}
        return urls.mentions(self.user(value)), {}

    def user(self, name: str) -> str:
        """A user's id, asked for once."""
        if not self.user_id:
            self.user_id = name if name.isdigit() else ident(self.get(urls.USER + name, {}).json(), "data", "id")
        if not self.user_id:
            raise FetchError("connector_x.errors.no_user", user=name)
        return self.user_id

    def bounds(self) -> dict[str, str]:
        """Only what is newer than the newest we have, or the window: what was read once is not paid twice."""
        dates = {"start_time": self.window.since_ms, "end_time": self.window.until_ms}
        found = {name: to_datetime(ms).strftime("%Y-%m-%dT%H:%M:%SZ") for name, ms in dates.items() if ms}
        return found or ({"since_id": self.since} if self.since else {})

    def sheet(self, token: str) -> Sheet:
        size = self.budget.page(self.means.clock.now_ms())
        url, own = self.place()
        self.since = self.since if token else self.newest
        paging = {"next_token" if url == urls.RECENT else "pagination_token": token} if token else {}
        params = {**urls.FIELDS, **own, **self.bounds(), **paging, "max_results": str(size)}
        response = self.get(url, params)
        answer = table({"body": response.json()}, "body")
        found = tables(answer, "data")
        self.budget.book(len(found))
        entries = entries_of(answer)
        self.remember(found)
        return Sheet(
            entries,
            text(answer, "meta", "next_token"),
            quota_left=self.budget.left,
            next_after_ms=wait_until(response),
            drift=missing(found),
        )

    def remember(self, found: list[Table]) -> None:
        """The ids to ask again later, where that is paid for."""
        ids = [one for post in found if (one := ident(post, "id")).isdigit()]
        self.recent = [*(one for one in self.recent if one not in set(ids)), *reversed(ids)][-FOLLOWED:]
        followed = {"recent": self.recent} if self.config["recheck"] is True else {}
        self.keep |= {"user_id": self.user_id, **self.budget.state(), **followed}

    def recheck(self, cursor: Cursor) -> Page:
        """Ask again for the posts checked longest ago, as many as the budget allows; those gone are told as gone."""
        size = self.budget.page(self.means.clock.now_ms())
        names, left = self.recent[:size], self.recent[size:]
        answer = self.get(urls.LOOKUP, {**urls.FIELDS, "ids": ",".join(names)}).json()
        self.budget.book(len(tables(answer, "data")))
        gone = set(shapes.not_found(table({"body": answer}, "body")))
        state = {**cursor, **self.budget.state(), "recent": [*left, *(one for one in names if one not in gone)]}
        return Page(tuple(raw(post) for post in shapes.posts(answer)), state, quota_left=self.budget.left)

    def stream(self) -> Iterator[Page]:
        """Posts as they are published, until the stream ends or the day's budget is spent."""
        self.rule()
        for line in self.means.net.lines(urls.STREAM, params=urls.FIELDS, headers=self.headers()):
            if not line.strip():
                continue  # a keep-alive
            self.budget.page(self.means.clock.now_ms())
            try:
                items = tuple(raw(post) for post in shapes.posts(loads(line)))
            except ItemError:
                items = (RawItem(line),)
            self.budget.book(1)
            yield Page(items, self.budget.state(), requests=0, quota_left=self.budget.left)

    def rule(self) -> None:
        """The stream's only rule is our query: others are taken away."""
        query = word(self.config, "value")
        rules = tables(self.get(urls.RULES, {}).json(), "data")
        strangers = [ident(rule, "id") for rule in rules if text(rule, "value") != query]
        if strangers:
            self.post_rules({"delete": {"ids": strangers}})
        if not any(text(rule, "value") == query for rule in rules):
            self.post_rules({"add": [{"value": query, "tag": "palabre"}]})

    def post_rules(self, body: Mapping[str, object]) -> None:
        answer = self.means.net.request("POST", urls.RULES, headers=self.headers(), json=body).check().json()
        if tables(answer, "errors"):
            raise FetchError("payload.refused", reason=text(tables(answer, "errors")[0], "title"))


def entries_of(answer: Table) -> tuple[Entry, ...]:
    """One entry for each post found; what they refer to, and what is gone, comes with the last of them."""
    main = {ident(post, "id") for post in tables(answer, "data")}
    entries, others = [], []
    for shape in shapes.posts(answer):
        own = ident(shape, "data", "id")
        if own in main:
            entries.append(Entry(own, shapes.snowflake_ms(own), (raw(shape),)))
            main.discard(own)
        else:
            others.append(raw(shape))
    if not others:
        return tuple(entries)
    last = entries.pop() if entries else Entry("", 0, ())
    return (*entries, Entry(last.ident, last.published_ms, (*last.items, *others)))


def newest_of(ids: tuple[str, ...]) -> str:
    """The highest of these ids; "" of none. X's ids grow with time."""
    return max((one for one in ids if one.isdigit()), key=int, default="")


def safe_json(response: Response) -> object:
    """The body of a refusal, if it is JSON."""
    try:
        return response.json()
    except FetchError:
        return {}


def wait_until(response: Response) -> int:
    """When the window's calls are spent, the moment it ends."""
    return epoch_ms(dict(response.headers), "x-rate-limit-reset") if response.quota_left == 0 else 0


def missing(found: list[Table]) -> dict[str, int]:
    """Fields we asked for that did not come."""
    return {name: n for name, n in drift(found, mapping.REQUIRED, ()).items() if name.startswith("-")}
