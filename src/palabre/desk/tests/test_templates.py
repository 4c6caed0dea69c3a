"""What Django does not refuse and shows to readers as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import palabre.desk

BROKEN = re.compile(r"\{\{[^{}]*\n|\{%[^{}%]*\n|\{#[^{}#]*\n")


def test_no_tag_goes_over_two_lines() -> None:
    templates = sorted(Path(palabre.desk.__file__).parent.rglob("templates/**/*.html"))
    assert len(templates) > 100
    assert not [path.name for path in templates if BROKEN.search(path.read_text("utf-8"))]
