"""Series over time: volume, share of voice, reach and engagement, as Ibis expressions over the posts of the lake.

Every function takes the table of ``archive.lake.posts`` (columns: SEGMENT) and gives an expression; the same runs on
DuckDB inside the process and on a Spark cluster. Times are whole seconds in expressions, UTC; counts are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from ibis import _

from palabre.model import watch_word

if TYPE_CHECKING:
    from ibis import Table

HOUR_SECONDS, DAY_SECONDS = 3_600, 86_400


def within(posts: Table, since_ms: int = 0, until_ms: int = 0) -> Table:
    """Posts published in [since_ms, until_ms); 0 is open."""
    if since_ms:
        posts = posts.filter(_.sort_ms >= since_ms)
    return posts.filter(_.sort_ms < until_ms) if until_ms else posts


def of_watches(posts: Table, watch_ids: Sequence[int]) -> Table:
    """Mentions of at least one of these watches."""
    return posts.filter(reduce(or_, [posts.watch_set.contains(watch_word(watch_id)) for watch_id in watch_ids]))


def volume(posts: Table, step_seconds: int = DAY_SECONDS, by: str | None = None) -> Table:
    """Posts a step (and a value of the column ``by``): columns start_s, by, n; steps without a post are absent."""
    step_ms = step_seconds * 1000
    keys = {"start_s": (posts.sort_ms - posts.sort_ms % step_ms) // 1000}
    if by:
        keys[by] = posts[by]
    return posts.group_by(**keys).agg(n=_.count()).order_by(list(keys))


def share_of_voice(posts: Table, watch_ids: Sequence[int], step_seconds: int = DAY_SECONDS) -> Table:
    """Mentions of each watch a step beside all mentions of these watches: columns start_s, watch_id, n, total, share.

    Share of voice as Brandwatch and Talkwalker count it: mentions of one / mentions of all compared. A post that
    mentions two of them counts for both, so the denominator is the sum of mentions, not of posts.
    """
    step_ms = step_seconds * 1000
    alike = posts.group_by("watch_set", start_s=(posts.sort_ms - posts.sort_ms % step_ms) // 1000).agg(n=_.count())
    laid_out = alike.select("start_s", "n", word=alike.watch_set.split(",").unnest())
    chosen = laid_out.filter(_.word.isin([str(watch_id) for watch_id in watch_ids]))
    counted = chosen.group_by("start_s", watch_id=_.word.cast("int64")).agg(n=_.n.sum())
    totals = counted.group_by("start_s").agg(total=_.n.sum())
    return (
        counted.join(totals, "start_s")
        .select("start_s", "watch_id", "n", "total", share=_.n / _.total)
        .order_by(["start_s", "watch_id"])
    )


def top_accounts(posts: Table, limit: int = 100) -> Table:
    """Who speaks most: columns account_uri, n, newest_ms; ties in order of uri."""
    counted = posts.filter(_.account_uri != "").group_by("account_uri").agg(n=_.count(), newest_ms=_.sort_ms.max())
    return counted.order_by([counted.n.desc(), counted.account_uri]).limit(limit)


def distinct_accounts(posts: Table, step_seconds: int = DAY_SECONDS) -> Table:
    """How many accounts spoke in each step, exactly: columns start_s, accounts."""
    step_ms = step_seconds * 1000
    return (
        posts.group_by(start_s=(posts.sort_ms - posts.sort_ms % step_ms) // 1000)
        .agg(accounts=_.account_uri.nunique())
        .order_by("start_s")
    )


def engagement(posts: Table, step_seconds: int = DAY_SECONDS) -> Table:
    """Likes + replies + reshares a step (definition 1: what the platform counted when the post was last heard)."""
    step_ms = step_seconds * 1000
    total = _.likes.fill_null(0) + _.replies.fill_null(0) + _.reshares.fill_null(0)
    return (
        posts.group_by(start_s=(posts.sort_ms - posts.sort_ms % step_ms) // 1000)
        .agg(engagement=total.sum(), n=_.count())
        .order_by("start_s")
    )


def net_sentiment(posts: Table, step_seconds: int = DAY_SECONDS) -> Table:
    """(positive - negative) / (positive + neutral + negative) a step: columns start_s, positive, neutral, negative, n,
    net. Definition 1 of ``definitions.net_sentiment``; posts without a tone, or folded as noise, are left out."""
    step_ms = step_seconds * 1000
    alike = posts.group_by("tone", "folded", start_ms=posts.sort_ms - posts.sort_ms % step_ms).agg(k=_.count())
    shown = alike.filter(~_.folded.fill_null(False))  # of few rows now, as are the division and the three sums
    counted = shown.group_by(start_s=_.start_ms // 1000).agg(
        **{tone: _.k.sum(where=_.tone == tone).fill_null(0) for tone in ("positive", "neutral", "negative")}
    )
    read = counted.mutate(n=_.positive + _.neutral + _.negative).filter(_.n > 0)
    return read.mutate(net=(_.positive - _.negative) / _.n).order_by("start_s")


def share_of(posts: Table, column: str, step_seconds: int = DAY_SECONDS) -> Table:
    """How posts divide over the values of a reading (tone, axis) a step: columns start_s, value, n, total, share."""
    step_ms = step_seconds * 1000
    read = posts.filter(posts[column].notnull() & (posts[column] != "") & ~_.folded.fill_null(False))
    return shares(read.select(start_s=(read.sort_ms - read.sort_ms % step_ms) // 1000, value=read[column]))


def intents(posts: Table, step_seconds: int = DAY_SECONDS) -> Table:
    """How often each intent is read a step; a post with two counts for both: columns as `share_of`."""
    step_ms = step_seconds * 1000
    shown = posts.filter(~_.folded.fill_null(False))
    return shares(shown.select(start_s=(shown.sort_ms - shown.sort_ms % step_ms) // 1000, value=_.intents.unnest()))


def shares(rows: Table) -> Table:
    """Rows (start_s, value) counted, beside the total of the step."""
    counted = rows.group_by("start_s", "value").agg(n=_.count())
    totals = counted.group_by("start_s").agg(total=_.n.sum())
    return (
        counted.join(totals, "start_s")
        .select("start_s", "value", "n", "total", share=_.n / _.total)
        .order_by(["start_s", "value"])
    )


def stories(posts: Table, step_seconds: int = DAY_SECONDS) -> Table:
    """Posts and distinct stories a step: columns start_s, n, stories. A post without a story is one of its own."""
    step_ms = step_seconds * 1000
    own = posts.mutate(
        told=(posts.story.cast("string").nullif("")).fill_null("post " + posts.post_id.cast("string")),
        start_s=(posts.sort_ms - posts.sort_ms % step_ms) // 1000,
    )
    return own.group_by("start_s").agg(n=_.count(), stories=_.told.nunique()).order_by("start_s")
