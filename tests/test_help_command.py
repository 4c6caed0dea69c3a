"""`palabre --help`: cheap, complete, in both languages, and not at the mercy of one broken verb."""

from __future__ import annotations

import os
import pkgutil
import re
import resource
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import palabre.cli
from palabre.cli import _words
from palabre.cli.main import NOT_VERBS, cli
from palabre.errors import InputError
from palabre.messages import catalogue

SECONDS_MAX = 0.5  # of CPU
FILES = {module.name for module in pkgutil.iter_modules(palabre.cli.__path__)} - NOT_VERBS
VERBS = sorted(name.strip("_") for name in FILES if not name.startswith("_"))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_file_is_listed_with_its_sentence(lang: str) -> None:
    code = "from palabre.cli.main import main; main()"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"],
        env=os.environ | {"PALABRE_LANG": lang, "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ") and line.split()}
    assert set(VERBS) <= listed
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < SECONDS_MAX


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_verb_has_a_short_sentence(lang: str) -> None:
    said = {key.removeprefix("cli.verbs.") for key in catalogue(lang) if key.startswith("cli.verbs.")}
    assert set(VERBS) <= said


def test_listing_imports_no_verb() -> None:
    code = (
        "import sys; from palabre.cli.main import cli; cli(['--help'], standalone_mode=False);"
        "print([name for name in sys.modules if name.split('.')[0] in ('pyarrow', 'sqlalchemy', 'django', 'numpy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_verb_that_cannot_be_imported_breaks_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "palabre.cli.search", None)
    assert "search" in CliRunner().invoke(cli, ["--help"]).output
    assert CliRunner().invoke(cli, ["collect", "--help"]).exit_code == 0
    refused = CliRunner().invoke(cli, ["search", "x"])
    assert isinstance(refused.exception, InputError)
    assert refused.exception.key == "cli.broken_verb"


def test_a_verb_without_a_sentence_is_listed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    group = cli
    assert isinstance(group, click.Group)
    monkeypatch.setattr(type(group), "list_commands", lambda self, ctx: ["nouveau"])
    assert "nouveau" in CliRunner().invoke(group, ["--help"]).output


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["sarch"], "Il n’y a pas de commande 'sarch'."),
        (["search", "--bogus"], "Il n’y a pas d’option '--bogus'."),
        (["search", "--limit", "x", "velo"], "'x' n’est pas un nombre valable."),
        (["search", "a", "b", "c"], "Arguments en trop (b c)"),
        (["watch", "add"], "Il manque l’argument 'NAME'."),
        (["import", "--kind"], "L’option '--kind' demande une valeur."),
    ],
)
def test_a_wrong_call_is_said_in_the_users_language(
    call: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PALABRE_LANG", "fr")
    wrong = CliRunner().invoke(cli, call)
    assert (wrong.exit_code, said in wrong.output) == (2, True), wrong.output
    monkeypatch.setenv("PALABRE_LANG", "en")
    wrong = CliRunner().invoke(cli, call)
    assert (wrong.exit_code, said in wrong.output) == (2, False), wrong.output


def test_the_sentences_translated_are_clicks_own() -> None:
    """A new click that says something else would be heard in English: here it is noticed."""
    sources = "".join(Path(one.__file__ or "").read_text("utf-8") for one in _words.MODULES)
    spoken = re.sub(r'"\s*\n\s*f?"', "", sources)
    known = [form for one in _words.sentences("en").values() for form in _words.forms(one)]
    assert [one for one in known if one.replace("\n", "\\n").replace("\t", "\\t") not in spoken] == []
