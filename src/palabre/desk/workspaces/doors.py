"""Views at the door: signing in and out, entry links, invitations, one's own account."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.rooms import all_doors
from palabre.desk.design.words import speak
from palabre.desk.workspaces import access, attempts, audit, people
from palabre.desk.workspaces.forms import AccountForm, JoinForm, PasswordForm, SignInForm
from palabre.desk.workspaces.models import Invitation, User

SIGNED_IN = 302
BACKEND = settings.AUTHENTICATION_BACKENDS[0]


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """To the first room of the first workspace, or to the sign-in page."""
    if not request.user.is_authenticated:
        return redirect("workspaces:sign_in")
    held = access.seats(request.user)
    if not held:
        return render(request, "workspaces/no_seat.html")
    return redirect("workspaces:workspace", workspace_slug=held[0].workspace.slug)


@require_GET
@access.seated()
def workspace(request: HttpRequest, seat: access.Seat) -> HttpResponse:
    """To the first room that is open to this seat; to the wizard while nobody has set the workspace up."""
    if not seat.workspace.set_up and seat.may("manager"):
        return redirect("panel:start", workspace_slug=seat.workspace.slug)
    first = next(door for door in all_doors() if seat.may(door.needs))
    return redirect(first.route, workspace_slug=seat.workspace.slug)


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """By e-mail and password. Unknown e-mail, wrong password and closed account answer alike and take as long."""
    if request.user.is_authenticated:
        return redirect("workspaces:home")
    form = SignInForm(request, posted(request))
    status = _try(request, form) if form.is_valid() else 200
    if status == SIGNED_IN:
        return redirect(_wanted(request))
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "workspaces/sign_in.html", context, status=status)


def _try(request: HttpRequest, form: SignInForm) -> int:
    """Signs in or complains. Returns the status that the page then has."""
    email, address = form.cleaned_data["email"], audit.address(request)
    if attempts.blocked(email, address, now_ms()):
        form.complain(None, "auth.sign_in.blocked", minutes=attempts.WINDOW_MS // 60_000)
        return 429
    user = authenticate(request, username=email, password=form.cleaned_data["password"])
    if user is None:
        attempts.failed(email, address, now_ms())
        form.complain(None, "auth.sign_in.refused")
        return 200
    attempts.forgiven(email)
    _enter(request, user)
    return SIGNED_IN


def _enter(request: HttpRequest, user: User) -> None:
    """A new session for this user, and a line in the journal of each of their workspaces."""
    login(request, user, backend=BACKEND)
    for seat in access.seats(user):
        audit.write(request, seat.workspace, user, "signed_in")


def _wanted(request: HttpRequest) -> str:
    url = request.POST.get("next", "")
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure()) else "/"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends this session."""
    logout(request)
    return redirect("workspaces:sign_in")


@require_GET
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The link that `palabre up` prints and opens."""
    if request.user.is_authenticated:
        return redirect("workspaces:home")
    user = people.enter_by_link(token)
    if user is None or not user.is_active:
        return render(request, "workspaces/link_over.html", status=404)
    _enter(request, user)
    return redirect("workspaces:home")


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Joins a workspace: as who one is, or as somebody new."""
    found = access.invitation(token)
    if request.user.is_authenticated:
        return _join_as_known(request, found)
    form = JoinForm(request, posted(request), initial={"email": found.email})
    if form.is_valid():
        values = form.cleaned_data
        user = User.objects.create_user(values["email"], values["password"], name=values["name"], lang=lang_of(request))
        return _joined(request, found, user)
    return render(
        request, "workspaces/join.html", {"form": form, "invitation": found}, status=400 if form.errors else 200
    )


def _join_as_known(request: HttpRequest, found: Invitation) -> HttpResponse:
    if request.method == "POST":
        return _joined(request, found, request.user)  # type: ignore[arg-type]  # authenticated: our own User
    return render(request, "workspaces/join.html", {"invitation": found})


def _joined(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    if people.join(found, user):
        audit.write(request, found.workspace, user, "joined", found.role)
    if not request.user.is_authenticated:
        login(request, user, backend=BACKEND)
    return redirect("workspaces:workspace", workspace_slug=found.workspace.slug)


@require_http_methods(["GET", "POST"])
@access.signed_in
def account(request: HttpRequest, user: User) -> HttpResponse:
    """Name, e-mail, language, look."""
    values = {name: getattr(user, name) for name in AccountForm.base_fields}
    form = AccountForm(request, posted(request), user=user, initial=values)
    if form.is_valid():
        for name, value in form.cleaned_data.items():
            setattr(user, name, value)
        user.save()
        messages.success(request, speak("auth.account.saved", user.lang or lang_of(request)))
        return redirect("workspaces:account")
    user.refresh_from_db()
    context = {"form": form, "password_form": PasswordForm(request, user=user)}
    return render(request, "workspaces/account.html", context, status=400 if form.errors else 200)


@require_POST
@access.signed_in
def password(request: HttpRequest, user: User) -> HttpResponse:
    """A new password: every other session of this user ends."""
    form = PasswordForm(request, request.POST, user=user)
    if form.is_valid():
        people.change_password(request, user, form.cleaned_data["password"])
        messages.success(request, speak("auth.change_password.saved", lang_of(request)))
        return redirect("workspaces:account")
    values = {name: getattr(user, name) for name in AccountForm.base_fields}
    context = {"form": AccountForm(request, user=user, initial=values), "password_form": form}
    return render(request, "workspaces/account.html", context, status=400)
