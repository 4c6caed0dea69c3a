"""Access rows of the door and of the house."""

from __future__ import annotations

from typing import Any

from palabre.desk.clock import now_ms
from palabre.desk.workspaces import people, tokens
from palabre.desk.workspaces.models import ApiToken, Invitation, User, Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, PUBLIC, SIGNED_IN, Row, sit


def some_member(workspace: Workspace) -> dict[str, Any]:
    number = User.objects.count()
    user = sit(workspace, "reader", f"guest{number}")
    return {"uid": user.membership_set(manager="doors").get().uid}


def some_invitation(workspace: Workspace) -> dict[str, Any]:
    token = people.invite(workspace, User.objects.first(), "", "reader")  # type: ignore[arg-type]
    return {"uid": Invitation.objects.of(workspace).get(token_hash=tokens.hashed(token)).uid}


def invitation_link(workspace: Workspace) -> dict[str, Any]:
    return {"token": people.invite(workspace, User.objects.first(), "", "reader")}  # type: ignore[arg-type]


def some_token(workspace: Workspace) -> dict[str, Any]:
    owner = User.objects.filter(membership__workspace=workspace, membership__role="agent").first()
    fresh = tokens.hashed(tokens.fresh())
    token = ApiToken.objects.add(
        workspace, user=owner or sit(workspace, "agent", "keys"), name="t", token_hash=fresh, scopes="read",
        made_ms=now_ms(), expires_ms=0,
    )  # fmt: skip
    return {"uid": token.uid}


NO_TOKEN = {"token": "never-given"}
ROWS = (
    Row("workspaces:home", needs=SIGNED_IN, ok=(302, 200)),
    Row("workspaces:sign_in", needs=PUBLIC),
    Row("workspaces:sign_in", "POST", needs=PUBLIC, data={"email": "no@one.example", "password": "x"}),
    Row("workspaces:sign_out", "POST", needs=PUBLIC, ok=302),
    Row("workspaces:enter", needs=PUBLIC, ok=404, ids=lambda _: NO_TOKEN, absent=NO_TOKEN),
    Row("workspaces:invitation", needs=PUBLIC, ids=invitation_link, absent=NO_TOKEN),
    Row("workspaces:invitation", "POST", needs=PUBLIC, ok=400, ids=invitation_link, absent=NO_TOKEN),
    Row("workspaces:account", needs=SIGNED_IN),
    Row("workspaces:account", "POST", needs=SIGNED_IN, ok=400),
    Row("workspaces:password", "POST", needs=SIGNED_IN, ok=400),
    Row("workspaces:workspace", ok=302),
    Row("workspaces:members"),
    Row("workspaces:invite", "POST", needs="manager", data={"role": "reader"}),
    Row("workspaces:change_role", "POST", "manager", 302, some_member, ABSENT, {"role": "reader"}),
    Row("workspaces:remove_member", "POST", "manager", 302, some_member, ABSENT),
    Row("workspaces:revoke_invitation", "POST", "manager", 302, some_invitation, ABSENT),
    Row("workspaces:tokens", needs="agent"),
    Row("workspaces:tokens", "POST", needs="agent", data={"name": "key", "scopes": ["read"], "days": "30"}),
    Row("workspaces:revoke_token", "POST", "agent", 302, some_token, ABSENT),
    Row("workspaces:journal", needs="manager"),
)
