"""The address book, in a browser and on a real CardDAV server: set up, filled, changed by others, left by persons."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from servers.radicale import AddressBook, radicale
from test_answers_in_the_browser import CHROMIUM, SHOTS, home_with_tables, served  # noqa: F401  # a fixture

from palabre.messages import say

pytestmark = [pytest.mark.browser]
DO = """
import json, sys
from palabre.desk.config import start
start.django(); start.tables(); start.workspaces()
from palabre.desk.people import access, facts
from palabre.desk.people.models import Person
from palabre.desk.workspaces.models import Workspace
from palabre.model import Account
here = Workspace.objects.get()
Workspace.objects.update(set_up=True, name="Cyclovent")
why = {"source": "par courriel", "purpose": "follow_up", "basis": "consent", "by": None}
made = {}
for name, city in json.loads(sys.argv[1]):
    handle = name.split()[0].lower()
    person = access.met(here, "mastodon", Account(f"https://m.example/@{handle}", handle, name))
    facts.add(person, "email", f"{handle}@exemple.fr", **why)
    facts.add(person, "city", city, **why)
    if name != "Max Muet":
        facts.agree(person, "follow_up", "given", "par courriel", None)
    made[name] = person.uid
print(json.dumps(made))
"""


@dataclass
class Desk:
    address: str
    page: Any
    environment: Mapping[str, str]

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}/w/default/{path}")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def look(self, name: str) -> None:
        if SHOTS:
            self.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)

    def know(self, *persons: tuple[str, str]) -> dict[str, str]:
        """Persons with a city, who said yes (but Max); their numbers by name."""
        return dict(json.loads(ran(self.environment, "-c", DO, json.dumps(persons)).splitlines()[-1]))


def ran(environment: Mapping[str, str], *command: str) -> str:
    done = subprocess.run([sys.executable, *command], env=environment, check=True, capture_output=True, text=True)
    return done.stdout


def palabre(environment: Mapping[str, str], *words: str) -> str:
    return ran(environment, "-c", "from palabre.cli.main import main; main()", *words)


@contextmanager
def desk(folder: Path, book: AddressBook) -> Iterator[Desk]:
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {
        "PALABRE_HOME": str(folder / "home"), "PALABRE_ALLOWED_HOSTS_PRIVATE": f"127.0.0.1:{book.port}",
    }  # fmt: skip
    ran(environment, "-c", DO, "[]")
    with served(environment) as link, playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(locale="fr", viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(120_000)  # the first page of a desk that just began is slow where others build too
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(link)
        yield Desk(link.partition("/enter/")[0], page, environment)
        assert faults == []
        browser.close()


def until(ask: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not ask():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.2)


def test_persons_who_agreed_are_in_the_address_book_as_long_as_they_agree(tmp_path: Path) -> None:
    with radicale(tmp_path) as book, desk(tmp_path, book) as here:
        known = here.know(("Zoé Ünal", "Lyon"), ("Léa Roux", "Lille"), ("Max Muet", "Metz"))
        zoe, lea = (f"{known[name]}.vcf" for name in ("Zoé Ünal", "Léa Roux"))

        set_up(here, book)
        until(lambda: book.files() == sorted([zoe, lea]))
        assert "FN:Zoé Ünal" in book.card(zoe)
        assert "zoé@exemple.fr" in book.card(zoe)

        change_there(here, book, zoe)
        withdraw(here, known["Léa Roux"])
        press_now(here)
        until(lambda: book.files() == [zoe])

        forget(here, known["Zoé Ünal"])
        until(lambda: book.files() == [])
        here.open("address-book")
        here.look("book-after")
        said = [json.loads(line) for line in palabre(here.environment, "persons", "push", "--json").splitlines()]
        assert said == [{"address_book": book.url, "done": {}, "to_decide": 0, "error": ""}]


def set_up(here: Desk, book: AddressBook) -> None:
    """A wrong password is told, nothing is kept; then a try, then it stands. The server's address alone is enough."""
    page = here.page
    here.open("address-book")
    page.get_by_role("link", name="Mettre en place un carnet d’adresses").click()
    page.get_by_label("Adresse du carnet").fill(f"http://127.0.0.1:{book.port}/")
    page.get_by_label("Compte").fill("house")
    page.get_by_label("Mot de passe").fill("faux")
    here.press("Enregistrer")
    page.get_by_text("demande de s’identifier").first.wait_for()
    here.look("book-refused")
    page.get_by_label("Mot de passe").fill("secret")
    here.press("Essayer sans enregistrer")
    page.get_by_text("nous laisse écrire").first.wait_for()
    page.get_by_label("Mot de passe").fill("secret")
    here.press("Enregistrer")
    page.get_by_text("est en place").first.wait_for()


def change_there(here: Desk, book: AddressBook, file: str) -> None:
    """Somebody corrects a card with their telephone; what changes here meanwhile does not overwrite it."""
    theirs = book.card(file).replace("Lyon", "Villeurbanne")
    book.put(file, theirs)
    here.know(("Zoé Ünal", "Bron"))
    press_now(here)
    link = here.page.get_by_role("link", name="Regarder")
    until(lambda: seen(here, link))
    assert "Villeurbanne" in book.card(file)
    here.look("book-conflict")
    link.first.click()
    here.page.get_by_text("Villeurbanne").first.wait_for()
    here.look("book-card")
    here.press("Y mettre notre version")
    until(lambda: "Bron" in book.card(file) and "Villeurbanne" not in book.card(file))


def seen(here: Desk, link: Any) -> bool:
    here.open("address-book")
    return bool(link.count())


def press_now(here: Desk) -> None:
    here.open("address-book")
    here.press("Pousser maintenant")


def withdraw(here: Desk, uid: str) -> None:
    here.open(f"people/{uid}")
    page = here.page
    form = page.locator("form[action$='/consent']")
    page.locator("details", has=form).locator("summary").click()
    form.locator("select[name=purpose]").select_option("follow_up")
    form.locator("select[name=state]").select_option("withdrawn")
    form.locator("[name=said]").fill("par téléphone")
    form.locator("button").click()
    page.wait_for_load_state()


def forget(here: Desk, uid: str) -> None:
    here.open(f"people/{uid}/erase")
    here.page.locator("[name=typed]").fill(say("people.erase.word", "fr"))
    here.page.locator("form button.danger").click()
    here.page.wait_for_load_state()
