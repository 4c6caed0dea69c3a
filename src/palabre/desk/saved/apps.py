"""Saved replies, in both languages and both forms of address, with fields that are filled when one is taken."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class SavedConfig(AppConfig):
    name = "palabre.desk.saved"
    label = "saved"
    doors = (Door(room="answer", title="saved.title", route="saved:index", needs="agent", rank=60),)
