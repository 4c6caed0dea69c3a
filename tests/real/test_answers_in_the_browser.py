"""The whole way, in a browser: a stranger writes on a real server, it comes into the inbox, an agent answers there.

The answer stands on the server in the right thread, the clock stopped when the server says so, the promise that it
makes is in the ledger.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import which
from typing import Any
from urllib.parse import quote

import pytest
from servers.atproto import Pds, atproto, call
from servers.imap import imap
from servers.smtp import smtp
from servers.snac import snac
from servers.synapse import synapse
from servers.wordpress import wordpress

pytestmark = [pytest.mark.browser]
FOUND = (Path(path) for path in ("/usr/bin/chromium", which("chromium"), which("google-chrome")) if path)
CHROMIUM = next((str(path) for path in FOUND if path.exists()), "")
ASKED = "Mon Cyclovent siffle depuis hier, pouvez-vous m'aider ?"
WORDS = "Bonjour, merci de nous l'avoir dit. Nous revenons vers vous vendredi."
PROMISED = "vendredi"
SHOTS = os.environ.get("PALABRE_TEST_SHOTS", "")  # a folder for what was seen

FILL = """
import json, sys
from palabre.desk.config import start
start.django(); start.tables(); start.workspaces()
from palabre import plugins
from palabre.desk.engine import archive
from palabre.desk.workspaces.models import Workspace
Workspace.objects.update(set_up=True, name="Cyclovent")
given = json.loads(sys.argv[1])
whole = plugins.connector(given["connector"]).validate(given["config"])
archive().watches.add(1, "Cyclovent", "cyclovent", kind="brand")
archive().sources.add(1, given["connector"], given["name"], dict(whole), rhythm_seconds=60, secrets=given["secrets"])
"""
TOLD = """
import json
from palabre.desk.config import start
start.django()
from palabre.desk.inbox import clock
from palabre.desk.inbox.models import Case
from palabre.desk.outbox.models import Sending
from palabre.desk.promises.models import Promise
from palabre.desk.workspaces.models import Workspace
from palabre.measure import sla
here = Workspace.objects.get()
[sending] = Sending.objects.of(here)
[case] = [one for one in Case.objects.of(here) if one.waiting_since_ms == 0]
found = list(clock.events(here, case))
promises = [[one.words, one.due_ms, one.uri] for one in Promise.objects.of(here).filter(case=case)]
print(json.dumps({
    "state": sending.state, "uri": sending.uri, "url": sending.url, "sent_ms": sending.sent_ms,
    "title": case.title,
    "events": [[one.kind, one.at_ms, one.by] for one in found], "promises": promises,
}))
"""


UP = "from palabre.cli.main import main; main()"
SOON = (  # the ten seconds in which a reply can be taken back, made one: the e-mail waits for all of them
    "from palabre.desk.config import start; start.django(); "
    "from palabre.desk.replies import drafting; drafting.UNDO_MS = 1_000; "
)


@pytest.fixture(autouse=True)
def home_with_tables(tmp_path: Path, ready_home: Path) -> None:
    shutil.copytree(ready_home, tmp_path / "home")


@dataclass
class Desk:
    """A running desk with one source, and a browser signed in to it."""

    address: str
    environment: Mapping[str, str]
    page: Any
    faults: list[str]

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}/w/default/{path}")

    def look(self, name: str) -> None:
        if SHOTS:
            self.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)

    def open_channel(self, name: str) -> None:
        """As a manager does: the source is made a channel, the platform says who we are."""
        self.open("channels")
        self.page.get_by_role("button", name=re.compile(re.escape(name))).first.click()
        self.page.locator(".chip.good").first.wait_for()

    def case(self, asks: Callable[[], object], words: str = "Cyclovent siffle") -> None:
        """The stranger writes; the case comes into the inbox by itself; it is opened there."""
        asks()
        for _ in range(90):
            self.open("inbox?queue=unassigned")
            found = self.page.locator("a.case-title", has_text=words)
            if found.count():
                found.first.click()
                return
            self.ask_sources()
            time.sleep(1)
        self.look("no-case")
        raise AssertionError("no case came")

    def ask_sources(self) -> None:
        """The button "ask now" of the source; its own rhythm would be a minute."""
        self.open("sources/1")
        button = self.page.locator("form[action$='/ask'] button")
        if button.count():
            button.first.click()

    def answer(self, name: str) -> dict[str, Any]:
        """Writes, sees that a promise was found, sends, waits until the platform has it; what the desk then says."""
        text = self.page.locator("#reply-text")
        text.wait_for()
        text.fill(WORDS)
        self.page.locator(".promise-line", has_text=PROMISED).wait_for()
        self.look(f"{name}-composer")
        self.page.locator("button[name=action][value=send]").click()
        self.page.locator(".progress-card.state-sent").wait_for(timeout=60_000)
        self.look(f"{name}-sent")
        return self.told()

    def told(self) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-c", TOLD], env=self.environment, check=True, capture_output=True, text=True
        )
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


@contextmanager
def desk(
    folder: Path, ports: tuple[int, ...], connector: str, config: dict[str, Any], **secrets: str
) -> Iterator[Desk]:
    """A home of its own, filled, served, and opened in Chromium."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    allowed = " ".join(f"{host}:{port}" for port in ports for host in ("127.0.0.1", "localhost"))
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {
        "PALABRE_HOME": str(folder / "home"), "PALABRE_ALLOWED_HOSTS_PRIVATE": allowed,
        "PALABRE_HOST_INTERVAL_SECONDS": "0",
    }  # fmt: skip
    given = json.dumps({"connector": connector, "name": "Chez nous", "config": config, "secrets": secrets})
    subprocess.run([sys.executable, "-c", FILL, given], env=environment, check=True)
    with served(environment, UP if connector == "mail" else SOON + UP) as link, playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(locale="fr", viewport={"width": 1440, "height": 900}).new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(link)
        made = Desk(link.partition("/enter/")[0], environment, page, faults)
        made.open_channel("Chez nous")
        yield made
        assert faults == []
        browser.close()


