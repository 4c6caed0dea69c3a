"""The list of sources, worst first, and the page of one source."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from palabre import plugins
from palabre.archive.types import Source
from palabre.collect.contract import Description, Option
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.sources import access, addresses, board, terms, visits
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import PalabreError
from palabre.messages import catalogue


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All sources; the list renews itself."""
    return render(request, "sources/index.html", {"board": board.board(seat, lang_of(request))})


@require_GET
@seated()
def board_part(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The list alone."""
    return render(request, "sources/part_board.html", {"board": board.board(seat, lang_of(request))})


@require_GET
@seated()
def source(request: HttpRequest, seat: Seat, source_id: int) -> HttpResponse:
    """How a source is, what it is set to, what it did, and what its platform allows."""
    kept, lang = access.source(seat, source_id), lang_of(request)
    about = described(kept)
    address = addresses.address(request, kept) if seat.may("manager") else None
    context = {
        "line": board.line_of(seat, kept, lang),
        "source": kept,
        "about": about,
        "options": options_shown(kept, about, access.secret_names(seat, source_id), lang),
        "runs": access.runs(seat, source_id),
        "visits": access.visits(seat, source_id),
        "terms": terms.terms(kept.connector, lang),
        "address": address,
        "price": price(kept, about),
        "can_estimate": about is not None and visits.can_estimate(kept.connector),
    }
    return render(request, "sources/source.html", context)


def described(kept: Source) -> Description | None:
    """None where the connector is no longer installed: the page still shows the source."""
    try:
        return plugins.connector(kept.connector).describe()
    except PalabreError:
        return None


def price(kept: Source, about: Description | None) -> Any:
    """US dollars an item: what the source says, else what the connector expects; 0 when it is free."""
    own = kept.config.get("price_per_item")
    return own if isinstance(own, int | float) else about.price_per_item if about else 0


def options_shown(kept: Source, about: Description | None, secrets: list[str], lang: str) -> list[tuple[str, str]]:
    """(label, value) of the configuration; of a secret only whether it is set."""
    if about is None:
        return [(name, str(value)) for name, value in kept.config.items()]
    return [(label_of(about, one, lang), value_of(kept, about, one, secrets, lang)) for one in about.options]


def label_of(about: Description, option: Option, lang: str) -> str:
    return speak(f"connector_{about.name}.option.{option.name}", lang)


def value_of(kept: Source, about: Description, option: Option, secrets: list[str], lang: str) -> str:
    """A value in words."""
    if option.kind == "secret":
        return speak(f"sources.secret.{'set' if option.name in secrets else 'unset'}", lang)
    value = kept.config.get(option.name)
    if isinstance(value, bool):
        return speak(f"sources.flag.{'yes' if value else 'no'}", lang)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "—"
    key = f"sources.choice.{about.name}.{option.name}.{value}"
    if option.kind == "choice" and key in catalogue(lang):
        return speak(key, lang)
    return "—" if value in (None, "") else str(value)
