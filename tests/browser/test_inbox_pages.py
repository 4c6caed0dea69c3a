"""The inbox in real browsers: two agents at once, the ten main tasks by keyboard alone, nothing for axe to find."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
FOUND = (Path(path) for path in ("/usr/bin/chromium", which("chromium"), which("google-chrome")) if path)
CHROMIUM = next((str(path) for path in FOUND if path.exists()), "")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HERE = "/w/default/inbox"
NOTE_TABS = 5  # at most, from the text of a note to its button
FILL = """
from palabre.desk.config import start
start.django(); start.tables(); start.workspaces()
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox import access
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.workspaces.models import Membership, User, Workspace
from palabre.desk.workspaces.people import entry_link
from palabre.model import Account, Post
Workspace.objects.update(set_up=True, name="Cyclovent")
workspace, now = Workspace.objects.get(), now_ms()
who = Account("https://m.example/u/zoe", "zoe", "Zoé Martin", followers=1500)
said = [Post(f"https://m.example/{n}", "mastodon", text=f"Où en est ma commande numéro {n} ?", account=who,
             published_ms=now - (n + 1) * 3_600_000) for n in range(12)]
for post_id in hear(workspace, *said):
    access.opened(workspace, archive().post(workspace.id, post_id), asks={"question": 0.9})
for name in ("alice", "bob"):
    user = User.objects.create_user(f"{name}@x.example", "a fine long sentence", name=name, lang="en")
    Membership.objects.add(workspace, user=user, role="agent", since_ms=1)
    print("TOKEN", entry_link(user))
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, ready_home: Path) -> Iterator[tuple[str, list[str]]]:
    """(address of a desk with twelve cases, an entry token for each of two agents)."""
    home = Path(shutil.copytree(ready_home, tmp_path_factory.mktemp("inbox") / "home"))
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"} | {"PALABRE_HOME": str(home)}
    filled = subprocess.run([sys.executable, "-c", FILL], env=environment, check=True, capture_output=True, text=True)
    command = [sys.executable, "-c", "from palabre.cli.main import main; main()", "up", "--no-browser", "--port", "0"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    link = next(found[0] for line in process.stdout if (found := re.search(r"http\S+/enter/\S+", line)))
    yield link.partition("/enter/")[0], re.findall(r"TOKEN (\S+)", filled.stdout)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0


@pytest.fixture(scope="module")
def agents(desk: tuple[str, list[str]]) -> Iterator[list[Any]]:
    """A browser for each of the two agents."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    address, tokens = desk
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        pages = []
        for token in tokens:
            page = browser.new_context(
                viewport={"width": 1440, "height": 900}, locale="en", base_url=address
            ).new_page()
            page.goto(f"/enter/{token}")
            if page.locator("main form button").count() and "/enter/" in page.url:
                page.locator("main form button").first.click()
            pages.append(page)
        yield pages
        browser.close()


def violations(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": TAGS}).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def expect(found: Any) -> Any:
    """Playwright's patient assertions: they look again until it is so."""
    from playwright.sync_api import expect as patient

    return patient(found)


def to(page: Any, path: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")


def first_case(page: Any) -> str:
    to(page, f"{HERE}?queue=unassigned")
    return str(page.locator("[data-open]").first.get_attribute("href")).partition("?")[0]


def test_two_browsers_at_once_and_only_one_answers(agents: list[Any]) -> None:
    hers, his = agents
    case = first_case(hers)
    to(hers, case)
    to(his, case)
    for page in (hers, his):
        page.locator("#composer textarea").first.wait_for()
    hers.locator("#composer textarea").first.press_sequentially("Bonjour, je regarde")
    hers.get_by_text("You are answering").wait_for()
    his.locator("#composer textarea").first.press_sequentially("Bonjour")
    his.get_by_text("alice is answering").wait_for()
    assert his.get_by_text("You are answering").count() == 0
    his.get_by_role("button", name="Ask to answer instead").click()
    hers.get_by_text("bob would like to answer").wait_for(timeout=30_000)
    hers.get_by_role("button", name="Hand over").click()
    hers.get_by_text("bob is answering").wait_for()
    his.get_by_text("You are answering").wait_for(timeout=30_000)


def press(page: Any, key: str) -> None:
    """A key that leads to another state of the page."""
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_load_state("networkidle")


def test_ten_tasks_by_keyboard_alone(agents: list[Any]) -> None:
    page = agents[0]
    to(page, HERE)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("[data-case]").first).to_have_class(re.compile(r"\bread\b"))
    press(page, "o")  # 1 opens
    assert "/cases/" in page.url
    press(page, "a")  # 2 takes it
    assert page.locator("#h-to option[selected]").inner_text() == "alice"
    press(page, "u")  # 3 urgent
    assert page.locator(".case-chips .chip.bad").count() == 1
    press(page, "z")  # 4 takes that back
    assert page.locator(".case-chips .chip.bad").count() == 0
    page.keyboard.press("m")  # 5 a note
    page.keyboard.type("Vu avec le dépôt")
    page.keyboard.press("Tab")
    for _ in range(NOTE_TABS):
        if page.locator(":focus").inner_text().strip() == "Keep the note":
            break
        page.keyboard.press("Tab")
    press(page, "Enter")
    assert page.locator(".note").inner_text().endswith("Vu avec le dépôt")
    page.keyboard.press("l")  # 6 a label
    page.keyboard.type("livraison")
    press(page, "Enter")
    page.keyboard.press("r")  # 7 to the reply
    expect(page.locator("#composer:focus-within")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("s")  # 8 puts it aside
    press(page, "Enter")
    assert "put aside" in page.locator(".case-chips").inner_text()
    press(page, "n")  # 9 the next one
    press(page, "e")  # 10 resolved
    assert "resolved" in page.locator(".case-chips").inner_text()
    press(page, "b")  # back in the queue
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()


def test_many_at_once_by_keyboard_and_back(agents: list[Any]) -> None:
    page = agents[0]
    to(page, HERE)
    before = page.locator("[data-case]").count()
    for _ in range(3):
        page.keyboard.press("j")
        page.keyboard.press("x")
    press(page, "e")
    assert page.locator("[data-case]").count() == before - 3
    press(page, "z")
    assert page.locator("[data-case]").count() == before


@pytest.mark.parametrize("path", [HERE, f"{HERE}?queue=resolved", f"{HERE}/new", f"{HERE}/settings", "case"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_and_pages_fit(agents: list[Any], path: str, width: int) -> None:
    page = agents[1]
    page.set_viewport_size({"width": width, "height": 900})
    to(page, first_case(page) if path == "case" else path)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_on_a_telephone_the_queues_are_one_line_that_slides_to_the_current_one(agents: list[Any]) -> None:
    page = agents[1]
    page.set_viewport_size({"width": 360, "height": 900})
    to(page, f"{HERE}?queue=resolved")
    assert page.locator(".queues").bounding_box()["height"] < 80
    shown = page.locator(".queues a[aria-current]").bounding_box()
    assert 0 <= shown["x"] <= 360 - shown["width"]
