"""Routes of the calendar."""

from __future__ import annotations

from django.urls import path

from palabre.desk.calendar import around, editing, results, views

app_name = "calendar"
urlpatterns = [path("calendar/<str:token>.ics", around.feed, name="feed")]
workspace_urlpatterns = [
    path("calendar", views.index, name="index"),
    path("calendar/new", editing.new, name="new"),
    path("calendar/count", editing.count, name="count"),
    path("calendar/export.csv", views.export, name="export"),
    path("calendar/rhythm", results.rhythm, name="rhythm"),
    path("calendar/rhythm/<slug:uid>", results.promise_rhythm, name="promise_rhythm"),
    path("calendar/results", results.results, name="results"),
    path("calendar/around", around.around, name="around"),
    path("calendar/around/feeds", around.make_feed, name="make_feed"),
    path("calendar/around/feeds/<slug:uid>/revoke", around.revoke_feed, name="revoke_feed"),
    path("calendar/around/file", around.take_file, name="take_file"),
    path("calendar/around/drop", around.drop_dates, name="drop_dates"),
    path("calendar/around/habit", around.set_habit, name="set_habit"),
    path("calendar/sent/<slug:uid>/edit", editing.edit_sent, name="edit_sent"),
    path("calendar/sent/<slug:uid>/delete", editing.delete_sent, name="delete_sent"),
    path("calendar/p/<slug:uid>", editing.publication, name="publication"),
    path("calendar/p/<slug:uid>/move", views.move, name="move"),
    path("calendar/p/<slug:uid>/promises", editing.keep_promises, name="keep_promises"),
    path("calendar/p/<slug:uid>/<slug:what>", editing.act, name="act"),
]
