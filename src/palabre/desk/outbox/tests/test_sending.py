"""One message a sending: sent once, refused, waiting, or unknown until the platform was read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from palabre.clock import FixedClock
from palabre.collect.contract import Config, Means
from palabre.collect.sending import CUT, GONE, HELD, TOKEN, WAIT, Outgoing, Sent
from palabre.desk import clock
from palabre.desk.outbox import acts, channels, courier, looking, settling
from palabre.desk.outbox.models import Channel, Sending
from palabre.desk.outbox.tests.platform import Platform, channel_of, speaks
from palabre.desk.workspaces.models import User, Workspace
from palabre.errors import InputError, RefusedError, UnknownOutcomeError
from palabre.settings import Settings

HOST = "social.example"


def refuses(key: str, retry_after: float | None = None) -> Callable[[], Exception]:
    return lambda: RefusedError(key, retry_after=retry_after, host=HOST)


def vanishes() -> Exception:
    return UnknownOutcomeError(CUT, host=HOST)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    made = FixedClock(1_790_000_000_000)
    monkeypatch.setattr(clock, "CLOCK", made)
    return made


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    made = Platform()
    speaks(made, monkeypatch)
    return made


@pytest.fixture
def channel(alpha: Workspace) -> Channel:
    return channel_of(alpha)


@pytest.fixture(autouse=True)
def _earlier_processes_are_over() -> None:
    looking._STARTED.set()


def queued(channel: Channel, by: User | None = None, about: str = "thing", due_ms: int = 0) -> Sending:
    return acts.send_off(channel, "publication", about, Outgoing("Bonjour", ""), by, due_ms)


def again(sending: Sending) -> Sending:
    sending.refresh_from_db()
    return sending


def beat(now: FixedClock, seconds: float = 1.0) -> None:
    now.sleep(seconds)
    courier.run()
    looking.run()


def test_what_is_due_is_sent_once_and_says_where_it_is(platform: Platform, channel: Channel, now: FixedClock) -> None:
    sending = queued(channel)
    for _ in range(5):
        beat(now)
    assert platform.calls == 1
    assert again(sending).state == "sent"
    assert (sending.uri, sending.sent_ms) == (f"https://social.example/{sending.key}", platform.at_ms)
    assert platform.taken[0].made_ms == sending.tried_ms


def test_what_is_scheduled_waits(platform: Platform, channel: Channel, now: FixedClock) -> None:
    queued(channel, due_ms=now.now_ms() + 60_000)
    beat(now, 59)
    assert platform.calls == 0
    beat(now, 2)
    assert platform.calls == 1


def test_the_same_thing_sent_off_ten_times_is_one_sending(
    platform: Platform, channel: Channel, now: FixedClock
) -> None:
    assert len({queued(channel).pk for _ in range(10)}) == 1
    beat(now)
    assert queued(channel).state == "sent"
    beat(now)
    assert platform.calls == 1


def test_what_is_taken_back_in_time_never_leaves(platform: Platform, channel: Channel, now: FixedClock) -> None:
    sending = queued(channel, due_ms=now.now_ms() + 10_000)
    assert acts.take_back(sending)
    beat(now, 60)
    assert (platform.calls, again(sending).state) == (0, "cancelled")
    assert not acts.take_back(sending)
    assert queued(channel).pk != sending.pk  # the same thing may be sent off again, as another sending


def test_what_has_left_cannot_be_taken_back(platform: Platform, channel: Channel, now: FixedClock) -> None:
    sending = queued(channel)
    beat(now)
    assert not acts.take_back(sending)
    assert again(sending).state == "sent"


@pytest.mark.parametrize("key", [GONE, "sending.blocked", "sending.length", "sending.said"])
def test_a_refusal_goes_back_to_its_author_and_is_not_tried_again(
    key: str, platform: Platform, channel: Channel, now: FixedClock
) -> None:
    platform.before = [refuses(key)]
    sending = queued(channel)
    for _ in range(3):
        beat(now, 600)
    assert (platform.calls, again(sending).state, sending.error_key) == (1, "refused", key)


def test_a_platform_that_asks_to_wait_is_asked_again_no_sooner(
    platform: Platform, channel: Channel, now: FixedClock
) -> None:
    platform.before = [refuses(WAIT, 30), refuses(WAIT, 30)]
    sending = queued(channel)
    beat(now)
    assert (again(sending).state, sending.error_key) == ("queued", WAIT)
    beat(now, 29)
    assert platform.calls == 1
    beat(now, 2)
    beat(now, 31)
    assert (platform.calls, again(sending).state, len(platform.taken)) == (3, "sent", 1)


def test_a_platform_that_always_asks_to_wait_ends_with_the_author(
    platform: Platform, channel: Channel, now: FixedClock
) -> None:
    platform.before = [refuses(WAIT, 1)] * 100
    sending = queued(channel)
    for _ in range(60):
        beat(now, 1000)
    assert (platform.calls, again(sending).state) == (courier.TRIES_MAX, "refused")


def test_an_expired_token_breaks_the_channel_and_its_queue_waits(
    platform: Platform, channel: Channel, now: FixedClock
) -> None:
    platform.before = [refuses(TOKEN)]
    first, second = queued(channel), queued(channel, about="other")
    for _ in range(3):
        beat(now, 60)
    channel.refresh_from_db()
    assert (channel.state, channel.error_key, platform.calls) == ("broken", TOKEN, 1)
    assert [again(one).state for one in (first, second)] == ["queued", "queued"]
    assert channels.check(channel)
    for _ in range(3):
        beat(now, 2)
    assert [again(one).state for one in (first, second)] == ["sent", "sent"]
    assert len(platform.taken) == 2


def test_a_paused_channel_sends_nothing(platform: Platform, channel: Channel, now: FixedClock) -> None:
    Channel.doors.filter(pk=channel.pk).update(state="paused")
    queued(channel)
    beat(now)
    assert platform.calls == 0


def test_a_channel_keeps_its_pace(platform: Platform, channel: Channel, now: FixedClock) -> None:
    for n in range(5):
        queued(channel, about=str(n))
    courier.run()
    assert platform.calls == 1
    beat(now, 0.5)
    assert platform.calls == 1
    beat(now, 0.6)
    assert platform.calls == 2


def test_an_unknown_outcome_that_was_taken_is_found_and_never_sent_again(
    platform: Platform, channel: Channel, now: FixedClock
) -> None:
    platform.after = [vanishes]
    sending = queued(channel)
    beat(now)
    assert again(sending).state == "unknown"
    beat(now, 6)
    assert (again(sending).state, sending.late, platform.calls) == ("sent", True, 1)


def test_an_unknown_outcome_that_was_not_taken_is_offered_again_only_after_two_looks_and_two_minutes(
    platform: Platform, channel: Channel, now: FixedClock
) -> None:
    platform.before = [vanishes]
    sending = queued(channel)
    states = []
    for _ in range(40):
        beat(now, 6)
        states.append((again(sending).state, now.now_ms() - sending.tried_ms))
    refused = next(after for state, after in states if state == "refused")
    assert 120_000 <= refused <= 300_000
    assert (sending.error_key, platform.calls) == (settling.NOT_THERE, 1)
    other = queued(channel)
    beat(now)
    assert other.key != sending.key
    assert len(platform.taken) == 1


def test_a_platform_that_cannot_be_read_leaves_it_unknown_and_a_person_decides(
    platform: Platform, channel: Channel, now: FixedClock
) -> None:
    platform.after, platform.unreadable = [vanishes], [vanishes] * 1000
    sending = queued(channel)
    for _ in range(300):
        beat(now, 600)
    assert (again(sending).state, sending.looks, sending.look_ms, platform.calls) == ("unknown", 9, 0, 1)
    assert acts.is_there(sending, "https://social.example/@maison/1")
    assert (again(sending).state, sending.sent_ms) == ("sent", sending.tried_ms)


def test_what_moderators_hold_is_never_held_to_be_lost_and_is_found_once_they_let_it_through(
    platform: Platform, channel: Channel, now: FixedClock
) -> None:
    platform.before = [lambda: UnknownOutcomeError(HELD, host=HOST)]
    sending = queued(channel)
    for _ in range(60):
        beat(now, 60)
    assert (again(sending).state, sending.error_key, platform.calls) == ("unknown", HELD, 1)
    assert sending.missed > looking.MISSED
    platform.taken.append(Outgoing("Bonjour", sending.key))  # let through
    for _ in range(60):
        beat(now, 600)
    assert (again(sending).state, sending.late, platform.calls) == ("sent", True, 1)


def test_a_sender_with_a_fault_of_its_own_is_held_to_have_sent(
    platform: Platform, channel: Channel, now: FixedClock
) -> None:
    platform.after = [lambda: KeyError("id")]
    sending = queued(channel)
    beat(now)
    beat(now, 6)
    assert (again(sending).state, platform.calls) == ("sent", 1)


def test_what_a_dead_process_left_becomes_unknown(platform: Platform, channel: Channel, now: FixedClock) -> None:
    sending = queued(channel)
    assert courier.claim(sending)
    beat(now, 60)
    assert again(sending).state == "sending"
    beat(now, 61)
    assert (again(sending).state, sending.error_key) == ("unknown", settling.CUT_OFF)


def test_at_the_start_of_a_process_it_becomes_unknown_at_once(
    platform: Platform, channel: Channel, now: FixedClock
) -> None:
    sending = queued(channel)
    courier.claim(sending)
    looking._STARTED.clear()
    looking.run()
    assert again(sending).state == "unknown"


def test_who_comes_back_late_from_its_call_still_counts(platform: Platform, channel: Channel, now: FixedClock) -> None:
    slow = queued(channel)
    courier.claim(slow)
    now.sleep(125)
    looking.adopt()
    assert settling.sent(slow, platform.shown(Outgoing("", slow.key)))
    assert again(slow).state == "sent"


def test_a_message_that_was_held_up_stays_rather_than_leave_when_it_is_held_to_be_lost(
    platform: Platform, channel: Channel, now: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []

    def send(message: Outgoing, config: Config, means: Means) -> Sent:
        given.append(means.until_ms - now.now_ms())
        return platform.shown(message)

    monkeypatch.setattr(platform, "send", send)
    queued(channel)
    beat(now)
    assert given == [courier.LEAVES_MS]
    limits = Settings()
    exchange = 1000 * (limits.connect_seconds + limits.read_seconds + limits.total_seconds)
    assert courier.LEAVES_MS + exchange <= looking.over_ms()


def test_a_claim_is_won_once(platform: Platform, channel: Channel, now: FixedClock) -> None:
    first = queued(channel)
    second = Sending.queue.get(pk=first.pk)
    assert [courier.claim(first), courier.claim(second)] == [True, False]


def test_what_could_not_be_told_is_told_later(
    platform: Platform, channel: Channel, now: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    faults = [RuntimeError("the app is not well")]

    def settled(sending: Sending) -> None:
        if faults:
            raise faults.pop()
        heard.append(sending.state)

    monkeypatch.setattr(settling, "outcomes", lambda: {"publication": settling.Outcome(settled, lambda *_: None)})
    sending = queued(channel)
    beat(now)
    assert (again(sending).state, sending.told, heard) == ("sent", False, [])
    settling.tell_again()
    settling.tell_again()
    assert heard == ["sent"]


def test_edit_and_delete_only_what_is_sent(platform: Platform, channel: Channel, now: FixedClock) -> None:
    sending = queued(channel)
    with pytest.raises(InputError):
        acts.edit(sending, "Bonsoir")
    beat(now)
    again(sending)
    acts.edit(sending, "Bonsoir")
    assert (platform.taken[0].text, again(sending).message["text"]) == ("Bonsoir", "Bonsoir")
    acts.delete(sending)
    assert (platform.gone, again(sending).state) == ([sending.uri], "deleted")


def test_a_source_that_was_removed_breaks_its_channel(platform: Platform, channel: Channel, now: FixedClock) -> None:
    from palabre.desk.engine import archive

    sending = queued(channel)
    archive().sources.remove(channel.source_id, channel.workspace_id)
    beat(now)
    channel.refresh_from_db()
    assert (channel.state, again(sending).state) == ("broken", "queued")


def test_the_state_is_on_the_disk_before_the_call(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone()[0] == 2  # FULL: a power cut forgets nothing that was committed
