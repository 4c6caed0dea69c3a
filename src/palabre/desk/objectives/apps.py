"""Measure: objectives first, then what came of the conversations, then what was tried."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class ObjectivesConfig(AppConfig):
    name = "palabre.desk.objectives"
    label = "objectives"
    doors = (
        Door("measure", "objectives.title", "objectives:index", rank=10),
        Door("measure", "proof.title", "objectives:proof", rank=20),
        Door("measure", "experiment.title", "objectives:experiments", rank=30),
    )
