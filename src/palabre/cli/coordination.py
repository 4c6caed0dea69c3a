"""`palabre coordination POSTS.ndjson`: groups of accounts that co-share more than chance explains, without an archive.

NDJSON in, NDJSON out, one line a group, the largest first: ``{"accounts", "objects", "n", "first", "last", "p",
"evidence", "rule"}``. What a post shares is its ``object`` where it has one, else its addresses, pictures and hashtags,
and the story that its text tells.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
import orjson

from palabre.cli._talk import Talk, read_talk, summary
from palabre.cli.match import opened
from palabre.clock import to_datetime
from palabre.messages import say

if TYPE_CHECKING:
    import pyarrow as pa

    from palabre.understand.coordination import Rule
    from palabre.understand.pushes import Push

LISTED_MAX = 1_000


@click.command(help=say("coordination.help.verb"), epilog=say("coordination.help.wording"))
@click.argument("posts_path", metavar="[POSTS.ndjson]", default="-")
@click.option(
    "--window",
    type=click.IntRange(1, 86_400),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help=say("coordination.help.window"),
)
@click.option(
    "--min-shares",
    type=click.IntRange(1, 1_000),
    default=3,
    show_default=True,
    help=say("coordination.help.min_shares"),
)
@click.option(
    "--fdr", type=click.FloatRange(1e-9, 0.5), default=0.01, show_default=True, help=say("coordination.help.fdr")
)
@click.option("--json", "as_json", is_flag=True, help=say("coordination.help.json"))
def command(posts_path: str, window: int, min_shares: int, fdr: float, as_json: bool) -> None:
    from palabre.understand.coordination import Rule

    with opened(posts_path) as lines:
        talk = read_talk(lines, texts=False)
    shares, groups = answer(talk, Rule(window, min_shares, fdr))
    for one in groups:
        sys.stdout.buffer.write(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.flush()
    found = len({name for one in groups for name in one["accounts"]})
    counts = {"posts": len(talk.ids), "shares": shares, "groups": len(groups), "accounts": found, "bad_lines": talk.bad}
    summary(counts, "coordination", as_json)


def answer(talk: Talk, rule: Rule) -> tuple[int, list[dict[str, Any]]]:
    """(shares looked at, the groups as they are printed)."""
    from palabre.understand.coordination import coordinated
    from palabre.understand.pushes import pushes
    from palabre.understand.things import shares_of

    shares, accounts, names = shares_of(talk.posts, things_of(talk.posts))
    found = coordinated(shares, len(accounts), rule)
    return len(shares), [entry(one, talk, accounts, names, rule, found.each) for one in pushes(shares, found, rule)]


def things_of(posts: pa.Table) -> Any:
    """What each post shares: the objects that it names, else what is found in it."""
    import numpy as np
    import pyarrow as pa

    from palabre.understand.stories import stories
    from palabre.understand.things import listed, things

    rows, names = listed(posts, "objects")
    if len(np.unique(rows)) == posts.num_rows:
        return rows, names
    more, found = things(posts, stories(posts))
    other = np.flatnonzero(~np.isin(more, rows))
    return np.concatenate([rows, more[other]]), pa.concat_arrays([names, found.take(pa.array(other))])


def entry(one: Push, talk: Talk, accounts: pa.Array, names: pa.Array, rule: Rule, each: int) -> dict[str, Any]:
    """A group as it is printed."""
    return {
        "accounts": accounts.take(one.accounts).to_pylist(),
        "objects": names.take(one.things[:LISTED_MAX]).to_pylist(),
        "n": len(one.posts),
        "first": date(one.first_ms),
        "last": date(one.last_ms),
        "p": one.p,
        "evidence": {
            "posts": [talk.ids[row] for row in one.posts[:LISTED_MAX].tolist()],
            "posts_per_object": one.things_posts[:LISTED_MAX].tolist(),
            "objects_n": len(one.things),
            "pairs": one.pairs,
            "co_shares_least": one.least,
            "co_shares_median": one.median,
            "expected_most": one.expected,
            "leads": [round(share, 3) for share in one.leads],
        },
        "rule": {
            "window": rule.window_seconds,
            "min_shares": rule.times_min,
            "fdr": rule.fdr,
            "min_accounts": rule.accounts_min,
            "partners_looked_at": each,
            "says": say("coordination.says", None),
        },
    }


def date(ms: int) -> str:
    return to_datetime(ms).strftime("%Y-%m-%dT%H:%M:%SZ")
