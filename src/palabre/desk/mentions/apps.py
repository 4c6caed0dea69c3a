"""Mentions: the stream of what was heard, why each post is there, its thread, where it comes from, and saved views."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class MentionsConfig(AppConfig):
    name = "palabre.desk.mentions"
    label = "mentions"
    doors = (Door(room="listen", title="mentions.title", route="mentions:stream", needs="reader", rank=10),)
