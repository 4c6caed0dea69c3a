"""Routes of rules."""

from __future__ import annotations

from django.urls import path

from palabre.desk.rules import views

app_name = "rules"
workspace_urlpatterns = [
    path("rules", views.index, name="index"),
    path("rules/new", views.new, name="new"),
    path("rules/<str:uid>", views.rule, name="rule"),
    path("rules/<str:uid>/edit", views.edit, name="edit"),
    path("rules/<str:uid>/try", views.dry_run, name="try"),
    path("rules/<str:uid>/switch", views.switch, name="switch"),
    path("rules/<str:uid>/move", views.move, name="move"),
    path("rules/<str:uid>/remove", views.remove, name="remove"),
    path("rules/<str:uid>/restore", views.restore, name="restore"),
]
