"""The questions of a team over an archive: every figure lists exactly its posts, and bad cases are answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from palabre import insight
from palabre.archive import Archive, Filters, open_archive
from palabre.archive.needs import NeedFound
from palabre.archive.signals import Found
from palabre.batches import batch_of
from palabre.clock import FixedClock
from palabre.insight import Scope, nightly
from palabre.insight.account import account
from palabre.insight.actors import circles
from palabre.insight.audits import machine
from palabre.insight.behind import behind, middle_of
from palabre.insight.overview import reach
from palabre.insight.parties import parties
from palabre.insight.scope import is_heard
from palabre.insight.spikes import of_hours
from palabre.measure.catalogue import of_posts
from palabre.model import Evidence, Figure, Post
from palabre.pipeline import Pipeline
from palabre.reader import Readers
from palabre.reread import reread
from palabre.road.guard import Batch
from palabre.road.ready import delivery, ready
from palabre.sample import play
from palabre.sample.load import add_panel
from palabre.settings import load

END_MS = 1_790_000_000_000
DAY_MS = 86_400_000
POSTS = 1_500
FRESH = 150  # of them, not yet in the lake


def store(archive: Archive, posts: list[Post], workspace_id: int = 1) -> None:
    """Posts by the road of all others, with their readings."""
    pipeline = Pipeline(archive, None, archive.clock, archive.settings)
    batch = Batch(batch_of(posts), (None,) * len(posts), (), ())
    live, reader = pipeline.panels.of(workspace_id), pipeline.readers.of(workspace_id)
    archive.write(delivery(ready(batch, live, pipeline.languages, reader), workspace_id, None))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Some weeks of the sample, understood once; the oldest in the lake, where a count is quick, the newest not yet."""
    clock = FixedClock(END_MS)
    with open_archive(load(tmp_path_factory.mktemp("home"), {}), clock) as opened:
        add_panel(opened, 1, "en")
        posts = [line.post for line in play(END_MS)[-POSTS:]]
        store(opened, posts[:-FRESH])
        opened.lake.seal_all()
        store(opened, posts[-FRESH:])
        nightly.reckon(opened, 1)
        opened.lake.compact_workspace(1)
        opened.lake_words.keep_all()
        ids = [row.post_id for row in opened.search(1, limit=30)]
        opened.needs.keep(1, [NeedFound("a seat", ("seat",), tuple(ids), 3, END_MS - DAY_MS, END_MS)])
        yield opened


