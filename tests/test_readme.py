"""README and LISEZMOI say the same, and what they tell people to type works, on a machine that has nothing else."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = {"en": ROOT / "README.md", "fr": ROOT / "LISEZMOI.md"}
POSTS = [
    {"id": "1", "network": "forum", "text": "My Cyclovent whistles since the update", "date": "2026-11-20T10:00:00Z"},
    {"id": "2", "network": "forum", "text": "Rien à dire", "date": "2026-11-20T11:00:00Z"},
]
AGAIN = "from palabre.cli.main import main; main()"


def blocks(lang: str) -> list[str]:
    return re.findall(r"```\w*\n(.*?)```", PAGES[lang].read_text("utf-8"), re.DOTALL)


def headings(lang: str) -> list[int]:
    text = re.sub(r"```.*?```", "", PAGES[lang].read_text("utf-8"), flags=re.DOTALL)
    return [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]


def test_both_pages_have_the_same_headings_and_code() -> None:
    assert headings("en") == headings("fr")
    assert blocks("en") == blocks("fr")
    assert len(blocks("en")) >= 4


def links(lang: str) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", PAGES[lang].read_text("utf-8"))


def test_both_pages_lead_to_the_same_places_each_in_its_language() -> None:
    twins = {
        "README.md": "LISEZMOI.md",
        "docs/formats.md": "docs/formats.fr.md",
        "docs/guide.en.md": "docs/guide.fr.md",
        "docs/query-language.md": "docs/langage-requetes.md",
        "docs/reference.md": "docs/reference.fr.md",
    }
    assert [twins.get(link, link) for link in links("en")] == [twins.get(link, link) for link in links("fr")]


def test_verbs_of_run_that_the_pages_name_exist() -> None:
    script = (ROOT / "run").read_text("utf-8")
    named = {verb for lang in PAGES for verb in re.findall(r"\./run ([a-z-]+)", PAGES[lang].read_text("utf-8"))}
    assert {verb for verb in named if not re.search(rf"^{verb}\(\) \{{", script, re.MULTILINE)} == set()


# what they tell people to type


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the pages speak of, and an empty data folder."""
    made = tmp_path_factory.mktemp("readme")
    (made / "exports").mkdir()
    lines = "".join(json.dumps(post, ensure_ascii=False) + "\n" for post in POSTS)
    (made / "exports" / "posts.ndjson").write_text(lines, "utf-8")
    (made / "posts.ndjson").write_text(lines, "utf-8")
    (made / "watches.ndjson").write_text(json.dumps({"name": "whistle", "query": "whistl*"}) + "\n", "utf-8")
    return made


def typed(folder: Path, line: str) -> tuple[str, str]:
    """Standard output and error of a line of the page, run with nothing but a data folder. Fails on another exit."""
    words = shlex.split(line)
    assert words[0] == "palabre"
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, *words[1:]],
        cwd=folder,
        env={"PALABRE_HOME": str(folder / "home"), "PALABRE_LANG": "en", "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def lines_of(number: int) -> list[str]:
    """The command lines of the page, block by block: the sample, then files, then questions."""
    found = [block.splitlines() for block in blocks("en") if block.startswith("palabre ")]
    return found[number]


@pytest.fixture(scope="module")
def loaded(folder: Path) -> str:
    """What loading the sample said; it is in the data folder."""
    return typed(folder, lines_of(0)[0])[0]


def test_the_sample_is_loaded_searched_and_counted(folder: Path, loaded: str) -> None:
    _, search, count, lint = lines_of(0)
    assert re.match(r"\d{5} posts of the sample were stored", loaded)
    found = typed(folder, search)[0].splitlines()
    assert len(found) == 3
    assert all("⟦Cyclovent⟧" in line and ("⟦batterie⟧" in line or "⟦battery⟧" in line) for line in found)
    assert int(typed(folder, count)[0].split()[0]) > 100
    assert "Write: OR" in typed(folder, lint)[0]


def test_files_are_imported_and_matched(folder: Path) -> None:
    bring, match = lines_of(1)
    summary = json.loads(typed(folder, bring)[0])
    assert (summary["files"], summary["offered"], summary["stored"]) == (1, 2, 2)
    assert json.loads(typed(folder, match)[0]) == {"id": "1", "watch": "whistle", "spans": [[13, 21]]}


def test_questions_are_answered_and_a_file_is_read(folder: Path, loaded: str) -> None:
    overview, voice, read, stories = lines_of(2)
    said = typed(folder, overview)[0]
    assert re.search(r"Posts +\d\d\s\d{3}", said)
    assert re.search(r"Net tone +-?0\.\d\d \[-?0\.\d\d, -?0\.\d\d\] \(n [\d\s]+\)", said)
    assert all(name in typed(folder, voice)[0] for name in ("Cyclovent", "Pédalis"))
    tones = [json.loads(line)["tone"]["label"] for line in typed(folder, read)[0].splitlines()]
    assert set(tones) <= {"negative", "neutral", "positive"}
    assert len(tones) == len(POSTS)
    assert [json.loads(line)["story"] for line in typed(folder, stories)[0].splitlines()] == ["1", "2"]


def test_every_verb_is_named_in_the_table() -> None:
    import click

    from palabre.cli.main import cli

    table = re.findall(r"^\| [\w ]+ \| (`.*`) \|$", PAGES["en"].read_text("utf-8"), re.MULTILINE)
    named = [verb for row in table for verb in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(set(cli.list_commands(click.Context(cli))) - {"reference"})
