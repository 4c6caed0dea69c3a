"""Forms at the door: signing in, joining, one's account, inviting, tokens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from palabre.desk.design.forms import DeskForm
from palabre.desk.workspaces.models import ROLES, THEMES, User
from palabre.desk.workspaces.tokens import SCOPES

PASSWORD_CHARS_MIN = 12
TOKEN_DAYS = ("30", "90", "365", "0")


def password_field(autocomplete: str, *, required: bool = True) -> forms.CharField:
    """A password as typed: nothing is stripped."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(max_length=200, strip=False, required=required, widget=widget)


def email_field(*, required: bool = True) -> forms.EmailField:
    return forms.EmailField(max_length=254, required=required, widget=forms.EmailInput(attrs={"autocomplete": "email"}))


def weak(password: str, email: str) -> str:
    """The message key of what is wrong with a new password, "" if it is good."""
    if len(password) < PASSWORD_CHARS_MIN:
        return "auth.password.short"
    if email and password.lower() in {email.lower(), email.partition("@")[0].lower()}:
        return "auth.password.yours"
    if password.isdecimal() or len(set(password)) < 5:
        return "auth.password.common"
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        return "auth.password.common"
    return ""


class SignInForm(DeskForm):
    words = "auth.sign_in"
    email = email_field()
    password = password_field("current-password")


class NewPasswordForm(DeskForm):
    """A form with a new password: checked against what is easily guessed."""

    password = password_field("new-password")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        fault = weak(values["password"], values.get("email", "")) if values.get("password") else ""
        if fault:
            self.complain("password", fault, n=PASSWORD_CHARS_MIN)
        return values


class JoinForm(NewPasswordForm):
    """Somebody new comes by an invitation."""

    words = "auth.join"
    email = email_field()
    name = forms.CharField(max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ("email", "name", "password")

    def clean_email(self) -> str:
        """The e-mail in small letters; known ones must sign in first."""
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email=email).exists():
            self.complain("email", "auth.join.known")
        return email


class AccountForm(DeskForm):
    words = "auth.account"
    name = forms.CharField(max_length=80, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    form_of_address = forms.CharField(max_length=40, required=False)
    email = email_field(required=False)
    lang = forms.ChoiceField(choices=[("", ""), ("fr", "Français"), ("en", "English")], required=False)
    theme = forms.ChoiceField(choices=[(name, name) for name in THEMES])

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str | None:
        """Free or one's own; it cannot be taken away from somebody who signs in with it."""
        email = str(self.cleaned_data["email"]).lower() or None
        if email is None and self.user.has_usable_password():
            self.complain("email", "auth.account.email_needed")
        if email and User.objects.filter(email=email).exclude(pk=self.user.pk).exists():
            self.complain("email", "auth.account.email_taken")
        return email


class PasswordForm(NewPasswordForm):
    """A new password; the present one is asked for where there is one."""

    words = "auth.change_password"
    present = password_field("current-password", required=False)
    field_order = ("present", "password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            del self.fields["present"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.user.email:
            self.complain(None, "auth.change_password.email_first")
        if "present" in self.fields and not self.user.check_password(values.get("present", "")):
            self.complain("present", "auth.change_password.wrong")
        return values


class InviteForm(DeskForm):
    words = "auth.invite"
    email = email_field(required=False)
    role = forms.ChoiceField(choices=[(role, role) for role in ROLES], initial="agent")


class RoleForm(DeskForm):
    words = "auth.invite"
    role = forms.ChoiceField(choices=[(role, role) for role in ROLES])


class TokenForm(DeskForm):
    words = "auth.token"
    name = forms.CharField(max_length=80)
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in SCOPES], initial=["read"], widget=forms.CheckboxSelectMultiple
    )
    days = forms.ChoiceField(choices=[(days, days) for days in TOKEN_DAYS], initial="90")
