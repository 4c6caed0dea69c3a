"""Routes of Understand: those of every question, then what each question adds."""

from __future__ import annotations

from django.urls import URLPattern, path

from palabre.desk.insight import views
from palabre.desk.insight.pages import Page, pages

app_name = "insight"


def routes(page: Page) -> list[URLPattern]:
    """The page, its answer, its charts, and its own routes."""
    at, name = f"understand/{page.name}", {"name": page.name}
    return [
        path(at, views.show, name, name=page.name),
        path(f"{at}/answer", views.answer, name, name=f"{page.name}_answer"),
        path(f"{at}/chart/<slug:chart>.<slug:kind>", views.chart, name, name=f"{page.name}_chart"),
        *(path(f"understand/{act.path}", act.view, name=act.name) for act in page.routes),
    ]


workspace_urlpatterns = [route for page in pages() for route in routes(page)]
