"""Routes of the address book."""

from __future__ import annotations

from django.urls import path

from palabre.desk.addressbook import views

app_name = "addressbook"
workspace_urlpatterns = [
    path("address-book", views.index, name="index"),
    path("address-book/settings", views.settings, name="settings"),
    path("address-book/check", views.check, name="check"),
    path("address-book/now", views.now, name="now"),
    path("address-book/state", views.state, name="state"),
    path("address-book/remove", views.remove, name="remove"),
    path("address-book/cards/<str:uid>", views.card, name="card"),
]
