"""The inbox and its cases."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class InboxConfig(AppConfig):
    name = "palabre.desk.inbox"
    label = "inbox"
    doors = (
        Door("answer", "inbox.title", "inbox:queue", needs="agent", rank=10),
        Door("answer", "inbox.settings.title", "inbox:settings", needs="agent", rank=60, behind="desk.setup"),
    )
