"""YouTube's Data API: comments under videos and channels, uploads, search; each call counted in quota units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from palabre.clock import to_datetime
from palabre.collect.backwards import Entry, Sheet, walk_back
from palabre.collect.config import amount, secret, settle, word
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.payload import Table, decode, drift, ident, iso_ms, number, raw, table, tables, text, texts
from palabre.collect.youtube import mapping, urls
from palabre.collect.youtube.sending import YouTubeSender
from palabre.errors import ConfigError, FetchError, ThrottledError
from palabre.model import Event, RawItem

LISTS = ("video", "channel", "uploads", "search")
RECHECKED = 200  # the newest videos whose figures and disappearance are still followed
DAY_MS = 86_400_000
PACIFIC_MS = 8 * 3_600_000  # quotas are renewed at midnight in California; summer time makes this an hour late

OPTIONS = (
    Option("list", "choice", default="channel", choices=LISTS),
    Option("value", required=True),
    Option("key", "secret", required=True),
    Option("replies", "flag", default=True),
    Option("lang"),
    Option("units_per_day", "number", default=urls.QUOTA_PER_DAY),
    Option("pages_max", "number", default=10),
    Option("client_id", answering=True),
    Option("client_secret", "secret", answering=True),
    Option("refresh_token", "secret", answering=True),
)


class YouTubeConnector:
    def describe(self) -> Description:
        return Description(
            name="youtube",
            options=OPTIONS,
            rhythm_seconds=3600,
            backfill=True,
            edits=True,
            deletions=True,
            tested="recordings of 2019 to 2022",
            networks=("youtube",),
        )

    def validate(self, config: Config) -> Config:
        whole = settle(OPTIONS, config)
        if whole["list"] == "search" and int(amount(whole, "units_per_day", 0)) < urls.COST_SEARCH:
            raise ConfigError("connector_youtube.errors.budget_too_small", needed=urls.COST_SEARCH)
        return whole

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        visit = Visit.begin(self.validate(config), cursor, means, window)
        for page in walk_back(visit.sheet, cursor, window, int(amount(visit.config, "pages_max", 10)), visit.keep):
            cursor = page.cursor
            yield page
        if visit.lists_videos and not window.since_ms and visit.recent:
            yield visit.recheck(cursor)

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return mapping.events(item)

    def sender(self) -> YouTubeSender:
        return YouTubeSender()

    def canary(self, config: Config) -> Config:
        """The uploads of YouTube's own channel."""
        return {"list": "uploads", "value": "UCBR8-60-B28hp2BmDPdntcQ", "replies": False}


