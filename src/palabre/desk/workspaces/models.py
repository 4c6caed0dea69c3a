"""Users, workspaces and what binds them. Rows of a workspace are read through `access`, never fetched by hand.

A `Workspace` mirrors the archive's workspace of the same id: the archive keeps posts, the desk keeps people.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from palabre.desk.workspaces.managers import ScopedManager

ROLES = ("reader", "agent", "manager", "owner")  # each may do what those before it may
THEMES = ("auto", "light", "dark")


def fresh_id() -> str:
    """An id that says nothing and cannot be guessed."""
    return uuid.uuid4().hex


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str | None, password: str | None = None, **values: Any) -> User:
        """A user; without e-mail and password they can only enter by a link."""
        user = self.model(email=email.strip().lower() if email else None, **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower() or None)


class User(AbstractBaseUser):
    """A person who uses the desk. email is their name at the door; None until they choose one."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    email = models.EmailField(max_length=254, unique=True, null=True)
    name = models.CharField(max_length=80, blank=True, default="")
    form_of_address = models.CharField(max_length=40, blank=True, default="")
    lang = models.CharField(max_length=2, blank=True, default="")  # "": as the browser asks
    theme = models.CharField(max_length=5, default="auto")
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0)  # moving it on ends every session of this user

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    @property
    def label(self) -> str:
        """What the screens call them."""
        return self.form_of_address or self.name or (self.email or "").partition("@")[0]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("palabre.desk.session", value, secret=secret, algorithm="sha256").hexdigest()


class Workspace(models.Model):
    """The tenant. id: the archive's."""

    id = models.BigIntegerField(primary_key=True)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    set_up = models.BooleanField(default=False)  # the first-run wizard was finished or left

    def __str__(self) -> str:
        return self.slug


class Owned(models.Model):
    """A row that belongs to one workspace; it is found through its manager, never from the workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class Membership(Owned):
    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    role = models.CharField(max_length=8, default="reader")
    since_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()
    doors = models.Manager()  # by user: for `access` alone

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "user"], name="one_seat_each")]


class Invitation(Owned):
    """A link that lets one person in. The link holds the token; we keep only its hash."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254, blank=True, default="")
    role = models.CharField(max_length=8, default="reader")
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    expires_ms = models.BigIntegerField()
    used_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()
    doors = models.Manager()  # by token: for `access` alone


class ApiToken(Owned):
    """A key for programs. Only its hash is kept; scopes: words separated by spaces."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=200)
    made_ms = models.BigIntegerField()
    expires_ms = models.BigIntegerField()  # 0: never
    used_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()
    doors = models.Manager()  # by token: for `access` alone


class AuditEntry(Owned):
    """Who did what. what: a message key ``auth.did.<what>``; about: its object in words, never a post's content."""

    at_ms = models.BigIntegerField(db_index=True)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    what = models.CharField(max_length=60)
    about = models.CharField(max_length=200, blank=True, default="")
    address = models.CharField(max_length=45, blank=True, default="")

    objects = ScopedManager()


class EntryLink(models.Model):
    """The one-time link that `palabre up` prints: whoever holds the terminal is the owner."""

    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    expires_ms = models.BigIntegerField()
    used_ms = models.BigIntegerField(default=0)


class Attempt(models.Model):
    """A sign-in that failed. key: the hash of an account's e-mail or of a client's address."""

    key = models.CharField(max_length=64, db_index=True)
    at_ms = models.BigIntegerField()
