"""Outgoing webhooks: every event once, whatever is cut off; endpoints that fail, are slow, are gone or are inside."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.test import Client

from palabre.desk import clock, post
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.hooks import acts, calling, delivering, recording, sealing
from palabre.desk.hooks.models import Cursor, Delivery, Endpoint, Event
from palabre.desk.hooks.tests.routes import made
from palabre.desk.inbox import access as inbox
from palabre.desk.people import erasing
from palabre.desk.people.models import Merge, Person
from palabre.desk.promises import access as promises
from palabre.desk.replies.models import Reply
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage.deliveries import TRIES_MAX, WAITS_MS, again_ms, given_up, rest_ms
from palabre.engage.standard_webhooks import signature
from palabre.net import Net

DAY_MS = 86_400_000


class Receiver:
    """A program that is told. answers: statuses to give, the last for good; slow_seconds: before each answer."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers, self.slow_seconds, self.location = [204], 0.0, ""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                time.sleep(receiver.slow_seconds)
                status = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
                self.send_response(status)
                if receiver.location:
                    self.send_header("location", receiver.location)
                self.send_header("content-length", "0")
                self.end_headers()

            do_GET = do_POST  # the name http.server asks for

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/in?key=quiet"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    @property
    def kinds(self) -> list[str]:
        return [orjson.loads(body)["type"] for _, body in self.got]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """One that the guard lets pass, by name."""
    one = Receiver()
    allow(monkeypatch, one.host)
    yield one
    one.close()


def allow(monkeypatch: pytest.MonkeyPatch, *hosts: str, seconds: float = 5.0) -> None:
    known = replace(
        settings.PALABRE, allowed_hosts_private=" ".join(hosts), host_interval_seconds=0.0, read_seconds=seconds
    )
    one = Net(known, clock.CLOCK)
    monkeypatch.setattr(calling, "net", lambda: one)


@pytest.fixture
def endpoint(alpha: Workspace, receiver: Receiver) -> Endpoint:
    recording.begin(alpha)
    return made(alpha, receiver.url)


def opened(workspace: Workspace, user: User, title: str = "Lost parcel") -> Any:
    return inbox.by_hand(workspace, title, user)


def due_now() -> None:
    Delivery.queue.filter(state="waiting").update(due_ms=1)
    Endpoint.everywhere.update(rest_until_ms=0)


def tell() -> int:
    recording.run()
    due_now()
    return delivering.run()


# what is told


def test_what_happened_is_told_once_however_often_the_beats_come(
    alpha: Workspace, bob: User, endpoint: Endpoint, receiver: Receiver
) -> None:
    case = opened(alpha, bob)
    for kind in ("assigned", "labelled", "resolved", "reopened"):
        inbox.happened(case, kind, user=bob, to=bob.pk, label="x")
    for _ in range(3):
        tell()
    assert receiver.kinds == ["case.opened", "case.assigned", "case.resolved", "case.reopened"]
    assert len(set(receiver.ids)) == 4
    said = orjson.loads(receiver.got[0][1])
    assert said["data"] == {"workspace": "alpha", "case": case.uid, "by": "human", "member": bob.uid,
                            "api": f"/api/v1/workspaces/alpha/cases/{case.uid}"}  # fmt: skip
    assert b"Lost parcel" not in b"".join(body for _, body in receiver.got)


def test_what_was_before_the_first_endpoint_is_not_told(alpha: Workspace, bob: User, receiver: Receiver) -> None:
    opened(alpha, bob)
    seat = Seat(alpha, bob, "owner")
    one, _ = acts.make(seat, "CRM", receiver.url, [], False)
    tell()
    assert receiver.got == []
    acts.remove(one)
    opened(alpha, bob)
    acts.make(seat, "CRM", receiver.url, [], False)
    tell()
    assert receiver.got == []
    assert Cursor.objects.of(alpha).count() == 6


def test_cut_off_before_the_cursor_was_kept_nothing_is_lost_and_nothing_doubled(
    alpha: Workspace, bob: User, endpoint: Endpoint, receiver: Receiver
) -> None:
    for n in range(5):
        opened(alpha, bob, str(n))
    recording.run()
    Cursor.objects.of(alpha).update(after=0)
    recording.run()
    assert Event.objects.of(alpha).count() == 5 == Delivery.objects.of(alpha).count()
    Event.objects.of(alpha).order_by("-pk")[0].delete()
    Cursor.objects.of(alpha).filter(table="cases").update(after=10**9)
    recording.run()
    assert Event.objects.of(alpha).count() == 4  # far beyond: as if it had been read


