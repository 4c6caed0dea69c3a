"""The composer, and the page of what leaves."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class RepliesConfig(AppConfig):
    name = "palabre.desk.replies"
    label = "replies"
    doors = (
        Door("answer", "replies.outbox.title", "replies:outbox", rank=30),
        Door("answer", "replies.words.title", "replies:words", rank=95, behind="desk.setup"),
    )
