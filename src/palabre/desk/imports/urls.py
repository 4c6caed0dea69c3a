"""Routes of imports, below the sources."""

from __future__ import annotations

from django.urls import path

from palabre.desk.imports import arriving, views

app_name = "imports"
workspace_urlpatterns = [
    path("sources/import", views.index, name="index"),
    path("sources/import/begin", arriving.begin, name="begin"),
    path("sources/import/<str:uid>", views.one, name="one"),
    path("sources/import/<str:uid>/piece", arriving.piece, name="piece"),
    path("sources/import/<str:uid>/state", views.state, name="state"),
    path("sources/import/<str:uid>/start", views.start, name="start"),
    path("sources/import/<str:uid>/forget", views.forget, name="forget"),
    path("sources/import/<str:uid>/leave", views.leave, name="leave"),
]
