"""Teams and departments, each with its own queue, and who must approve what."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class TeamsConfig(AppConfig):
    name = "palabre.desk.teams"
    label = "teams"
    doors = (Door("answer", "teams.title", "teams:index", rank=70, behind="desk.setup"),)
