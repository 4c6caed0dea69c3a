"""The documentation tells the truth: it is made from the code, or held against what the code does."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from palabre.cli._matching import ALIASES
from palabre.cli.main import cli
from palabre.cli.reference import NAMES, in_language
from palabre.messages import LANGUAGES, catalogue
from palabre.model import POSTS
from palabre.reference import CONTRACTS, walk
from palabre.settings import Settings, settings

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
GUIDES = {"en": DOCS / "guide.en.md", "fr": DOCS / "guide.fr.md"}
WATCH = {"name": "bike", "query": "bike"}
POST = {"id": "1", "title": "A bike", "text": "my bike is broken", "date": "2026-01-02", "network": "forum"}


# the generated reference


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_reference_is_what_the_code_says(lang: str) -> None:
    """When this fails: ./run docs."""
    assert in_language(lang) == (DOCS / NAMES[lang]).read_text("utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_missing_from_the_reference(lang: str) -> None:
    text = (DOCS / NAMES[lang]).read_text("utf-8")
    areas = "|".join({key.partition(".")[0] for key in catalogue(lang)})
    found = re.findall(rf"(?<![\w/.-])(?:{areas})\.[a-z_]+\.[a-z_.]+", text)
    assert [key for key in found if ".md" not in key] == []


def test_every_setting_has_its_help_in_both_languages() -> None:
    names = {f"settings.{one.name}" for one in fields(Settings)}
    assert {lang: names - set(catalogue(lang)) for lang in LANGUAGES} == {"fr": set(), "en": set()}


def test_every_command_gives_an_example() -> None:
    silent = [path for path, command in walk(cli, "palabre", click.Context(cli)) if not command.epilog]
    assert silent == []


# contracts: the tables name what is printed, neither more nor less


@pytest.fixture
def filled(home: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An archive with one post and one watch; the folder holds their files."""
    settings.cache_clear()
    folder = tmp_path_factory.mktemp("files")
    monkeypatch.chdir(folder)
    (folder / "posts.ndjson").write_text(json.dumps(POST) + "\n{}\n", "utf-8")
    (folder / "watches.ndjson").write_text(json.dumps(WATCH) + "\n", "utf-8")
    yield folder
    settings.cache_clear()


def printed(*words: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """JSON lines of the standard output and of the standard error."""
    result = CliRunner().invoke(cli, list(words))
    return objects(result.stdout), objects(result.stderr)


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def keys(one: dict[str, Any]) -> set[str]:
    return set(one)


def test_import_prints_the_documented_fields(filled: Path) -> None:
    (summary,), _ = printed("import", "--json", "--watches", "watches.ndjson", "posts.ndjson")
    assert keys(summary) == set(CONTRACTS["import"]["summary"])
    assert summary["offered"] == summary["stored"] + summary["unchanged"] + summary["quarantined"] == 2


def test_match_prints_the_documented_fields(filled: Path) -> None:
    (mention,), (bad, summary) = printed("match", "--json", "--watches", "watches.ndjson", "posts.ndjson")
    documented = CONTRACTS["match"]
    assert keys(mention) == set(documented["out"])
    assert keys(bad) == set(documented["bad"])
    assert keys(summary) == set(documented["summary"])


def test_search_prints_the_documented_fields(filled: Path) -> None:
    printed("import", "--json", "posts.ndjson")
    (post, last), _ = printed("search", "bike", "--json")
    (count,), _ = printed("search", "bike", "--json", "--count")
    documented = CONTRACTS["search"]
    assert keys(post) == set(documented["out"])
    assert keys(last["summary"]) == set(documented["summary"])
    assert keys(count) == set(documented["count"])


def test_lint_prints_the_documented_fields(filled: Path) -> None:
    (line,), _ = printed("watch", "lint", "--json", "velo or bike")
    assert keys(line) == set(CONTRACTS["lint"]["summary"])
    assert keys(line["lints"][0]) == set(CONTRACTS["lint"]["remark"])


def test_collect_prints_the_documented_fields() -> None:
    from palabre.archive.types import Source
    from palabre.cli.collect import entry
    from palabre.road.collecting import RunTally

    names = {one.name: 0 for one in fields(Source)} | {"config": {}, "cursor": {}}
    line = entry(Source(**names), RunTally())  # type: ignore[arg-type]  # only two of its fields are read
    assert keys(line) == set(CONTRACTS["collect"]["out"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_field_a_post_may_have_for_match_is_named(lang: str) -> None:
    text = str(catalogue(lang)["reference.field.match.posts.rest"])
    aliases = {alias for row in ALIASES.values() for alias in row}
    unasked = {"uri", "title", "text", "html", "edited_ms", "account_url"}
    assert {name for name in {*POSTS.names, *aliases} - unasked if f"`{name}`" not in text} == set()


# the guides


def headings(path: Path) -> list[int]:
    """Levels of the headings, in order; comments in code are none."""
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    return [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]


def blocks(path: Path) -> list[str]:
    return re.findall(r"```\w*\n(.*?)```", path.read_text("utf-8"), re.DOTALL)


def test_both_guides_have_the_same_headings_and_examples() -> None:
    assert headings(GUIDES["en"]) == headings(GUIDES["fr"])
    assert blocks(GUIDES["en"]) == blocks(GUIDES["fr"])


def command_lines(path: Path) -> list[list[str]]:
    """The calls of `palabre` in blocks of shell, as words."""
    import shlex

    found = re.findall(r"```sh\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    lines = [line for block in found for line in block.replace("\\\n", " ").splitlines()]
    calls = (re.search(r"(?:^|[\s/|])palabre ((?!\$|<)[a-z].*)$", line) for line in lines if not line.startswith("#"))
    return [shlex.split(call.group(1).split(" | ")[0].split(" > ")[0], comments=True) for call in calls if call]


PAGES = [ROOT / "README.md", ROOT / "LISEZMOI.md", *sorted(DOCS.glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_command_and_option_in_the_docs_exists(page: Path) -> None:
    known = dict(walk(cli, "palabre", click.Context(cli)))
    for words in command_lines(page):
        path = f"palabre {words[0]}"
        path = f"{path} {words[1]}" if len(words) > 1 and f"{path} {words[1]}" in known else path
        assert path in known, words
        options = {name for one in known[path].params for name in (*one.opts, *one.secondary_opts)}
        asked = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert words[0] == "manage" or asked <= {*options, "--help"}, words


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md", ROOT / "SECURITY.md"], ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_changelog_begins_with_the_version_of_the_package() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    first = re.search(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert first
    assert first.group(1) == version
