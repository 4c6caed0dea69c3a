"""Teams and departments, each with its own queue."""

from __future__ import annotations

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "palabre.desk.teams"
    label = "teams"
