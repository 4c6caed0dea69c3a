"""`palabre report`: the reports of the desk from the command line."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from palabre.cli.report import command
from palabre.desk.reports.models import Report
from palabre.desk.workspaces.models import AuditEntry, User, Workspace
from palabre.errors import ConfigError, InputError


@pytest.fixture
def report(alpha: Workspace, alice: User) -> Report:
    blocks = [{"kind": "title", "text": "Heard"}, {"kind": "figures", "names": ["volume"]}]
    return Report.objects.add(alpha, title="Monthly, été", blocks=blocks, owner=alice, made_ms=1, changed_ms=1)


def run(*args: str) -> bytes:
    done = CliRunner().invoke(command, [*args, "--workspace", "alpha"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout_bytes


def test_without_a_name_they_are_listed(report: Report) -> None:
    assert "Monthly" in run().decode()
    row = orjson.loads(run("--json"))
    assert (row["uid"], row["title"], row["lang"]) == (report.uid, "Monthly, été", "fr")


def test_there_may_be_none(alpha: Workspace, alice: User) -> None:
    assert run("--json") == b""
    assert run()


@pytest.mark.parametrize(
    ("out", "more", "begins"),
    [("r.html", (), b"<!doctype html"), ("r.json", (), b"{"), ("r", ("--format", "pdf"), b"%PDF"),
     ("-", ("--format", "json"), b"{")],
)  # fmt: skip
def test_one_is_written_in_the_form_asked_for(
    report: Report, tmp_path: Path, out: str, more: tuple[str, ...], begins: bytes
) -> None:
    path = out if out == "-" else str(tmp_path / out)
    shown = run("MONTHLY, ÉTÉ", "-o", path, *more)
    body = shown if out == "-" else Path(path).read_bytes()
    assert body[: len(begins)].lower() == begins.lower()
    assert AuditEntry.objects.of(report.workspace).get(what="report_exported").about.startswith("Monthly, été")
    assert [one.name for one in tmp_path.iterdir()] == ([] if out == "-" else [out])


def test_its_language_may_be_chosen(report: Report, tmp_path: Path) -> None:
    for lang in ("fr", "en"):
        run(report.uid, "-o", str(tmp_path / f"{lang}.html"), "--lang", lang)
        assert f'lang="{lang}"' in (tmp_path / f"{lang}.html").read_text("utf-8")
    report.refresh_from_db()
    assert report.lang == "fr"


@pytest.mark.parametrize(
    ("args", "key"),
    [
        (("nope",), "report_cli.fault.unknown"),
        (("Monthly, été", "-o", "r.docx"), "report_cli.fault.kind"),
        (("Monthly, été", "-o", "/nowhere/at/all/r.html"), "exports.unwritable"),
        (("Twice",), "report_cli.fault.several"),
    ],
)
def test_what_cannot_be_done_is_said(report: Report, args: tuple[str, ...], key: str) -> None:
    for _ in range(2):
        Report.objects.add(report.workspace, title="Twice", made_ms=1, changed_ms=1)
    with pytest.raises(InputError) as fault:
        run(*args)
    assert fault.value.key == key


def test_without_the_compiler_a_pdf_says_so(report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("palabre.measure.report.pdf"), "pdf_ready", lambda: False)
    with pytest.raises(ConfigError) as fault:
        run(report.uid, "-o", str(tmp_path / "r.pdf"))
    assert fault.value.key == "report.no_typst"
    assert not list(tmp_path.iterdir())
