"""Access rows of Understand: three a question, then those a question brings (``ROWS`` of `tests/rows_<name>.py`)."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from palabre.desk.insight.pages import Page, pages
from palabre.desk.workspaces.tests.matrix import Row


def rows_of(page: Page) -> tuple[Row, ...]:
    name = f"insight:{page.name}"
    missing = {"chart": "none", "kind": "svg"}
    return (
        Row(name, needs=page.needs),
        Row(f"{name}_answer", needs=page.needs),
        Row(f"{name}_chart", needs=page.needs, ok=404, ids=lambda _: missing, absent=missing),
        *own_rows(page.name),
    )


def own_rows(name: str) -> tuple[Row, ...]:
    module = f"palabre.desk.insight.tests.rows_{name}"
    return tuple(import_module(module).ROWS) if find_spec(module) else ()


ROWS = tuple(row for page in pages() for row in rows_of(page))
