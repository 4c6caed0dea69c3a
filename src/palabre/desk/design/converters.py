"""Ids in addresses."""

from __future__ import annotations


class NumberConverter:
    """A number that a database can hold; anything longer is no address of ours."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
