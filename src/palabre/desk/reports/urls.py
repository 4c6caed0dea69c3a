"""Routes of reports and alerts."""

from __future__ import annotations

from django.urls import path

from palabre.desk.reports import alerts, views

app_name = "reports"
workspace_urlpatterns = [
    path("measure/reports", views.index, name="index"),
    path("measure/reports/new", views.fresh, name="fresh"),
    path("measure/reports/<str:uid>", views.report, name="report"),
    path("measure/reports/<str:uid>/edit", views.edit, name="edit"),
    path("measure/reports/<str:uid>/blocks", views.block_add, name="block_add"),
    path("measure/reports/<str:uid>/blocks/move", views.block_move, name="block_move"),
    path("measure/reports/<str:uid>/remove", views.remove, name="remove"),
    path("measure/reports/<str:uid>/now.<slug:kind>", views.preview, name="preview"),
    path("measure/reports/<str:uid>/keep", views.keep, name="keep"),
    path("measure/copies/<str:uid>", views.copy, name="copy"),
    path("measure/copies/<str:uid>/file.<slug:kind>", views.copy_file, name="copy_file"),
    path("measure/copies/<str:uid>/remove", views.copy_remove, name="copy_remove"),
    path("measure/alerts", alerts.index, name="alerts"),
    path("measure/alerts/new", alerts.fresh, name="alert_new"),
    path("measure/alerts/<str:uid>", alerts.alert, name="alert"),
    path("measure/alerts/<str:uid>/edit", alerts.edit, name="alert_edit"),
    path("measure/alerts/<str:uid>/remove", alerts.remove, name="alert_remove"),
    path("measure/alerts/<str:uid>/mute", alerts.mute, name="alert_mute"),
    path("measure/alerts/<str:uid>/test", alerts.test, name="alert_test"),
    path("measure/alerts/<str:uid>/look", alerts.look, name="alert_look"),
    path("measure/firings/<str:uid>/judge", alerts.judge, name="alert_judge"),
]
