"""Routes of channels and sendings."""

from __future__ import annotations

from django.urls import path

from palabre.desk.outbox import views

app_name = "outbox"
workspace_urlpatterns = [
    path("channels", views.channels, name="channels"),
    path("channels/open", views.open_channel, name="open"),
    path("channels/<str:uid>/check", views.check, name="check"),
    path("channels/<str:uid>/state", views.state, name="state"),
    path("channels/<str:uid>/remove", views.remove, name="remove"),
    path("sendings/<str:uid>/settle", views.settle, name="settle"),
]
