"""Where others push to us: hubs, sites that mention us, signed webhooks. No screen."""

from __future__ import annotations

from django.apps import AppConfig


class InboundConfig(AppConfig):
    name = "palabre.desk.inbound"
    label = "inbound"
