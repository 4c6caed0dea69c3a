"""The inbox and its cases."""

from __future__ import annotations

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "palabre.desk.inbox"
    label = "inbox"
