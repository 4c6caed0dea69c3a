"""Routes of objectives, proof and experiments."""

from __future__ import annotations

from django.urls import path

from palabre.desk.objectives import proof, trials, views

app_name = "objectives"
workspace_urlpatterns = [
    path("measure/objectives", views.index, name="index"),
    path("measure/objectives/new", views.fresh, name="fresh"),
    path("measure/objectives/<str:uid>", views.objective, name="objective"),
    path("measure/objectives/<str:uid>/edit", views.edit, name="edit"),
    path("measure/objectives/<str:uid>/remove", views.remove, name="remove"),
    path("measure/objectives/<str:uid>/means", views.mean_add, name="mean_add"),
    path("measure/objectives/<str:uid>/steps", views.step_add, name="step_add"),
    path("measure/objectives/<str:uid>/measures", views.measure_add, name="measure_add"),
    path("measure/steps/<str:uid>/done", views.step_done, name="step_done"),
    path("measure/parts/<slug:part>/<str:uid>/remove", views.part_remove, name="part_remove"),
    path("measure/measures/<str:uid>/chart.<slug:kind>", views.chart, name="chart"),
    path("measure/proof", proof.index, name="proof"),
    path("measure/proof.csv", proof.export, name="proof_export"),
    path("measure/outcomes/new", proof.fresh, name="outcome_new"),
    path("measure/outcomes/<str:uid>", proof.show, name="outcome"),
    path("measure/outcomes/<str:uid>/edit", proof.edit, name="outcome_edit"),
    path("measure/outcomes/<str:uid>/remove", proof.remove, name="outcome_remove"),
    path("measure/experiments", trials.index, name="experiments"),
    path("measure/experiments/new", trials.fresh, name="experiment_new"),
    path("measure/experiments/<str:uid>", trials.show, name="experiment"),
    path("measure/experiments/<str:uid>/conclude", trials.conclude, name="experiment_conclude"),
    path("measure/experiments/<str:uid>/learned", trials.learned, name="experiment_learned"),
]
