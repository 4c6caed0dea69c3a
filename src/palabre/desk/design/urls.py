"""Routes of no room."""

from __future__ import annotations

from django.urls import path

from palabre.desk.design import views

app_name = "design"
urlpatterns = [
    path("language", views.language, name="language"),
    path("theme", views.theme, name="theme"),
    path("pulse", views.pulse, name="pulse"),
]
