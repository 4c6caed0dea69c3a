"""Exports: every saved view as a file and as a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from palabre.desk.mentions.outlets import Outlet


class ExportsConfig(AppConfig):
    name = "palabre.desk.exports"
    label = "exports"

    @property
    def outlets(self) -> tuple[Outlet, ...]:
        """Lines on the page of a saved view; asked for when models are there."""
        from palabre.desk.mentions.outlets import Outlet

        return (
            Outlet("exports.outlet.page", "exports.outlet.page_text", "exports:page", rank=10),
            Outlet("exports.outlet.csv", "exports.outlet.csv_text", "exports:file", "?kind=csv", rank=20),
        )
