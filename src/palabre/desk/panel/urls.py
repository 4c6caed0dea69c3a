"""Routes of the panel."""

from __future__ import annotations

from django.urls import path

from palabre.desk.panel import editor, views, wizard

app_name = "panel"
workspace_urlpatterns = [
    path("panel", views.index, name="index"),
    path("panel/new", editor.new, name="new"),
    path("panel/check", editor.check, name="check"),
    path("panel/preview", editor.preview, name="preview"),
    path("panel/judge", editor.judge, name="judge"),
    path("panel/convert", views.convert, name="convert"),
    path("panel/lists", views.lists, name="lists"),
    path("panel/lists/remove", views.remove_list, name="remove_list"),
    path("panel/<number:watch_id>", editor.watch, name="watch"),
    path("panel/<number:watch_id>/history", editor.history, name="history"),
    path("panel/<number:watch_id>/state", views.set_state, name="set_state"),
    path("panel/<number:watch_id>/retire", views.retire, name="retire"),
    path("panel/<number:watch_id>/restore", views.restore, name="restore"),
    path("panel/<number:watch_id>/tests", views.add_test, name="add_test"),
    path("panel/<number:watch_id>/tests/<number:test_id>/remove", views.remove_test, name="remove_test"),
    path("start", wizard.start, name="start"),
    path("start/sources", wizard.sources, name="sources"),
    path("start/finish", wizard.finish, name="finish"),
    path("start/sample", wizard.play_sample, name="sample"),
    path("start/skip", wizard.skip, name="skip"),
    path("filling", wizard.filling, name="filling"),
    path("filling/state", wizard.filling_state, name="filling_state"),
]
