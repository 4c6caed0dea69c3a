"""The room of persons."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "palabre.desk.people"
    label = "people"
