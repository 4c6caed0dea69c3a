"""Routes of going out to people."""

from __future__ import annotations

from django.urls import path

from palabre.desk.outreach import views

app_name = "outreach"
workspace_urlpatterns = [
    path("outreach", views.index, name="index"),
    path("outreach/look", views.look, name="look"),
    path("outreach/week", views.week, name="week"),
    path("outreach/objections/<str:uid>", views.objection, name="objection"),
    path("outreach/<str:uid>", views.contact, name="contact"),
    path("outreach/<str:uid>/<str:what>", views.act, name="act"),
]
