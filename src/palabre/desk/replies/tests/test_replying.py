"""From a draft to the platform: kept, advised on, approved as read, held, taken back, sent once, heard again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from palabre.archive import PostRow
from palabre.clock import FixedClock
from palabre.collect.sending import GONE
from palabre.desk import clock
from palabre.desk.engine import archive
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.models import Case, CaseEvent, CasePost
from palabre.desk.outbox import courier, hearing, looking
from palabre.desk.outbox.models import Channel, Sending
from palabre.desk.outbox.tests.platform import SERVER, Platform, channel_of, speaks
from palabre.desk.promises.models import Promise
from palabre.desk.replies import advising, message
from palabre.desk.replies.models import TEXT_CHARS_MAX, Reply, Word
from palabre.desk.teams.models import ApprovalPath
from palabre.desk.workspaces.models import AuditEntry, User, Workspace, fresh_id
from palabre.errors import RefusedError
from palabre.model import Account, Heard, Post, PostKind
from palabre.pipeline import Pipeline
from palabre.road.ready import delivery, ready

ASKED = "Bonjour, quand livrez-vous mon vélo ?"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    made = FixedClock(1_790_000_000_000)  # Monday 21 September 2026, 15:33 in Paris
    monkeypatch.setattr(clock, "CLOCK", made)
    looking._STARTED.set()
    return made


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch, now: FixedClock) -> Platform:
    made = Platform(at_ms=now.ms + 4_567)
    speaks(made, monkeypatch)
    return made


@pytest.fixture
def channel(alpha: Workspace) -> Channel:
    return channel_of(alpha, account="@maison@social.example")


def heard(workspace: Workspace, source_id: int, post: Post) -> PostRow:
    """A post as if it had come by its source."""
    from palabre.model import RawItem
    from palabre.road.guard import Heap, add_item, batch_from

    heap = Heap()
    add_item(heap, RawItem(b"{}"), lambda _: [Heard(post)], 1_000_000)
    pipeline = Pipeline(archive(), None, clock.CLOCK, archive().settings)
    batch = ready(
        batch_from(heap), pipeline.panels.of(workspace.id), pipeline.languages, pipeline.readers.of(workspace.id)
    )
    archive().write(delivery(batch, workspace.id, source_id))
    found = archive().posts.by_uri(workspace.id, post.uri)
    assert found is not None
    return found


@pytest.fixture
def case(alpha: Workspace, channel: Channel, now: FixedClock) -> Case:
    asker = Account(f"{SERVER}/users/lea", "lea@social.example", "Léa")
    post = Post(f"{SERVER}/1", "mastodon", PostKind.NOTE, ASKED, lang="fr", published_ms=now.ms - 60_000, account=asker)
    return inbox.opened(alpha, heard(alpha, channel.source_id, post), user=None)


Post_ = Callable[..., HttpResponse]


@pytest.fixture
def ask(as_user: Callable[[User], Client], alpha: Workspace, case: Case) -> Callable[..., Any]:
    """ask(user, action, …): what the form of the composer answers."""
    browsers: dict[int, Client] = {}

    def send(user: User, action: str, text: str = "", uid: str = "", **more: str) -> Any:
        browser = browsers.setdefault(user.pk, as_user(user))
        address = reverse("replies:write", kwargs={"workspace_slug": alpha.slug, "uid": case.uid})
        return browser.post(address, {"action": action, "text": text, "uid": uid or fresh_id(), **more})

    return send


def sendings(workspace: Workspace) -> list[Sending]:
    return list(Sending.objects.of(workspace).order_by("pk"))


def the_reply(workspace: Workspace) -> Reply:
    return Reply.objects.of(workspace).get()


def test_a_reply_leaves_after_ten_seconds_and_stops_the_clock_at_the_second_the_platform_says(
    ask: Any, alice: User, alpha: Workspace, platform: Platform, case: Case, now: FixedClock
) -> None:
    assert ask(alice, "send", "Bonjour Léa, nous vous livrons vendredi.").status_code == 302
    courier.run()
    assert platform.calls == 0  # it can still be taken back
    now.sleep(11)
    courier.run()
    assert [one.text for one in platform.taken] == ["Bonjour Léa, nous vous livrons vendredi."]
    assert (platform.taken[0].answers, platform.taken[0].to) == (f"{SERVER}/1", "lea@social.example")
    event = CaseEvent.objects.of(alpha).get(kind="reply")
    assert (event.at_ms, event.by, event.user) == (platform.at_ms, "human", alice)
    case.refresh_from_db()
    assert case.waiting_since_ms == 0


def test_the_promise_in_it_is_in_the_ledger_once_it_is_sent_and_not_before(
    ask: Any, alice: User, alpha: Workspace, platform: Platform, now: FixedClock
) -> None:
    ask(alice, "send", "Bonjour Léa, nous vous livrons vendredi.")
    assert not Promise.objects.of(alpha).exists()
    now.sleep(11)
    courier.run()
    promise = Promise.objects.of(alpha).get()
    assert promise.words == "nous vous livrons vendredi"
    assert promise.due_ms == 1_790_373_600_000 - 1 or promise.due_ms // 86_400_000 == 1_790_373_599_000 // 86_400_000
    assert (promise.owner, promise.from_uid) == (alice, the_reply(alpha).uid)


def test_a_promise_that_was_unticked_is_not_entered_and_a_day_that_was_changed_is(
    ask: Any, alice: User, alpha: Workspace, platform: Platform, now: FixedClock
) -> None:
    words = "nous vous livrons vendredi"
    ask(alice, "send", f"Bonjour Léa, {words}.", shown=words, day="2026-09-25")
    assert the_reply(alpha).promises == []
    Reply.objects.of(alpha).delete()
    ask(alice, "send", f"Bonjour Léa, {words}.", shown=words, promise=words, day="2026-09-28")
    kept = the_reply(alpha).promises
    assert kept is not None
    assert [one["words"] for one in kept] == [words]
    assert kept[0]["due_ms"] > 1_790_500_000_000


def test_taken_back_within_ten_seconds_nothing_leaves_and_the_draft_is_there(
    ask: Any, alice: User, as_user: Any, alpha: Workspace, platform: Platform, now: FixedClock
) -> None:
    ask(alice, "send", "Bonjour Léa.")
    reply = the_reply(alpha)
    back = reverse("replies:take_back", kwargs={"workspace_slug": alpha.slug, "uid": reply.uid})
    assert as_user(alice).post(back).status_code == 302
    now.sleep(60)
    courier.run()
    reply.refresh_from_db()
    assert (platform.calls, reply.state, reply.text) == (0, "draft", "Bonjour Léa.")
    ask(alice, "send", "Bonjour Léa, autrement.", uid=reply.uid)
    now.sleep(11)
    courier.run()
    assert [one.text for one in platform.taken] == ["Bonjour Léa, autrement."]


def test_the_same_form_ten_times_is_one_message(
    ask: Any, alice: User, alpha: Workspace, platform: Platform, now: FixedClock
) -> None:
    uid = fresh_id()
    answers = {ask(alice, "send", "Bonjour Léa.", uid=uid).status_code for _ in range(10)}
    assert answers == {302}
    now.sleep(11)
    courier.run()
    ask(alice, "send", "Bonjour Léa.", uid=uid)
    now.sleep(11)
    courier.run()
    assert (len(sendings(alpha)), platform.calls, Reply.objects.of(alpha).count()) == (1, 1, 1)


def test_who_does_not_hold_the_case_cannot_send(
    ask: Any, alice: User, bob: User, alpha: Workspace, platform: Platform, case: Case
) -> None:
    assert inbox.claim(case, bob)
    answer = ask(alice, "send", "Bonjour Léa.")
    assert answer.status_code == 422
    assert b"bob is answering this case just now" in answer.content
    assert b"Bonjour L" in answer.content  # nothing that was written is lost
    assert sendings(alpha) == []
    assert ask(bob, "send", "Bonjour Léa.").status_code == 302


def test_who_wrote_while_somebody_answered_is_told_first(
    ask: Any, alice: User, bob: User, alpha: Workspace, platform: Platform, case: Case, now: FixedClock
) -> None:
    ask(bob, "send", "Bonjour.")
    now.sleep(11)
    courier.run()
    inbox.release(case, bob)
    answer = ask(alice, "send", "Bonjour aussi.", seen="0")
    assert answer.status_code == 422
    assert b"Somebody answered in this case while you were writing" in answer.content
    assert len(sendings(alpha)) == 1


def test_nobody_approves_what_they_did_not_read(
    ask: Any, alice: User, bob: User, as_user: Any, alpha: Workspace, platform: Platform, now: FixedClock
) -> None:
    ApprovalPath.objects.add(alpha, name="Relecture", roles=["agent"])
    uid = fresh_id()
    assert ask(bob, "send", "Bonjour.", uid=uid).status_code == 422
    assert ask(bob, "propose", "Bonjour.", uid=uid).status_code == 302
    reply = the_reply(alpha)
    judge = reverse("replies:judge", kwargs={"workspace_slug": alpha.slug, "uid": uid})
    assert (
        as_user(bob).post(judge, {"action": "approve", "version": str(reply.version)}).status_code == 422
    )  # one's own
    as_user(alice).post(judge, {"action": "return", "version": str(reply.version), "remark": "Dites quand."})
    reply.refresh_from_db()
    assert (reply.state, reply.remark) == ("returned", "Dites quand.")
    read = reply.version
    ask(bob, "propose", "Bonjour, vendredi.", uid=uid, version=str(read))
    page = as_user(alice).get(reverse("replies:reply", kwargs={"workspace_slug": alpha.slug, "uid": uid})).content
    assert b"<ins>" in page
    assert as_user(alice).post(judge, {"action": "approve", "version": str(read)}).status_code == 422  # the old text
    reply.refresh_from_db()
    assert reply.state == "proposed"
    as_user(alice).post(judge, {"action": "approve_send", "version": str(reply.version)})
    now.sleep(11)
    courier.run()
    assert [one.text for one in platform.taken] == ["Bonjour, vendredi."]


def test_a_change_ends_an_approval(ask: Any, alice: User, bob: User, as_user: Any, alpha: Workspace) -> None:
    ApprovalPath.objects.add(alpha, name="Relecture", roles=["agent"])
    uid = fresh_id()
    ask(bob, "propose", "Bonjour.", uid=uid)
    Reply.objects.of(alpha).update(state="approved", approved_by=alice)
    answer = ask(bob, "send", "Bonjour, 50 euros offerts.", uid=uid, version="1")
    assert answer.status_code in (302, 422)
    assert sendings(alpha) == []


def test_an_hour_that_the_clocks_skip_is_refused_with_the_first_that_comes(
    ask: Any, alice: User, alpha: Workspace, platform: Platform, now: FixedClock
) -> None:
    now.ms = 1_774_600_000_000  # 27 March 2026
    answer = ask(alice, "schedule", "Bonjour.", due="2026-03-29T02:30")
    assert answer.status_code == 422
    assert b"02:30 does not exist that night" in answer.content
    assert sendings(alpha) == []
    assert ask(alice, "schedule", "Bonsoir.", due="2026-03-29T03:30").status_code == 302
    assert sendings(alpha)[0].due_ms == 1_774_747_800_000  # 01:30 UTC


@pytest.mark.parametrize("due", ["", "demain", "2020-01-01T10:00", "2036-01-01T10:00", "2026-13-45T99:99"])
def test_a_moment_that_cannot_be_is_refused(due: str, ask: Any, alice: User, alpha: Workspace, case: Case) -> None:
    assert ask(alice, "schedule", "Bonjour.", due=due).status_code == 422
    assert sendings(alpha) == []


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 501, "🚲" * 501, "a" * 5_000])
def test_a_text_that_the_platform_would_not_take_stays_a_draft(
    text: str, ask: Any, alice: User, alpha: Workspace, platform: Platform
) -> None:
    assert ask(alice, "send", text).status_code == 422
    assert sendings(alpha) == []


def test_a_text_a_hundred_times_too_long_is_not_kept(ask: Any, alice: User, alpha: Workspace) -> None:
    assert ask(alice, "save", "x" * (TEXT_CHARS_MAX + 1)).status_code == 422
    assert not Reply.objects.of(alpha).exists()


def test_what_the_platform_refuses_is_a_draft_again_with_why(
    ask: Any, alice: User, as_user: Any, alpha: Workspace, platform: Platform, case: Case, now: FixedClock
) -> None:
    platform.before = [lambda: RefusedError(GONE, host="social.example")]
    ask(alice, "send", "Bonjour.")
    now.sleep(11)
    courier.run()
    assert the_reply(alpha).state == "draft"
    page = as_user(alice).get(reverse("replies:composer", kwargs={"workspace_slug": alpha.slug, "uid": case.uid}))
    assert b"no longer there on social.example" in page.content
    assert not CaseEvent.objects.of(alpha).filter(kind="reply").exists()


def test_our_own_post_heard_back_joins_the_case_as_ours(
    ask: Any, alice: User, alpha: Workspace, platform: Platform, case: Case, channel: Channel, now: FixedClock
) -> None:
    ask(alice, "send", "Bonjour.")
    now.sleep(11)
    courier.run()
    uri = sendings(alpha)[0].uri
    heard(alpha, channel.source_id, Post(uri, "mastodon", PostKind.NOTE, "Bonjour.", parent=f"{SERVER}/1", lang="fr"))
    assert [hearing.run(), hearing.run()] == [1, 0]
    assert CasePost.objects.of(alpha).filter(case=case, uri=uri, ours=True).count() == 1


def test_a_sent_reply_is_corrected_and_deleted_and_both_are_noted(
    ask: Any, alice: User, as_user: Any, alpha: Workspace, platform: Platform, now: FixedClock
) -> None:
    ask(alice, "send", "Bonjour.")
    now.sleep(11)
    courier.run()
    reply = the_reply(alpha)
    correct = reverse("replies:correct", kwargs={"workspace_slug": alpha.slug, "uid": reply.uid})
    assert as_user(alice).post(correct, {"action": "edit", "text": "Bonsoir."}).status_code == 302
    assert platform.taken[0].text == "Bonsoir."
    assert as_user(alice).post(correct, {"action": "delete"}).status_code == 302
    assert (len(platform.gone), sendings(alpha)[0].state) == (1, "deleted")
    kinds = set(CaseEvent.objects.of(alpha).values_list("kind", flat=True))
    assert {"corrected", "taken_down"} <= kinds
    noted = set(AuditEntry.objects.of(alpha).values_list("what", flat=True))
    assert {"reply_sent_off", "reply_edited", "reply_deleted"} <= noted


def test_who_must_be_read_first_does_not_change_alone_what_was_read(
    ask: Any, alice: User, bob: User, as_user: Any, alpha: Workspace, platform: Platform, now: FixedClock
) -> None:
    ApprovalPath.objects.add(alpha, name="Relecture", roles=["agent"])
    ask(bob, "propose", "Bonjour.")
    reply = the_reply(alpha)
    judge, correct, page = (
        reverse(f"replies:{name}", kwargs={"workspace_slug": alpha.slug, "uid": reply.uid})
        for name in ("judge", "correct", "reply")
    )
    as_user(alice).post(judge, {"action": "approve_send", "version": str(reply.version)})
    now.sleep(11)
    courier.run()
    change = {"action": "edit", "text": "Cinquante euros offerts."}
    assert as_user(bob).post(correct, change).status_code == 422
    assert (platform.taken[0].text, 'value="edit"' in as_user(bob).get(page).content.decode()) == ("Bonjour.", False)
    assert as_user(alice).post(correct, change).status_code == 302
    assert platform.taken[0].text == "Cinquante euros offerts."


def test_the_draft_is_kept_while_it_is_written_with_its_length_and_the_advice(
    as_user: Any, alice: User, alpha: Workspace, platform: Platform, case: Case
) -> None:
    Word.objects.add(alpha, word="Cyclovent", say="votre vélo", made_ms=1)
    address = reverse("replies:write", kwargs={"workspace_slug": alpha.slug, "uid": case.uid})
    text = "Nous sommes désolés pour la gêne occasionnée, le Cyclovent arrive. Appelez le 06 12 34 56 78 !!"
    data = {"action": "save", "text": text, "uid": fresh_id()}
    answer = as_user(alice).post(address, data, headers={"hx-request": "true"}).content.decode()
    assert f"{len(text)} of 500 characters" in answer
    for words in ("désolés pour la gêne occasionnée", "votre vélo", "06 12 34 56 78", "!!"):
        assert words in answer
    assert the_reply(alpha).text == text


@pytest.mark.parametrize(
    ("said", "declared", "spoken"),
    [
        ("Mon vélo siffle depuis hier, pouvez-vous m’aider à le réparer ?", "en", "fr"),
        ("My bike whistles since yesterday, can you help me repair it?", "fr", "en"),
        ("Mi bici silba desde ayer, ¿me pueden ayudar a repararla?", "es", "es"),
        ("Merci !", "en", "en"),
    ],
)
def test_the_language_of_a_question_is_that_of_its_words(
    alpha: Workspace, channel: Channel, said: str, declared: str, spoken: str
) -> None:
    post = Post(f"{SERVER}/spoken", "mastodon", PostKind.NOTE, said, lang=declared)
    assert advising.spoken(heard(alpha, channel.source_id, post)) == spoken


def test_a_draft_is_its_authors_alone(ask: Any, alice: User, bob: User, alpha: Workspace) -> None:
    uid = fresh_id()
    ask(alice, "save", "Bonjour.", uid=uid)
    assert ask(bob, "save", "Volé.", uid=uid).status_code == 404
    assert the_reply(alpha).text == "Bonjour."


def test_the_outbox_shows_what_nobody_can_tell_and_takes_what_a_person_saw(
    ask: Any, alice: User, as_user: Any, alpha: Workspace, platform: Platform, now: FixedClock
) -> None:
    platform.after = [lambda: KeyError("x")]
    ask(alice, "send", "Bonjour.")
    now.sleep(11)
    courier.run()
    page = as_user(alice).get(reverse("replies:outbox", kwargs={"workspace_slug": alpha.slug})).content
    assert b"1 with an unknown outcome" in page
    settle = reverse("outbox:settle", kwargs={"workspace_slug": alpha.slug, "uid": sendings(alpha)[0].uid})
    as_user(alice).post(settle, {"action": "there", "url": f"{SERVER}/@maison/9"})
    assert (sendings(alpha)[0].state, sendings(alpha)[0].url) == ("sent", f"{SERVER}/@maison/9")
    assert CaseEvent.objects.of(alpha).filter(kind="reply").count() == 1


def test_a_source_becomes_a_channel_that_says_who_we_are(
    as_user: Any, alice: User, alpha: Workspace, platform: Platform
) -> None:
    from palabre.desk.outbox.tests.platform import source_of

    source = source_of(alpha)
    opening = reverse("outbox:open", kwargs={"workspace_slug": alpha.slug})
    as_user(alice).post(opening, {"source": str(source)})
    made = Channel.objects.of(alpha).get()
    assert (made.account, made.state) == (platform.who, "active")
    page = as_user(alice).get(reverse("outbox:channels", kwargs={"workspace_slug": alpha.slug})).content
    assert b"@maison@social.example" in page
    assert as_user(alice).post(opening, {"source": str(source_of(alpha, "feed"))}).status_code == 302
    assert Channel.objects.of(alpha).count() == 1


def test_the_one_who_asked_is_answered_not_who_joined_in(alpha: Workspace, case: Case, channel: Channel) -> None:
    passer = Account(f"{SERVER}/users/hugo", "hugo@social.example", "Hugo")
    at_ms = clock.now_ms() - 30_000
    post = Post(f"{SERVER}/2", "mastodon", PostKind.REPLY, "Moi aussi.", lang="fr", published_ms=at_ms, account=passer)
    inbox.joined(case, heard(alpha, channel.source_id, post))
    rows = message.posts(case)
    found = message.asking(case, rows)
    assert found is not None
    assert (rows[0].post.text, found.post.text) == ("Moi aussi.", ASKED)