def test_a_row_that_shows_late_is_told_all_the_same(
    alpha: Workspace, bob: User, endpoint: Endpoint, receiver: Receiver
) -> None:
    opened(alpha, bob)
    Cursor.objects.of(alpha).filter(table="cases").update(after=Cursor.objects.of(alpha).get(table="cases").after + 50)
    assert tell() == 1


def test_promises_are_made_near_late_and_kept(
    alpha: Workspace, bob: User, endpoint: Endpoint, receiver: Receiver
) -> None:
    Cursor.objects.of(alpha).filter(table="due").update(floor=1)
    soon = promises.made(alpha, "Call you", now_ms() + 3_600_000, owner=bob)
    promises.made(alpha, "Later", now_ms() + 30 * DAY_MS, owner=bob)
    tell()
    assert receiver.kinds == ["promise.made", "promise.made", "promise.due"]
    type(soon).objects.of(alpha).filter(pk=soon.pk).update(due_ms=now_ms() - 1_000)
    tell()
    tell()
    assert receiver.kinds[3:] == ["promise.due", "promise.late"]
    soon.refresh_from_db(from_queryset=type(soon).objects.of(alpha))
    soon.state = "kept"
    soon.save()
    promises.happened(soon, "kept", bob)
    tell()
    assert receiver.kinds[5:] == ["promise.kept"]


def test_signals_merges_publications_and_the_forgotten_are_told(
    alpha: Workspace, bob: User, endpoint: Endpoint, receiver: Receiver
) -> None:
    from palabre.archive.signals import Found
    from palabre.desk.calendar.models import Publication

    archive().signals.note(alpha.id, Found("weak", "m1", "t", "h", 1, 2, 0.5, "d", 1))
    now = now_ms()
    Publication.objects.add(alpha, title="News", text="Words", published_ms=now + 1, made_ms=1, changed_ms=1)
    kept, gone = (Person.objects.add(alpha, name=name, made_ms=1, changed_ms=1) for name in ("Ana", "Ana L."))
    Merge.objects.add(alpha, kept=kept, gone=gone, at_ms=now)
    tell()
    assert sorted(receiver.kinds) == ["person.merged", "publication.published", "signal.found"]
    other = Person.objects.add(alpha, name="Zoé", made_ms=1, changed_ms=1)
    erasing.forget(alpha, [other.pk], [], [])
    tell()
    said = orjson.loads(receiver.got[-1][1])
    assert (said["type"], said["data"]) == ("person.erased", {"workspace": "alpha", "person": other.uid})
    assert b"Zo" not in b"".join(body for _, body in receiver.got)


def test_words_go_along_only_where_they_are_wanted_and_are_kept_nowhere(
    alpha: Workspace, bob: User, endpoint: Endpoint, receiver: Receiver
) -> None:
    Endpoint.everywhere.update(words=True)
    case = opened(alpha, bob, "My parcel")
    reply = Reply.objects.add(alpha, case=case, text="We look at it.", lang="en", made_ms=1, changed_ms=1)
    inbox.happened(case, "drafted", user=bob, reply=reply.uid)
    tell()
    data = orjson.loads(receiver.got[1][1])["data"]
    assert data["words"] == {"case": {"title": "My parcel"}, "reply": {"text": "We look at it.", "lang": "en"}}
    assert data["api"].endswith(f"/replies/{reply.uid}")
    assert "parcel" not in str(list(Event.objects.of(alpha).values_list("data", flat=True)))


def test_an_endpoint_is_told_what_it_wants_and_nothing_of_another_workspace(
    workspaces: Any, bob: User, receiver: Receiver
) -> None:
    alpha, beta = workspaces
    for one in (alpha, beta):
        recording.begin(one)
        made(one, receiver.url, kinds=["case.resolved"])
    case = opened(alpha, bob)
    inbox.happened(case, "resolved", user=bob)
    tell()
    assert [orjson.loads(body)["data"]["workspace"] for _, body in receiver.got] == ["alpha"]


# how it is told


