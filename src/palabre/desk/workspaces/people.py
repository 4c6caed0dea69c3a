"""What happens to users and seats: signing in and out for good, inviting, joining, changing roles, leaving."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from palabre.desk.clock import now_ms
from palabre.desk.workspaces import tokens
from palabre.desk.workspaces.models import ApiToken, EntryLink, Invitation, Membership, User, Workspace

DAY_MS = 24 * 3600 * 1000
INVITATION_DAYS = 7
ENTRY_LINK_DAYS = 1


def end_sessions(user: User) -> None:
    """Every session of the user is over, at once."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


def entry_link(user: User) -> str:
    """A fresh token that signs this user in once, within a day; older ones no longer work."""
    token = tokens.fresh()
    with transaction.atomic():
        EntryLink.objects.filter(user=user).delete()
        EntryLink.objects.create(
            token_hash=tokens.hashed(token), user=user, expires_ms=now_ms() + ENTRY_LINK_DAYS * DAY_MS
        )
    return token


def enter_by_link(token: str) -> User | None:
    """The user of an entry link, once: the row is claimed by the update itself, so two browsers cannot share it."""
    fresh = EntryLink.objects.filter(token_hash=tokens.hashed(token), used_ms=0, expires_ms__gt=now_ms())
    if fresh.update(used_ms=now_ms()) != 1:
        return None
    return EntryLink.objects.select_related("user").get(token_hash=tokens.hashed(token)).user


@transaction.atomic
def local_owner() -> User:
    """The owner of this installation; made on the first start, without e-mail or password."""
    seat = Membership.doors.select_related("user").filter(role="owner", user__is_active=True).order_by("pk").first()
    if seat is not None:
        return seat.user
    user = User.objects.create_user(None)
    for workspace in Workspace.objects.all():
        Membership.objects.add(workspace, user=user, role="owner", since_ms=now_ms())
    return user


def invite(workspace: Workspace, made_by: User, email: str, role: str) -> str:
    """The token of a link that lets one person in, for a week."""
    token = tokens.fresh()
    Invitation.objects.add(
        workspace,
        token_hash=tokens.hashed(token),
        email=email.strip().lower(),
        role=role,
        made_by=made_by,
        expires_ms=now_ms() + INVITATION_DAYS * DAY_MS,
    )
    return token


@transaction.atomic
def join(invitation: Invitation, user: User) -> bool:
    """Uses an invitation. False if it was used meanwhile."""
    unused = Invitation.doors.filter(pk=invitation.pk, used_ms=0)
    if unused.update(used_ms=now_ms()) != 1:
        return False
    held = Membership.objects.of(invitation.workspace).filter(user=user)
    if not held.exists():
        Membership.objects.add(invitation.workspace, user=user, role=invitation.role, since_ms=now_ms())
    return True


def owners_left(workspace: Workspace, without: Membership) -> bool:
    """Whether the workspace keeps an owner when that one goes."""
    return Membership.objects.of(workspace).filter(role="owner").exclude(pk=without.pk).exists()


@transaction.atomic
def remove(held: Membership) -> None:
    """Takes a seat away: sessions and tokens of that user for the workspace die at once."""
    ApiToken.objects.of(held.workspace).filter(user=held.user).delete()
    held.delete()
    end_sessions(held.user)


def change_password(request: HttpRequest, user: User, password: str) -> None:
    """A new password ends every other session and every API token; this session goes on."""
    from django.contrib.auth import update_session_auth_hash

    user.set_password(password)
    user.session_epoch += 1
    user.save(update_fields=["password", "session_epoch"])
    ApiToken.doors.filter(user=user).delete()
    update_session_auth_hash(request, user)
