"""What members are called on the screens."""

from __future__ import annotations

from palabre.desk.design.words import speak
from palabre.desk.workspaces.models import User


def called(user: User | None, lang: str | None) -> str:
    """A member's name in a reader's language; the owner of the installation may have neither a name nor an address."""
    name = (user.label or user.email) if user else ""
    return name or speak("auth.members.local_owner", lang)
