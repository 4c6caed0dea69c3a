"""Quarantine and coverage: what was offered and could not be used, and what we cannot hear at all."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class QuarantineConfig(AppConfig):
    name = "palabre.desk.quarantine"
    label = "quarantine"
    doors = (
        Door(room="trust", title="quarantine.title", route="quarantine:index", needs="agent", rank=20),
        Door(room="trust", title="quarantine.coverage.title", route="quarantine:coverage", needs="reader", rank=10),
    )
