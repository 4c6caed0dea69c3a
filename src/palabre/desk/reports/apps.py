"""Reports that can be read without us, and alerts that say why."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class ReportsConfig(AppConfig):
    name = "palabre.desk.reports"
    label = "reports"
    doors = (
        Door("measure", "reports.title", "reports:index", rank=60),
        Door("measure", "alerts.title", "reports:alerts", rank=70),
    )
