"""`palabre erase` where there is a desk: whoever is behind the account leaves both, to the last byte of the files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SECRET = "zoe.lefevre@social.example"
COMMAND = "from palabre.cli.main import main; main()"
MADE = f"""
from palabre.desk.config import start
start.django(); start.tables(); start.workspaces()
from palabre.desk.engine import archive
from palabre.desk.inbox import access
from palabre.desk.inbox.models import CaseNote
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.workspaces.models import Workspace
from palabre.model import Account, Post
who = Account("https://social.example/users/zoelefevre", "{SECRET}", "Zoé Lefèvre")
home = Workspace.objects.get(slug="default")
[number] = hear(home, Post("https://social.example/1", "mastodon", text="un secret tout à moi", account=who))
case = access.opened(home, archive().post(home.pk, number))
other = access.by_hand(home, "Another", None)
CaseNote.objects.add(home, case=other, text="ask {SECRET} about it", made_ms=1)
archive().close()
"""


def run(home: Path, *words: str) -> str:
    env = {**os.environ, "PALABRE_HOME": str(home), "PALABRE_LANG": "en"}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run([sys.executable, *words], env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def holding(home: Path, needle: str) -> list[str]:
    found = (path for path in home.rglob("*") if path.is_file())
    return [path.name for path in found if needle.encode() in path.read_bytes()]


@pytest.mark.timeout(600)  # two processes, one of which makes every table of the desk
def test_who_is_erased_from_the_terminal_is_in_no_byte_of_archive_or_desk(tmp_path: Path) -> None:
    run(tmp_path, "-c", MADE)
    assert {"desk.sqlite3"} & {name.removesuffix("-wal") for name in holding(tmp_path, SECRET)}
    gone = json.loads(run(tmp_path, "-c", COMMAND, "erase", f"@{SECRET}", "--yes", "--json"))
    assert (gone["accounts"], gone["posts"]) == (1, 1)
    for needle in (SECRET, "zoelefevre", "un secret tout", "Lefèvre"):
        assert holding(tmp_path, needle) == []
