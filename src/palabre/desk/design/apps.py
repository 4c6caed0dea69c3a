"""The design system: the page around every screen, its components, styles and scripts."""

from __future__ import annotations

from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "palabre.desk.design"
    label = "design"
