"""`palabre search QUERY`: posts of the archive, newest arrival first, with the words that say why.

``--json``: one post a line with ``id, uri, network, kind, published`` (ISO 8601, UTC; null when not known), ``account``
(``uri, handle, name, url``; null when not known), ``title, text, url, lang, spans`` (``start, end, where``: characters
of text or title), then one line ``{"summary": {"n", "before"}}``; before: the id to give to ``--before``, null at the
end. ``--count --json``: ``{"n", "exact"}``. These fields are stable.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from palabre.archive import Filters, PostRow
from palabre.archive.archive import open_archive
from palabre.cli.output import moment, print_json, print_line
from palabre.clock import to_datetime
from palabre.errors import InputError
from palabre.messages import say
from palabre.model import Span
from palabre.search import Asked, ask
from palabre.settings import settings

TEXT_CHARS_MAX = 600
BOLD, PLAIN = "\x1b[1;33m", "\x1b[0m"


def date_ms(text: str | None) -> int:
    """A date option as epoch milliseconds; 0 when absent. Raises InputError."""
    if not text:
        return 0
    from palabre.text.dates import parse_date

    found = parse_date(text)
    if found is None:
        raise InputError("search.bad_date", text=text)
    return found


@click.command(help=say("search.help"), epilog=say("search.epilog"))
@click.argument("query", default="")
@click.option("--workspace", default="default", show_default=True, help=say("search.workspace_help"))
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help=say("search.limit_help"))
@click.option("--since", help=say("search.since_help"))
@click.option("--until", help=say("search.until_help"))
@click.option("--lang", "langs", multiple=True, help=say("search.lang_help"))
@click.option("--network", "networks", multiple=True, help=say("search.network_help"))
@click.option("--watch", "watches", multiple=True, type=int, help=say("search.watch_help"))
@click.option("--before", type=int, help=say("search.before_help"))
@click.option("--json", "as_json", is_flag=True, help=say("search.json_help"))
@click.option("--count", "only_count", is_flag=True, help=say("search.count_help"))
def command(
    query: str,
    workspace: str,
    limit: int,
    since: str | None,
    until: str | None,
    langs: tuple[str, ...],
    networks: tuple[str, ...],
    watches: tuple[int, ...],
    before: int | None,
    as_json: bool,
    only_count: bool,
) -> None:
    filters = Filters(watches, (), networks, langs, since_ms=date_ms(since), until_ms=date_ms(until))
    with open_archive(settings()) as archive:
        asked = ask(archive, archive.workspaces.find(workspace).workspace_id, query, filters)
        if only_count:
            show_count(asked, as_json)
            return
        rows = asked.rows(before, limit)
        spans = asked.spans(rows)
    show_json(rows, spans, limit) if as_json else show_lines(rows, spans, limit)


def show_count(asked: Asked, as_json: bool) -> None:
    count = asked.count()
    key = "search.counted" if count.exact else "search.counted_at_least"
    print_json({"n": count.n, "exact": count.exact}) if as_json else print_line(say(key, None, n=count.n))


def next_before(rows: Sequence[PostRow], limit: int) -> int | None:
    """The id the next page begins below; None when this is the last."""
    return rows[-1].post_id if len(rows) == limit else None


def show_json(rows: Sequence[PostRow], spans: Sequence[tuple[Span, ...]], limit: int) -> None:
    for row, why in zip(rows, spans, strict=True):
        print_json(entry(row, why))
    print_json({"summary": {"n": len(rows), "before": next_before(rows, limit)}})


def entry(row: PostRow, spans: Sequence[Span]) -> dict[str, object]:
    """A post as the documented fields."""
    post, account = row.post, row.post.account
    return {
        "id": row.post_id,
        "uri": post.uri,
        "network": post.network,
        "kind": str(post.kind),
        "published": iso(post.published_ms),
        "account": account and {"uri": account.uri, "handle": account.handle, "name": account.name, "url": account.url},
        "title": post.title,
        "text": post.text,
        "url": post.url,
        "lang": post.lang,
        "spans": [{"start": span.start, "end": span.end, "where": span.where} for span in spans],
    }


def iso(ms: int) -> str | None:
    """ISO 8601 in UTC; None when not known, or when the year is none that a date can have."""
    try:
        return to_datetime(ms).isoformat().replace("+00:00", "Z") if ms else None
    except (OverflowError, ValueError, OSError):
        return None


def show_lines(rows: Sequence[PostRow], spans: Sequence[tuple[Span, ...]], limit: int) -> None:
    if not rows:
        print_line(say("search.nothing"), sys.stderr)
    for row, why in zip(rows, spans, strict=True):
        print_line(line(row, why, sys.stdout.isatty()))
    before = next_before(rows, limit)
    if before is not None:
        print_line(say("search.more", None, before=before), sys.stderr)


def line(row: PostRow, spans: Sequence[Span], colours: bool) -> str:
    """Date, network, author, words; the reason marked: by colour on a terminal, by ⟦ ⟧ elsewhere."""
    post, account = row.post, row.post.account
    author = f"@{account.handle.lstrip('@')}" if account and account.handle else (account.name if account else "")
    title = marked(post.title, [span for span in spans if span.where == "title"], colours)
    text = marked(post.text, [span for span in spans if span.where != "title"], colours)
    words = " ".join(f"{title} {text}".split())
    return f"{moment(row.sort_ms)}  {post.network}  {plain(author)}  {words}"


def marked(text: str, spans: Sequence[Span], colours: bool) -> str:
    """The beginning of a text, or the part around the first reason, with the reasons marked."""
    left, right = (BOLD, PLAIN) if colours else ("⟦", "⟧")
    start = max(0, spans[0].start - TEXT_CHARS_MAX // 2) if spans and spans[0].end > TEXT_CHARS_MAX else 0
    end = start + TEXT_CHARS_MAX
    pieces, at = ["…" if start else ""], start
    for span in sorted(spans, key=lambda span: span.start):
        if at <= span.start and span.end <= end:
            pieces += [plain(text[at : span.start]), left, plain(text[span.start : span.end]), right]
            at = span.end
    return "".join([*pieces, plain(text[at:end]), "…" if len(text) > end else ""])


def plain(text: str) -> str:
    """Without control characters: a post must not steer the terminal."""
    return "".join(sign if sign.isprintable() or sign in "\u200d\ufe0f" else " " for sign in text)
