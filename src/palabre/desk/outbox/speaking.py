"""A channel made able to speak: its sender, with the configuration and the secrets of its source."""

from __future__ import annotations

from dataclasses import dataclass

from palabre import plugins
from palabre.collect.contract import Config, Means
from palabre.collect.sending import Abilities, Outgoing, Sender
from palabre.desk.clock import CLOCK
from palabre.desk.engine import archive, net
from palabre.desk.outbox.models import Channel, Sending
from palabre.errors import ConfigError, PalabreError
from palabre.logs import keep_secret

NO_LIMITS = Abilities(publishes=False)


@dataclass(frozen=True, slots=True)
class Voice:
    """What is needed to call a platform once."""

    sender: Sender
    config: Config
    means: Means


def voice(channel: Channel) -> Voice:
    """Raises PalabreError when the source was removed or its connector cannot speak any more. No network."""
    source = archive().sources.get(channel.source_id, channel.workspace_id)
    sender = plugins.sender(source.connector)
    if sender is None:
        raise ConfigError("outbox.mute", name=source.connector)
    secrets = archive().sources.secrets(source.source_id)
    keep_secret(secrets.values())
    return Voice(sender, source.config, Means(net(), CLOCK, secrets))


def abilities(channel: Channel) -> Abilities:
    """What the platform takes; nothing where that cannot be told. No network."""
    try:
        found = voice(channel)
    except PalabreError:
        return NO_LIMITS
    return found.sender.abilities(found.config)


def length(channel: Channel | None, text: str) -> int:
    """Characters as the channel's platform counts them; plain characters without one."""
    if channel is None:
        return len(text)
    try:
        return voice(channel).sender.length(text)
    except PalabreError:
        return len(text)


def outgoing(sending: Sending) -> Outgoing:
    """The message as the sender takes it. It cannot be on the platform before its last attempt began."""
    return Outgoing(**{**sending.message, "key": sending.key, "made_ms": sending.tried_ms or sending.made_ms})
