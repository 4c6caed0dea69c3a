"""The desk in a real browser: accessibility, policy of contents, weight, width, and the main tasks by keyboard."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from tests.browser.traffic import Traffic

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
FOUND = (Path(path) for path in ("/usr/bin/chromium", which("chromium"), which("google-chrome")) if path)
CHROMIUM = next((str(path) for path in FOUND if path.exists()), "")
FILL = """
from palabre.desk.config import start
start.django(); start.tables(); start.workspaces()
import sys
import palabre.sample.load as sample
play = sys.modules["palabre.sample.play"]
whole = play.play
play.play = lambda *given: whole(*given)[::40]
from palabre.clock import SystemClock
from palabre.desk.engine import archive
sample.add_panel(archive(), 1, "fr")
sample.load(archive(), SystemClock(), 1, lambda done, total: None)
from palabre.desk.workspaces.models import Workspace
Workspace.objects.update(set_up=True, name="Cyclovent")
from palabre.desk.mentions.models import SavedView
from palabre.model import Fault, RawItem
heard = archive().sources.add(1, "feed", "Vélo", {"url": "https://velo.invalid/feed"}, state="paused")
archive().quarantine.add(1, heard.source_id, RawItem(b"<script>"), Fault("map", "connector_feed.errors.empty_item"))
view = {"uid": 32 * "a", "name": "Batteries", "asks": "q=batterie", "shared": True, "made_ms": 1, "changed_ms": 1}
SavedView.objects.add(Workspace.objects.get(), **view)
"""
FORGET = """
from palabre.desk.config import start
start.django()
from palabre.desk.workspaces.models import User
User.objects.update(lang="", theme="auto")
"""
INVITE = """
from palabre.desk.config import start
start.django()
from palabre.desk.ambassadors import acts
from palabre.desk.people.models import Person
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
workspace = Workspace.objects.get()
person = Person.objects.add(workspace, name="Léa Martin", made_ms=1, changed_ms=1)
print("TOKEN", acts.invited(Seat(workspace, User.objects.first(), "owner"), person, "customer")[1])
"""
QUESTIONS = (
    "overview", "needs", "topics", "perception", "signals", "board", "stories", "rumours", "actors",
    "noise", "audits", "taught", "credibility", "models",
)  # fmt: skip
SLOW_MS = 120_000  # a first reckoning, on a machine with other work
PAGES = (
    "/account",
    "/w/default/start",
    "/w/default/filling",
    "/w/default/panel",
    "/w/default/panel/new",
    "/w/default/panel/new?query=batterie+NEAR/3+pluie",
    "/w/default/panel/1",
    "/w/default/panel/lists",
    "/w/default/panel/convert",
    "/w/default/members",
    "/w/default/tokens",
    "/w/default/journal",
    "/w/default/sources",
    "/w/default/sources/1",
    "/w/default/sources/1/settings",
    "/w/default/sources/1/backfill",
    "/w/default/sources/add",
    "/w/default/sources/add/mastodon",
    "/w/default/quarantine",
    "/w/default/quarantine/1",
    "/w/default/quarantine/coverage",
    "/w/default/exports/" + 32 * "a",
    "/w/default/today",
    "/w/default/outbox",
    "/w/default/channels",
    "/w/default/promises",
    "/w/default/promises/add",
    "/w/default/calendar",
    "/w/default/calendar/new",
    "/w/default/calendar/rhythm",
    "/w/default/calendar/results",
    "/w/default/calendar/around",
    "/w/default/ambassadors",
    "/w/default/ambassadors/ledger",
    "/w/default/people",
    "/w/default/people/new",
    "/w/default/people/same",
    "/w/default/people/lists",
    "/w/default/people/import",
    "/w/default/outreach",
    "/w/default/rules",
    "/w/default/rules/new",
    "/w/default/teams",
    "/w/default/teams/new",
    "/w/default/teams/approval/new",
    "/w/default/saved",
    "/w/default/saved/new",
    "/w/default/service",
    "/w/default/service/settings",
    "/w/default/service/hours",
    "/w/default/service/targets/new",
    "/w/default/inbox/settings",
    "/w/default/house/webhooks",
    "/w/default/house/webhooks/new",
    "/w/default/measure/objectives",
    "/w/default/measure/objectives/new",
    "/w/default/measure/proof",
    "/w/default/measure/outcomes/new",
    "/w/default/measure/experiments",
    "/w/default/measure/experiments/new",
    "/w/default/measure/reports",
    "/w/default/measure/reports/new",
    "/w/default/measure/alerts",
    "/w/default/measure/alerts/new",
    *(f"/w/default/understand/{name}" for name in QUESTIONS),
    "/w/default/replies/words",
    "/w/default/api",
    "/w/default/nothing-here",
)
WEIGHT_MAX = 250_000
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Desk:
    """A running desk with one signed-in browser state."""

    address: str
    browser: Any
    state: Any = None
    link: str = ""
    faults: list[str] = field(default_factory=list)
    traffic: dict[Any, Traffic] = field(default_factory=dict)
    readers: dict[tuple[str, str, bool], Any] = field(default_factory=dict)

    def page(self, lang: str = "fr", theme: str = "light", width: int = 1440, signed_in: bool = True) -> Any:
        return self.watched(self.context(lang, theme, width, signed_in))

    def next_page(self, lang: str, theme: str, signed_in: bool) -> Any:
        """A page for who only looks: in one browser state, which has the styles and scripts from the page before."""
        who = (lang, theme, signed_in)
        if who not in self.readers:
            self.readers[who] = self.context(lang, theme, 1440, signed_in)
        return self.watched(self.readers[who])

    def context(self, lang: str, theme: str, width: int, signed_in: bool) -> Any:
        return self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            locale=lang,
            storage_state=self.state if signed_in else None,
        )

    def watched(self, context: Any) -> Any:
        page = context.new_page()
        self.traffic[page] = Traffic(page)
        page.on("console", lambda said: self.faults.append(f"{page.url}: {said.text}") if self.is_fault(said) else None)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("request", lambda request: self.same_host(request.url))
        return page

    @staticmethod
    def is_fault(said: Any) -> bool:
        return said.type in {"error", "warning"} and not re.search(r"status of 40[04]", said.text)

    def same_host(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "about:")):
            self.faults.append(f"another host: {url}")

    def open(self, page: Any, path: str) -> None:
        page.goto(self.address + path)
        self.traffic[page].rest()
        waiting = page.locator(".waiting")
        if waiting.count():
            waiting.first.wait_for(state="detached", timeout=SLOW_MS)
            self.traffic[page].rest()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, ready_home: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The address of a desk with a part of the sample, its entry link, and its environment."""
    home = shutil.copytree(ready_home, tmp_path_factory.mktemp("desk") / "home")
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"} | {"PALABRE_HOME": str(home)}
    subprocess.run([sys.executable, "-c", FILL], env=environment, check=True)
    command = [sys.executable, "-c", "from palabre.cli.main import main; main()", "up", "--no-browser", "--port", "0"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    link = next(found[0] for line in process.stdout if (found := re.search(r"http\S+/enter/\S+", line)))
    yield link.partition("/enter/")[0], link, environment
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0


@pytest.fixture(scope="module")
def desk(served: tuple[str, str, dict[str, str]]) -> Iterator[Desk]:
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        made = Desk(served[0], browser)
        page = made.page(signed_in=False)
        page.goto(served[1])
        made.state = page.context.storage_state()
        page.context.close()  # or what it still waits for would fail within a later test
        yield made
        browser.close()


@pytest.fixture(autouse=True)
def no_faults(desk: Desk) -> Iterator[None]:
    """No console error, no breach of the policy, no other host, in any test."""
    desk.faults.clear()
    yield
    assert desk.faults == []


def expect(found: Any) -> Any:
    """Playwright's patient assertions: they look again until it is so. (What is given to wait_for_function as a text
    would be evaluated in the page, which its policy forbids.)"""
    from playwright.sync_api import expect as patient

    return patient(found)


def violations(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": TAGS}).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("path", ["/sign-in", *PAGES])
@pytest.mark.parametrize(("lang", "theme"), [("fr", "light"), ("en", "dark")])
def test_axe_finds_nothing(desk: Desk, path: str, lang: str, theme: str) -> None:
    page = desk.next_page(lang, theme, signed_in=path != "/sign-in")
    desk.open(page, path)
    assert page.locator("html").get_attribute("lang") == lang
    assert page.title().endswith("Palabre")
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("path", ["/sign-in", *PAGES])
def test_a_page_fits_a_narrow_screen_and_is_light(desk: Desk, path: str) -> None:
    page = desk.page("fr", width=320, signed_in=path != "/sign-in")
    bodies: list[int] = []
    page.on("response", lambda answer: bodies.append(int(answer.headers.get("content-length") or len(answer.body()))))
    desk.open(page, path)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert sum(bodies) < WEIGHT_MAX
    page.context.close()


def test_a_query_is_remarked_on_tried_and_judged(desk: Desk) -> None:
    page = desk.page("fr")
    desk.open(page, "/w/default/panel/new")
    page.get_by_label("Requête", exact=True).first.check()
    page.locator("#f-query").fill("cyclovent OR")
    page.locator(".remark").first.wait_for()
    page.locator("#f-query").fill("Cyclovent")
    page.locator("#preview mark").first.wait_for()
    assert page.locator("#preview mark").first.inner_text().casefold() == "cyclovent"
    with page.expect_response("**/panel/judge"):
        page.get_by_role("button", name="Oui").first.click()
    page.get_by_text("d’après 1 réponse").wait_for()
    page.context.close()


def test_a_remedy_rewrites_the_query(desk: Desk) -> None:
    page = desk.page("en")
    desk.open(page, "/w/default/panel/new?query=batterie+or+pluie")
    remedy = page.locator("#remarks button[name=remedy]").first
    remedy.wait_for()
    remedy.click()
    expect(page.locator("#f-query")).not_to_have_value("batterie or pluie")
    page.context.close()


def test_a_watch_is_made_with_the_keyboard_alone(desk: Desk) -> None:
    page = desk.page("en")
    desk.open(page, "/w/default/panel")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="New watch").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/panel/new")
    page.locator("#f-name").focus()
    page.keyboard.type("Typed watch")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("pluie")
    page.locator("#f-any").press("Control+Enter")
    page.locator("button.primary").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/panel/\d+$"))
    assert "Typed watch" in page.locator("h1").inner_text()
    page.context.close()


def test_errors_are_told_first_and_lead_to_their_field(desk: Desk) -> None:
    page = desk.page("fr")
    desk.open(page, "/w/default/panel/lists")
    page.get_by_role("button", name="Enregistrer").click()
    page.locator(".summary").wait_for()
    expect(page.locator(".summary")).to_be_focused()
    page.locator(".summary a").first.click()
    expect(page.locator("#f-name")).to_be_focused()
    page.context.close()


def test_the_wizard_proposes_a_panel_even_without_network(desk: Desk) -> None:
    page = desk.page("fr")
    desk.open(page, "/w/default/start")
    page.get_by_label("Nom de l’organisation").fill("Atelier des Deux Roues")
    page.get_by_label("Son site").fill("nothing-there.invalid")
    page.get_by_label("Ses concurrents").fill("Pédalis\nRoulia")
    page.get_by_role("button", name="Voir la proposition").click()
    page.locator("#sources input[type=checkbox]").first.wait_for(timeout=60_000)
    assert page.get_by_text("n’a pas pu être atteint").is_visible()
    assert violations(page) == []
    for box in page.locator("#sources input[type=checkbox]").all():
        box.uncheck()
    page.get_by_role("button", name="Commencer à écouter").click()
    page.wait_for_url("**/filling")
    desk.open(page, "/w/default/panel")
    assert page.get_by_role("link", name="Atelier des Deux Roues", exact=True).count() >= 1
    page.context.close()


@pytest.fixture
def undecided(served: tuple[str, str, dict[str, str]]) -> Iterator[None]:
    """Whatever a test chooses for the account is forgotten after it."""
    yield
    subprocess.run([sys.executable, "-c", FORGET], env=served[2], check=True)


@pytest.mark.usefixtures("undecided")
def test_language_and_look_are_chosen_in_the_header(desk: Desk) -> None:
    page = desk.page("fr")
    desk.open(page, "/w/default/panel")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state("networkidle")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Dark").click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.locator(".menu summary").click()
    page.get_by_role("button", name="As the system").click()
    page.context.close()


def test_an_invited_person_reads_and_answers_in_their_language(
    desk: Desk, served: tuple[str, str, dict[str, str]]
) -> None:
    made = subprocess.run([sys.executable, "-c", INVITE], env=served[2], check=True, capture_output=True, text=True)
    page = desk.page("fr", width=360, signed_in=False)
    desk.open(page, "/yes/" + made.stdout.split("TOKEN ")[1].strip())
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("button[value=yes]").click()
    expect(page.locator("button[value=leave]")).to_be_visible()
    page.context.close()
