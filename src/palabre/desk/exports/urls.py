"""Routes of exports."""

from __future__ import annotations

from django.urls import path

from palabre.desk.exports import views

app_name = "exports"
urlpatterns = [path("feeds/<str:token>", views.atom, name="feed")]
workspace_urlpatterns = [
    path("exports/<str:uid>", views.page, name="page"),
    path("exports/<str:uid>/file", views.file, name="file"),
    path("exports/<str:uid>/named", views.named, name="named"),
    path("exports/<str:uid>/feed", views.make_link, name="make_link"),
    path("exports/feeds/<str:uid>/revoke", views.revoke_link, name="revoke_link"),
]
