"""The composer, and the page of what leaves."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class RepliesConfig(AppConfig):
    name = "palabre.desk.replies"
    label = "replies"
    doors = (Door(room="answer", title="replies.outbox.title", route="replies:outbox", needs="reader", rank=30),)
