"""Routes of replies and of the outbox's page."""

from __future__ import annotations

from django.urls import path

from palabre.desk.replies import listing, views, wording

app_name = "replies"
workspace_urlpatterns = [
    path("outbox", listing.outbox_page, name="outbox"),
    path("outbox/part", listing.outbox_part, name="part"),
    path("replies/words", wording.words, name="words"),
    path("replies/words/<str:uid>/remove", wording.remove, name="remove_word"),
    path("cases/<str:uid>/reply", views.composer, name="composer"),
    path("cases/<str:uid>/reply/write", views.write, name="write"),
    path("replies/<str:uid>", views.reply, name="reply"),
    path("replies/<str:uid>/judge", views.judge, name="judge"),
    path("replies/<str:uid>/progress", views.progress, name="progress"),
    path("replies/<str:uid>/take-back", views.take_back, name="take_back"),
    path("replies/<str:uid>/correct", views.correct, name="correct"),
]
