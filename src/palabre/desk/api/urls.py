"""Routes of the API and its reference."""

from __future__ import annotations

from django.urls import URLPattern, path

from palabre.desk.api import reference
from palabre.desk.api.endpoints import api
from palabre.desk.api.operations import URLS

app_name = "api"
operations, kind, space = api.urls
named = [one for one in operations if isinstance(one, URLPattern) and one.name in set(URLS.values())]
urlpatterns = [
    path("api/v1/docs", reference.page, name="reference"),
    path("api/v1/openapi.json", reference.openapi, name="openapi"),
    path("api/v1/", (named, kind, space)),
]
workspace_urlpatterns = [path("api", reference.page_here, name="reference_here")]
