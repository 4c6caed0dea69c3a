"""Imports: a file sent to the desk, looked at, its columns named, read in the background."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class ImportsConfig(AppConfig):
    name = "palabre.desk.imports"
    label = "imports"
    doors = (Door("listen", "imports.title", "imports:index", needs="manager", rank=21, behind="sources.title"),)
