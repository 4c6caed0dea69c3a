"""Going out to people."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class OutreachConfig(AppConfig):
    name = "palabre.desk.outreach"
    label = "outreach"
    doors = (Door(room="people", title="outreach.door", route="outreach:index", needs="agent", rank=40),)
