"""The page of data formats names what the commands print, neither more nor less; both languages name the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from palabre.cli.main import cli

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = {"en": DOCS / "formats.md", "fr": DOCS / "formats.fr.md"}
HOUR = 3_600
POSTS = [
    {"id": f"{thing}-{who}", "account": who, "time": 1_760_000_000 + 100_000 * thing + 10 * place, "text": "A bike",
     "object": f"https://example.org/{thing}"}
    for thing in range(3) for place, who in enumerate(("ada", "bo", "cy"))
]  # fmt: skip
COUNTS = [[1_760_000_400 + HOUR * hour, 90 if 300 <= hour < 303 else 2 + hour % 3] for hour in range(480)]


def sections(lang: str) -> dict[str, str]:
    """By the command in its heading: the text of each section; headings without a command are left out."""
    parts = re.split(r"^## ", PAGES[lang].read_text("utf-8"), flags=re.MULTILINE)[1:]
    named = {re.match(r"`palabre (\w+)`", part): part for part in parts}
    return {found.group(1): part for found, part in named.items() if found}


def fields(section: str) -> list[str]:
    """Names of the first column of its table."""
    rows = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def printed(folder: Path, verb: str, lines: str, *options: str) -> dict[str, Any]:
    """The first line that a command prints of a file."""
    path = folder / verb
    path.write_text(lines, "utf-8")
    found: dict[str, Any] = json.loads(CliRunner().invoke(cli, [verb, str(path), *options]).stdout.splitlines()[0])
    return found


@pytest.mark.parametrize("verb", ["read", "stories", "coordination", "spikes", "promises"])
def test_the_table_of_a_command_names_what_it_prints(verb: str, tmp_path: Path) -> None:
    posts = "".join(json.dumps(post) + "\n" for post in POSTS)
    counts = "".join(f"{time},{count}\n" for time, count in COUNTS)
    found = printed(tmp_path, verb, counts if verb == "spikes" else posts)
    assert set(fields(sections("en")[verb])) - {"own:NAME"} == set(found)


def test_the_table_of_waiting_times_names_what_is_printed(tmp_path: Path) -> None:
    asked = {"case": "A", "kind": "opened", "time": "2026-11-20T16:00:00+01:00"}
    answered = {"case": "A", "kind": "reply", "time": "2026-11-23T10:00:00+01:00", "by": "human"}
    lines = "".join(json.dumps(event) + "\n" for event in (asked, answered))
    found = printed(tmp_path, "sla", lines, "--json", "--target", "first=2h")
    text = sections("en")["sla"]
    assert set(fields(text)) == set(found)
    inner = [name for part in found.values() for one in (part if isinstance(part, list) else [part]) for name in one]
    assert [name for name in inner if f"`{name}`" not in text] == []


def test_the_inner_objects_of_a_group_are_named(tmp_path: Path) -> None:
    group = printed(tmp_path, "coordination", "".join(json.dumps(post) + "\n" for post in POSTS))
    text = sections("en")["coordination"]
    inner = [name for part in ("evidence", "rule") for name in group[part]]
    assert [name for name in inner if f"`{name}`" not in text] == []


def test_both_languages_name_the_same_things() -> None:
    said = {lang: re.findall(r"`[^`]+`", path.read_text("utf-8")) for lang, path in PAGES.items()}
    assert said["en"] == said["fr"]
