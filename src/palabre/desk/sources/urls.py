"""Routes of the sources."""

from __future__ import annotations

from django.urls import path

from palabre.desk.sources import acts, adding, lists, views

app_name = "sources"
workspace_urlpatterns = [
    path("sources", views.index, name="index"),
    path("sources/board", views.board_part, name="board"),
    path("sources/add", adding.choose, name="choose"),
    path("sources/add/<slug:connector>", adding.add, name="add"),
    path("sources/find", lists.find, name="find"),
    path("sources/opml", lists.take_in, name="opml"),
    path("sources/feeds.opml", lists.give_out, name="feeds"),
    path("sources/<number:source_id>", views.source, name="source"),
    path("sources/<number:source_id>/settings", adding.settings, name="settings"),
    path("sources/<number:source_id>/state", acts.state, name="state"),
    path("sources/<number:source_id>/ask", acts.ask, name="ask"),
    path("sources/<number:source_id>/check", acts.check, name="check"),
    path("sources/<number:source_id>/estimate", acts.estimate, name="estimate"),
    path("sources/<number:source_id>/backfill", acts.backfill, name="backfill"),
    path("sources/<number:source_id>/remove", acts.remove, name="remove"),
    path("sources/visits/<str:uid>", acts.visit, name="visit"),
]
