"""The first page of the day."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class TodayConfig(AppConfig):
    name = "palabre.desk.today"
    label = "today"
    doors = (Door(room="today", title="today.door", route="today:index", rank=10),)
