"""Names of networks, and marked texts."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from palabre.desk.design.words import speak
from palabre.desk.mentions import facets
from palabre.desk.mentions.cards import Pieces
from palabre.desk.mentions.facets import naming

register = template.Library()


@register.simple_tag(takes_context=True)
def network(context: Context, name: str) -> str:
    """``{% network "mastodon" %}``: as people write it."""
    return naming(str(context.get("lang") or "en"), {}, {})("network", name)


@register.simple_tag(takes_context=True)
def networks(context: Context, names: Sequence[str]) -> str:
    """``{% networks path.networks as words %}``: several, between commas."""
    return ", ".join(network(context, name) for name in names)


@register.simple_tag
def language(code: str) -> str:
    """``{% language "fr" %}``: the name of a language, in the reader's own."""
    return facets.language(code)


@register.simple_tag(takes_context=True)
def label(context: Context, name: str, value: str) -> str:
    """``{% label "emotion" "" %}``: what a reading may say, in words."""
    lang = str(context.get("lang") or "en")
    return speak(f"mentions.{name}.{value or 'none'}", lang) if value or name != "tone" else "—"


@register.simple_tag
def marked(pieces: Pieces) -> SafeString:
    """``{% marked card.head %}``: a text with its marks; every character of it is escaped."""
    shown = (format_html("<mark>{}</mark>", text) if hit else text for text, hit in pieces)
    return format_html_join("", "{}", ((piece,) for piece in shown))
