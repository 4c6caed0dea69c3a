"""`palabre persons`: contacts in and out on the command line, by what the screens do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from palabre.cli import persons as verb
from palabre.desk.people import access
from palabre.desk.people.models import BASES, PURPOSES, Fact, Intake, ListMember, PersonList
from palabre.desk.workspaces.models import AuditEntry, Workspace
from palabre.errors import InputError

TABLE = "name;email;tags;organisation\nZoé;z@a.example;ami,malade;=1+1\nZoe again;Z@a.example;;\nLéa;l@a.example;;\n"
CARDS = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zed\r\nEMAIL:z@a.example\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:Cut\r\n"
WHY = ("--purpose", "answer", "--basis", "consent")


def run(*args: str) -> Result:
    return CliRunner().invoke(verb.command, [*args, "--workspace", "alpha"], catch_exceptions=False)


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "table.csv"
    path.write_text(TABLE, "utf-8")
    return str(path)


def known(workspace: Workspace) -> set[str]:
    return set(access.persons(workspace).values_list("name", flat=True))


def test_the_words_of_the_verb_are_those_of_the_desk() -> None:
    assert (verb.PURPOSES, verb.BASES) == (PURPOSES, BASES)


def test_a_dry_run_tells_what_the_import_then_does(alpha: Workspace, table: str) -> None:
    told: list[dict[str, Any]] = []
    for more in (("--dry-run",), WHY):
        told.append(orjson.loads(run("import", table, "--json", *more).stdout))
        assert known(alpha) == (set() if len(told) == 1 else {"Zoé", "Léa"})
        assert AuditEntry.objects.of(alpha).filter(what="persons_imported").count() == len(told) - 1
    assert [one.pop("dry_run") for one in told] == [True, False]
    assert told[0] == told[1]
    assert [(row["line"], row["what"]) for row in told[0]["rows"]] == [(2, "new"), (3, "twice"), (4, "new")]
    assert [one["line"] for one in told[0]["faults"]] == [2]
    assert {one.source for one in Fact.objects.of(alpha)} == {"table.csv"}
    assert not Intake.objects.of(alpha).exists()


def test_who_is_known_already_is_recognised_in_the_next_file(alpha: Workspace, table: str, tmp_path: Path) -> None:
    (tmp_path / "book.vcf").write_text(CARDS, "utf-8")
    for more in (("--dry-run",), WHY):
        lines = run("import", table, str(tmp_path / "book.vcf"), "--json", *more).stdout.splitlines()
        second = orjson.loads(lines[1])
        assert ([row["what"] for row in second["rows"]], len(second["faults"])) == (["known"], 1)
    assert known(alpha) == {"Zoé", "Léa"}


def test_people_read_what_becomes_of_each_row(alpha: Workspace, table: str) -> None:
    done = run("import", table, "--dry-run")
    assert "2 new people" in done.stdout
    assert "is about health" in done.stderr
    assert "Nothing was written" in done.stdout


def test_a_file_that_cannot_be_read_does_not_hold_back_the_others(alpha: Workspace, table: str, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"a": ', "utf-8")
    done = run("import", str(tmp_path / "none.csv"), str(tmp_path / "bad.json"), table, *WHY)
    assert done.exit_code == 1
    assert done.stderr.count("Nothing of this file was taken in") == 2
    assert known(alpha) == {"Zoé", "Léa"}


def test_nothing_comes_in_without_a_purpose(alpha: Workspace, table: str) -> None:
    with pytest.raises(InputError, match="--purpose"):
        run("import", table)
    assert not known(alpha)


@pytest.mark.parametrize("kind", list(verb.KINDS))
def test_what_leaves_comes_back_as_known(alpha: Workspace, table: str, tmp_path: Path, kind: str) -> None:
    run("import", table, *WHY)
    path = str(tmp_path / "out")
    run("export", "--format", kind, "-o", path, "--reason", "asked by Léa")
    assert AuditEntry.objects.of(alpha).get(what="persons_exported").about == f"{kind} · 2 · asked by Léa"
    told = orjson.loads(run("import", path, "--kind", kind, "--dry-run", "--json").stdout)
    assert [row["what"] for row in told["rows"]] == ["known", "known"]
    assert told["added"] == 0


def test_a_table_is_safe_to_open_in_a_spreadsheet(alpha: Workspace, table: str) -> None:
    run("import", table, *WHY)
    assert "'=1+1" in run("export", "--format", "csv", "--reason", "x").stdout


def test_a_list_or_a_segment_alone_leaves(alpha: Workspace, table: str) -> None:
    run("import", table, *WHY)
    listed = PersonList.objects.add(alpha, name="Fair", made_ms=1)
    PersonList.objects.add(alpha, name="Friends", conditions={"tag": "ami"}, made_ms=1)
    ListMember.objects.add(alpha, list=listed, person=access.persons(alpha).get(name="Léa"), at_ms=1)
    for option, name, wanted, other in (("--list", "fair", "Léa", "Zoé"), ("--segment", "FRIENDS", "Zoé", "Léa")):
        out = run("export", option, name, "--reason", "x").stdout
        assert wanted in out
        assert other not in out


@pytest.mark.parametrize(
    ("args", "key"),
    [
        (("--list", "nope", "--reason", "x"), "persons_cli.fault.unknown"),
        (("--list", "a", "--segment", "b", "--reason", "x"), "persons_cli.fault.both"),
        (("--reason", "  "), "persons_cli.fault.reason"),
        (("--reason", "x", "-o", "/nowhere/at/all.vcf"), "exports.unwritable"),
    ],
)
def test_an_export_that_cannot_be_made_says_why(alpha: Workspace, args: tuple[str, ...], key: str) -> None:
    with pytest.raises(InputError) as fault:
        run("export", *args)
    assert fault.value.key == key
