"""Routes of outgoing webhooks."""

from __future__ import annotations

from django.urls import path

from palabre.desk.hooks import views

app_name = "hooks"
workspace_urlpatterns = [
    path("house/webhooks", views.index, name="index"),
    path("house/webhooks/new", views.fresh, name="fresh"),
    path("house/webhooks/<str:uid>", views.endpoint, name="endpoint"),
    path("house/webhooks/<str:uid>/edit", views.edit, name="edit"),
    path("house/webhooks/<str:uid>/state", views.state, name="state"),
    path("house/webhooks/<str:uid>/secret", views.rotate, name="rotate"),
    path("house/webhooks/<str:uid>/test", views.test, name="test"),
    path("house/webhooks/<str:uid>/replay", views.replay_period, name="replay_period"),
    path("house/webhooks/<str:uid>/remove", views.remove, name="remove"),
    path("house/deliveries/<str:uid>/replay", views.replay, name="replay"),
]