def figures(value: Any) -> Iterator[Figure]:
    """Every figure inside an answer."""
    if isinstance(value, Figure):
        yield value
    elif is_dataclass(value):
        for entry in fields(value):
            yield from figures(getattr(value, entry.name))
    elif isinstance(value, dict):
        for one in value.values():
            yield from figures(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from figures(one)


SCOPES = {
    "all mentions": Scope(Filters(mentioned=True)),
    "everything": Scope(Filters()),
    "a week": Scope(Filters(mentioned=True, since_ms=END_MS - 8 * DAY_MS, until_ms=END_MS - DAY_MS)),
    "two watches": Scope(Filters(watch_ids=(1, 5))),
    "a query": Scope(Filters(mentioned=True), "cyclovent NOT zephyr"),
    "complaints": Scope(Filters(mentioned=True, intents=("complaint",), langs=("fr", "en"))),
    "negative": Scope(Filters(mentioned=True, tones=("negative", "neutral"), networks=("mastodon",))),
    "with noise": Scope(Filters(mentioned=True, folded="any")),
    "nothing": Scope(Filters(mentioned=True, since_ms=1_000, until_ms=2_000)),
}
QUESTIONS = {
    "overview": insight.overview,
    "spikes": insight.spikes,
    "stories": insight.stories,
    "coordination": insight.coordination,
    "noise": insight.noise,
    "needs": insight.needs,
    "topics": insight.topics,
    "board": insight.board,
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("scope", SCOPES)
def test_the_evidence_of_a_figure_lists_exactly_its_posts(archive: Archive, question: str, scope: str) -> None:
    found = list(figures(QUESTIONS[question](archive, 1, SCOPES[scope])))
    counted: dict[str, int] = {}
    for one in found:
        if one.unit != "items":  # what is in quarantine is no post
            key = repr(one.evidence)
            counted.setdefault(key, insight.count(archive, 1, one.evidence))
            assert (one.name, one.n) == (one.name, counted[key])


def test_listed_gives_the_posts_themselves(archive: Archive) -> None:
    found = insight.overview(archive, 1, SCOPES["complaints"])
    rows = insight.listed(archive, 1, found.volume.evidence, limit=10_000)
    read = archive.readings.of(1, [row.post_id for row in rows])
    assert len(rows) == found.volume.n > 0
    assert all("complaint" in (read[row.post_id].intents or ()) for row in rows)


@pytest.mark.parametrize("scope", SCOPES)
def test_scope_and_evidence_ask_the_same(scope: str) -> None:
    asked = SCOPES[scope].asked
    assert insight.filters_of(SCOPES[scope].evidence) == asked or not asked.mentioned


def test_overview_adds_up(archive: Archive) -> None:
    found = insight.overview(archive, 1, SCOPES["all mentions"])
    assert found.volume.value == sum(one.n for one in found.steps)
    assert sum(part.count.n for part in found.tones) + found.unread == found.volume.n
    assert found.voices.value is not None
    assert found.volume.value is not None
    assert found.voices.value <= found.volume.value
    assert sum(one.share.value or 0 for one in found.watches) == pytest.approx(1)


def test_the_posts_of_a_spike_are_named_one_by_one(archive: Archive) -> None:
    rows = insight.listed(archive, 1, SCOPES["everything"].evidence, limit=9)
    inside = pa.table({"post_id": [row.post_id for row in rows]})
    assert of_hours(SCOPES["a week"].evidence, inside).post_ids == tuple(row.post_id for row in rows)
    many = pa.table({"post_id": pa.array(range(2_001))})
    assert of_hours(SCOPES["a week"].evidence, many) == SCOPES["a week"].evidence


def test_net_tone_by_step_is_that_of_the_whole_when_put_together(archive: Archive) -> None:
    found = insight.overview(archive, 1, SCOPES["a week"])
    told = [step.net for step in found.steps if step.net.value is not None]
    assert len(told) > 3
    assert all(one.low < one.value < one.high for one in told if one.low and one.high and one.value)
    whole = sum((one.value or 0) * one.n for one in told) / sum(one.n for one in told)
    assert sum(step.net.n for step in found.steps) == found.net_tone.n
    assert whole == pytest.approx(found.net_tone.value, abs=0.02)


def test_views_that_no_network_tells_are_not_nought(archive: Archive) -> None:
    found = insight.overview(archive, 1, SCOPES["all mentions"])
    posts = pa.table({"views": pa.array([0] * 40)})
    assert reach(posts, SCOPES["all mentions"]).few
    assert not found.reach.few


def test_the_ledger_adds_up_and_a_restore_brings_back(archive: Archive) -> None:
    scope = SCOPES["all mentions"]
    before = insight.noise(archive, 1, scope)
    assert before.total.value == sum(one.value or 0 for one in (before.shown, before.folded, before.quarantined))
    folded = archive.folds.ids(1)
    assert folded
    archive.folds.restore(1, folded[:1], "Ada")
    after = insight.noise(archive, 1, scope)
    assert (after.shown.n, after.folded.n, after.restored.n) == (before.shown.n + 1, before.folded.n - 1, 1)
    archive.folds.fold_again(1, folded[:1])


def test_a_correction_moves_the_figures_at_once_and_back(archive: Archive) -> None:
    scope = SCOPES["all mentions"]
    before = {part.name: part.count.n for part in insight.overview(archive, 1, scope).tones}
    negative = scope.narrowed(tones=("negative",)).evidence
    ids = [row.post_id for row in insight.listed(archive, 1, negative, limit=2)]
    made, layer = insight.correct(archive, 1, ids, "tone", "positive", "Ada")
    after = {part.name: part.count.n for part in insight.overview(archive, 1, scope).tones}
    assert (after["negative"], after["positive"]) == (before["negative"] - 2, before["positive"] + 2)
    assert layer is not None
    assert insight.undo(archive, 1, [one.correction_id for one in made], "Ada") == 2
    assert {part.name: part.count.n for part in insight.overview(archive, 1, scope).tones} == before


def test_an_audit_says_how_right_the_machine_is(archive: Archive) -> None:
    evidence = SCOPES["all mentions"].evidence
    sample = insight.draw(archive, 1, "tone", evidence, n=60, seed=3, who="Ada")
    assert insight.audited(archive, 1, sample.sample_id).few
    for at, one in enumerate(sample.labels):  # a member who disagrees with every sixth
        said = "neutral" if at % 6 == 0 else one.machine
        archive.samples.label(1, sample.sample_id, one.post_id, said, "Ada")
    found = insight.audited(archive, 1, sample.sample_id)
    share = found.shares["neutral"]
    assert not found.few
    assert found.agreement.value is not None
    assert 0.7 < found.agreement.value < 1
    assert share.low is not None
    assert share.value is not None
    assert share.high is not None
    assert share.low <= share.value <= share.high
    assert sum(one.value or 0 for one in found.shares.values()) == pytest.approx(1)
    assert [one.post_id for one in insight.draw(archive, 1, "tone", evidence, n=60, seed=3).labels] == [
        one.post_id for one in sample.labels
    ]


@pytest.mark.parametrize("name", ["emotion", "axis", "intent:complaint", "fold"])
def test_every_reading_can_be_audited(archive: Archive, name: str) -> None:
    said = machine(archive, 1, name, SCOPES["all mentions"].evidence)
    assert len(set(said.values())) > 1


def test_the_board_compares_us_with_each_competitor(archive: Archive) -> None:
    known = parties(archive, 1)
    made = insight.board(archive, 1, Scope(Filters(since_ms=END_MS - 4 * DAY_MS, until_ms=END_MS)))
    assert next(iter(known)) == "Cyclovent"
    assert {cell.party for cell in made.cells} == set(known)


def test_actors_and_sources_are_answered(archive: Archive) -> None:
    found = insight.actors(archive, 1, SCOPES["all mentions"])
    assert found.posts > 0
    assert found.pyramid.steps
    assert circles(archive, 1, SCOPES["all mentions"], found.influence[0].account).account
    assert insight.credibility(archive, 1, SCOPES["all mentions"])


def test_an_empty_workspace_has_answers_that_say_nothing(archive: Archive) -> None:
    other = archive.workspaces.add("empty").workspace_id
    nightly.reckon(archive, other)
    scope = SCOPES["all mentions"]
    assert insight.overview(archive, other, scope).volume.value == 0
    assert insight.overview(archive, other, scope).net_tone.few
    assert insight.spikes(archive, other, scope) == []
    assert insight.stories(archive, other, scope) == []
    assert insight.coordination(archive, other, scope) == []
    assert insight.noise(archive, other, scope).total.value == 0
    assert [one.error_key for one in archive.works.all(other)] == [""] * len(nightly.PIECES)


def test_one_workspace_never_answers_for_another(archive: Archive) -> None:
    other = archive.workspaces.add("other").workspace_id
    evidence = insight.overview(archive, 1, SCOPES["everything"]).volume.evidence
    assert insight.count(archive, other, evidence) == 0
    ids = tuple(row.post_id for row in archive.search(1, limit=5))
    assert insight.count(archive, other, Evidence(post_ids=ids)) == 0


def test_reckoning_again_changes_nothing(archive: Archive) -> None:
    before = archive.signals.all(1), archive.folds.count(1)
    again = nightly.reckon(archive, 1)
    assert (again["stories"]["changed"], again["noise"]["folded"], again["signals"]["new"]) == (0, 0, 0)
    assert (len(archive.signals.all(1)), archive.folds.count(1)) == (len(before[0]), before[1])


def test_a_member_teaches_and_everything_is_read_again(tmp_path: Path) -> None:
    clock = FixedClock(END_MS)
    with open_archive(load(tmp_path, {}), clock) as archive:
        store(archive, [line.post for line in play(END_MS)[:50]])
        readers = Readers(archive)
        readers.present(1)
        ids = [row.post_id for row in archive.search(1, limit=5)]
        insight.correct(archive, 1, ids, "tone", "negative", "Ada")
        clock.sleep(60)
        assert readers.present(1).layer is not None
        assert archive.readings.waiting(1).n == 50
        assert reread(archive, readers, 1) == 50
        assert {archive.readings.of(1, [one])[one].tone for one in ids} == {"negative"}


def test_a_rumour_file_says_how_a_claim_spreads_and_is_taken(archive: Archive) -> None:
    file = archive.rumours.open(1, "The battery fails in the rain", "batterie OR battery", "Ada")
    found = insight.opened(archive, 1, file.rumour_id)
    assert found.found is not None
    assert found.posts.num_rows == insight.count(archive, 1, found.found.posts.evidence) == found.found.posts.n
    assert len(found.said) == found.replies.num_rows
    nothing = archive.rumours.open(1, "Nobody says so", "zzzunheard", "Ada")
    assert insight.opened(archive, 1, nothing.rumour_id).found is None
    assert [one.rumour_id for one in insight.rumours(archive, 1)] == [nothing.rumour_id, file.rumour_id]


def test_a_rumour_file_knows_the_pushes_of_the_register(archive: Archive) -> None:
    claim = Scope(Filters(folded="any"), "batterie").evidence
    ids = [row.post_id for row in insight.listed(archive, 1, claim, limit=3)]
    pushed = Found(
        "coordination", "1", "battery", "signal.coordination", 1, 2, 3.0, "coordination", 1, post_ids=tuple(ids)
    )
    number, _ = archive.signals.note(1, pushed)
    file = archive.rumours.open(1, "It fails in the rain", "batterie", "Ada")
    for outcome, part in (("", 3), ("not_confirmed", 0)):
        archive.signals.change(1, number, "Ada", status="settled" if outcome else "open", outcome=outcome)
        found = insight.opened(archive, 1, file.rumour_id).found
        assert found is not None
        assert found.coordinated.value == pytest.approx(part / found.posts.n)
    archive.signals.remove(1, number)
    archive.rumours.remove(1, file.rumour_id)


def test_needs_and_topics_keep_their_numbers(archive: Archive) -> None:
    kept = []
    for _ in range(2):
        assert nightly.run(archive, 1, "topics")["n"] > 0
        assert nightly.run(archive, 1, "needs")["n"] > 0
        kept.append(({one.topic_id for one in archive.topics.all(1)}, {one.need_id for one in archive.needs.all(1)}))
    assert kept[0] == kept[1]


def test_the_gap_sets_beliefs_beside_what_is_asked(archive: Archive) -> None:
    asked = archive.needs.all(1)
    archive.beliefs.put(1, "ada", [("a bell", 0), (asked[0].title, asked[0].need_id)])
    archive.beliefs.put(1, "bea", [(asked[0].title, asked[0].need_id)])
    found = insight.perceived(archive, 1, Scope(Filters(mentioned=True)))
    gaps = {found.names[one.key]: one for one in found.gap.rows}
    known = gaps[asked[0].title]
    assert (known.believed, found.members) == (1, 2)
    assert found.voices[known.key].value == known.voices > 0
    assert gaps["a bell"].believed == 2
    assert gaps["a bell"].asked is None


def test_a_period_that_still_runs_is_halved_at_what_has_passed_of_it() -> None:
    starts = np.arange(7, dtype=np.int64) * DAY_MS
    assert middle_of(starts, DAY_MS, 30 * DAY_MS) == 3.5 * DAY_MS
    assert middle_of(starts, DAY_MS, 6 * DAY_MS + DAY_MS // 2) == 3.25 * DAY_MS
    assert middle_of(starts[:0], DAY_MS, 0) == 0


def test_a_period_before_listening_is_no_silence(archive: Archive) -> None:
    first = archive.posts.first_ms(1)
    since, until = first - 60 * DAY_MS, archive.clock.now_ms()
    asked = Scope(Filters(mentioned=True, since_ms=since, until_ms=until))
    found = insight.overview(archive, 1, asked)
    assert found.steps[0].start_ms == first // DAY_MS * DAY_MS
    assert sum(step.n for step in found.steps) == found.volume.n
    need = archive.needs.all(1)[0]
    seen = behind(archive, 1, asked, "need", {need.need_id: need.post_ids})[need.need_id]
    assert seen.steps[0][0] == first // DAY_MS * DAY_MS
    spans = [(first - 20 * DAY_MS, first - 10 * DAY_MS), (first - 10 * DAY_MS, first + DAY_MS), (first, until)]
    for name in ("volume", "voices", "accounts"):
        before, hardly, heard = of_posts(archive, 1, name, (), spans)
        assert (before.few, hardly.few, heard.few) == (True, True, False)
        assert hardly.n
    assert [one.few for one in of_posts(archive, 1, "net_tone", (), spans)] == [True, False, False]


def test_an_audit_that_leaves_everything_open_says_so(archive: Archive) -> None:
    sample = insight.draw(archive, 1, "tone", SCOPES["all mentions"].evidence, n=40, seed=5)
    for at, one in enumerate(sample.labels):  # a member whom the machine meets by chance alone
        archive.samples.label(1, sample.sample_id, one.post_id, ("negative", "neutral", "positive")[at % 3], "Ada")
    found = insight.audited(archive, 1, sample.sample_id)
    assert found.open
    assert not found.few
    assert not insight.audited(
        archive, 1, insight.draw(archive, 1, "tone", SCOPES["all mentions"].evidence, n=2, seed=5).sample_id
    ).open


@pytest.mark.parametrize(
    ("first", "heard"), [(0, False), (1, True), (100, True), (110, True), (111, False), (250, False)]
)
def test_a_period_is_heard_when_the_oldest_post_is_near_its_beginning(first: int, heard: bool) -> None:
    assert is_heard(first, 100, 200) is heard


def test_an_account_named_once_has_its_scales(archive: Archive) -> None:
    everybody = insight.actors(archive, 1, Scope(), most=4_000)
    last, first = everybody.standings[-1], everybody.standings[0]
    for one in (first, last):
        assert account(archive, 1, Scope(), one.account).standing == one
