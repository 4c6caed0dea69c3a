"""Routes of the panel."""

from __future__ import annotations

from django.urls import path

from palabre.desk.panel import views

app_name = "panel"
workspace_urlpatterns = [
    path("panel", views.index, name="index"),
]
