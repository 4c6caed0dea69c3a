"""Sources: what is listened to, how each source is, adding one, and lists of feeds in and out."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class SourcesConfig(AppConfig):
    name = "palabre.desk.sources"
    label = "sources"
    doors = (Door(room="listen", title="sources.title", route="sources:index", needs="reader", rank=20),)
