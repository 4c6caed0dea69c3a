"""Routes of the ledger."""

from __future__ import annotations

from django.urls import path

from palabre.desk.promises import public, views

app_name = "promises"
urlpatterns = [path("promised/<str:token>", public.shown, name="shown")]
workspace_urlpatterns = [
    path("promises", views.index, name="index"),
    path("promises/add", views.add, name="add"),
    path("promises/table.csv", views.table, name="table"),
    path("promises/due.ics", views.calendar, name="calendar"),
    path("promises/chart.<str:kind>", views.chart, name="chart"),
    path("promises/of-case/<str:uid>", views.of_case, name="of_case"),
    path("promises/of-person/<str:uid>", views.of_person, name="of_person"),
    path("promises/person/<str:uid>", views.person, name="person"),
    path("promises/person/<str:uid>/link", views.give_link, name="give_link"),
    path("promises/links/<str:uid>/revoke", views.revoke_link, name="revoke_link"),
    path("promises/<str:uid>", views.promise, name="promise"),
    path("promises/<str:uid>/settle", views.settle, name="settle"),
    path("promises/<str:uid>/later", views.renegotiate, name="renegotiate"),
    path("promises/<str:uid>/<str:what>", views.act, name="act"),
]
