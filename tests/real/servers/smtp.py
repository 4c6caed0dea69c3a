"""A mail server that takes messages over SMTP, with a sign-in, and keeps them in memory: aiosmtpd."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import pytest

from .process import free_port

USER, PASSWORD = b"marque", b"secret"


@dataclass
class Taken:
    """What came. refuse: what is said to the last dot instead of 250; hang: say nothing at all to it."""

    port: int
    envelopes: list[Any] = field(default_factory=list)
    refuse: str = ""
    hang: float = 0.0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # aiosmtpd's name
        if self.hang:
            self.envelopes.append(envelope)
            await asyncio.sleep(self.hang)
        if self.refuse:
            return self.refuse
        self.envelopes.append(envelope)
        return "250 taken"

    @property
    def messages(self) -> list[Message]:
        return [message_from_bytes(envelope.content, policy=default) for envelope in self.envelopes]


@contextmanager
def smtp() -> Iterator[Taken]:
    controller = pytest.importorskip("aiosmtpd.controller")
    smtp_module = pytest.importorskip("aiosmtpd.smtp")

    def judge(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        right = (data.login, data.password) == (USER, PASSWORD)
        return smtp_module.AuthResult(success=right, handled=right)

    taken = Taken(free_port())
    warnings.filterwarnings("ignore", message="Requiring AUTH")
    running = controller.Controller(
        taken, hostname="127.0.0.1", port=taken.port, authenticator=judge, auth_required=True, auth_require_tls=False
    )
    running.start()
    try:
        yield taken
    finally:
        running.stop()
