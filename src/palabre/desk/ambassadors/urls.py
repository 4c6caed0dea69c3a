"""Routes of ambassadors."""

from __future__ import annotations

from django.urls import path

from palabre.desk.ambassadors import public, views

app_name = "ambassadors"
urlpatterns = [path("yes/<str:token>", public.answer, name="answer")]
workspace_urlpatterns = [
    path("ambassadors", views.index, name="index"),
    path("ambassadors/candidates", views.candidates, name="candidates"),
    path("ambassadors/invite", views.invite, name="invite"),
    path("ambassadors/invite/<slug:uid>/withdraw", views.withdraw, name="withdraw"),
    path("ambassadors/ledger", views.ledger, name="ledger"),
    path("ambassadors/ledger.csv", views.export, name="export"),
    path("ambassadors/ledger/<slug:uid>/remove", views.remove, name="remove"),
    path("ambassadors/settle", views.settle, name="settle"),
    path("ambassadors/thank/<slug:uid>", views.thank, name="thank"),
    path("ambassadors/<slug:uid>/end", views.end, name="end"),
    path("ambassadors/<slug:uid>/proof", views.proof, name="proof"),
]
