"""What templates of replies ask: tones, local moments, what became of the last attempt."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.template import Context
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString

from palabre.desk.design.words import speak
from palabre.desk.outbox import access as outbox
from palabre.desk.outbox.models import Sending
from palabre.desk.replies.models import WRITABLE, Reply
from palabre.desk.today import access as today

LAST_MS = 253_370_000_000_000  # in the year 9998: beyond, there is no date to show
register = template.Library()
TONES = {"sent": "good", "refused": "bad", "unknown": "warn", "cancelled": "", "deleted": ""}


@register.simple_tag
def tone_of(state: str) -> str:
    """The class of a state's chip; its word says the same."""
    return TONES.get(state, "")


@register.simple_tag(takes_context=True)
def local(context: Context, ms: int, seconds: bool = False) -> SafeString | str:
    """A moment on the clock of the reader's wall, with its zone."""
    if not ms:
        return "—"
    zone = today.zone_of(context["seat"])
    there = datetime.fromtimestamp(min(ms, LAST_MS) / 1000, zone)
    hour = f"{there:%H:%M:%S}" if seconds else f"{there:%H:%M}"
    day = formats.date_format(there, "DATE_FORMAT", use_l10n=True)
    said = speak("replies.moment", context.get("lang"), day=day, hour=hour)
    return format_html('<time datetime="{}" title="{}">{}</time>', there.isoformat(), zone.key, said)


@register.simple_tag
def refusal(reply: Reply) -> Sending | None:
    """The last attempt of a reply that came back to its author because it could not be sent."""
    if reply.state not in WRITABLE or not reply.pk:
        return None
    last = outbox.of(reply.workspace, "reply", [reply.uid]).get(reply.uid)
    return last if last is not None and last.state == "refused" else None
