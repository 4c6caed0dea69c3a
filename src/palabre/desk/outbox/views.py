"""Channels, and what a person says of a sending that nobody can tell about."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from palabre.collect.sending import Abilities
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.outbox import access, acts
from palabre.desk.outbox import channels as doing
from palabre.desk.outbox.models import Channel, Sending
from palabre.desk.sources import access as sources
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import InputError


@dataclass(frozen=True, slots=True)
class Line:
    """A channel, what it can do, and how many messages wait for it."""

    channel: Channel
    able: Abilities
    waiting: int


@require_GET
@seated()
def channels(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Those we may speak through, and the sources that could become one."""
    waiting = access.sendings(seat).filter(state="queued")
    lines = [Line(one, access.abilities(one), waiting.filter(channel=one).count()) for one in access.channels(seat)]
    possible = doing.speakable(seat) if seat.may("manager") else []
    return render(request, "outbox/channels.html", {"lines": lines, "possible": possible})


def back(seat: Seat) -> HttpResponse:
    return redirect("outbox:channels", workspace_slug=seat.workspace.slug)


@require_POST
@seated("manager")
def open_channel(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Makes a source a channel, and asks at once who we are there."""
    try:
        source = sources.source(seat, int(request.POST.get("source", "")))
        made = doing.open_(seat, source)
    except (ValueError, InputError) as error:
        key = error.key if isinstance(error, InputError) else "outbox.choose_source"
        params = error.params if isinstance(error, InputError) else {}
        messages.error(request, speak(key, lang_of(request), **params))
        return back(seat)
    audit.note(request, seat, "channel_opened", made.name)
    return _checked(request, seat, made)


@require_POST
@seated("manager")
def check(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Asks the platform who we are; what waited goes on when it answers well."""
    return _checked(request, seat, access.channel(seat, uid))


def _checked(request: HttpRequest, seat: Seat, channel: Channel) -> HttpResponse:
    lang = lang_of(request)
    if doing.check(channel):
        messages.success(request, speak("outbox.done.checked", lang, name=channel.name, account=channel.account or "?"))
    else:
        messages.error(request, speak(channel.error_key, lang, **channel.error_params))
    return back(seat)


@require_POST
@seated("manager")
def state(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Pauses, or goes on; a broken one is checked first."""
    channel = access.channel(seat, uid)
    if request.POST.get("state") == "paused":
        Channel.objects.of(seat.workspace).filter(pk=channel.pk).update(state="paused")
        audit.note(request, seat, "channel_paused", channel.name)
        messages.success(request, speak("outbox.done.paused", lang_of(request), name=channel.name))
        return back(seat)
    Channel.objects.of(seat.workspace).filter(pk=channel.pk, state="paused").update(state="active")
    audit.note(request, seat, "channel_resumed", channel.name)
    return _checked(request, seat, access.channel(seat, uid))


@require_POST
@seated("manager")
def remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Nothing is sent through it any more. One that something was sent through is paused: its history stays."""
    channel = access.channel(seat, uid)
    try:
        channel.delete()
        audit.note(request, seat, "channel_removed", channel.name)
        messages.success(request, speak("outbox.done.removed", lang_of(request), name=channel.name))
    except ProtectedError:
        Channel.objects.of(seat.workspace).filter(pk=channel.pk).update(state="paused")
        messages.warning(request, speak("outbox.done.kept", lang_of(request), name=channel.name))
    return back(seat)


@require_POST
@seated("agent")
def settle(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """What somebody found on the platform, or what is to be done with a sending that waits."""
    sending = access.sending(seat, uid)
    action = request.POST.get("action", "")
    done = _settled(sending, action, request.POST.get("url", ""))
    said = f"outbox.done.{action}" if done else "outbox.done.moved_on"
    if done:
        audit.note(request, seat, f"sending_{action}", sending.channel.name)
    (messages.success if done else messages.warning)(request, speak(said, lang_of(request)))
    return redirect("replies:outbox", workspace_slug=seat.workspace.slug)


def _settled(sending: Sending, action: str, url: str) -> bool:
    if action == "there":
        return acts.is_there(sending, url.strip() if url.strip().startswith(("https://", "http://")) else "")
    acting = {"not_there": acts.is_not_there, "look": acts.look_again, "cancel": acts.take_back, "now": acts.go_now}
    return action in acting and acting[action](sending)
