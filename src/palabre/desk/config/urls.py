"""All routes. An app's ``urls.py`` may give ``urlpatterns`` (the whole desk) and ``workspace_urlpatterns``
(/w/<slug>/…).

Both lists live in the app's own namespace: ``panel:index`` is ``/w/<slug>/panel``.
"""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path, register_converter

from palabre.desk.config.apps import with_module
from palabre.desk.design.converters import NumberConverter

register_converter(NumberConverter, "number")

Routes = list[URLPattern | URLResolver]


def app_routes(module: str) -> Routes:
    """The routes of one app under its namespace."""
    urls = import_module(module)
    name: str = urls.app_name
    routes: Routes = list(getattr(urls, "urlpatterns", []))
    inside = getattr(urls, "workspace_urlpatterns", [])
    return [path("", include(([*routes, path("w/<slug:workspace_slug>/", include(inside))], name)))]


urlpatterns: Routes = [route for module in with_module("urls") for route in app_routes(module)]
handler400 = "palabre.desk.design.views.bad_request"
handler403 = "palabre.desk.design.views.forbidden"
handler404 = "palabre.desk.design.views.not_found"
handler500 = "palabre.desk.design.views.server_error"
