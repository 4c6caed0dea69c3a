"""The inbox and its cases."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class InboxConfig(AppConfig):
    name = "palabre.desk.inbox"
    label = "inbox"
    doors = (Door(room="answer", title="inbox.title", route="inbox:queue", needs="agent", rank=10),)
