"""Reports in the browser and by themselves; alerts that explain themselves, once, in the end by a signed call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.db import connection
from django.db.models import F
from django.test import Client

from palabre.clock import to_datetime
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.promises.models import Promise
from palabre.desk.reports import building, digests, sealing, telling, watching
from palabre.desk.reports.making import period_words
from palabre.desk.reports.models import Alert, Copy, Firing, Report
from palabre.desk.reports.spans import span_of, versus_of
from palabre.desk.reports.tests.routes import RULE, SAID
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage.standard_webhooks import signature
from palabre.errors import FetchError
from palabre.model import Account, Post

AsUser = Callable[[User], Client]
HERE = "/w/alpha/measure"
DAY = 86_400_000
ANA = Account("https://social.example/users/ana", "ana", "Ana Lyse")


@pytest.fixture
def browser(alice: User, as_user: AsUser) -> Client:
    return as_user(alice)


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Letters that left; `fails` in the list's first place makes them fail."""
    sent: list[dict[str, Any]] = []

    def send(to: str, subject: str, text: str, html: str = "", *, stop: str = "", attached: Any = ()) -> None:
        if sent and "fails" in sent[0]:
            raise sent[0]["fails"]
        sent.append({"to": to, "subject": subject, "text": text, "attached": attached})

    monkeypatch.setattr("palabre.desk.post.send", send)
    monkeypatch.setattr("palabre.desk.post.ready", lambda: True)
    return sent


def made(browser: Client, alpha: Workspace, **more: Any) -> Report:
    assert browser.post(f"{HERE}/reports/new", SAID | more).status_code == 302
    return Report.objects.of(alpha).get()


@pytest.mark.parametrize(
    ("period", "versus", "span", "before"),
    [
        ("month", "before", ("2026-02-01", "2026-03-01"), ("2026-01-01", "2026-02-01")),
        ("week", "before", ("2026-03-02", "2026-03-09"), ("2026-02-23", "2026-03-02")),
        ("quarter", "before", ("2025-10-01", "2026-01-01"), ("2025-07-01", "2025-10-01")),
        ("day", "year", ("2026-03-10", "2026-03-11"), ("2025-03-11", "2025-03-12")),
        ("days:7", "", ("2026-03-05", "2026-03-12"), None),
    ],
)
def test_periods_are_whole(period: str, versus: str, span: tuple[str, str], before: tuple[str, str] | None) -> None:
    report = Report(period=period, versus=versus)
    found = span_of(report, 1_773_230_400_000)  # 11 March 2026, 12:00
    compared = versus_of(report, found)
    assert tuple(to_datetime(ms).date().isoformat() for ms in found) == span
    assert (compared and tuple(to_datetime(ms).date().isoformat() for ms in compared)) == before


@pytest.mark.parametrize("kind", ["html", "pdf", "json"])
def test_every_block_is_written_in_every_form(kind: str, browser: Client, alpha: Workspace) -> None:
    hear(alpha, Post("https://social.example/@ana/1", "mastodon", text="The child seat wobbles", account=ANA))
    report = made(browser, alpha, period="days:30")
    for block in ("title", "text", "stories", "rumours", "cases", "experiments"):
        browser.post(f"{HERE}/reports/{report.uid}/blocks", {"kind": block, "text": "Words"})
    answer = browser.get(f"{HERE}/reports/{report.uid}/now.{kind}?save=1")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    if kind == "html":
        assert "sandbox" in answer["Content-Security-Policy"]
        assert b"TLP:AMBER" in answer.content


def test_a_kept_copy_has_the_figures_of_that_day_and_no_words_of_posts(browser: Client, alpha: Workspace) -> None:
    hear(alpha, Post("https://social.example/@ana/1", "mastodon", text="The child seat wobbles", account=ANA))
    report = made(browser, alpha, period="days:30")
    report.blocks = [{"kind": "figures", "names": ["volume"]}, {"kind": "evidence"}]
    report.save()
    browser.post(f"{HERE}/reports/{report.uid}/keep")
    copy = Copy.objects.of(alpha).get()
    plain = browser.get(f"{HERE}/copies/{copy.uid}/file.json").json()
    figure = plain["asks"]["figures"][0]
    assert {"name", "value", "n", "method", "version", "evidence"} <= set(figure)
    assert "wobbles" not in orjson.dumps(plain).decode()
    assert period_words("en", span_of(report, now_ms())) in browser.get(f"{HERE}/copies/{copy.uid}").content.decode()


def test_quoted_posts_are_of_the_period_and_name_their_network(browser: Client, alpha: Workspace) -> None:
    words = "The child seat of the Zephyr wobbles in every single bend of the road"
    watch_id = archive().watches.add(alpha.id, "Quoted", "Zephyr", kind="brand").watch_id
    hear(alpha, *(
        Post(f"https://social.example/@ana/{days}", "mastodon", text=words, account=ANA,
             url=f"https://a.example/{days}", published_ms=now_ms() - days * DAY)
        for days in (40, 2)
    ))  # fmt: skip
    report = made(browser, alpha, period="days:30")
    report.blocks = [{"kind": "evidence"}]
    report.save()
    shown = browser.get(f"{HERE}/reports/{report.uid}/now.html").content.decode()
    archive().watches.remove(watch_id, alpha.id)  # the archive is not rolled back between tests
    assert "https://a.example/2" in shown
    assert "https://a.example/40" not in shown
    assert "Mastodon" in shown


