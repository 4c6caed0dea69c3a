"""What is sent, and through which channel."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class OutboxConfig(AppConfig):
    name = "palabre.desk.outbox"
    label = "outbox"
    doors = (Door("answer", "outbox.channels.title", "outbox:channels", rank=50, behind="desk.setup"),)
