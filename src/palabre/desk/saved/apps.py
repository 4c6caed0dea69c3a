"""Saved replies, in both languages and both forms of address, with fields that are filled when one is taken."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class SavedConfig(AppConfig):
    name = "palabre.desk.saved"
    label = "saved"
    doors = (Door("answer", "saved.title", "saved:index", needs="agent", rank=90, behind="desk.setup"),)
