"""How long people wait for us: business hours, targets, figures, and cover round the clock."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class ServiceConfig(AppConfig):
    name = "palabre.desk.service"
    label = "service"
    doors = (Door(room="measure", title="service.title", route="service:index", needs="reader", rank=30),)