def test_a_call_is_signed_and_while_a_secret_is_replaced_by_both(
    alpha: Workspace, bob: User, endpoint: Endpoint, receiver: Receiver
) -> None:
    old = sealing.opened(endpoint.secret, f"{endpoint.uid} secret")
    fresh = acts.rotate(endpoint)
    opened(alpha, bob)
    tell()
    headers, body = receiver.got[0]
    wanted = [signature(one, headers["webhook-id"], int(headers["webhook-timestamp"]), body) for one in (fresh, old)]
    assert headers["webhook-signature"].split() == wanted
    Endpoint.everywhere.update(old_until_ms=now_ms() - 1)
    opened(alpha, bob)
    tell()
    assert len(receiver.got[1][0]["webhook-signature"].split()) == 1
    assert b"quiet" not in bytes(endpoint.url)
    assert fresh.encode() not in bytes(endpoint.secret)


def test_what_fails_comes_again_under_the_same_id_and_the_endpoint_rests(
    alpha: Workspace, bob: User, endpoint: Endpoint, receiver: Receiver
) -> None:
    receiver.answers = [503, 500, 200]
    opened(alpha, bob)
    opened(alpha, bob)
    recording.run()
    assert delivering.run() == 0
    assert len(receiver.got) == 1  # a storm of errors is not answered by a storm of calls
    assert delivering.run() == 0
    assert len(receiver.got) == 1
    endpoint.refresh_from_db(from_queryset=Endpoint.everywhere.all())
    assert endpoint.failures == 1
    assert endpoint.rest_until_ms > now_ms()
    assert endpoint.state == "active"
    due_now()
    delivering.run()
    due_now()
    assert delivering.run() == 2
    assert len(receiver.got) == 4
    assert len(set(receiver.ids)) == 2
    tried = Delivery.objects.of(alpha).get(event__uid=receiver.ids[0]).attempts
    assert [one["status"] for one in tried] in ([503, 500, 200], [503, 200])
    endpoint.refresh_from_db(from_queryset=Endpoint.everywhere.all())
    assert (endpoint.failures, endpoint.error_key) == (0, "")


def test_after_its_last_attempt_an_endpoint_that_took_nothing_is_switched_off_and_goes_on_by_hand(
    alpha: Workspace, bob: User, endpoint: Endpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters: list[Any] = []
    monkeypatch.setattr(post, "ready", lambda: True)
    monkeypatch.setattr(post, "send", lambda *said, **_: letters.append(said))
    Endpoint.everywhere.update(by=bob)
    receiver.answers = [500]
    opened(alpha, bob)
    recording.run()
    Delivery.queue.update(tries=TRIES_MAX - 1, first_ms=now_ms())
    due_now()
    delivering.run()
    row = Endpoint.everywhere.get()
    assert (row.state, Delivery.queue.get().state, len(letters)) == ("broken", "failed", 1)
    assert letters[0][0] == bob.email
    assert "quiet" not in str(letters)
    opened(alpha, bob)
    tell()
    assert len(receiver.got) == 1  # nothing is called any more; what happens waits
    receiver.answers = [200]
    acts.set_active(Endpoint.everywhere.get(), True)
    assert tell() == 1


def test_an_endpoint_that_is_gone_is_switched_off_at_once(
    alpha: Workspace, bob: User, endpoint: Endpoint, receiver: Receiver
) -> None:
    receiver.answers = [410]
    opened(alpha, bob)
    tell()
    assert Endpoint.everywhere.get().state == "broken"


def test_a_slow_endpoint_delays_no_other(
    alpha: Workspace, bob: User, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Receiver()
    slow.slow_seconds = 1.5
    allow(monkeypatch, receiver.host, slow.host, seconds=0.5)
    recording.begin(alpha)
    made(alpha, slow.url)
    made(alpha, receiver.url)
    for n in range(6):
        opened(alpha, bob, str(n))
    began = time.monotonic()
    assert tell() == 6
    assert time.monotonic() - began < 6
    assert len(slow.got) == 1
    late = Delivery.objects.of(alpha).filter(endpoint__host="hooks.example", tries=1, state="waiting").get()
    assert late.attempts[0]["error"] == "net.timeout"
    slow.close()


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/", "http://localhost:9/", "http://169.254.169.254/latest", "http://[::1]/", "http://10.0.0.1/",
     "http://0x7f000001/", "http://[::ffff:127.0.0.1]/"],
)  # fmt: skip
def test_an_address_inside_is_refused_and_not_called(
    url: str, alpha: Workspace, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch)
    recording.begin(alpha)
    made(alpha, url)
    opened(alpha, bob)
    assert tell() == 0
    tried = Delivery.objects.of(alpha).get().attempts
    assert [one["status"] for one in tried] == [0]
    assert tried[0]["error"].startswith("net.")


