"""Routes of service."""

from __future__ import annotations

from django.urls import path

from palabre.desk.service import acts, views

app_name = "service"
workspace_urlpatterns = [
    path("service", views.index, name="index"),
    path("service/cases", views.cases, name="cases"),
    path("service/chart/<slug:chart>.<slug:kind>", views.chart, name="chart"),
    path("service/export", acts.export, name="export"),
    path("service/settings", acts.settings, name="settings"),
    path("service/hours", acts.hours, name="hours"),
    path("service/hours/<str:uid>/remove", acts.hours_remove, name="hours_remove"),
    path("service/targets/new", acts.target_new, name="target_new"),
    path("service/targets/<str:uid>", acts.target, name="target"),
    path("service/targets/<str:uid>/remove", acts.target_remove, name="target_remove"),
]
