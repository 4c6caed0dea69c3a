"""Links to cases, for the pages of rules, teams and service."""

from __future__ import annotations

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import conditional_escape

from palabre.desk.clock import now_ms
from palabre.desk.inbox.words import lasts
from palabre.desk.workspaces.models import User
from palabre.desk.workspaces.names import called

register = template.Library()


@register.simple_tag(takes_context=True)
def case_at(context: Context, uid: str) -> str:
    """The address of a case's page."""
    return reverse("inbox:case", kwargs={"workspace_slug": context["seat"].workspace.slug, "uid": uid})


@register.simple_tag(takes_context=True)
def waited(context: Context, since_ms: int) -> str:
    """How long somebody has been waiting, in the largest fitting unit."""
    return lasts(now_ms() - since_ms, context.get("lang"))


@register.simple_tag(takes_context=True)
def member(context: Context, user: User | None) -> str:
    """What a member is called; the owner of the installation may have neither a name nor an address."""
    return conditional_escape(called(user, context.get("lang")))
