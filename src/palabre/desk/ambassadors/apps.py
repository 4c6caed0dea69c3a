"""People who help, defend and advise: how they are thanked, and only with their yes."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class AmbassadorsConfig(AppConfig):
    name = "palabre.desk.ambassadors"
    label = "ambassadors"
    doors = (Door(room="people", title="recognition.title", route="ambassadors:index", needs="agent", rank=60),)