@contextmanager
def served(environment: Mapping[str, str], program: str = UP) -> Iterator[str]:
    """The entry link of a desk that runs."""
    command = [sys.executable, "-c", program, "up", "--no-browser", "--port", "0"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield next(found[0] for line in process.stdout if (found := re.search(r"http\S+/enter/\S+", line)))
    process.send_signal(signal.SIGINT)
    process.wait(30)


def check(told: dict[str, Any], uri: str, at_ms: int, exact_ms: int = 1_000) -> None:
    """What the desk says agrees with the server. exact_ms: how finely the server tells the time."""
    assert (told["state"], told["uri"]) == ("sent", uri)
    assert abs(told["sent_ms"] - at_ms) < exact_ms
    kinds = {kind: (moment, by) for kind, moment, by in told["events"]}
    assert kinds["reply"] == (told["sent_ms"], "human")
    first = min(moment for kind, moment, _ in told["events"] if kind != "reply")
    assert first <= told["sent_ms"]
    [(words, due_ms, where)] = told["promises"]
    assert PROMISED in words
    due = datetime.fromtimestamp(due_ms / 1000, UTC).date()
    assert due.weekday() in (4, 5)  # the end of Friday where the desk is may be Saturday in Greenwich
    assert 0 < (due - date.today()).days <= 8  # noqa: DTZ011
    assert where == (told["url"] or uri)


def test_a_post_of_the_fediverse(tmp_path: Path) -> None:
    with snac(tmp_path) as server:
        config = {"server": server.url, "timeline": "public", "respect_noindex": False}
        with desk(tmp_path, (server.port,), "mastodon", config, token=server.tokens["alice"]) as here:
            question: dict[str, Any] = {}
            here.case(lambda: question.update(server.post(f"{ASKED} @alice", by="bob")))
            told = here.answer("mastodon")
            path = f"/api/v1/statuses/{question['id']}/context"
            [answer] = server.call("GET", path, "alice")["descendants"]
            assert answer["in_reply_to_id"] == question["id"]
            assert "vendredi" in answer["content"]
            check(told, answer["uri"], moment(answer["created_at"]))


def moment(said: str) -> int:
    return round(datetime.fromisoformat(said).timestamp() * 1000)


def test_an_e_mail(tmp_path: Path) -> None:
    with imap(tmp_path) as box, smtp() as out:
        config = {"host": "127.0.0.1", "port": box.port, "security": "none", "user": "marque", "smtp_host": "127.0.0.1"}
        config |= {"smtp_port": out.port, "smtp_security": "none", "address": "marque@example.org"}
        with desk(tmp_path, (box.port, out.port), "mail", config, password="secret") as here:
            letter = "From: Zoé <zoe@example.org>\nTo: marque@example.org\nSubject: Mon Cyclovent siffle\n"
            letter += (
                f"Message-ID: <q1@example.org>\nDate: {datetime.now(UTC):%a, %d %b %Y %H:%M:%S} +0000\n\n{ASKED}\n"
            )
            here.case(lambda: box.deliver(letter.encode()))
            before = time.time()
            told = here.answer("mail")
            [mail] = out.messages
            assert (mail["In-Reply-To"], mail["To"]) == ("<q1@example.org>", "zoe@example.org")
            assert "vendredi" in mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
            check(told, f"mid:{mail['Message-ID'].strip('<>')}", round(before * 1000), 60_000)


def test_a_comment_of_a_blog(tmp_path: Path) -> None:
    with wordpress(tmp_path) as site:
        config = {"url": site.url, "user": "admin"}
        article = site.publish("Le Cyclovent à l'essai", "<p>Été comme hiver.</p>")
        with desk(tmp_path, (site.port,), "wordpress", config, app_password=site.password) as here:
            question: dict[str, Any] = {}
            here.case(lambda: question.update(site.comment(int(article["id"]), ASKED, "Zoe")))
            told = here.answer("wordpress")
            answer = site.call("GET", f"comments/{told['uri'].rpartition('-')[2]}")
            assert (answer["parent"], answer["post"]) == (question["id"], article["id"])
            assert "vendredi" in answer["content"]["rendered"]
            check(told, answer["link"], moment(answer["date_gmt"] + "Z"))


def test_a_message_of_a_room(tmp_path: Path) -> None:
    with synapse(tmp_path) as server:
        room = server.room("Salon des cyclistes")
        config = {"server": server.url, "rooms": [room]}
        with desk(tmp_path, (server.port,), "matrix", config, token=server.tokens["marque"]) as here:
            asked: list[str] = []
            content = {"msgtype": "m.text", "body": ASKED, "m.mentions": {"user_ids": ["@marque:localhost"]}}
            here.case(lambda: asked.append(server.send(room, content)))
            told = here.answer("matrix")
            path = f"rooms/{quote(room)}/messages?dir=b&limit=10"
            said = server.call("GET", path, "alice")["chunk"]
            [answer] = [one for one in said if one["sender"] == "@marque:localhost" and one["type"] == "m.room.message"]
            assert answer["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == asked[0]
            assert "vendredi" in answer["content"]["body"]
            check(told, told["uri"], answer["origin_server_ts"])
            assert answer["event_id"][1:] in told["uri"]


def test_a_post_of_the_at_protocol(tmp_path: Path) -> None:
    with atproto(tmp_path) as server:
        account = {"handle": "zoe.test", "email": "zoe@example.org", "password": "a-password"}
        made = call(server.url, "com.atproto.server.createAccount", account)
        zoe = Pds(server.url, server.port, made["did"], made["accessJwt"])
        config = {"host": server.url, "server": server.url, "handle": "alice.test"}
        with desk(tmp_path, (server.port,), "bluesky_firehose", config, app_password="a-password") as here:
            question: dict[str, Any] = {}
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            here.case(lambda: question.update(zoe.post(f"{ASKED} @alice.test", createdAt=now)))
            told = here.answer("bluesky")
            path = f"com.atproto.repo.listRecords?repo={server.did}&collection=app.bsky.feed.post"
            [answer] = read(server.url, path)["records"]
            assert answer["value"]["reply"]["parent"]["uri"] == question["uri"]
            assert "vendredi" in answer["value"]["text"]
            check(told, answer["uri"], moment(answer["value"]["createdAt"]))


def read(url: str, path: str) -> dict[str, Any]:
    import urllib.request

    with urllib.request.urlopen(f"{url}/xrpc/{path}", timeout=30) as answer:
        found: dict[str, Any] = json.loads(answer.read())
    return found
