"""Routes of the API's operations. Loaded when the first of them is asked for (`urls.Later`)."""

from __future__ import annotations

from django.urls import URLPattern

from palabre.desk.api.endpoints import api
from palabre.desk.api.operations import URLS

operations, *_ = api.urls
urlpatterns = [one for one in operations if isinstance(one, URLPattern) and one.name in set(URLS.values())]
