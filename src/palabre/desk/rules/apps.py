"""Rules: what is done by itself with posts and cases, tried on history first. Nothing is ever sent by a rule."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class RulesConfig(AppConfig):
    name = "palabre.desk.rules"
    label = "rules"
    doors = (Door("answer", "rules.title", "rules:index", rank=80, behind="desk.setup"),)
