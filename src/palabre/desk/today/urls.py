"""Routes of the day."""

from __future__ import annotations

from django.urls import path

from palabre.desk.today import letters, views

app_name = "today"
urlpatterns = [path("morning/stop/<str:token>", letters.ended, name="stop")]
workspace_urlpatterns = [
    path("today", views.index, name="index"),
    path("today/list", views.part, name="part"),
    path("today/tick", views.tick, name="tick"),
    path("today/again", views.again, name="again"),
    path("today/habit", views.own_habit, name="habit"),
    path("today/letter", views.letter, name="letter"),
]
