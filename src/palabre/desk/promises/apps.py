"""Promises that are kept track of."""

from __future__ import annotations

from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "palabre.desk.promises"
    label = "promises"
