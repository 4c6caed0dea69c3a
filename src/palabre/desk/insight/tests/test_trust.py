"""The Trust room: what members say holds at once, teaches, is told, and can be taken back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from palabre.archive import Filters
from palabre.archive.opinions import Answer
from palabre.desk.clock import CLOCK
from palabre.desk.engine import archive
from palabre.desk.insight.questions.models import floors, model
from palabre.desk.insight.questions.taught import Learnt, words
from palabre.desk.insight.tests.trust_rows import read_all
from palabre.desk.mentions.tests.posts import forget, hear
from palabre.desk.workspaces.models import AuditEntry, User, Workspace
from palabre.desk.workspaces.tests.matrix import sit
from palabre.errors import FetchError
from palabre.insight import Scope
from palabre.insight.audits import draw
from palabre.insight.noise import fold_by_hand, fold_noise
from palabre.insight.weekly import draw_week, mistaken
from palabre.model import Account, Post
from palabre.providers.failing import Failures
from palabre.providers.second import Budget
from palabre.read import registry

AsUser = Callable[[User], Client]
NOW = 1_760_000_000_000
HOSTILE = "<script>alert(1)</script> zqpx"


def post(n: int, text: str) -> Post:
    account = Account(f"https://trust.example/@{n}", f"p{n}")
    return Post(f"https://trust.example/{n}", "web", text=text, published_ms=NOW + n, account=account,
                url=f"https://trust.example/{n}")  # fmt: skip


@pytest.fixture
def heard(alpha: Workspace) -> Iterator[list[int]]:
    """Twenty-four posts that were read, of one watch."""
    archive().watches.add(alpha.id, "Velo", "zqpx")
    texts = [f"Le vélo zqpx numéro {n} est {'nul et cassé' if n % 3 else 'génial, merci'}" for n in range(23)]
    ids = hear(alpha, *(post(n, text) for n, text in enumerate([*texts, HOSTILE])))
    read_all(alpha)
    yield ids
    forget(alpha)


def page(client: Client, path: str) -> str:
    answer = client.get(f"/w/alpha/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


def tone(alpha: Workspace, post_id: int) -> str | None:
    return archive().readings.of(alpha.id, [post_id])[post_id].tone


def test_readings_stand_under_a_post_in_words(alpha: Workspace, alice: User, heard: list[int], as_user: AsUser) -> None:
    stream = page(as_user(alice), "stream?scope=all")
    chips = stream.split(f'id="told-{heard[0]}"')[1].split("</ul>")[0]
    assert re.search(r"(Negative|Neutral|Positive)", chips)
    facets = page(as_user(alice), "stream?scope=all&all=1")
    assert 'id="facet-tone"' in facets
    assert 'id="facet-intent"' in facets


def test_a_correction_holds_at_once_and_can_be_taken_back(
    alpha: Workspace, alice: User, heard: list[int], as_user: AsUser
) -> None:
    client, one = as_user(alice), heard[1]
    before = tone(alpha, one)
    said = "positive" if before != "positive" else "negative"
    answer = client.post(f"/w/alpha/understand/taught/{one}", {"tone": said}, headers={"hx-request": "true"})
    assert f'id="told-{one}" hx-swap-oob="true"' in answer.content.decode()
    assert tone(alpha, one) == said
    assert AuditEntry.objects.of(alpha).filter(what="reading_corrected").exists()
    listed = page(client, "understand/taught?all=1")
    [correction] = re.findall(r'name="correction" value="(\d+)"', listed)
    client.post("/w/alpha/understand/taught/undo", {"correction": correction})
    assert tone(alpha, one) == before
    assert "taken back by alice" in page(client, "understand/taught?all=1&state=all")


def test_corrections_of_one_act_are_taken_back_at_once(
    alpha: Workspace, alice: User, heard: list[int], as_user: AsUser
) -> None:
    client = as_user(alice)
    client.post("/w/alpha/understand/taught/many", {"post": [str(one) for one in heard[:3]], "label": "axis:product"})
    shown = page(client, "understand/taught?all=1")
    assert shown.count("Undo all 3 at once") == 1
    form = shown.split("Undo all 3 at once")[0].rpartition("<form")[2]
    numbers = re.findall(r'name="correction" value="(\d+)"', form)
    assert len(numbers) == 3
    client.post("/w/alpha/understand/taught/undo", {"correction": numbers})
    assert "Undo" not in page(client, "understand/taught?all=1")


def test_what_is_not_changed_is_not_corrected(alpha: Workspace, alice: User, heard: list[int], as_user: AsUser) -> None:
    now = archive().readings.of(alpha.id, [heard[0]])[heard[0]]
    given = {"tone": now.tone, "axis": now.axis, "emotion": now.emotion, "intents_shown": "1",
             "intents": list(now.intents or ())}  # fmt: skip
    as_user(alice).post(f"/w/alpha/understand/taught/{heard[0]}", given)
    assert not archive().corrections.all(alpha.id)


@pytest.mark.parametrize("said", ["tone:neutral", "axis:", "axis:product", "emotion:", "emotion:joy", "intents:",
                                  "intents:churn"])  # fmt: skip
def test_many_posts_are_corrected_at_once(
    said: str, alpha: Workspace, alice: User, heard: list[int], as_user: AsUser
) -> None:
    given = {"post": heard[:12], "label": said, "back": "q=zqpx&next=https://evil.example"}
    client = as_user(alice)
    answer = client.post("/w/alpha/understand/taught/many", given)
    assert answer.headers["Location"] == "/w/alpha/stream?q=zqpx"
    assert len(archive().corrections.all(alpha.id)) == 12
    shown = client.get(answer.headers["Location"]).content.decode()
    assert "12 posts corrected" in shown
    assert "held back" in shown


@pytest.mark.parametrize("label", ["tone:angry", "language:fr", "", "axis:x"])
def test_a_word_of_no_reading_is_refused(label: str, alpha: Workspace, alice: User, as_user: AsUser) -> None:
    assert as_user(alice).post("/w/alpha/understand/taught/many", {"label": label, "post": 1}).status_code == 404


@pytest.mark.parametrize(
    ("n", "before", "after", "worth"),
    [(9, 1, 9, "few"), (10, 3, 8, "better"), (10, 8, 3, "worse"), (10, 5, 5, "same")],
)
def test_the_worth_of_a_layer_is_told_from_ten_posts_on(n: int, before: int, after: int, worth: str) -> None:
    assert Learnt("tone", n, before, after).worth == worth


@pytest.mark.parametrize(
    ("name", "said", "lang", "expected"),
    [("intents", "complaint churn", "en", "Complaint, Wish to leave"),
     ("intents", "", "fr", "Aucune intention"), ("axis", "", "en", "No axis"),
     ("language", "fr", "en", "fr"), ("tone", "negative", "fr", "Négatif")],
)  # fmt: skip
def test_values_are_said_in_words(name: str, said: str, lang: str, expected: str) -> None:
    assert words(name, said, lang) == expected


def test_an_audit_is_answered_post_by_post_and_resumed(
    alpha: Workspace, alice: User, heard: list[int], as_user: AsUser
) -> None:
    client = as_user(alice)
    scope = Scope(Filters(mentioned=True))
    sample = draw(archive(), alpha.id, "tone", scope.evidence, n=22, seed=1, who="alice")
    at = f"understand/audits/{sample.sample_id}"
    for n, one in enumerate(sample.labels):
        asked = page(client, at)
        assert f'name="post" value="{one.post_id}"' in asked
        assert f'value="{n}"' in asked.split("<progress")[1].split(">")[0]
        client.post(f"/w/alpha/{at}/answer", {"post": one.post_id, "label": "negative"})
    result = page(client, at + "")
    assert 'data-figure="agreement"' in result
    assert "too small" not in result
    assert AuditEntry.objects.of(alpha).filter(what="audit_answered").exists()


def test_too_few_answers_are_said_to_be_too_few(
    alpha: Workspace, alice: User, heard: list[int], as_user: AsUser
) -> None:
    sample = draw(archive(), alpha.id, "relevance", Scope(Filters(mentioned=True)).evidence, n=20, who="")
    archive().samples.label(alpha.id, sample.sample_id, sample.labels[0].post_id, "yes", "")
    found = page(as_user(alice), f"understand/audits/{sample.sample_id}?result=1")
    assert "The sample is too small" in found


def test_a_reader_sees_an_audit_and_answers_nothing(alpha: Workspace, heard: list[int], as_user: AsUser) -> None:
    sample = draw(archive(), alpha.id, "tone", Scope(Filters(mentioned=True)).evidence, n=20)
    found = page(as_user(sit(alpha, "reader", "rita")), f"understand/audits/{sample.sample_id}")
    assert 'data-figure="agreement"' in found
    assert "/answer" not in found.split("<main")[1]


def test_folded_by_hand_stays_folded_until_it_is_restored(
    alpha: Workspace, alice: User, heard: list[int], as_user: AsUser
) -> None:
    client = as_user(alice)
    client.post("/w/alpha/understand/noise/fold", {"post": heard[:3], "back": "q=zqpx"})
    assert set(archive().folds.ids(alpha.id)) == set(heard[:3])
    fold_noise(archive(), alpha.id, NOW + 1_000)
    assert set(heard[:3]) <= set(archive().folds.ids(alpha.id))
    ledger = page(client, "understand/noise?all=1&since=2025-10-01&until=2025-10-31")
    assert "Folded by a member" in ledger
    client.post("/w/alpha/understand/noise/restore", {"post": heard[0]})
    assert heard[0] not in archive().folds.ids(alpha.id)
    assert fold_by_hand(archive(), alpha.id, [heard[0]]) == 1


def test_a_manager_says_from_when_a_post_is_folded(
    alpha: Workspace, alice: User, heard: list[int], as_user: AsUser
) -> None:
    client, at = as_user(alice), "/w/alpha/understand/noise/rule"
    here = "understand/noise?all=1&since=2025-10-01&until=2025-10-31"
    first = page(client, here)
    assert "from 0.60 on" in first
    client.post(at, {"threshold": "0,85", "promotion": "1.5", "other": "concert, album", "meant": "vélo"})
    kept = archive().noise_rules.get(alpha.id)
    assert kept
    assert (kept.threshold, kept.weights["promotion"], kept.weights["spam"]) == (0.85, 1.5, 1.0)
    assert (kept.other, kept.meant) == (("concert", "album"), ("vélo",))
    shown = page(client, here)
    assert "from 0.85 on" in shown
    assert "concert · album" in shown
    for wrong in ({"threshold": "9"}, {"spam": "-1"}, {"spam": "much"}, {"threshold": "nan"}):
        client.post(at, wrong)
        assert archive().noise_rules.get(alpha.id) == kept
    client.post(at, {"usual": "1", "threshold": "2"})
    assert archive().noise_rules.get(alpha.id) is None
    assert [one.what for one in AuditEntry.objects.of(alpha)].count("noise_ruled") == 2


def test_the_weekly_look_measures_and_brings_back(
    alpha: Workspace, alice: User, heard: list[int], as_user: AsUser
) -> None:
    fold_by_hand(archive(), alpha.id, heard[:12])
    client = as_user(alice)
    answer = client.post("/w/alpha/understand/noise/weekly")
    at = answer.headers["Location"]
    assert client.post("/w/alpha/understand/noise/weekly").headers["Location"] == at
    [sample] = archive().samples.all(alpha.id, "fold")
    for n, one in enumerate(sample.labels):
        client.post(f"{at}/answer", {"post": one.post_id, "label": "wanted" if n < 3 else "noise"})
    said = mistaken(archive().samples.get(alpha.id, sample.sample_id))
    assert said["share"].value == pytest.approx(0.25)
    assert said["posts"].value == pytest.approx(3)
    assert len(archive().folds.ids(alpha.id)) == 9
    assert 'data-figure="folded_by_mistake"' in page(client, "understand/noise?all=1")
    assert draw_week(archive(), alpha.id, sample.seed * 7 * 86_400_000).sample_id == sample.sample_id


def test_nothing_folded_makes_no_sample(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    answer = as_user(alice).post("/w/alpha/understand/noise/weekly", follow=True)
    assert answer.status_code == 200


def test_a_mark_says_who_and_why_and_is_shown_escaped(
    alpha: Workspace, alice: User, heard: list[int], as_user: AsUser
) -> None:
    client = as_user(alice)
    client.post("/w/alpha/understand/credibility/mark",
                {"kind": "site", "name": "trust.example", "mark": "certified", "why": HOSTILE})  # fmt: skip
    shown = page(client, "understand/credibility?all=1&since=2025-10-01&until=2025-10-31")
    assert "certified by us" in shown
    assert "<script>alert(1)" not in shown
    client.post("/w/alpha/understand/credibility/mark", {"kind": "site", "name": "trust.example", "mark": ""})
    assert not archive().marks.all(alpha.id)


def test_hostile_posts_stay_text_everywhere(alpha: Workspace, alice: User, heard: list[int], as_user: AsUser) -> None:
    client, bad = as_user(alice), heard[-1]
    fold_by_hand(archive(), alpha.id, [bad])
    archive().corrections.correct(alpha.id, [bad], "tone", "negative", HOSTILE)
    for path in (f"understand/taught/{bad}", "understand/taught?all=1", "understand/noise?all=1", f"stream/{bad}"):
        assert "<script>alert(1)" not in page(client, path), path


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_model_that_measures_itself_has_a_card_and_floors(lang: str) -> None:
    cards = [model(name, lang) for name in registry.names() if registry.card(name).get("measured")]
    assert all(one.title and one.limits and one.data and one.measures for one in cards)
    assert any(row.floor is not None for one in cards for row in one.measures)
    assert floors()


@pytest.mark.parametrize(("lang", "word"), [("fr", "repliés comme bruit"), ("en", "folded as noise")])
def test_every_question_of_a_period_says_what_it_leaves_out(
    lang: str, word: str, alpha: Workspace, alice: User, as_user: AsUser
) -> None:
    client = as_user(alice)
    client.cookies["django_language"] = lang
    answer = client.get("/w/alpha/understand/stories?all=1", headers={"accept-language": lang}).content.decode()
    assert word in answer
    assert 'href="/w/alpha/understand/noise?' in answer


def test_an_act_is_in_the_room_of_its_page(alpha: Workspace, alice: User, heard: list[int], as_user: AsUser) -> None:
    sample = draw(archive(), alpha.id, "tone", Scope(Filters(mentioned=True)).evidence, n=5)
    header = as_user(alice).get(f"/w/alpha/understand/audits/{sample.sample_id}").content.decode().split("<main")[0]
    assert 'href="/w/alpha/understand/audits" aria-current="page"' in header


def test_the_page_of_models_says_that_no_other_is_asked(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    shown = page(as_user(alice), "understand/models?all=1")
    assert "no other model is asked, and nothing leaves the machine" in shown
    assert "provider_readings =" in shown
    assert "No data goes anywhere else" in shown


def test_the_page_of_models_tells_what_a_second_opinion_did(
    alpha: Workspace, alice: User, heard: list[int], as_user: AsUser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = replace(archive().settings, home=tmp_path, provider_readings="tone=chat", provider_posts_per_day=1_000,
                    provider_url="https://key:s3cret@models.example/v1", provider_model="<b>small")  # fmt: skip
    monkeypatch.setattr(archive(), "settings", given)
    monkeypatch.setattr(django_settings, "PALABRE", given)
    Budget.of(given, CLOCK).spend(3)
    archive().opinions.claim(alpha.id, "tone", heard[:3], "chat:small")
    own = tone(alpha, heard[1]) or ""
    other = "neutral" if own != "neutral" else "positive"
    archive().opinions.keep(alpha.id, "tone", {heard[1]: Answer(own)})
    archive().opinions.keep(alpha.id, "tone", {heard[2]: Answer(other)})
    Failures.of(given, CLOCK).note("tone", FetchError("providers.status", status=503))
    shown = page(as_user(alice), "understand/models?all=1")
    assert "Left to ask today: 997 of 1,000." in shown
    cells = re.findall(r'<td class="n">(\d+)</td>', shown.split('id="second"')[1].split("</table>")[0])
    assert cells == ["3", "1", "1", "1"]
    assert "&lt;b&gt;small at models.example" in shown
    assert "s3cret" not in shown
    assert "Some posts are sent to the other model" in shown
    assert "answered with the status 503" in shown
    assert "again within 1 minute" in shown
    Failures.of(given, CLOCK).answered("tone")
    assert "Answers again; it last failed" in page(as_user(alice), "understand/models?all=1")


def test_the_page_of_models_says_what_is_wrong_with_the_setting(
    alpha: Workspace, alice: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive(), "settings", replace(archive().settings, provider_readings="tone=oracle"))
    assert "tone=oracle" in page(as_user(alice), "understand/models?all=1")
