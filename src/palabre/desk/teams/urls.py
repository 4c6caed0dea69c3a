"""Routes of teams."""

from __future__ import annotations

from django.urls import path

from palabre.desk.teams import views

app_name = "teams"
workspace_urlpatterns = [
    path("teams", views.index, name="index"),
    path("teams/new", views.new, name="new"),
    path("teams/approval/new", views.path_new, name="path_new"),
    path("teams/approval/<str:uid>", views.path_edit, name="path_edit"),
    path("teams/approval/<str:uid>/remove", views.path_remove, name="path_remove"),
    path("teams/route/<str:uid>", views.route, name="route"),
    path("teams/<str:uid>", views.queue, name="queue"),
    path("teams/<str:uid>/edit", views.edit, name="edit"),
    path("teams/<str:uid>/remove", views.remove, name="remove"),
]
