"""Routes of the room of persons."""

from __future__ import annotations

from django.urls import path

from palabre.desk.people import views, views_files, views_known, views_lists, views_rights, views_same

app_name = "people"
workspace_urlpatterns = [
    path("people", views.index, name="index"),
    path("people/new", views.add, name="add"),
    path("people/files/<str:kind>", views_files.file, name="file"),
    path("people/import", views_files.take_in, name="take_in"),
    path("people/import/<str:uid>", views_files.intake, name="intake"),
    path("people/import/<str:uid>/leave", views_files.intake_leave, name="intake_leave"),
    path("people/account", views.of_account, name="of_account"),
    path("people/same", views_same.suggestions, name="suggestions"),
    path("people/same/look", views_same.look, name="look"),
    path("people/same/<str:uid>", views_same.suggestion, name="suggestion"),
    path("people/lists", views_lists.lists, name="lists"),
    path("people/lists/<str:uid>", views_lists.list_page, name="list"),
    path("people/lists/<str:uid>/drop", views_lists.list_drop, name="list_drop"),
    path("people/facts/<str:uid>/drop", views_known.fact_drop, name="fact_drop"),
    path("people/notes/<str:uid>/drop", views_known.note_drop, name="note_drop"),
    path("people/accounts/<str:uid>/code", views_known.code, name="code"),
    path("people/codes/<str:uid>/drop", views_known.code_drop, name="code_drop"),
    path("people/merges/<str:uid>/undo", views_same.unmerge, name="unmerge"),
    path("people/<str:uid>", views.page, name="page"),
    path("people/<str:uid>/more", views.more, name="more"),
    path("people/<str:uid>/card", views.card, name="card"),
    path("people/<str:uid>/standing", views_known.standing, name="standing"),
    path("people/<str:uid>/edit", views.edit, name="edit"),
    path("people/<str:uid>/fact", views_known.fact, name="fact"),
    path("people/<str:uid>/consent", views_known.consent, name="consent"),
    path("people/<str:uid>/note", views_known.note, name="note"),
    path("people/<str:uid>/address", views_known.address, name="address"),
    path("people/<str:uid>/prove", views_known.prove, name="prove"),
    path("people/<str:uid>/lists", views_lists.listed, name="listed"),
    path("people/<str:uid>/merge", views_same.merge, name="merge"),
    path("people/<str:uid>/export", views_rights.export, name="export"),
    path("people/<str:uid>/erase", views_rights.erase, name="erase"),
]
