"""The composer."""

from __future__ import annotations

from django.apps import AppConfig


class RepliesConfig(AppConfig):
    name = "palabre.desk.replies"
    label = "replies"
