"""The API: what a program may ask, with a token of a workspace."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class ApiConfig(AppConfig):
    name = "palabre.desk.api"
    label = "api"
    doors = (Door(room="house", title="api.title", route="api:reference_here", needs="agent", rank=60),)
