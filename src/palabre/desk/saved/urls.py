"""Routes of saved replies."""

from __future__ import annotations

from django.urls import path

from palabre.desk.saved import views

app_name = "saved"
workspace_urlpatterns = [
    path("saved", views.index, name="index"),
    path("saved/new", views.new, name="new"),
    path("saved/pick", views.pick, name="pick"),
    path("saved/<str:uid>", views.edit, name="edit"),
    path("saved/<str:uid>/remove", views.remove, name="remove"),
    path("saved/<str:uid>/used", views.used, name="used"),
]
