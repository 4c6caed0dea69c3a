"""Addresses for other machines. The token in each is the only key; see `palabre.pushes`."""

from __future__ import annotations

from django.urls import path

from palabre.desk.inbound import views

app_name = "inbound"
urlpatterns = [
    path("in/websub/<str:token>", views.websub, name="websub"),
    path("in/webmention/<str:token>", views.webmention, name="webmention"),
    path("in/webhook/<str:token>", views.webhook, name="webhook"),
]
