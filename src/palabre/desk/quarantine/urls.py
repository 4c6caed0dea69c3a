"""Routes of quarantine and coverage."""

from __future__ import annotations

from django.urls import path

from palabre.desk.quarantine import views

app_name = "quarantine"
workspace_urlpatterns = [
    path("quarantine", views.index, name="index"),
    path("quarantine/coverage", views.coverage_page, name="coverage"),
    path("quarantine/replay", views.replay_all, name="replay_all"),
    path("quarantine/drop", views.drop_all, name="drop_all"),
    path("quarantine/<number:quarantine_id>", views.item, name="item"),
    path("quarantine/<number:quarantine_id>/replay", views.replay, name="replay"),
    path("quarantine/<number:quarantine_id>/drop", views.drop, name="drop"),
]
