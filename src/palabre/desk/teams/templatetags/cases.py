"""Links to cases, for the pages of rules, teams and service."""

from __future__ import annotations

from django import template
from django.template import Context
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def case_at(context: Context, uid: str) -> str:
    """The address of a case's page."""
    return reverse("inbox:case", kwargs={"workspace_slug": context["seat"].workspace.slug, "uid": uid})
