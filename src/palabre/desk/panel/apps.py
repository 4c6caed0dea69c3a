"""The panel: the watches of a workspace, the wizard that proposes them, the editor that tries them."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class PanelConfig(AppConfig):
    name = "palabre.desk.panel"
    label = "panel"
    doors = (Door(room="listen", title="panel.title", route="panel:index", needs="reader", rank=30),)
