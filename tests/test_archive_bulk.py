"""What a column that says the same everywhere becomes in a statement."""

from __future__ import annotations

import pytest

from palabre.archive.bulk import constant


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([None, None], "NULL"),
        (["", ""], "''"),
        ([True], "1"),
        ([False, False], "0"),
        ([0, 0], "0"),
        ([1.0, 1.0], "1"),
        (["", "a"], ""),
        ([None, 0], ""),
        (["a", "a"], ""),
        ([b"", b""], ""),
        ([7, 7], ""),
        ([], ""),
    ],
)
def test_only_what_needs_no_quoting_is_written(values: list[object], written: str) -> None:
    assert constant(values) == written
