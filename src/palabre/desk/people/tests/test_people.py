"""Persons in the browser: met, told apart, joined, known with a why, listed, exported, imported, forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox.models import Case
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.people import access, cards, erasing, facts, merging, proving, suggesting
from palabre.desk.people.models import Challenge, Consent, Fact, Handle, Intake, Person, PersonList, Suggestion
from palabre.desk.people.selection import Conditions, chosen
from palabre.desk.promises.models import Promise
from palabre.desk.workspaces.models import User, Workspace
from palabre.model import Account, Post

AsUser = Callable[[User], Client]
BASE = "/w/alpha/people"
WHY: dict[str, Any] = {"source": "told us", "purpose": "answer", "basis": "consent"}
START = 1_790_000_000_000


def account(name: str, network: str = "mastodon", shown: str = "") -> Account:
    return Account(
        f"https://{network}.example/@{name}", name, shown or name.title(), f"https://{network}.example/@{name}"
    )


def said(name: str, *texts: str, network: str = "mastodon", shown: str = "", raw: bytes = b"{}") -> Account:
    """Posts of an account in alpha; the account."""
    who = account(name, network, shown)
    workspace = Workspace.objects.get(slug="alpha")
    posts = [
        Post(f"{who.uri}/{abs(hash((name, text)))}", network, text=text, account=who, published_ms=START + n, lang="fr")
        for n, text in enumerate(texts)
    ]
    hear(workspace, *posts, raw=raw)
    return who


def person_of(alpha: Workspace, who: Account, network: str = "mastodon") -> Person:
    return access.met(alpha, network, who)


def test_an_author_becomes_a_person_once(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    who, browser = said("zoe", "bonjour"), as_user(bob)
    address = f"{BASE}/account?uri={who.uri}"
    assert b"This account belongs to no person yet" in browser.get(address).content
    answer = browser.post(f"{BASE}/account", {"uri": who.uri, "network": "mastodon"}, follow=True)
    assert b"Zoe" in answer.content
    assert browser.get(address).status_code == 302
    browser.post(f"{BASE}/account", {"uri": who.uri, "network": "mastodon"})
    assert access.persons(alpha).count() == 1


@pytest.mark.parametrize("words", ["elodie", "ÉLODIE lefevre", "lefèvre", "@elo"])
def test_a_person_is_found_whatever_the_accents(alpha: Workspace, bob: User, as_user: AsUser, words: str) -> None:
    person_of(alpha, said("elo", "bonjour", shown="Élodie Lefèvre"))
    person_of(alpha, said("ivan", "привет", shown="Иван Петров"))
    page = as_user(bob).get(BASE, {"q": words}).content.decode()
    assert "Élodie Lefèvre" in page
    assert "Петров" not in page
    assert "Петров" in as_user(bob).get(BASE, {"q": "petrov"}).content.decode()


def test_the_list_is_paged_by_key_and_shows_each_once(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    Person.objects.of(alpha).bulk_create(
        [Person(workspace=alpha, name=f"P{n:03}", made_ms=1, changed_ms=1, seen_ms=n // 7) for n in range(120)]
    )
    for order in ("seen", "name", "changed"):
        seen: list[str] = []
        address = f"{BASE}?order={order}"
        while address:
            page = as_user(bob).get(address).content.decode()
            seen += re.findall(r"<bdi>(P\d+)</bdi></a>", page)
            older = re.search(r'href="(\?[^"]+)" rel="next"', page)
            address = BASE + older[1].replace("&amp;", "&") if older else ""
        assert len(seen) == len(set(seen)) == 120, order


def test_each_field_says_why_it_is_kept_and_what_may_not_be_kept_is_refused(
    alpha: Workspace, bob: User, as_user: AsUser
) -> None:
    person, browser = person_of(alpha, said("ana", "salut")), as_user(bob)
    page = browser.post(f"{BASE}/{person.uid}/fact", {"name": "city", "value": "Lyon", **WHY}, follow=True).content
    assert b"Lyon" in page
    assert b"told us" in page
    for name, value in (("religion", "x"), ("tag", "malade"), ("vote", "a"), ("club", "syndicaliste")):
        answer = browser.post(f"{BASE}/{person.uid}/fact", {"name": name, "value": value, **WHY})
        assert answer.status_code == 400
        assert b"keeps nothing of the kind" in answer.content
    assert Fact.objects.of(alpha).filter(person=person).count() == 1


def test_what_is_overdue_is_forgotten(alpha: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    person = person_of(alpha, said("due", "salut"))
    facts.add(person, "city", "Lyon", **WHY, by=None, days=1)
    facts.add(person, "job", "pilot", **WHY, by=None)
    later = now_ms() + 2 * facts.DAY_MS
    monkeypatch.setattr(facts, "now_ms", lambda: later)
    facts.forget_overdue()
    assert [one.name for one in Fact.objects.of(alpha).filter(person=person)] == ["job"]


def test_the_newest_word_on_a_purpose_counts(alpha: Workspace) -> None:
    person = person_of(alpha, said("eve", "salut"))
    for n, state in enumerate(("given", "withdrawn", "given", "refused")):
        Consent.objects.add(alpha, person=person, purpose="news", state=state, words="mail", at_ms=n)
        asked = Conditions({"consent": "news"})
        assert access.agreed(person, "news") is (state == "given")
        assert chosen(alpha, asked).exists() is (state == "given")
    assert access.agreed(person, "invite") is None


def test_two_accounts_of_one_person_are_proposed_joined_and_parted(
    alpha: Workspace, bob: User, as_user: AsUser
) -> None:
    for n in range(30):
        said(f"crowd{n}", "rien", shown=f"Foule {n}")
    said("velotaupe", "mon vélo", shown="Юлия Кравченко")
    said("velotaupe", "my bike", network="bluesky", shown="Yuliya Kravchenko")
    assert suggesting.look(alpha) >= 1
    found = Suggestion.objects.of(alpha).filter(left_uri__contains="velotaupe").get()
    browser = as_user(bob)
    assert b"Kravchenko" in browser.get(f"{BASE}/same").content
    page = browser.get(f"{BASE}/same/{found.uid}").content.decode()
    assert "Same handle" in page
    assert re.search(r"Same name|Nearly the same name", page)
    answer = browser.post(f"{BASE}/same/{found.uid}", {"say": "yes", "take_name": "other"}, follow=True)
    assert answer.status_code == 200
    [person] = access.persons(alpha)
    assert {one.proof for one in access.handles(person)} == {"reviewed"}
    [made] = merging.joined_in(person)
    browser.post(f"{BASE}/merges/{made.uid}/undo")
    parted = list(access.persons(alpha))
    assert [access.handles(one)[0].proof for one in parted] == ["alone", "alone"]
    suggesting.look(alpha)
    assert not Suggestion.objects.of(alpha).filter(state="open", left_uri__contains="velotaupe").exists()


def test_a_refused_pair_never_comes_again(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    said("taupevelo", "a", shown="Zoé Tchang")
    said("taupevelo", "b", network="bluesky", shown="Zoé Tchang")
    suggesting.look(alpha)
    found = Suggestion.objects.of(alpha).get(left_uri__contains="taupevelo")
    as_user(bob).post(f"{BASE}/same/{found.uid}", {"say": "no"})
    suggesting.look(alpha)
    assert not Suggestion.objects.of(alpha).filter(state="open", left_uri__contains="taupevelo").exists()
    assert access.persons(alpha).count() == 0


def profile(url: str) -> bytes:
    field = {"name": "other", "value": f'<a href="{url}" rel="me">{url}</a>', "verified_at": "2026-01-01T00:00:00Z"}
    return json.dumps({"account": {"fields": [field]}}).encode()


def test_profiles_that_verifiably_name_each_other_are_joined_without_a_question(alpha: Workspace) -> None:
    one, two = account("deux"), account("double", "pixelfed")
    said("deux", "x", raw=profile(two.uri))
    said("double", "y", network="pixelfed", raw=profile(one.uri))
    suggesting.look(alpha)
    owner = access.behind(alpha, "mastodon", one.uri)
    assert owner is not None
    assert owner == access.behind(alpha, "pixelfed", two.uri)
    assert {row.proof_how for row in access.handles(owner)} == {"rel_me"}


def test_a_code_proves_an_account_only_when_it_is_posted_from_there_afterwards(alpha: Workspace) -> None:
    person = person_of(alpha, said("moi", "bonjour"))
    said("autre", "coucou", network="bluesky")
    asked = proving.ask(person, "bluesky", account("autre", "bluesky").uri, None)
    assert proving.look() == 0
    said("voleur", f"my code is {asked.code}", network="bluesky")
    assert proving.look() == 0
    said("autre", f"voici {asked.code}", network="bluesky")
    assert proving.look() == 1
    assert access.behind(alpha, "bluesky", account("autre", "bluesky").uri) == person
    assert Challenge.objects.of(alpha).filter(met_ms=0).count() == 0


def test_the_timeline_has_everything_once_newest_first(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    person = person_of(alpha, said("bavard", *(f"message {n}" for n in range(60))))
    Case.objects.add(alpha, title="A case", person=person, opened_ms=START + 30, changed_ms=1)
    Promise.objects.add(alpha, words="We call back", person=person, made_ms=START + 31)
    facts.note(person, "called", bob)
    browser, words, address = as_user(bob), [], f"{BASE}/{person.uid}"
    while address:
        page = browser.get(address).content.decode()
        words += re.findall(r'<p dir="auto">([^<]*)</p></li>', page)
        older = re.search(r'hx-get="([^"]+more\?after=[^"]+)"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    assert words[0] == "called"
    assert len(words) == 63
    assert words.index("We call back") < words.index("A case")
    assert [one for one in words if one.startswith("message")] == [f"message {n}" for n in reversed(range(60))]


def test_a_person_of_five_thousand_posts_is_a_small_page(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    person = person_of(alpha, said("prolixe", *(f"m {n}" for n in range(5_000))))
    browser = as_user(bob)
    browser.get(f"{BASE}/{person.uid}")
    with CaptureQueriesContext(connection) as asked:
        page = browser.get(f"{BASE}/{person.uid}")
    assert len(asked) <= 25
    assert len(page.content) < 250_000


def test_ten_thousand_suggestions_are_a_quick_small_page(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    Suggestion.objects.of(alpha).bulk_create(
        Suggestion(workspace=alpha, left_network="a", left_uri=f"a{n}", right_network="b", right_uri=f"b{n}",
                   score=20 + n % 9, bar=13, made_ms=1, reasons=[["handle", 12.0, "x"]]) for n in range(10_000)
    )  # fmt: skip
    browser = as_user(bob)
    page = browser.get(f"{BASE}/same")
    older = re.search(r'href="(\?[^"]+)" rel="next"', page.content.decode())
    assert older
    with CaptureQueriesContext(connection) as asked:
        second = browser.get(f"{BASE}/same{older[1].replace('&amp;', '&')}")
    assert len(asked) <= 8
    assert len(page.content) < 250_000
    first_uids, next_uids = (set(re.findall(r"same/(\w{32})", one.content.decode())) for one in (page, second))
    assert not first_uids & next_uids


def test_the_card_says_how_to_speak_to_them(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    person = person_of(alpha, said("tutoie", "salut"))
    facts.decide(person, {"addressed": "tu", "relation": "press"}, **WHY, by=bob)
    facts.agree(person, "news", "refused", "by mail", bob)
    part = as_user(bob).get(f"{BASE}/{person.uid}/card").content.decode()
    assert "<b>tu</b>" in part
    assert "Press" in part
    assert "Refused" in part
    assert "<html" not in part


def test_lists_by_hand_and_segments(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    person, browser = person_of(alpha, said("presse", "x")), as_user(bob)
    facts.decide(person, {"relation": "press"}, **WHY, by=bob)
    person_of(alpha, said("autrui", "y"))
    browser.post(f"{BASE}/lists", {"name": "Fair"})
    browser.post(f"{BASE}/lists", {"name": "All press", "segment": "1", "relation": "press", "nonsense": "x"})
    by_hand, segment = (PersonList.objects.of(alpha).get(name=name) for name in ("Fair", "All press"))
    assert segment.conditions == {"relation": "press"}
    browser.post(f"{BASE}/{person.uid}/lists", {"list": [by_hand.uid]})
    for one in (by_hand, segment):
        page = browser.get(f"{BASE}/lists/{one.uid}", follow=True).content.decode()
        assert "Presse" in page
        assert "Autrui" not in page
    assert b"keeps nothing" in browser.post(f"{BASE}/lists", {"name": "Malades"}, follow=True).content


@pytest.mark.parametrize("kind", ["vcf", "jscontact", "csv"])
def test_what_leaves_as_a_file_comes_back_the_same(alpha: Workspace, bob: User, as_user: AsUser, kind: str) -> None:
    person = person_of(alpha, said("carnet", "x", shown="Élodie; Lefèvre, =1+1"))
    for name, value in (
        ("phone", "+33 1 23"),
        ("tag", "salon"),
        ("organisation", "Société Ÿ"),
        ("city", "Saint-Étienne"),
    ):
        facts.add(person, name, value, **WHY, by=None)
    Handle.objects.add(
        alpha, person=person, network="mail", uri="mailto:e@l.example", handle="e@l.example", linked_ms=1
    )
    browser = as_user(bob)
    file = browser.get(f"{BASE}/files/{kind}")
    assert file.status_code == 200
    before = list(cards.contacts(alpha, [person]))
    erasing.forget(alpha, [person.pk], [], [])
    made = cards.looked_at(alpha, "book", file.content, bob)
    assert [row["what"] for row in made.rows] == ["new"]
    assert cards.taken_in(made, "answer", "consent", bob) == (1, 0)
    [again] = cards.contacts(alpha, access.persons(alpha))
    assert (again.name, again.emails, again.phones, again.tags) == (
        before[0].name, before[0].emails, before[0].phones, before[0].tags)  # fmt: skip
    assert (again.organisation, again.city, again.accounts) == (
        before[0].organisation, before[0].city, before[0].accounts)  # fmt: skip


BOOK = b"""junk before\r
BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zo\xc3\xa9\r\nEMAIL:zoe@a.example\r\nCATEGORIES:ami,malade\r\nEND:VCARD\r
BEGIN:VCARD\r\nVERSION:4.0\r\nEND:VCARD\r
BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Dupr=C3=A9;L=C3=A9a\r\nEND:VCARD\r
BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoe again\r\nEMAIL:ZOE@a.example\r\nEND:VCARD\r
BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Cut off\r
"""


def test_a_file_is_shown_first_its_faults_are_located_and_the_rest_comes_in(
    alpha: Workspace, bob: User, as_user: AsUser
) -> None:
    browser = as_user(bob)
    answer = browser.post(f"{BASE}/import", {"file": SimpleUploadedFile("book.vcf", BOOK)}, follow=True)
    page = answer.content.decode()
    assert "2 new people" in page
    assert "1 twice in the file" in page
    assert "is about health" in page
    assert "The card has no end" in page
    assert access.persons(alpha).count() == 0
    made = Intake.objects.of(alpha).get()
    browser.post(f"{BASE}/import/{made.uid}", {"purpose": "answer", "basis": "consent"})
    assert set(access.persons(alpha).values_list("name", flat=True)) == {"Zoé", "Léa Dupré"}
    again = browser.post(f"{BASE}/import", {"file": SimpleUploadedFile("book.vcf", BOOK)}, follow=True).content.decode()
    assert "known" in again
    assert {one.source for one in Fact.objects.of(alpha).filter(name="tag")} == {"book.vcf"}


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("x.bin", bytes(range(256)) * 20, "No column"),
        ("x.json", b'{"a": ', "cannot be read"),
        ("x.csv", b"", "There is no person"),
        ("x.xlsx", b"PK\x03\x04\0\0nom;e-mail", "This file is not text"),
        ("x.png", b"\x89PNG\r\n\x1a\n", "This file is not text"),
        ("x.csv", b"nom;e-mail\n", "There is no person"),
        ("x.vcf", b"BEGIN:VCARD\n" * 50, "no end"),
        ("x.csv", "nom;courriel\nÉlo;e@x.example".encode("utf-16"), "1 new person"),
        ("x.csv", "nom;courriel\nÉlo;e@x.example".encode("cp1252"), "1 new person"),
        ("x.csv", b"name\n" + b"a\n" * 10_001, "more than 10,000"),
    ],
)
def test_bad_files_get_a_clear_sentence(
    alpha: Workspace, bob: User, as_user: AsUser, name: str, body: bytes, sentence: str
) -> None:
    upload = SimpleUploadedFile(name, body or b"\n")
    page = as_user(bob).post(f"{BASE}/import", {"file": upload}, follow=True).content.decode()
    assert sentence in page


def test_everything_about_a_person_can_be_taken_along(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    person = person_of(alpha, said("droit", "mon message"))
    facts.note(person, "a note", bob)
    Case.objects.add(alpha, title="A case", person=person, opened_ms=1, changed_ms=1)
    kept = json.loads(as_user(bob).get(f"{BASE}/{person.uid}/export").content)
    assert [one["text"] for one in kept["posts"]] == ["mon message"]
    assert kept["known"]["people.note"][0]["text"] == "a note"
    assert kept["known"]["inbox.case"][0]["title"] == "A case"
    assert kept["person"]["accounts"][0]["handle"] == "droit"


def test_a_forgotten_person_leaves_everywhere_and_stays_out(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    who, other = said("adieu", "mon secret"), said("adieubis", "encore", network="bluesky")
    person = person_of(alpha, who)
    merging.merge(person, person_of(alpha, other, "bluesky"))
    Handle.objects.add(
        alpha, person=person, network="mail", uri="mailto:a@d.example", handle="a@d.example", linked_ms=1
    )
    case = Case.objects.add(alpha, title="mon secret", person=person, opened_ms=1, changed_ms=1)
    promise = Promise.objects.add(alpha, words="We promise Adieu", person=person, made_ms=1)
    facts.note(person, "secret note", alice)
    browser, address = as_user(alice), f"{BASE}/{person.uid}/erase"
    assert browser.post(address, {"typed": "yes"}).status_code == 400
    assert access.persons(alpha).filter(pk=person.pk).exists()
    assert browser.post(address, {"typed": "Forget"}).status_code == 302
    assert not Person.objects.of(alpha).filter(pk=person.pk).exists()
    case.refresh_from_db()
    promise.refresh_from_db()
    assert (case.title, case.person, promise.words, promise.person) == ("—", None, "—", None)
    assert archive().authors.get(alpha.id, "mastodon", who.uri) is None
    assert archive().authors.get(alpha.id, "bluesky", other.uri) is None
    assert archive().authors.kept_out(alpha.id, "mail", "mailto:a@d.example", "a@d.example")
    with pytest.raises(KeyError):  # the archive does not take it
        said("adieu", "de retour")
    assert archive().authors.get(alpha.id, "mastodon", who.uri) is None
    made = cards.looked_at(alpha, "b.csv", b"name,email\nAdieu,a@d.example", alice)
    assert [row["what"] for row in made.rows] == ["kept_out"]
