"""What is sent, and through which channel."""

from __future__ import annotations

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "palabre.desk.outbox"
    label = "outbox"
