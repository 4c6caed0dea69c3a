"""What is wrong with a file, in words that fit a page; and how a file is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context
from django.utils.html import conditional_escape

from palabre.desk.design.words import speak
from palabre.desk.imports.access import megabytes
from palabre.desk.imports.forms import SIGNS
from palabre.desk.imports.models import Import
from palabre.desk.workspaces.models import User
from palabre.desk.workspaces.names import called
from palabre.messages import catalogue

register = template.Library()
SUMS = ("offered", "stored", "unchanged", "quarantined", "mentions")
NAMES = {sign: name for name, sign in SIGNS.items()}


@register.simple_tag(takes_context=True)
def wrong(context: Context, key: str, params: Mapping[str, Any]) -> str:
    """``{% wrong fault.key fault.params %}``: a page has buttons where a command line has options."""
    lang = str(context.get("lang") or "en")
    own = f"imports.fault.{key.rpartition('.')[2]}"
    known = own in catalogue(lang) and key.startswith(("files.", "pipeline."))
    return conditional_escape(speak(own if known else key, lang, **numbered(params)))


def numbered(params: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a fault, which are kept as text; a limit in bytes also in millions of them."""
    found = {name: int(one) if isinstance(one, str) and one.isdecimal() else one for name, one in params.items()}
    limit = found.get("limit")
    return found | ({"megabytes": megabytes(limit)} if isinstance(limit, int) else {})


@register.simple_tag(takes_context=True)
def kind_called(context: Context, name: str) -> str:
    """The name of a format; its own word for one that a plugin brought."""
    lang, key = str(context.get("lang") or "en"), f"imports.form.kind.{name}"
    return speak(key, lang) if key in catalogue(lang) else name


@register.simple_tag(takes_context=True)
def sign_called(context: Context, sign: str) -> str:
    """The name of a separator."""
    lang, name = str(context.get("lang") or "en"), NAMES.get(sign)
    return speak(f"imports.form.delimiter.{name}", lang) if name else sign


@register.simple_tag(takes_context=True)
def size_called(context: Context, n: int) -> str:
    """How large a file is."""
    lang = str(context.get("lang") or "en")
    if n < 1_000_000:
        return speak("imports.size_small", lang, n=max(1, round(n / 1_000)))
    return speak("imports.size", lang, n=megabytes(n))


@register.simple_tag(takes_context=True)
def sender(context: Context, user: User) -> str:
    """What the member who sent a file is called."""
    return called(user, context.get("lang"))


@register.simple_tag(takes_context=True)
def encoding_called(context: Context, name: str) -> str:
    """The name of an encoding."""
    lang, key = str(context.get("lang") or "en"), f"imports.form.encoding.{name.removesuffix('-sig')}"
    return speak(key, lang) if key in catalogue(lang) else name.upper()


@register.filter
def sums(row: Import) -> list[tuple[str, int]]:
    """What became of the posts: (name, number); offered = stored + unchanged + quarantined."""
    return [(name, int(row.said.get(name, 0))) for name in SUMS]
