"""A platform of the tests: it keeps what it took, and fails as it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from palabre import plugins
from palabre.collect.contract import Config, Means
from palabre.collect.sending import Abilities, Outgoing, Sent
from palabre.desk.engine import archive
from palabre.desk.outbox.models import Channel
from palabre.desk.workspaces.models import Workspace

SERVER = "https://social.example"
Fault = Callable[[], Exception]


@dataclass
class Platform:
    """A sender and what is behind it. before, after: raised when a message comes, before or after it was taken;
    blind: it cannot be read; at_ms: when it says it took a message."""

    taken: list[Outgoing] = field(default_factory=list)
    before: list[Fault] = field(default_factory=list)
    after: list[Fault] = field(default_factory=list)
    unreadable: list[Fault] = field(default_factory=list)
    who: str = "@maison@social.example"
    at_ms: int = 1_790_000_000_000
    gone: list[str] = field(default_factory=list)
    calls: int = 0
    keyed: bool = False
    limit: int = 500

    def abilities(self, config: Config, means: Means | None = None) -> Abilities:
        return Abilities(self.limit, edits=True, deletes=True, private=True)

    def account(self, config: Config, means: Means) -> str:
        return self.who

    def length(self, text: str) -> int:
        return len(text)

    def send(self, message: Outgoing, config: Config, means: Means) -> Sent:
        self.calls += 1
        if self.before:
            raise self.before.pop(0)()
        self.taken.append(message)
        if self.after:
            raise self.after.pop(0)()
        return self.shown(message)

    def find(self, message: Outgoing, config: Config, means: Means) -> Sent | None:
        if self.unreadable:
            raise self.unreadable.pop(0)()
        return next((self.shown(one) for one in self.taken if one.key == message.key), None)

    def edit(self, uri: str, message: Outgoing, config: Config, means: Means) -> Sent:
        self.taken = [message if one.key == message.key else one for one in self.taken]
        return self.shown(message)

    def delete(self, uri: str, config: Config, means: Means) -> None:
        self.gone.append(uri)

    def shown(self, message: Outgoing) -> Sent:
        return Sent(f"{SERVER}/{message.key}", f"{SERVER}/@maison/{message.key}", self.at_ms)


def speaks(platform: Platform, monkeypatch: object) -> None:
    """Every Mastodon source speaks to it."""
    monkeypatch.setattr(plugins, "sender", lambda name: platform if name == "mastodon" else None)  # type: ignore[attr-defined]


def source_of(workspace: Workspace, connector: str = "mastodon") -> int:
    config = {"server": SERVER, "timeline": "public"} if connector == "mastodon" else {"url": f"{SERVER}/feed"}
    return archive().sources.add(workspace.id, connector, "Mastodon de la maison", config).source_id


def channel_of(workspace: Workspace, **values: object) -> Channel:
    """An active channel of that workspace."""
    return Channel.objects.add(
        workspace,
        source_id=source_of(workspace),
        connector="mastodon",
        name="Mastodon de la maison",
        made_ms=1,
        **values,
    )
