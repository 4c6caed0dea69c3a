"""Promises that are kept track of."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class PromisesConfig(AppConfig):
    name = "palabre.desk.promises"
    label = "promises"
    doors = (Door(room="answer", title="promise_page.door", route="promises:index", rank=40),)
