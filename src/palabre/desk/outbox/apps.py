"""What is sent, and through which channel."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class OutboxConfig(AppConfig):
    name = "palabre.desk.outbox"
    label = "outbox"
    doors = (Door(room="answer", title="outbox.channels.title", route="outbox:channels", needs="reader", rank=90),)
