"""Names of networks, and marked texts."""

from __future__ import annotations

from collections.abc import Sequence

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


@register.simple_tag(takes_context=True)
def told(context: Context, one: Told) -> SafeString:
    """``{% told one %}``: a chip under a post. A page has a hundred of them, which took 40 % of it as a template."""
    lang = str(context.get("lang") or "en")
    sure = speak("teach.told.sure", lang, share=percent(one.sure)) if one.sure is not None else ""
    title = format_html(' title="{}"', sure) if sure else ""
    if one.name == "lang":
        return format_html("<li{}><span>{}</span></li>", title, facets.language(one.value))
    sign = format_html('<span aria-hidden="true">{}</span>', one.sign) if one.sign else ""
    corrected = format_html(CORRECTED, speak("teach.told.corrected", lang)) if one.corrected else ""
    where = format_html("&amp;{}={}", one.name, one.value) if one.name in ASKED else ""
    words = speak(one.key, lang)
    return format_html(CHIP, title, one.value, context.get("here", ""), where, sign, words, corrected)


@register.simple_tag
def marked(pieces: Pieces) -> SafeString:
    """``{% marked card.head %}``: a text with its marks; every character of it is escaped."""
    shown = (format_html("<mark>{}</mark>", text) if hit else text for text, hit in pieces)
    return format_html_join("", "{}", ((piece,) for piece in shown))
