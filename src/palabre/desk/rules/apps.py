"""Rules: what is done by itself with posts and cases, tried on history first. Nothing is ever sent by a rule."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class RulesConfig(AppConfig):
    name = "palabre.desk.rules"
    label = "rules"
    doors = (Door(room="answer", title="rules.title", route="rules:index", needs="reader", rank=80),)