@dataclass
class Visit:
    """One run. keep: what every cursor carries: the day's units, the channel's playlist, the newest videos."""

    config: Config
    means: Means
    window: Window
    day: int
    spent: int
    recent: list[str]
    keep: dict[str, object] = field(default_factory=dict)

    @classmethod
    def begin(cls, config: Config, cursor: Cursor, means: Means, window: Window) -> Visit:
        day = (means.clock.now_ms() - PACIFIC_MS) // DAY_MS
        spent = number(cursor, "units") or 0 if number(cursor, "day") == day else 0
        visit = cls(config, means, window, day, spent, list(texts(cursor, "recent")))
        visit.keep |= {name: cursor[name] for name in ("uploads", "recent") if name in cursor}
        return visit

    @property
    def lists_videos(self) -> bool:
        return word(self.config, "list") in ("uploads", "search")

    @property
    def left(self) -> int:
        """Units that today's budget still allows."""
        return int(amount(self.config, "units_per_day", urls.QUOTA_PER_DAY)) - self.spent

    def ask(self, url: str, params: Mapping[str, str]) -> Table:
        """One answer, its units booked before it is asked for. ThrottledError when the day's budget is spent."""
        if urls.cost(url) > self.left:
            tomorrow = (self.day + 1) * DAY_MS + PACIFIC_MS
            wait = (tomorrow - self.means.clock.now_ms()) / 1000
            raise ThrottledError("connector_youtube.errors.budget_spent", retry_after=wait, spent=self.spent)
        self.spent += urls.cost(url)
        self.keep |= {"day": self.day, "units": self.spent}
        headers = {"X-Goog-Api-Key": secret(self.means, "key")}
        response = self.means.net.get(url, params=params, headers=headers, robots=False)
        reason = refusal(table({"body": response.json()}, "body")) if response.status in (400, 403, 404) else ""
        if reason:
            raise refused(reason)
        return table({"body": response.check().json()}, "body")

    def sheet(self, token: str) -> Sheet:
        before = self.spent
        entries, after, answers = self.videos(token) if self.lists_videos else self.threads(token)
        return Sheet(
            entries,
            after,
            requests=answers,
            quota_left=self.left,
            drift=shape(item for entry in entries for item in entry.items) if self.spent > before else {},
        )

    def threads(self, token: str) -> tuple[tuple[Entry, ...], str, int]:
        """A page of comment threads under a video, or under anything of a channel, newest first."""
        value = word(self.config, "value")
        whose = {"videoId": value} if word(self.config, "list") == "video" else {"allThreadsRelatedToChannelId": value}
        params = {"part": "snippet,replies", "order": "time", "maxResults": str(urls.PAGE), **whose}
        answer = self.ask(urls.THREADS, with_token(params, token))
        found = tables(answer, "items")
        entries = []
        for entry in found:
            items = tuple(mapping.raws([entry, *self.replies(entry)]))
            moment = iso_ms(entry, "snippet", "topLevelComment", "snippet", "publishedAt")
            entries.append(Entry(ident(entry, "id"), moment, items))
        return tuple(entries), text(answer, "nextPageToken"), 1

    def replies(self, entry: Table) -> list[Table]:
        """The replies that did not come along with their thread (it shows five at most), while the budget lasts."""
        total, shown = number(entry, "snippet", "totalReplyCount") or 0, len(tables(entry, "replies", "comments"))
        found: list[Table] = []
        token = ""
        while self.config["replies"] is True and total > shown and self.left > 0:
            params = {"part": "snippet", "parentId": ident(entry, "id"), "maxResults": str(urls.PAGE)}
            answer = self.ask(urls.COMMENTS, with_token(params, token))
            under = {"videoId": text(entry, "snippet", "videoId")}
            found += [mapping.with_snippet(reply, under) for reply in tables(answer, "items")]
            token = text(answer, "nextPageToken")
            if not token:
                break
        return found

    def videos(self, token: str) -> tuple[tuple[Entry, ...], str, int]:
        """A page of uploads or of search results, then the videos themselves: a pointer shows only part of the text."""
        if word(self.config, "list") == "search":
            answer = self.ask(urls.SEARCH, with_token(self.search_params(), token))
        else:
            params = {
                "part": "snippet,contentDetails",
                "playlistId": self.uploads(),
                "maxResults": str(urls.PAGE_VIDEOS),
            }
            answer = self.ask(urls.PLAYLIST_ITEMS, with_token(params, token))
        pointers = [entry for entry in mapping.resources(answer) if mapping.video_id(entry)]
        whole = {ident(video, "id"): video for video in self.details([mapping.video_id(entry) for entry in pointers])}
        entries = tuple(self.entry(pointer, whole) for pointer in pointers)
        self.remember([entry.ident for entry in entries])
        return entries, text(answer, "nextPageToken"), 2

    def entry(self, pointer: Table, whole: Mapping[str, Table]) -> Entry:
        own = mapping.video_id(pointer)
        resource = whole.get(own, pointer)
        return Entry(own, iso_ms(resource, "snippet", "publishedAt"), (raw(resource),))

    def search_params(self) -> dict[str, str]:
        params = {"part": "snippet", "type": "video", "order": "date", "maxResults": str(urls.PAGE_VIDEOS)}
        bounds = {"publishedAfter": self.window.since_ms, "publishedBefore": self.window.until_ms}
        dates = {name: to_datetime(ms).strftime("%Y-%m-%dT%H:%M:%SZ") for name, ms in bounds.items() if ms}
        lang = {"relevanceLanguage": word(self.config, "lang")} if word(self.config, "lang") else {}
        return {**params, "q": word(self.config, "value"), **dates, **lang}

    def uploads(self) -> str:
        """The playlist of a channel's uploads, asked for once; the value is an id (UC…) or a handle (@name)."""
        known = self.keep.get("uploads")
        if isinstance(known, str) and known:
            return known
        value = word(self.config, "value")
        which = {"forHandle": value} if value.startswith("@") else {"id": value}
        answer = self.ask(urls.CHANNELS, {"part": "contentDetails", **which})
        found = [text(entry, "contentDetails", "relatedPlaylists", "uploads") for entry in tables(answer, "items")]
        if not any(found):
            raise FetchError("connector_youtube.errors.no_channel", channel=value)
        self.keep["uploads"] = found[0]
        return found[0]

    def details(self, idents: list[str]) -> list[Table]:
        """Whole videos by id; those that are private or deleted do not come."""
        if not idents:
            return []
        params = {"part": "snippet,statistics", "id": ",".join(idents[: urls.PAGE_VIDEOS])}
        return tables(self.ask(urls.VIDEOS, params), "items")

    def remember(self, idents: list[str]) -> None:
        self.recent = [*(one for one in self.recent if one not in set(idents)), *reversed(idents)][-RECHECKED:]
        self.keep["recent"] = self.recent

    def recheck(self, cursor: Cursor) -> Page:
        """The fifty videos checked longest ago: new figures, and those that are no longer there."""
        names, left = self.recent[: urls.PAGE_VIDEOS], self.recent[urls.PAGE_VIDEOS :]
        found = {ident(video, "id"): video for video in self.details(names)}
        gone: list[RawItem] = [raw({"gone": True, "uri": urls.video_uri(name)}) for name in names if name not in found]
        kept = [*left, *(name for name in names if name in found)]
        state = {**cursor, **self.keep, "recent": kept}
        return Page((*(raw(video) for video in found.values()), *gone), state, quota_left=self.left)


def with_token(params: dict[str, str], token: str) -> dict[str, str]:
    return {**params, "pageToken": token} if token else params


def refusal(answer: Table) -> str:
    """The reason of an error: quotaExceeded, commentsDisabled, keyInvalid …; "" when it gives none."""
    return next((text(error, "reason") for error in tables(answer, "error", "errors")), "")


def refused(reason: str) -> FetchError:
    """A refusal as an error; a spent quota is waited for, the rest will not change by itself."""
    if reason in ("quotaExceeded", "rateLimitExceeded", "dailyLimitExceeded", "userRateLimitExceeded"):
        return ThrottledError("payload.refused", retry_after=3600, reason=reason)
    error = FetchError("payload.refused", reason=reason)
    error.permanent = True
    return error


def shape(items: Iterable[RawItem]) -> dict[str, int]:
    """Missing fields of the comments that came."""
    snippets = [table(decode(item), "snippet") for item in items if b'"youtube#comment"' in item.body]
    return {name: n for name, n in drift(snippets, mapping.REQUIRED, ()).items() if name.startswith("-")}
