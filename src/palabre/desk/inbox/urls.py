"""Routes of the inbox."""

from __future__ import annotations

from django.urls import path

from palabre.desk.inbox import bulk, case_views, deeds, living, settings_view, views

app_name = "inbox"
workspace_urlpatterns = [
    path("inbox", views.queue, name="queue"),
    path("inbox/counts", views.counts, name="counts"),
    path("inbox/new", views.new, name="new"),
    path("inbox/open", views.open_, name="open"),
    path("inbox/many", bulk.many, name="many"),
    path("inbox/undo/<str:uid>", bulk.undo, name="undo"),
    path("inbox/notices", views.notices_read, name="notices"),
    path("inbox/settings", settings_view.settings, name="settings"),
    path("cases/<str:uid>", case_views.case, name="case"),
    path("cases/<str:uid>/thread", case_views.thread, name="thread"),
    path("cases/<str:uid>/log", case_views.log, name="log"),
    path("cases/<str:uid>/next", case_views.following, name="next"),
    path("cases/<str:uid>/act", deeds.act, name="act"),
    path("cases/<str:uid>/title", deeds.title, name="title"),
    path("cases/<str:uid>/note", deeds.note, name="note"),
    path("cases/<str:uid>/merge", deeds.merge, name="merge"),
    path("cases/<str:uid>/unmerge", deeds.unmerge, name="unmerge"),
    path("cases/<str:uid>/split", deeds.split, name="split"),
    path("cases/<str:uid>/presence", living.presence, name="presence"),
    path("cases/<str:uid>/lock", living.lock, name="lock"),
]