def test_a_redirect_is_a_failure_wherever_it_leads(
    alpha: Workspace, bob: User, endpoint: Endpoint, receiver: Receiver
) -> None:
    receiver.answers, receiver.location = [302, 200], f"http://{receiver.host}/elsewhere"
    opened(alpha, bob)
    assert tell() == 0
    assert Delivery.objects.of(alpha).get().state == "waiting"


def test_a_delivery_cut_off_while_it_was_under_way_comes_again(
    alpha: Workspace, bob: User, endpoint: Endpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(alpha, bob)
    recording.run()
    with monkeypatch.context() as patched:
        patched.setattr(delivering, "settled", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            delivering.run()
    assert delivering.run() == 0  # claimed for two minutes
    due_now()
    assert delivering.run() == 1
    assert len(receiver.got) == 2
    assert len(set(receiver.ids)) == 1


# by hand


@pytest.fixture
def browser(alice: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(alice)


def test_an_endpoint_is_set_up_tested_and_replayed_in_the_browser(
    browser: Client, alpha: Workspace, bob: User, receiver: Receiver
) -> None:
    said = {"name": "CRM", "url": receiver.url, "kinds": ["case.opened", "case.resolved"]}
    page = browser.post("/w/alpha/house/webhooks/new", said, follow=True).content.decode()
    assert "whsec_" in page
    assert "key=quiet" not in page
    one = Endpoint.everywhere.get()
    here = f"/w/alpha/house/webhooks/{one.uid}"
    assert "whsec_" not in browser.get(here).content.decode()
    assert "answered 204" in browser.post(f"{here}/test", follow=True).content.decode()
    assert receiver.kinds == ["palabre.test"]
    opened(alpha, bob)
    tell()
    row = Delivery.objects.of(alpha).get(event__kind="case.opened")
    assert "Case opened" in browser.get(f"{here}?state=delivered").content.decode()
    browser.post(f"/w/alpha/house/deliveries/{row.uid}/replay")
    tell()
    assert receiver.kinds == ["palabre.test", "case.opened", "case.opened"]
    assert receiver.ids[1] == receiver.ids[2]
    browser.post(f"{here}/replay", {"since": "2000-01-01", "until": "2199-01-01"})
    tell()
    assert receiver.ids[3:] == [receiver.ids[1]]
    assert browser.post(f"{here}/replay", {"since": "2026-02-01", "until": "2026-01-01"}).status_code == 400


def test_a_paused_endpoint_gets_what_happened_meanwhile(
    browser: Client, alpha: Workspace, bob: User, endpoint: Endpoint, receiver: Receiver
) -> None:
    here = f"/w/alpha/house/webhooks/{endpoint.uid}"
    browser.post(f"{here}/state", {"state": "paused"})
    opened(alpha, bob)
    assert tell() == 0
    browser.post(f"{here}/state", {"state": "active"})
    assert tell() == 1


def test_a_test_that_is_not_taken_says_why(browser: Client, alpha: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch)
    one = made(alpha)
    page = browser.post(f"/w/alpha/house/webhooks/{one.uid}/test", follow=True).content.decode()
    assert "The test was not taken" in page


@pytest.mark.parametrize("url", ["", "ftp://x.example/", "hooks.example", "javascript:alert(1)", "https://"])
def test_what_is_no_address_is_refused(browser: Client, alpha: Workspace, url: str) -> None:
    answer = browser.post("/w/alpha/house/webhooks/new", {"name": "CRM", "url": url})
    assert answer.status_code == 400
    assert not Endpoint.everywhere.exists()


def test_events_of_more_than_a_month_go(alpha: Workspace, bob: User, endpoint: Endpoint) -> None:
    opened(alpha, bob)
    recording.run()
    Event.everywhere.update(made_ms=now_ms() - 31 * DAY_MS)
    recording.tidy()
    assert not Event.everywhere.exists()
    assert not Delivery.queue.exists()


# the schedule


def test_waits_grow_as_standard_webhooks_recommends() -> None:
    assert [again_ms(n, 0) for n in range(1, TRIES_MAX + 1)] == [*WAITS_MS, 0]
    assert again_ms(1, 0, asked_ms=60_000) == 60_000
    assert again_ms(1, 0, asked_ms=10**12) == WAITS_MS[-1]
    assert [rest_ms(n, 0) for n in (1, 2, 3, 7, 99)] == [5_000, 10_000, 20_000, 300_000, 300_000]
    assert given_up(410, False, 5, 9)
    assert given_up(500, True, 5, 4)
    assert not given_up(500, True, 5, 6)
    assert not given_up(500, False, 5, 4)
