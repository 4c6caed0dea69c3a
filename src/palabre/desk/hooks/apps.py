"""Outgoing events: other programs hear what happens here, signed and never lost."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class HooksConfig(AppConfig):
    name = "palabre.desk.hooks"
    label = "hooks"
    doors = (Door("house", "hooks.title", "hooks:index", needs="manager", rank=70),)
