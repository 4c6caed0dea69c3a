"""Links to cases, for the pages of rules, teams and service."""

from __future__ import annotations

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def case_at(context: Context, uid: str) -> str:
    """The address of a case's page."""
    ids = {"workspace_slug": context["seat"].workspace.slug, "uid": uid}
    try:
        return reverse("inbox:case", kwargs=ids)
    except NoReverseMatch:
        return reverse("teams:route", kwargs=ids)
