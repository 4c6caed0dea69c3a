"""Signing in and out, entry links, invitations, accounts: what must work and what must never."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.http import Http404
from django.test import Client, RequestFactory

from palabre.clock import FixedClock
from palabre.desk.workspaces import access, attempts, people, tokens
from palabre.desk.workspaces.managers import UnscopedError
from palabre.desk.workspaces.models import ApiToken, AuditEntry, Invitation, Membership, User, Workspace
from palabre.desk.workspaces.tests.matrix import sit

GOOD = "a fine long sentence"
AsUser = Callable[[User], Client]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    still = FixedClock()
    monkeypatch.setattr("palabre.desk.clock.CLOCK", still)
    return still


def try_in(browser: Client, email: str, password: str) -> int:
    return browser.post("/sign-in", {"email": email, "password": password}).status_code


def test_the_right_password_opens_and_is_noted(alice: User, alpha: Workspace, client: Client) -> None:
    assert try_in(client, " ALICE@alpha.example ", GOOD) == 302
    assert client.get("/account").status_code == 200
    assert AuditEntry.objects.of(alpha).get().what == "signed_in"


def test_unknown_wrong_and_closed_answer_alike(alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    tries = [("nobody@x.example", GOOD), (str(alice.email), "wrong"), (str(bob.email), GOOD)]
    answers = [Client().post("/sign-in", {"email": email, "password": word}) for email, word in tries]
    bodies = {answer.content.split(b'role="alert"')[1].split(b"</div>")[0] for answer in answers}
    assert len(bodies) == 1
    assert {answer.status_code for answer in answers} == {200}


def test_unknown_accounts_take_as_long_as_wrong_passwords(alice: User, settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # type: ignore[attr-defined]
    alice.set_password(GOOD)
    alice.save()

    def least(email: str) -> float:
        spent = []
        for _ in range(3):
            start = time.thread_time()
            try_in(Client(), email, "wrong")
            spent.append(time.thread_time() - start)
        return min(spent)

    known, unknown = least(str(alice.email)), least("nobody@x.example")
    assert abs(known - unknown) < 0.6 * max(known, unknown)


@pytest.mark.parametrize("email", ["alice@alpha.example", "nobody@x.example"])
def test_after_too_many_failures_even_the_right_password_waits(email: str, alice: User, clock: FixedClock) -> None:
    for _ in range(attempts.PER_ACCOUNT):
        assert try_in(Client(), email, "wrong") == 200
    assert try_in(Client(), email, GOOD) == 429
    clock.ms += attempts.WINDOW_MS + 1
    assert try_in(Client(), email, GOOD) == (302 if email.startswith("alice") else 200)


def test_one_address_cannot_try_many_accounts(alice: User, clock: FixedClock) -> None:
    for number in range(attempts.PER_ADDRESS):
        try_in(Client(), f"user{number}@x.example", "wrong")
    assert try_in(Client(), str(alice.email), GOOD) == 429


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (1, "", "10.0.0.1"),
        (3, "203.0.113.9", "10.0.0.1"),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(proxies: int, told: str, address: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=told)
    assert attempts.client_address(request, proxies) == address


def test_an_entry_link_works_once(alice: User) -> None:
    token = people.entry_link(alice)
    first, second = Client(), Client()
    assert first.get(f"/enter/{token}").status_code == 302
    assert first.get("/account").status_code == 200
    assert second.get(f"/enter/{token}").status_code == 404


def test_an_entry_link_grows_old(alice: User, clock: FixedClock) -> None:
    token = people.entry_link(alice)
    clock.ms += people.DAY_MS + 1
    assert Client().get(f"/enter/{token}").status_code == 404


def test_a_new_entry_link_ends_the_old_one(alice: User) -> None:
    old, new = people.entry_link(alice), people.entry_link(alice)
    assert people.enter_by_link(old) is None
    assert people.enter_by_link(new) == alice


def test_the_local_owner_is_made_once(alpha: Workspace) -> None:
    assert people.local_owner() == people.local_owner()
    assert Membership.objects.of(alpha).filter(role="owner").count() == 1


def test_an_invitation_lets_one_person_in(alice: User, alpha: Workspace) -> None:
    token = people.invite(alpha, alice, "", "agent")
    form = {"email": "Dana@x.example", "name": "Dana", "password": GOOD}
    assert Client().post(f"/invitation/{token}", form).status_code == 302
    dana = User.objects.get(email="dana@x.example")
    assert Membership.objects.of(alpha).get(user=dana).role == "agent"
    assert Client().post(f"/invitation/{token}", form | {"email": "eve@x.example"}).status_code == 404
    assert not User.objects.filter(email="eve@x.example").exists()


def test_a_stranger_with_an_account_joins_as_who_they_are(
    alice: User, alpha: Workspace, charlie: User, as_user: AsUser
) -> None:
    token = people.invite(alpha, alice, "", "reader")
    assert as_user(charlie).post(f"/invitation/{token}").status_code == 302
    assert Membership.objects.of(alpha).get(user=charlie).role == "reader"


@pytest.mark.parametrize("word", ["short", "password12345", "dana@x.example", "123456789012"])
def test_a_weak_password_is_refused(word: str, alice: User, alpha: Workspace) -> None:
    token = people.invite(alpha, alice, "", "agent")
    answer = Client().post(f"/invitation/{token}", {"email": "dana@x.example", "name": "D", "password": word})
    assert answer.status_code == 400
    assert not User.objects.filter(email="dana@x.example").exists()


def test_a_new_password_ends_other_sessions_and_tokens(alice: User, alpha: Workspace, as_user: AsUser) -> None:
    here, elsewhere = as_user(alice), as_user(alice)
    make_token(alice, alpha)
    answer = here.post("/account/password", {"present": GOOD, "password": "another long sentence"})
    assert answer.status_code == 302
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert not ApiToken.objects.of(alpha).exists()


def test_a_new_password_needs_the_present_one(alice: User, as_user: AsUser) -> None:
    answer = as_user(alice).post("/account/password", {"present": "no", "password": "another long sentence"})
    assert answer.status_code == 400
    assert User.objects.get(pk=alice.pk).check_password(GOOD)


def make_token(user: User, workspace: Workspace, expires_ms: int = 0) -> str:
    token = tokens.fresh()
    ApiToken.objects.add(
        workspace, user=user, name="t", token_hash=tokens.hashed(token), scopes="read", made_ms=1, expires_ms=expires_ms
    )
    return token


def test_a_removed_member_is_out_at_once(alice: User, bob: User, alpha: Workspace, as_user: AsUser) -> None:
    his, token = as_user(bob), make_token(bob, alpha)
    assert his.get("/w/alpha/members").status_code == 200
    seat = Membership.objects.of(alpha).get(user=bob)
    assert as_user(alice).post(f"/w/alpha/members/{seat.uid}/remove").status_code == 302
    assert his.get("/w/alpha/members").status_code == 302
    with pytest.raises(Http404):
        access.by_token(token, "read", "alpha")


@pytest.mark.parametrize(
    ("scope", "slug", "expires_ms"), [("write", "alpha", 0), ("read", "beta", 0), ("read", "alpha", 5)]
)
def test_a_token_opens_only_what_it_is_for(scope: str, slug: str, expires_ms: int, bob: User, alpha: Workspace) -> None:
    with pytest.raises(Http404):
        access.by_token(make_token(bob, alpha, expires_ms), scope, slug)
    assert access.by_token(make_token(bob, alpha), "read", "alpha").role == "agent"


def test_the_last_owner_stays(alice: User, alpha: Workspace, as_user: AsUser) -> None:
    seat = Membership.objects.of(alpha).get(user=alice)
    assert as_user(alice).post(f"/w/alpha/members/{seat.uid}/remove").status_code == 400
    assert as_user(alice).post(f"/w/alpha/members/{seat.uid}/role", {"role": "reader"}).status_code == 400


def test_nobody_rises_above_who_lifts_them(alice: User, alpha: Workspace, as_user: AsUser) -> None:
    manager, reader = sit(alpha, "manager"), sit(alpha, "reader")
    seat = Membership.objects.of(alpha).get(user=reader)
    browser = as_user(manager)
    assert browser.post(f"/w/alpha/members/{seat.uid}/role", {"role": "owner"}).status_code == 400
    assert browser.post("/w/alpha/members/invite", {"role": "owner"}).status_code == 400
    owner = Membership.objects.of(alpha).get(user=alice)
    assert browser.post(f"/w/alpha/members/{owner.uid}/remove").status_code == 400


@pytest.mark.parametrize("url", ["//evil.example", "https://evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_host(url: str, alice: User) -> None:
    answer = Client().post("/sign-in", {"email": alice.email, "password": GOOD, "next": url})
    assert answer["Location"] == "/"
    assert Client().post("/language", {"lang": "fr", "next": url})["Location"] == "/"


def test_unscoped_questions_are_refused() -> None:
    for ask in (Membership.objects.all, Invitation.objects.first, ApiToken.objects.count):
        with pytest.raises(UnscopedError):
            ask()


def test_the_session_is_new_after_signing_in(alice: User, client: Client) -> None:
    client.get("/sign-in")
    client.cookies["palabre"] = "planted"
    try_in(client, str(alice.email), GOOD)
    assert client.cookies["palabre"].value != "planted"


def test_the_language_follows_setting_then_cookie_then_browser(alice: User, as_user: AsUser) -> None:
    browser = Client(headers={"accept-language": "fr;q=0.3, en;q=0.9, de"})
    assert browser.get("/sign-in")["Content-Language"] == "en"
    browser.post("/language", {"lang": "fr"})
    assert browser.get("/sign-in")["Content-Language"] == "fr"
    User.objects.filter(pk=alice.pk).update(lang="en")
    browser.force_login(User.objects.get(pk=alice.pk))
    assert browser.get("/account")["Content-Language"] == "en"
