"""Names of networks, and marked texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from palabre.desk.design.templatetags.desk import percent
from palabre.desk.design.words import speak
from palabre.desk.mentions import facets
from palabre.desk.mentions.cards import Pieces
from palabre.desk.mentions.facets import naming
from palabre.desk.mentions.told import Told

register = template.Library()
ASKED = ("tone", "intent", "axis", "emotion")  # of the stream's address
CHIP = '<li{}><a class="chip told-{}" href="{}?scope=all{}">{}{}{}</a></li>'
CORRECTED = '<span aria-hidden="true">✎</span><span class="off"> ({})</span>'


@register.simple_tag(takes_context=True)
def network(context: Context, name: str) -> str:
    """``{% network "mastodon" %}``: as people write it."""
    return network_in(str(context.get("lang") or "en"), name)


@lru_cache(maxsize=1_000)
def network_in(lang: str, name: str) -> str:
    return naming(lang, {}, {})("network", name)


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


@register.simple_tag(takes_context=True)
def told(context: Context, one: Told) -> SafeString:
    """``{% told one %}``: a chip under a post. A page has a hundred of them, and most look like another."""
    share = percent(one.sure) if one.sure is not None else ""
    return chip(str(context.get("lang") or "en"), str(context.get("here", "")), replace(one, sure=None), share)


@lru_cache(maxsize=4_096)
def chip(lang: str, here: str, one: Told, share: str) -> SafeString:
    """share: how sure it is, as it is read."""
    title = format_html(' title="{}"', speak("teach.told.sure", lang, share=share)) if share else ""
    if one.name == "lang":
        return format_html("<li{}><span>{}</span></li>", title, facets.language(one.value))
    sign = format_html('<span aria-hidden="true">{}</span>', one.sign) if one.sign else ""
    corrected = format_html(CORRECTED, speak("teach.told.corrected", lang)) if one.corrected else ""
    where = format_html("&amp;{}={}", one.name, one.value) if one.name in ASKED else ""
    return format_html(CHIP, title, one.value, here, where, sign, speak(one.key, lang), corrected)


@register.simple_tag
def marked(pieces: Pieces) -> SafeString:
    """``{% marked card.head %}``: a text with its marks; every character of it is escaped."""
    shown = (format_html("<mark>{}</mark>", text) if hit else text for text, hit in pieces)
    return format_html_join("", "{}", ((piece,) for piece in shown))
