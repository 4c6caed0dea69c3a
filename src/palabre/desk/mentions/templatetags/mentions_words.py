"""Names of networks in the reader's language."""

from __future__ import annotations

from django import template
from django.template import Context

from palabre.desk.mentions.facets import naming

register = template.Library()


@register.simple_tag(takes_context=True)
def network(context: Context, name: str) -> str:
    """``{% network "mastodon" %}``: as people write it."""
    return naming(str(context.get("lang") or "en"), {}, {})("network", name)
