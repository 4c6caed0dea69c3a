"""Routes of the stream."""

from __future__ import annotations

from django.urls import path

from palabre.desk.mentions import posts, saved, views

app_name = "mentions"
workspace_urlpatterns = [
    path("stream", views.stream, name="stream"),
    path("stream/more", views.more, name="more"),
    path("stream/summary", views.summary, name="summary"),
    path("stream/fresh", views.fresh, name="fresh"),
    path("stream/check", views.check, name="check"),
    path("stream/chart.svg", views.chart_svg, name="chart"),
    path("stream/views", saved.save, name="save"),
    path("stream/views/<str:uid>", saved.view, name="view"),
    path("stream/views/<str:uid>/remove", saved.remove, name="remove"),
    path("stream/<number:post_id>", posts.provenance, name="provenance"),
    path("stream/<number:post_id>/thread", posts.thread, name="thread"),
]
