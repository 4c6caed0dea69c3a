"""The panel's pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from palabre.desk.workspaces.access import Seat, seated


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    return render(request, "panel/index.html")
