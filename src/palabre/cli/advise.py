"""`palabre advise TEXTS.ndjson`: what there is to say of replies before they leave; no archive needed.

A filter: NDJSON in, NDJSON out, one line a text in input order. In: ``id``, ``text``, ``language`` (fr or en; guessed
when it is not said), and perhaps ``asked`` (the message it answers), ``asked_language``, ``addressed`` (how the person
wishes to be spoken to) and ``public`` (true unless it says false). Out: ``{"id", "remarks": [{"kind", "start", "end",
"words", "why"}]}``, start and end in code points, both 0 for a remark on the whole. A line that cannot be used is
reported on stderr with its number and left out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import click
import orjson

from palabre.cli._matching import loads, sentence
from palabre.cli._talk import summary
from palabre.cli.match import opened
from palabre.cli.promises import LINES_AT_ONCE, Reply, languages
from palabre.engage.advice import Asked, Draft, Remark, advise
from palabre.errors import InputError
from palabre.messages import LANGUAGES, default_language, say

Line = tuple[Reply, Asked]


@click.command(help=say("advice.help"))
@click.argument("path", metavar="[TEXTS.ndjson]", default="-")
@click.option("--private", is_flag=True, help=say("advice.help_private"))
@click.option("--lang", type=click.Choice(LANGUAGES), default=None, help=say("advice.help_lang"))
@click.option("--json", "as_json", is_flag=True, help=say("advice.help_json"))
def command(path: str, private: bool, lang: str | None, as_json: bool) -> None:
    counts = {"texts": 0, "remarks": 0, "bad_lines": 0}

    def report(number: int, error: InputError) -> None:
        counts["bad_lines"] += 1
        sys.stderr.buffer.write(orjson.dumps({"line": number, "error": sentence(error)}) + b"\n")
        sys.stderr.flush()

    with opened(path) as lines:
        wanted = read(lines, private, report)
        while some := list(islice(wanted, LINES_AT_ONCE)):
            write(list(answers(some, lang or default_language())), counts)
    summary(counts, "advice", as_json)


def read(lines: Iterable[bytes], private: bool, report: Callable[[int, InputError], None]) -> Iterator[Line]:
    """The replies of some lines, with what each answers."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield one_line(loads(line), private)
            except InputError as error:
                report(number, error)


def one_line(row: object, private: bool) -> Line:
    """Raises InputError."""
    if not isinstance(row, dict):
        raise InputError("match.not_object")
    if type(row.get("id")) not in (str, int, float):
        raise InputError("match.no_id")
    if not isinstance(row.get("text"), str):
        raise InputError("match.no_text")
    words = {name: word(row, name) for name in ("asked", "asked_language", "addressed")}
    spoken = (word(row, "language") or word(row, "lang"))[:2].lower()
    public = not private and row.get("public") is not False
    asked = Asked(words["asked"], words["asked_language"][:2].lower(), words["addressed"], public)
    return Reply(row["id"], row["text"], None, spoken), asked


def word(row: dict[str, Any], name: str) -> str:
    """A text, "" where there is none. Raises InputError for another thing."""
    value = row.get(name) or ""
    if not isinstance(value, str):
        raise InputError("match.bad_field", name=name, value=str(value)[:80])
    return value


def answers(lines: list[Line], lang: str) -> Iterator[dict[str, Any]]:
    """One object a reply. lang: of the sentences."""
    for (one, asked), spoken in zip(lines, languages([reply for reply, _ in lines]), strict=True):
        remarks = advise(Draft(one.text, spoken), asked)
        yield {"id": one.name, "remarks": [as_object(remark, lang) for remark in remarks]}


def as_object(remark: Remark, lang: str) -> dict[str, Any]:
    why = say(remark.key, lang, **remark.params)
    return {"kind": remark.kind, "start": remark.start, "end": remark.end, "words": remark.words, "why": why}


def write(lines: list[dict[str, Any]], counts: dict[str, int]) -> None:
    """One line each, and counts."""
    sys.stdout.buffer.write(b"".join(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in lines))
    sys.stdout.flush()
    counts["texts"] += len(lines)
    counts["remarks"] += sum(len(one["remarks"]) for one in lines)
