"""`palabre stories POSTS.ndjson`: which posts carry the same content, and as whose voice, without an archive.

NDJSON in, NDJSON out, one line a post in input order: ``{"id", "story", "voice"}``. A story is named by the id of its
oldest post, a voice by the id of its first; a post that nobody repeats is a story and a voice of its own.
"""

from __future__ import annotations

import sys

import click
import orjson

from palabre.cli._talk import Talk, read_talk, summary
from palabre.cli.match import opened
from palabre.messages import say

LINES_AT_ONCE = 50_000


@click.command(help=say("stories.help.verb"))
@click.argument("posts_path", metavar="[POSTS.ndjson]", default="-")
@click.option(
    "--alike", type=click.FloatRange(0.5, 1.0), default=0.6, show_default=True, help=say("stories.help.alike")
)
@click.option(
    "--window",
    type=click.IntRange(0, 86_400),
    default=120,
    show_default=True,
    metavar="SECONDS",
    help=say("stories.help.window"),
)
@click.option("--json", "as_json", is_flag=True, help=say("stories.help.json"))
def command(posts_path: str, alike: float, window: int, as_json: bool) -> None:
    with opened(posts_path) as lines:
        talk = read_talk(lines, texts=True)
    story, voice = told(talk, alike, window)
    write(talk.ids, story, voice)
    counts = {"posts": len(talk.ids), "stories": len(set(story)), "voices": len(set(voice)), "bad_lines": talk.bad}
    summary(counts, "stories", as_json)


def told(talk: Talk, alike: float, window: int) -> tuple[list[int], list[int]]:
    """For each post the row of its story's and of its voice's first post."""
    from palabre.understand import lsh
    from palabre.understand.stories import stories
    from palabre.understand.voices import voices

    found = stories(talk.posts, alike, min(alike, alike - lsh.ALIKE + lsh.HEART))
    return found.first.tolist(), voices(talk.posts, found, window_seconds=window).tolist()


def write(ids: list[object], story: list[int], voice: list[int]) -> None:
    """One line a post."""
    for low in range(0, len(ids), LINES_AT_ONCE):
        rows = range(low, min(low + LINES_AT_ONCE, len(ids)))
        lines = ({"id": ids[row], "story": ids[story[row]], "voice": ids[voice[row]]} for row in rows)
        sys.stdout.buffer.write(b"".join(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in lines))
    sys.stdout.flush()
