"""A second opinion in the running product, on both databases: in the background, below members, gone with its post."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from tests import tiny_onnx
from tests.contract.deliveries import delivery, note

from palabre.archive import Archive, Filters
from palabre.archive.opinions import Answer, Tally
from palabre.archive.understood import opinion
from palabre.clock import FixedClock
from palabre.errors import FetchError, ThrottledError
from palabre.model import READINGS, TONES, Account, Gone
from palabre.net import Net
from palabre.providers.background import ASK_POSTS, LOOK_SECONDS, Asking
from palabre.providers.contract import Said
from palabre.providers.failing import BREAKER, REST_MS, REST_MS_MAX, Failures
from palabre.upkeep import Upkeep

ADA = Account("https://example.org/u/ada", "ada")
DAY_MS = 86_400_000
SURE, UNSURE, HALF = (0.9, 0.06, 0.04), (0.34, 0.33, 0.33), (0.5, 0.3, 0.2)
Scores = tuple[float, float, float]


def readings(*scores: Scores) -> pa.RecordBatch:
    rows = [
        dict.fromkeys(READINGS.names)
        | {"language": "en", "tone": TONES[one.index(max(one))]}
        | {f"tone_{name}": share for name, share in zip(TONES, one, strict=True)}
        for one in scores
    ]
    return pa.RecordBatch.from_pylist(rows, schema=READINGS)


def store(archive: Archive, *scores: Scores, first: int = 1, mentions: bool = True, workspace_id: int = 1) -> list[int]:
    """Read posts, mentions of one watch unless told otherwise; their ids."""
    known = archive.watches.all(workspace_id) or [archive.watches.add(workspace_id, "all", "post")]
    wanted = [(at, known[0].watch_id) for at in range(len(scores))] if mentions else []
    posts = [note(first + at, f"post {first + at}", account=ADA) for at in range(len(scores))]
    version = archive.readings.version(workspace_id, "m1")
    given = {"readings": readings(*scores), "reading_version": version, "workspace_id": workspace_id}
    archive.write(delivery(posts, mentions=wanted, **given))
    settle(archive, workspace_id, version)
    uris = [one.uri for one in posts]
    found = archive.posts.by_uris(workspace_id, uris)
    return [found[uri].post_id for uri in uris]


def settle(archive: Archive, workspace_id: int, version: int) -> None:
    """Nothing waits to be read any more."""
    while (step := archive.readings.next(workspace_id)) is not None:
        archive.readings.keep(workspace_id, version, step, readings(*[UNSURE] * len(step.ids)))


class Fake:
    """Says one thing of every post, unless its words have an answer of their own; an exception is raised."""

    version = "fake:1"

    def __init__(self, said: Any = None, **by_text: Any) -> None:
        self.said, self.by_text, self.texts = said, by_text, list[str]()

    def ask(self, reading: str, texts: Sequence[str]) -> list[Said | None]:
        self.texts += texts
        answers = [self.by_text.get(text.replace(" ", "_"), self.said) for text in texts]
        for one in answers:
            if isinstance(one, Exception):
                raise one
        return answers


Ask = Callable[..., Asking]
POSITIVE = Said("positive", (0.1, 0.1, 0.8))
DOWN = FetchError("providers.status", status=503)


@pytest.fixture
def asking(archive: Archive, net: Net, clock: FixedClock) -> Ask:
    """The step of the upkeep with a fake provider in the place of the one the settings name."""

    def made(fake: Fake, per_day: int = 100, kinds: str = "tone=chat") -> Asking:
        archive.settings = replace(archive.settings, provider_readings=kinds, provider_posts_per_day=per_day)
        found = Asking(archive, net, clock)
        found.providers = dict.fromkeys(found.kinds, fake)
        return found

    return made


def tones(archive: Archive, ids: Sequence[int]) -> list[str | None]:
    found = archive.readings.of(1, ids)
    return [found[one].tone for one in ids]


def rows(archive: Archive) -> list[Any]:
    with archive.ledger.read() as connection:
        return list(connection.execute(opinion.select()).all())


def test_nothing_is_asked_and_nothing_imported_by_default(
    archive: Archive, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = store(archive, UNSURE)
    monkeypatch.setitem(sys.modules, "palabre.providers.background", None)  # an import of it raises
    Upkeep(archive, clock).second()
    archive.settings = replace(archive.settings, provider_readings="tone=chat")  # and no budget
    Upkeep(archive, clock).second()
    assert rows(archive) == []
    assert tones(archive, ids) == ["negative"]


def test_the_least_sure_mentions_are_asked_about_within_the_budget(archive: Archive, asking: Ask) -> None:
    ids = store(archive, SURE, HALF, UNSURE, UNSURE)
    store(archive, UNSURE, first=10, mentions=False)
    archive.corrections.correct(1, [ids[3]], "tone", "neutral", "Ada")
    fake = Fake(POSITIVE)
    asking(fake, per_day=1).turn()
    assert fake.texts == ["post 3"]
    asking(fake, per_day=100).turn()
    assert fake.texts == ["post 3", "post 2"]
    assert tones(archive, ids) == ["negative", "positive", "positive", "neutral"]
    assert archive.opinions.tally(1) == {"tone": Tally(asked=2, changed=2, confirmed=0)}


def test_only_the_newest_posts_are_walked_through(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = store(archive, *[UNSURE] * 5)
    monkeypatch.setattr("palabre.archive.opinions.SPAN", 3)
    assert [one for one, _ in archive.opinions.unasked(1, "tone", 100)] == ids[:1:-1]
    assert [one for one, _ in archive.opinions.unasked(1, "tone", 2)] == ids[:2:-1]


def test_the_budget_comes_back_the_next_day(archive: Archive, asking: Ask, clock: FixedClock) -> None:
    store(archive, *[UNSURE] * 5)
    fake = Fake(POSITIVE)
    step = asking(fake, per_day=2)
    for _ in range(3):
        step.turn()
    assert len(fake.texts) == 2
    clock.ms += DAY_MS
    step.turn()
    assert len(set(fake.texts)) == len(fake.texts) == 4


def test_a_turn_is_short_and_the_next_goes_on(archive: Archive, asking: Ask, clock: FixedClock) -> None:
    store(archive, *[UNSURE] * (ASK_POSTS + 3))
    fake = Fake(POSITIVE)
    step = asking(fake)
    step.turn()
    assert len(fake.texts) == ASK_POSTS
    step.turn(lambda: True)
    assert len(fake.texts) == ASK_POSTS
    step.turn()
    assert len(set(fake.texts)) == len(fake.texts) == ASK_POSTS + 3


def test_an_answer_is_in_force_with_its_scores_in_searches_and_in_the_lake(archive: Archive, asking: Ask) -> None:
    told, untold = store(archive, UNSURE, UNSURE)
    archive.lake.seal_all()
    asking(Fake(Said("positive"), post_1=POSITIVE)).turn()
    found = archive.readings.of(1, [told, untold])
    assert found[told].scores["tone_positive"] == pytest.approx(0.8, abs=0.005)
    assert not any(name.startswith("tone_") for name in found[untold].scores)
    assert found[told].corrected == frozenset()
    assert len(archive.search(1, filters=Filters(tones=("positive",)))) == 2
    assert {one["tone"] for one in archive.lake.ask(archive.lake.posts(1)).to_pylist()} == {"positive"}
    (kept, _) = archive.opinions.of(1, [told, untold])
    assert (kept.machine, kept.said, kept.provider) == ("negative", "positive", "fake:1")


def test_no_label_is_an_answer_too(archive: Archive) -> None:
    (one,) = store(archive, UNSURE)
    archive.opinions.claim(1, "axis", [one], "fake:1")
    assert archive.opinions.keep(1, "axis", {one: Answer("")}) == 1
    assert archive.readings.of(1, [one])[one].axis == ""


# members stand above


def test_a_member_wins_and_undoing_gives_back_the_second_opinion(archive: Archive, asking: Ask) -> None:
    ids = store(archive, UNSURE)
    asking(Fake(POSITIVE)).turn()
    (made,) = archive.corrections.correct(1, ids, "tone", "neutral", "Ada")
    assert (tones(archive, ids), made.machine) == (["neutral"], "positive")
    archive.corrections.undo(1, [made.correction_id], "Ada")
    assert tones(archive, ids) == ["positive"]


def test_a_member_who_speaks_while_the_question_is_out_wins(archive: Archive) -> None:
    (one,) = store(archive, UNSURE)
    archive.opinions.claim(1, "tone", [one], "fake:1")
    (made,) = archive.corrections.correct(1, [one], "tone", "neutral", "Ada")
    assert archive.opinions.keep(1, "tone", {one: Answer("positive")}) == 1
    assert tones(archive, [one]) == ["neutral"]
    assert archive.opinions.of(1, [one])[0].machine == "negative"
    archive.corrections.undo(1, [made.correction_id], "Ada")
    assert tones(archive, [one]) == ["positive"]


@pytest.mark.parametrize("corrected", [False, True])
def test_newer_models_of_ours_leave_it_in_force(archive: Archive, asking: Ask, corrected: bool) -> None:
    ids = store(archive, UNSURE)
    asking(Fake(POSITIVE)).turn()
    made = archive.corrections.correct(1, ids, "tone", "negative", "Ada") if corrected else []
    version = archive.readings.version(1, "m2")
    step = archive.readings.next(1)
    assert step is not None
    archive.readings.keep(1, version, step, readings((0.1, 0.8, 0.1)))
    assert tones(archive, ids) == ["negative" if corrected else "positive"]
    assert archive.readings.of(1, ids)[ids[0]].scores["tone_positive"] == pytest.approx(0.8, abs=0.005)
    assert archive.opinions.of(1, ids)[0].machine == "neutral"
    archive.corrections.undo(1, [one.correction_id for one in made], "Ada")
    assert tones(archive, ids) == ["positive"]


# words that change, posts that leave


def test_switched_off_its_answers_are_silent_and_hold_again_when_it_is_named_again(
    archive: Archive, asking: Ask, clock: FixedClock
) -> None:
    ids = store(archive, UNSURE, SURE)
    version = archive.readings.version(1, "m1")
    asking(Fake(POSITIVE)).turn()
    assert tones(archive, ids) == ["positive", "negative"]

    def restarted(setting: str) -> list[str | None]:
        archive.settings = replace(archive.settings, provider_readings=setting, provider_posts_per_day=0)
        Upkeep(archive, clock).second()
        while (step := archive.readings.next(1)) is not None:
            archive.readings.keep(1, version, step, readings(*[UNSURE] * len(step.ids)))
        return tones(archive, ids)

    assert restarted("") == ["negative", "negative"]
    (kept,) = archive.opinions.of(1, ids)
    assert (kept.said, kept.machine, kept.silent) == ("positive", "negative", True)
    assert restarted("axis=chat") == ["negative", "negative"]
    assert archive.opinions.rule(["axis"]) == 0  # nothing changed: nothing is read again
    assert not archive.readings.waits(1)
    assert restarted("tone=chat") == ["positive", "negative"]
    assert not archive.opinions.of(1, ids)[0].silent


def test_a_model_of_ones_own_answers_through_the_upkeep(archive: Archive, clock: FixedClock, tmp_path: Path) -> None:
    """ONNX, from the words of a post to its reading; nothing is sent anywhere."""
    folder = tiny_onnx.write(tmp_path / "model", {"[PAD]": 0, "post": 3})
    ids = store(archive, UNSURE, UNSURE, SURE)
    archive.settings = replace(
        archive.settings, provider_readings="tone=onnx", provider_posts_per_day=9, provider_folder=str(folder)
    )
    upkeep = Upkeep(archive, clock)
    upkeep.second()
    assert archive.opinions.tally(1) == {"tone": Tally(asked=2, changed=2, confirmed=0)}
    assert tones(archive, ids) == ["positive", "positive", "negative"]
    assert {one.provider.partition(":")[0] for one in archive.opinions.of(1, ids)} == {"onnx"}
    (folder / "model.onnx").write_bytes(b"no model")
    store(archive, UNSURE, first=10)
    broken = Upkeep(archive, clock)
    broken.second()
    assert broken.asking
    assert broken.asking.failures.rests("tone")  # and the upkeep goes on


def test_other_words_drop_it_and_are_asked_about_anew(archive: Archive, asking: Ask, clock: FixedClock) -> None:
    ids = store(archive, UNSURE)
    fake = Fake(POSITIVE)
    step = asking(fake)
    step.turn()
    given = {"readings": readings(UNSURE), "reading_version": archive.readings.version(1, "m1")}
    wanted = [(0, archive.watches.all(1)[0].watch_id)]
    archive.write(delivery([note(1, "other words", account=ADA)], mentions=wanted, **given))
    assert (tones(archive, ids), rows(archive)) == (["negative"], [])
    step.turn()
    assert fake.texts == ["post 1", "other words"]
    archive.write(delivery([note(1, "other words", account=ADA)], mentions=wanted, **given))
    clock.ms += int(LOOK_SECONDS * 1000)
    step.turn()
    assert len(fake.texts) == 2
    assert tones(archive, ids) == ["positive"]


def test_an_answer_about_words_that_changed_meanwhile_is_forgotten(archive: Archive) -> None:
    (one,) = store(archive, UNSURE)
    archive.opinions.claim(1, "tone", [one], "fake:1")
    given = {"readings": readings(UNSURE), "reading_version": archive.readings.version(1, "m1")}
    archive.write(delivery([note(1, "other words", account=ADA)], **given))
    assert archive.opinions.keep(1, "tone", {one: Answer("positive")}) == 0
    assert (tones(archive, [one]), rows(archive)) == (["negative"], [])


@pytest.mark.parametrize("way", ["erased person", "erased post", "taken back", "account gone", "retention"])
def test_it_leaves_with_its_post(archive: Archive, asking: Ask, clock: FixedClock, way: str) -> None:
    (one,) = store(archive, UNSURE)
    asking(Fake(POSITIVE)).turn()
    assert len(rows(archive)) == 1
    if way == "erased person":
        archive.erase(1, ADA.uri)
    elif way == "erased post":
        archive.erasing.erase_post(1, one)
    elif way == "retention":
        clock.ms += (archive.settings.retention_days + 1) * DAY_MS
        archive.tidy()
    else:
        gone = Gone(ADA.uri, account=True) if way == "account gone" else Gone(note(1).uri)
        archive.write(replace(delivery([]), gone=(gone,)))
    assert rows(archive) == []


# providers that fail


def test_a_provider_that_is_down_rests_and_is_asked_again(archive: Archive, asking: Ask, clock: FixedClock) -> None:
    ids = store(archive, *[UNSURE] * 6)
    fake = Fake(DOWN)
    step = asking(fake)
    step.turn()
    step.turn()
    assert len(fake.texts) == 3
    assert (tones(archive, ids), rows(archive)) == (["negative"] * 6, [])
    last = Failures.of(archive.settings, clock).all()["tone"]
    assert (last.key, last.params, last.in_row) == ("providers.status", {"status": 503}, 1)
    clock.ms += REST_MS
    fake.said = POSITIVE
    step.turn()
    assert tones(archive, ids) == ["positive"] * 6
    assert Failures.of(archive.settings, clock).all()["tone"].in_row == 0


def test_it_rests_longer_each_time_and_is_told_once(
    archive: Archive, asking: Ask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[str]()
    log = SimpleNamespace(warning=lambda what, **_: told.append(what))
    monkeypatch.setattr("palabre.providers.background.logger", lambda _: log)
    store(archive, UNSURE)
    fake = Fake(DOWN)
    step, turns = asking(fake), 0
    while turns < 12:
        before = len(fake.texts)
        step.turn()
        turns += len(fake.texts) > before
        clock.ms += REST_MS
    failures = Failures.of(archive.settings, clock)
    assert failures.all()["tone"].in_row == 12
    assert failures.all()["tone"].until_ms - failures.all()["tone"].at_ms == REST_MS_MAX
    assert told == ["second_opinion"]


def test_a_provider_that_asks_to_wait_is_left_alone_at_once(
    archive: Archive, asking: Ask, clock: FixedClock, net: Net
) -> None:
    store(archive, UNSURE, UNSURE)
    fake = Fake(ThrottledError("net.throttled", retry_after=3_600.0, host="models.example"))
    asking(fake).turn()
    assert len(fake.texts) == 1
    found = Failures.of(archive.settings, clock)
    assert found.all()["tone"].until_ms == clock.ms + 3_600_000
    found.note("tone", FetchError(BREAKER, retry_after=7_200.0, host="models.example"))
    assert (found.all()["tone"].key, found.all()["tone"].in_row) == ("net.throttled", 1)
    assert found.all()["tone"].until_ms == clock.ms + 7_200_000


def test_a_post_that_no_provider_can_answer_does_not_hold_up_the_others(archive: Archive, asking: Ask) -> None:
    ids = store(archive, UNSURE, UNSURE)
    fake = Fake(POSITIVE, post_1=RuntimeError("a library's own"))
    step = asking(fake)
    step.turn()
    step.turn()
    assert fake.texts == ["post 1", "post 2"]
    assert tones(archive, ids) == ["negative", "positive"]
    assert archive.opinions.tally(1)["tone"].refused == 1


def test_a_nonsense_answer_is_counted_and_never_asked_for_again(archive: Archive, asking: Ask) -> None:
    ids = store(archive, UNSURE)
    fake = Fake(None)
    for _ in range(3):
        asking(fake).turn()
    assert fake.texts == ["post 1"]
    assert tones(archive, ids) == ["negative"]
    assert archive.opinions.tally(1) == {"tone": Tally(asked=1, changed=0, confirmed=0)}


def test_a_setting_that_names_no_endpoint_costs_nothing_but_its_step(archive: Archive, clock: FixedClock) -> None:
    store(archive, UNSURE)
    archive.settings = replace(archive.settings, provider_readings="tone=chat", provider_posts_per_day=5)
    Upkeep(archive, clock).second()
    assert Failures.of(archive.settings, clock).all()["tone"].key == "providers.no_endpoint"
    archive.settings = replace(archive.settings, provider_readings="tone=oracle")
    Upkeep(archive, clock).second()
    assert rows(archive) == []


@pytest.mark.parametrize("text", ["{", "[]", '{"tone": 3}', '{"tone": {"mood": "bad"}}'])
def test_a_damaged_file_of_failures_knows_of_none(archive: Archive, clock: FixedClock, text: str) -> None:
    found = Failures.of(archive.settings, clock)
    found.path.write_text(text)
    assert found.all() == {}
    assert not found.rests("tone")


# who may ask, and when


def test_two_processes_never_ask_the_same(archive: Archive) -> None:
    (one,) = store(archive, UNSURE)
    assert archive.opinions.claim(1, "tone", [one], "a:1") == [(one, "post 1")]
    assert archive.opinions.claim(1, "tone", [one], "b:1") == []
    archive.opinions.release(1, "tone", [one])
    assert archive.opinions.claim(1, "tone", [one], "b:1") == [(one, "post 1")]


def test_nothing_is_asked_while_posts_wait_to_be_read(archive: Archive, asking: Ask) -> None:
    store(archive, UNSURE)
    archive.write(delivery([note(9, "waits")]))
    fake = Fake(POSITIVE)
    asking(fake).turn()
    assert fake.texts == []


def test_nothing_crosses_workspaces(archive: Archive) -> None:
    other = archive.workspaces.add("other").workspace_id
    (one,) = store(archive, UNSURE)
    assert archive.opinions.unasked(other, "tone", 100) == []
    assert archive.opinions.claim(other, "tone", [one], "fake:1") == []
    archive.opinions.claim(1, "tone", [one], "fake:1")
    archive.opinions.release(other, "tone", [one])
    assert archive.opinions.keep(other, "tone", {one: Answer("positive")}) == 0
    assert archive.opinions.of(other, [one]) == []
    assert archive.opinions.tally(other) == {}
    assert len(rows(archive)) == 1


def test_from_the_words_of_a_post_to_an_endpoint_and_back(archive: Archive, clock: FixedClock, web: Any) -> None:
    """Read by our models, asked of a real endpoint in the style of OpenAI's, by the upkeep of the running product."""
    body = json.dumps({"choices": [{"message": {"content": '{"label": "positive"}'}}]}).encode()
    web.routes["/v1/chat/completions"] = (200, {"Content-Type": "application/json"}, body)
    archive.settings = replace(archive.settings, provider_readings="tone=chat", provider_posts_per_day=1,
                               provider_url=f"{web.url}/v1", provider_model="small", provider_key="s3cret",
                               allowed_hosts_private=web.netloc)  # fmt: skip
    watch = archive.watches.add(1, "velo", "bike")
    words = ["I hate this bike so much", "the bike is at the shop, not bad, not good, whatever", "I love this bike"]
    posts = [note(n, text, lang="en") for n, text in enumerate(words)]
    archive.write(delivery(posts, mentions=[(at, watch.watch_id) for at in range(3)]))
    upkeep = Upkeep(archive, clock)
    upkeep.second()
    assert web.asked == []
    upkeep.read()
    upkeep.second()
    upkeep.second()
    assert len(web.asked) == 1
    sent = json.loads(json.loads(web.bodies[0])["messages"][1]["content"])["post"]
    (one,) = rows(archive)
    assert (one.provider, one.said) == ("chat:small", "positive")
    assert archive.post(1, one.post_id).post.text == sent
    assert tones(archive, [one.post_id]) == ["positive"]
