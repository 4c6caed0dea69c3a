"""The first page of the day."""

from __future__ import annotations

from django.apps import AppConfig


class TodayConfig(AppConfig):
    name = "palabre.desk.today"
    label = "today"
    # doors: with the page