def test_blocks_move_and_leave(browser: Client, alpha: Workspace) -> None:
    report = made(browser, alpha)
    first = [one["kind"] for one in report.blocks]
    for act in ("down", "up", "remove"):
        browser.post(f"{HERE}/reports/{report.uid}/blocks/move", {"place": "1", "act": act})
    browser.post(f"{HERE}/reports/{report.uid}/blocks/move", {"place": "99", "act": "remove"})
    assert len(Report.objects.of(alpha).get().blocks) == len(first) - 1


@pytest.fixture
def digest(browser: Client, alpha: Workspace) -> Report:
    report = made(browser, alpha, every="day", at="8h", addresses="ada@example.org, bob@example.org", formats=["html"])
    report.blocks = [{"kind": "figures", "names": ["volume"]}]
    report.next_ms = now_ms() - 5 * DAY  # five turns were missed
    report.save()
    return report


def test_a_digest_that_was_missed_leaves_once_to_each(digest: Report, alpha: Workspace, letters: list[Any]) -> None:
    for _ in range(3):
        digests.run()
    assert sorted(one["to"] for one in letters) == ["ada@example.org", "bob@example.org"]
    assert letters[0]["subject"].startswith("TLP:AMBER · March")
    assert letters[0]["attached"][0][0].endswith(".html")
    assert Copy.objects.of(alpha).get().sent == dict.fromkeys(("ada@example.org", "bob@example.org"), "sent")
    assert Report.objects.of(alpha).get().next_ms > now_ms()


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (FetchError("net.timeout", host="h", step="answer"), "unknown"),
        (FetchError("net.unreachable", host="h"), "waits"),
    ],
)
def test_a_letter_nobody_can_tell_of_is_not_sent_again(
    error: FetchError, state: str, digest: Report, alpha: Workspace, letters: list[Any]
) -> None:
    letters.append({"fails": error})
    digests.run()
    copy = Copy.objects.of(alpha).get()
    assert set(copy.sent.values()) == {state}
    assert bool(copy.next_ms) == (state == "waits")


def test_two_processes_write_to_nobody_twice(digest: Report, alpha: Workspace, letters: list[Any]) -> None:
    digests.make(digest, now_ms())
    stale, other = Copy.due.get(), Copy.due.get()
    assert [digests.deliver(stale), digests.deliver(other)] == [2, 0]
    assert sorted(one["to"] for one in letters) == ["ada@example.org", "bob@example.org"]


