"""What was heard becomes cases: once each, whatever happens in between, and only what asks for an answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from palabre.archive.types import Delivery
from palabre.batches import batch_of
from palabre.clock import FixedClock
from palabre.desk import clock as desk_clock
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox import access, acts, entering, intake, upkeep
from palabre.desk.inbox.folding import intake_of
from palabre.desk.inbox.models import Case, CaseEvent, CaseIntake, CasePost, Notice
from palabre.desk.mentions.tests.posts import forget, hear
from palabre.desk.outbox.models import Channel
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.model import Account, Gone, Post, PostKind

HOUR = 3_600_000
US = Account("https://social.example/users/asso", "asso@social.example", "Notre asso")
ZOE = Account("https://m.example/u/zoe", "zoe@m.example", "Zoé", followers=1_500)
LEO = Account("https://m.example/u/leo", "leo@m.example", "Léo")


@pytest.fixture(autouse=True)
def clean(alpha: Workspace) -> Iterator[None]:
    forget(alpha)
    yield
    forget(alpha)


@pytest.fixture
def source_id(alpha: Workspace) -> int:
    """A source that we also speak through."""
    made = archive().sources.add(alpha.id, "mastodon", "Our server", {}, keep="all", rhythm_seconds=600)
    Channel.objects.add(
        alpha, source_id=made.source_id, connector="mastodon", name="Our server", account="@asso@social.example",
        made_ms=1,
    )  # fmt: skip
    return made.source_id


def said(uri: str, text: str, by: Account = ZOE, ago_h: float = 3, **more: object) -> Post:
    at = now_ms() - round(ago_h * HOUR)
    return Post(f"https://m.example/{uri}", "mastodon", text=text, account=by, published_ms=at, **more)  # type: ignore[arg-type]


def first(workspace: Workspace) -> Case:
    return Case.objects.of(workspace).select_related("person").get()


def test_what_is_said_to_us_opens_a_case_and_nothing_else_does(alpha: Workspace, source_id: int) -> None:
    hear(
        alpha,
        said("1", "@asso où est ma commande ?", mentions=("asso@social.example",)),
        said("2", "il pleut"),
        said("3", "@association rien à voir"),
        said("4", "RT", reshare_of="https://m.example/1", kind=PostKind.RESHARE, mentions=("asso",)),
        source_id=source_id,
    )
    assert intake.fill(alpha) == 1
    case = first(alpha)
    assert case.title == "@asso où est ma commande ?"
    assert (case.addressed, case.person.name if case.person else "", case.reach) == (True, "Zoé", 1_500)
    assert case.waiting_since_ms == case.opened_ms
    assert case.points > 0


def test_the_same_webhook_ten_times_is_one_case(alpha: Workspace, source_id: int) -> None:
    post = said("1", "@asso bonjour", mentions=("asso",))
    for _ in range(10):
        hear(alpha, post, source_id=source_id)
        intake.fill(alpha)
    assert (Case.objects.of(alpha).count(), CaseEvent.objects.of(alpha).count()) == (1, 1)


def test_a_pass_cut_off_anywhere_and_begun_again_doubles_nothing(
    alpha: Workspace, source_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = [said(str(n), f"@asso question {n}", mentions=("asso",)) for n in range(12)]
    hear(alpha, *posts, source_id=source_id)
    real, left = entering.open_case, 0

    def dies(*args: object, **given: object) -> Case:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        return real(*args, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(entering, "open_case", dies)
    for left in (0, 1, 3, 5):  # noqa: B007  # how many it opens before it dies
        with pytest.raises(KeyboardInterrupt):
            intake.fill(alpha)
        CaseIntake.objects.of(alpha).update(lease_until_ms=0)
    monkeypatch.setattr(entering, "open_case", real)
    intake.fill(alpha)
    intake_of(alpha)
    CaseIntake.objects.of(alpha).update(after_direct=-1, channels="")
    assert intake.fill(alpha) == 0
    assert Case.objects.of(alpha).count() == 12
    assert CaseEvent.objects.of(alpha).count() == 12


def test_what_is_said_next_joins_and_opens_again(alpha: Workspace, bob: User, source_id: int) -> None:
    hear(alpha, said("1", "@asso panne", mentions=("asso",), ago_h=5), source_id=source_id)
    intake.fill(alpha)
    case = first(alpha)
    ours = said("2", "Nous regardons", US, ago_h=4, parent="https://m.example/1", root="https://m.example/1")
    hear(alpha, ours, source_id=source_id)
    intake.fill(alpha)
    assert CasePost.objects.of(alpha).get(uri=ours.uri).ours
    assert first(alpha).waiting_since_ms == 0
    acts.do(Seat(alpha, bob, "agent"), [case], "resolve")
    stranger = said("3", "moi aussi", LEO, ago_h=0, parent="https://m.example/1", root="https://m.example/1")
    hear(alpha, stranger, source_id=source_id)
    intake.fill(alpha)
    assert first(alpha).state == "resolved"  # a stranger's word changes nothing; it is shown
    assert CasePost.objects.of(alpha).count() == 3
    again = said("4", "toujours en panne", ZOE, ago_h=-0.1, parent="https://m.example/2", root="https://m.example/1")
    hear(alpha, again, source_id=source_id)
    intake.fill(alpha)
    assert first(alpha).state == "open"
    assert first(alpha).waiting_since_ms > 0
    assert Case.objects.of(alpha).count() == 1


def test_an_answer_by_an_official_account_that_is_no_channel_is_ours(alpha: Workspace, source_id: int) -> None:
    shop = Account("https://m.example/u/boutique", "boutique@m.example", "La boutique")
    hear(alpha, said("1", "@asso panne", mentions=("asso",), ago_h=5), source_id=source_id)
    intake.fill(alpha)
    archive().marks.put(alpha.id, "account", shop.uri, "official", "bob")
    try:
        answer = said("2", "C'est réparé", shop, ago_h=4, parent="https://m.example/1", root="https://m.example/1")
        hear(alpha, answer, said("3", "@asso bonjour de nous", shop, mentions=("asso",)), source_id=source_id)
        assert intake.fill(alpha) == 0
        assert first(alpha).waiting_since_ms == 0
        assert CasePost.objects.of(alpha).get(uri=answer.uri).ours
    finally:
        archive().marks.put(alpha.id, "account", shop.uri, "", "bob")


def test_old_and_folded_posts_open_nothing(alpha: Workspace, source_id: int) -> None:
    ids = hear(
        alpha,
        said("1", "@asso il y a longtemps", mentions=("asso",), ago_h=24 * 30),
        said("2", "@asso gagnez 1000 €", mentions=("asso",)),
        source_id=source_id,
    )
    archive().folds.put(alpha.id, [(ids[1], 3.0, ())])
    assert intake.fill(alpha) == 0


def test_a_mail_waits_for_an_answer_unless_a_robot_wrote_it(alpha: Workspace) -> None:
    made = archive().sources.add(alpha.id, "mail", "Contact", {}, keep="all", rhythm_seconds=600)
    Channel.objects.add(
        alpha, source_id=made.source_id, connector="mail", name="Contact", account="Asso <contact@asso.example>",
        made_ms=1,
    )  # fmt: skip
    senders = {"a@b.example": "Commande 12", "no-reply@b.example": "Absence", "contact@asso.example": "Re: Commande"}
    posts = [
        Post(
            f"mid:{by}", "mail", PostKind.MESSAGE, "x", about, account=Account(f"mail:{by}", by), published_ms=now_ms()
        )
        for by, about in senders.items()
    ]
    hear(alpha, *posts, source_id=made.source_id)
    assert intake.fill(alpha) == 1
    assert (first(alpha).title, first(alpha).private) == ("Commande 12", True)


def test_an_original_that_is_taken_back_leaves_no_word(alpha: Workspace, source_id: int) -> None:
    hear(alpha, said("1", "@asso secret", mentions=("asso",)), source_id=source_id)
    intake.fill(alpha)
    empty = batch_of([])
    gone = Delivery(alpha.id, source_id, empty, [], batch_index(), mentions_of(), gone=(Gone("https://m.example/1"),))
    archive().write(gone)
    assert upkeep.looked(alpha) == 1
    assert upkeep.looked(alpha) == 0
    assert first(alpha).title == ""
    assert [event.kind for event in CaseEvent.objects.of(alpha).order_by("pk")] == ["opened", "withdrawn"]


def batch_index() -> object:
    from palabre.match.panel import Panel

    return Panel().index_texts(batch_of([]))


def mentions_of() -> object:
    from palabre.match.panel import Panel

    return Panel().match(batch_of([]))


def test_a_case_put_off_comes_back_once_and_whoever_did_it_is_told(
    alpha: Workspace, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = now_ms()
    case = access.by_hand(alpha, "Rappeler", bob)
    acts.do(Seat(alpha, bob, "agent"), [case], "snooze", until_ms=now + HOUR)
    assert upkeep.wake() == 0
    monkeypatch.setattr(desk_clock, "CLOCK", FixedClock(now + HOUR + 1))
    assert upkeep.wake() == 1
    assert upkeep.wake() == 0
    assert first(alpha).state == "open"
    assert [(one.kind, one.user) for one in Notice.objects.of(alpha)] == [("back", bob)]


def test_mentions_that_ask_open_cases_by_threshold(alpha: Workspace) -> None:
    settings = intake_of(alpha)
    assert (settings.sure_percent, settings.intents) == (70, ["complaint", "question", "churn"])
    from palabre.engage.intake import wanted

    scores = {"intent_complaint": 0.71, "intent_question": 0.69}
    assert wanted(scores, ("complaint", "question"), settings.intents, 0.7) == {"complaint": 0.71}
    assert wanted({}, ("churn",), settings.intents, 0.7) == {"churn": 1.0}  # a member's word
