"""What a person does with sendings: sends off, takes back, says what the platform shows, edits, deletes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import IntegrityError, transaction

from palabre.collect.sending import FORBIDDEN, TOKEN, Outgoing, Sent
from palabre.desk import beats
from palabre.desk.clock import now_ms
from palabre.desk.outbox import settling
from palabre.desk.outbox.models import STANDING, Channel, Sending
from palabre.desk.outbox.speaking import outgoing, voice
from palabre.desk.workspaces.models import User
from palabre.errors import InputError, PalabreError


def send_off(channel: Channel, kind: str, about: str, message: Outgoing, by: User | None, due_ms: int = 0) -> Sending:
    """Puts a message into the outbox; where one of the same thing stands already, that one. due_ms: 0 for now.

    kind: of KINDS; about: the uid of what is sent. message.key is made when it is "".
    """
    key = message.key or str(uuid.uuid4())
    now = now_ms()
    try:
        with transaction.atomic():
            made = Sending.objects.add(
                channel.workspace, channel=channel, kind=kind, about=about, key=key, by=by, made_ms=now,
                due_ms=due_ms or now, message=replace(message, key=key).as_json(),
            )  # fmt: skip
    except IntegrityError:
        return Sending.objects.of(channel.workspace).get(channel=channel, kind=kind, about=about, state__in=STANDING)
    beats.nudge("outbox.send")
    return made


def take_back(sending: Sending) -> bool:
    """Before it left; False: it has left, or was settled."""
    return settling.cancelled(sending)


def go_now(sending: Sending) -> bool:
    """A queued one is due at once."""
    done = settling.change(sending, ("queued",), due_ms=now_ms())
    beats.nudge("outbox.send")
    return done


def look_again(sending: Sending) -> bool:
    """The platform is read at the next beat."""
    done = settling.change(sending, ("unknown",), look_ms=now_ms(), looks=0)
    beats.nudge("outbox.look")
    return done


def is_there(sending: Sending, url: str) -> bool:
    """A person saw it on the platform: since its attempt, as nobody knows better."""
    return sending.state == "unknown" and settling.sent(sending, Sent("", url, sending.tried_ms), late=True)


def is_not_there(sending: Sending) -> bool:
    """A person looked, and it is not on the platform."""
    return settling.refused(sending, settling.NOT_THERE, {"host": sending.channel.name}, ("unknown",))


def edit(sending: Sending, text: str) -> None:
    """Changes a sent message on the platform. Raises PalabreError: nothing is known to have changed then."""
    speaking = voice(sending.channel)
    if sending.state != "sent" or not sending.uri or not speaking.sender.abilities(speaking.config).edits:
        raise InputError("outbox.not_editable", name=sending.channel.name)
    changed = replace(outgoing(sending), text=text)
    with _minding(sending.channel):
        got = speaking.sender.edit(sending.uri, changed, speaking.config, speaking.means)
    values = {"uri": got.uri or sending.uri, "url": got.url or sending.url}
    settling.change(sending, ("sent",), message=sending.message | {"text": text}, **values)


def delete(sending: Sending) -> None:
    """Takes a sent message off the platform. Raises PalabreError."""
    speaking = voice(sending.channel)
    if sending.state != "sent" or not sending.uri or not speaking.sender.abilities(speaking.config).deletes:
        raise InputError("outbox.not_deletable", name=sending.channel.name)
    with _minding(sending.channel):
        speaking.sender.delete(sending.uri, speaking.config, speaking.means)
    settling.change(sending, ("sent",), state="deleted")


@contextmanager
def _minding(channel: Channel) -> Iterator[None]:
    """A token that opens no more breaks its channel, whoever met it."""
    try:
        yield
    except PalabreError as error:
        if error.key in (TOKEN, FORBIDDEN):
            settling.broken(channel, error)
        raise