def test_what_was_cut_off_before_its_letters_left_leaves_later(
    digest: Report, alpha: Workspace, letters: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(seat: Any, copy: Copy) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(digests, "files", cut_off)
        with pytest.raises(KeyboardInterrupt):
            digests.run()
    assert letters == []
    Copy.objects.of(alpha).update(next_ms=F("next_ms") - digests.CLAIM_MS)
    assert digests.run() == 2


def test_a_report_is_made_while_nobody_waits_for_the_database(
    digest: Report, monkeypatch: pytest.MonkeyPatch, letters: list[Any]
) -> None:
    depth, made = len(connection.savepoint_ids), building.document
    seen: list[int] = []

    def document(*given: Any) -> Any:
        seen.append(len(connection.savepoint_ids) - depth)
        return made(*given)

    monkeypatch.setattr(building, "document", document)
    digests.make(digest, now_ms())
    assert seen == [0]


def test_a_copy_cut_off_while_sending_is_unknown(digest: Report, alpha: Workspace, letters: list[Any]) -> None:
    digests.run()
    copy = Copy.objects.of(alpha).get()
    copy.sent, copy.next_ms = {"ada@example.org": "sending"}, 1
    copy.save()
    letters.clear()
    digests.run()
    assert letters == []
    assert Copy.objects.of(alpha).get().sent == {"ada@example.org": "unknown"}


def test_a_digest_of_somebody_who_left_stops_and_says_why(
    digest: Report, alpha: Workspace, alice: User, letters: list[Any]
) -> None:
    alice.membership_set(manager="doors").all().delete()
    digests.run()
    found = Report.objects.of(alpha).get()
    assert (found.error_key, found.next_ms) == ("reports.owner_gone", 0)
    assert letters == []


# alerts


class Calls:
    """A network that notes what is posted to it."""

    def __init__(self) -> None:
        self.made: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200

    def request(self, method: str, url: str, *, headers: Any, content: bytes, cap_bytes: int) -> Any:
        self.made.append((url, dict(headers), content))
        if self.status >= 500:
            raise FetchError("net.status", host="h", status=self.status)
        return type("Answer", (), {"status": self.status})()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    made_ = Calls()
    monkeypatch.setattr(telling, "net", lambda: made_)
    return made_


@pytest.fixture
def late(alpha: Workspace, browser: Client) -> Alert:
    """A rule on late promises with three ways, and two promises that are late."""
    said = RULE | {"kind": "promise", "hook": "https://hooks.example/in", "chat": "https://chat.example/hooks/x"}
    assert browser.post(f"{HERE}/alerts/new", said).status_code == 302
    Alert.everywhere.update(live_ms=1)
    for words in ("A part on Friday @channel", "A call on Monday"):
        Promise.objects.add(alpha, words=words, due_ms=now_ms() - 1_000, made_ms=1)
    return Alert.objects.of(alpha).get()


def speak_now() -> None:
    Alert.everywhere.update(checked_ms=0)
    watching.run()
    Firing.everywhere.filter(state="held").update(due_ms=1)
    telling.run()


def test_what_waits_together_is_one_message_told_once_every_way(
    late: Alert, alpha: Workspace, letters: list[Any], calls: Calls
) -> None:
    for _ in range(3):
        speak_now()
    assert [one["to"] for one in letters] == ["ada@example.org"]
    assert "A part on Friday" in letters[0]["text"]
    assert "A call on Monday" in letters[0]["text"]
    assert [url for url, _, _ in calls.made] == ["https://hooks.example/in", "https://chat.example/hooks/x"]
    assert set(Firing.objects.of(alpha).values_list("state", flat=True)) == {"told"}


def test_the_webhook_is_signed_and_the_chat_calls_nobody(late: Alert, letters: list[Any], calls: Calls) -> None:
    speak_now()
    _, headers, body = calls.made[0]
    secret = sealing.opened(late.hook_secret, f"{late.uid} secret")
    wanted = signature(secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    assert headers["webhook-signature"] == wanted
    event = orjson.loads(body)
    assert event["type"] == "alert.told"
    assert len(event["data"]["seen"]) == 2
    assert "@channel" not in orjson.loads(calls.made[1][2])["text"]


def test_a_webhook_is_tried_again_under_the_same_id(late: Alert, letters: list[Any], calls: Calls) -> None:
    calls.status = 503
    speak_now()
    calls.status = 200
    Firing.everywhere.filter(state="held").update(due_ms=1)
    telling.run()
    ids = [headers["webhook-id"] for url, headers, _ in calls.made if "hooks.example" in url]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert len(letters) == 1


def test_secrets_are_sealed(late: Alert) -> None:
    assert b"hooks.example/in" not in bytes(late.hook)
    assert sealing.opened(late.chat, f"{late.uid} chat") == "https://chat.example/hooks/x"


def test_a_muted_alert_notes_and_tells_nobody(
    late: Alert, browser: Client, alpha: Workspace, letters: list[Any], calls: Calls
) -> None:
    browser.post(f"{HERE}/alerts/{late.uid}/mute")
    speak_now()
    assert (letters, calls.made) == ([], [])
    assert set(Firing.objects.of(alpha).values_list("state", flat=True)) == {"kept"}


def test_judgements_make_the_precision(late: Alert, browser: Client, alpha: Workspace) -> None:
    for at in range(6):
        one = Firing.objects.add(alpha, alert=late, key=str(at), title="alerts.says.test", at_ms=1, seen_ms=1)
        browser.post(f"{HERE}/firings/{one.uid}/judge", {"judged": "useful" if at else "useless"})
    assert "83.3%" in browser.get(f"{HERE}/alerts").content.decode()


def test_a_try_shows_what_it_would_say_and_writes_nothing(late: Alert, browser: Client, alpha: Workspace) -> None:
    page = browser.post(f"{HERE}/alerts/{late.uid}/test").content.decode()
    assert "It would speak of 2 things" in page
    assert Firing.objects.of(alpha).count() == 0


def test_a_test_goes_every_way(late: Alert, browser: Client, letters: list[Any], calls: Calls) -> None:
    browser.post(f"{HERE}/alerts/{late.uid}/test", {"send": "1"})
    assert len(letters) == 1
    assert len(calls.made) == 2


@pytest.mark.parametrize(
    "said",
    [{"addresses": ""}, {"addresses": "nobody"}, {"hook": "ftp://x"}, {"hook_secret": "short"}, {"zone": "Mars/One"},
     {"quiet_from": "25:00", "quiet_until": "08:00"}, {"kind": "volume"}],
)  # fmt: skip
def test_what_cannot_work_is_refused(said: dict[str, str], browser: Client, alpha: Workspace) -> None:
    assert browser.post(f"{HERE}/alerts/new", RULE | said).status_code == 400
    assert not Alert.objects.of(alpha).exists()


def test_a_volume_that_is_not_over_says_nothing(browser: Client, alpha: Workspace) -> None:
    browser.post(f"{HERE}/alerts/new", RULE | {"kind": "volume", "threshold": "0", "hours": "24"})
    alert = Alert.objects.of(alpha).get()
    watching.look(alert, now_ms())
    assert Firing.objects.of(alpha).count() == 0
