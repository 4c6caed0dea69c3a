"""Routes of the API and its reference."""

from __future__ import annotations

from typing import Any

from django.urls import URLResolver, path
from django.urls.resolvers import RoutePattern

from palabre.desk.api import reference


class Later(URLResolver):
    """Routes whose module is loaded when one of them is asked for. The shapes of all operations take two seconds to
    make: nobody who opens a page should wait for them."""

    def _populate(self) -> None:
        """Called by the routes around these, who want to know all names; these are found under their own namespace."""
        if "url_patterns" in self.__dict__:
            super()._populate()

    def _reverse_with_prefix(self, *words: Any, **named: Any) -> str:
        self.url_patterns  # noqa: B018  # loads them
        return str(super()._reverse_with_prefix(*words, **named))  # type: ignore[misc]  # its stubs leave it out


LATER = Later(RoutePattern("api/v1/"), "palabre.desk.api.routes", app_name="ninja", namespace="v1")
app_name = "api"
urlpatterns = [
    path("api/v1/docs", reference.page, name="reference"),
    path("api/v1/openapi.json", reference.openapi, name="openapi"),
    LATER,
]
workspace_urlpatterns = [path("api", reference.page_here, name="reference_here")]
