"""What is understood of posts, kept on both databases: it follows its post in everything, and crosses no workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.contract.deliveries import delivery, note

from palabre.archive import Archive, Filters, open_archive
from palabre.archive.folds import Reason
from palabre.archive.needs import NeedFound
from palabre.archive.reading_rows import SCORED, packed
from palabre.archive.restore import restore
from palabre.archive.signals import Found
from palabre.archive.tables import metadata
from palabre.archive.topics import TopicFound
from palabre.clock import FixedClock
from palabre.errors import InputError, NotFoundError
from palabre.model import INTENTS, READINGS, Account, Evidence
from palabre.settings import Settings

ADA = Account("https://example.org/u/ada", "ada")


def row(tone: str | None = "negative", **more: Any) -> dict[str, Any]:
    """One row of READINGS; probabilities that are not named are not read."""
    known = {"language": "fr", "tone": tone, "emotion": "", "intents": ["complaint"], "axis": "product"}
    return dict.fromkeys(READINGS.names) | known | more


def readings(*rows: dict[str, Any]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(list(rows), schema=READINGS)


def store(archive: Archive, *rows: dict[str, Any], workspace_id: int = 1, first: int = 1) -> list[int]:
    """Posts with these readings; their ids."""
    version = archive.readings.version(workspace_id, "m1")
    posts = [note(first + at, f"post {first + at}", account=ADA) for at in range(len(rows))]
    read = readings(*rows)
    archive.write(delivery(posts, workspace_id=workspace_id, readings=read, reading_version=version))
    return sorted(one.post_id for one in archive.search(workspace_id, limit=100))


def test_a_reading_comes_back_as_it_was_written(archive: Archive) -> None:
    entity = {"kind": "product", "start": 0, "end": 4, "name": "Zéphyr", "confidence": 0.5}
    aspect = {"name": "price", "tone": "negative", "start": 1, "end": 3}
    (post,) = store(archive, row(tone_negative=0.75, offence=0.5, entities=[entity], aspects=[aspect], fingerprint=-7))
    found = archive.readings.of(1, [post])[post]
    assert (found.tone, found.emotion, found.intents, found.axis) == ("negative", "", ("complaint",), "product")
    assert found.scores == {"tone_negative": pytest.approx(0.75, abs=0.002), "offence": pytest.approx(0.5, abs=0.002)}
    assert (found.models, found.language, found.fingerprint) == ("m1", "fr", -7)
    assert (found.entities[0]["name"], found.aspects[0]["tone"]) == ("Zéphyr", "negative")


def test_what_was_not_read_is_not_made_up(archive: Archive) -> None:
    nothing = dict.fromkeys(READINGS.names)
    (post,) = store(archive, nothing)
    found = archive.readings.of(1, [post])[post]
    assert (found.tone, found.emotion, found.intents, found.axis, found.scores) == (None, None, None, None, {})


def test_a_row_of_readings_is_small() -> None:
    (one,) = packed(readings(row(**dict.fromkeys(SCORED, 0.5))))
    assert sum(len(part) if isinstance(part, str | bytes) else 2 for part in one) < 60


def test_posts_without_readings_wait_and_are_read_in_short_steps(archive: Archive) -> None:
    archive.write(delivery([note(n) for n in range(5)]))
    version = archive.readings.version(1, "m1")
    assert archive.readings.waiting(1).n == 5
    seen = 0
    while (step := archive.readings.next(1, limit=2)) is not None:
        seen += archive.readings.keep(1, version, step, readings(*[row() for _ in step.ids]))
    assert (seen, archive.readings.waiting(1).n, archive.readings.waits(1)) == (5, 0, False)


def test_another_model_makes_all_posts_wait_again(archive: Archive) -> None:
    store(archive, row(), row())
    archive.readings.version(1, "m2")
    assert archive.readings.waiting(1).n == 2
    assert archive.readings.version(1, "m2") == archive.readings.version(1, "m2")


def test_posts_that_come_while_history_is_read_are_read_too(archive: Archive) -> None:
    archive.write(delivery([note(n) for n in range(3)]))
    version = archive.readings.version(1, "m1")
    step = archive.readings.next(1, limit=2)
    assert step is not None
    archive.write(delivery([note(9)]))
    archive.readings.keep(1, version, step, readings(*[row() for _ in step.ids]))
    rest = archive.readings.next(1)
    assert rest is not None
    assert len(rest.ids) == 2


def test_a_post_that_goes_while_it_is_read_stays_away(archive: Archive) -> None:
    archive.write(delivery([note(1), note(2)]))
    version = archive.readings.version(1, "m1")
    step = archive.readings.next(1)
    assert step is not None
    archive.write(delivery([], gone=[note(1).uri]))
    assert archive.readings.keep(1, version, step, readings(row(), row())) == 1


def test_an_edit_is_read_anew_and_loses_what_was_said_of_the_old_words(archive: Archive) -> None:
    (post,) = store(archive, row("negative"))
    archive.corrections.correct(1, [post], "tone", "positive", "Ada")
    version = archive.readings.version(1, "m1")
    edited = delivery([note(1, "other words", account=ADA)], readings=readings(row("neutral")), reading_version=version)
    archive.write(edited)
    assert archive.readings.of(1, [post])[post].tone == "neutral"
    assert archive.corrections.of(1, [post]) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"tones": ("negative",)}, {1, 2}),
        ({"tones": ("negative", "positive")}, {1, 2, 3}),
        ({"tones": ("cheerful",)}, set()),
        ({"intents": ("question",)}, {2}),
        ({"intents": ("complaint", "question")}, {1, 2}),
        ({"intents": ("other",)}, {3}),
        ({"axes": ("product",)}, {1, 3}),
        ({"emotions": ("anger",)}, {2}),
        ({"emotions": ("none",)}, {1, 3}),
        ({"folded": "yes"}, {3}),
        ({"folded": "no"}, {1, 2, 4}),
        ({"story_ids": (1,)}, {1, 2}),
        ({"story_ids": (3,)}, {3}),
        ({"post_ids": (1, 4)}, {1, 4}),
        ({"register": "need:1"}, {2, 3}),
        ({"register": "need:x"}, set()),
    ],
)
def test_a_search_asks_for_what_was_understood(archive: Archive, asked: dict[str, Any], found: set[int]) -> None:
    rows = [row(), row(intents=["question"], emotion="anger", axis=""), row("positive", intents=[])]
    ids = store(archive, *rows)
    archive.write(delivery([note(50, "unread")]))
    archive.folds.put(1, [(ids[2], 1.0, [Reason("spam", 1.0)])])
    archive.stories.put(1, {ids[1]: (ids[0], ids[1])})
    archive.stories.put(1, {ids[0]: (ids[0], ids[0])})
    archive.needs.keep(1, [need(ids[1], ids[2])])
    asked_ids = {"story_ids", "post_ids"} & set(asked)
    assert not asked_ids or ids[0] == 1
    assert {one.post_id for one in archive.search(1, filters=Filters(**asked))} == found
    assert archive.count(1, filters=Filters(**asked)).n == len(found)


def need(*ids: int) -> NeedFound:
    return NeedFound("child seat", ("seat",), ids, 2, 10, 20)


def test_the_lake_knows_readings_stories_folds_and_corrections_at_once(archive: Archive) -> None:
    first, second = store(archive, row(tone_negative=0.9), row("positive"))
    archive.lake.seal_all()
    archive.corrections.correct(1, [first], "tone", "neutral", "Ada")
    archive.folds.put(1, [(second, 0.7, [Reason("spam", 0.7, "win")])])
    archive.stories.put(1, {second: (first, first)})
    rows = {one["post_id"]: one for one in archive.lake.ask(archive.lake.posts(1)).to_pylist()}
    assert (rows[first]["tone"], rows[first]["story"], rows[first]["folded"]) == ("neutral", first, False)
    assert (rows[second]["story"], rows[second]["voice"], rows[second]["folded"]) == (first, first, True)
    assert rows[first]["intents"] == ["complaint"]
    assert rows[first]["tone_negative"] == pytest.approx(0.9, abs=0.002)
    archive.lake.compact()
    again = {one["post_id"]: one for one in archive.lake.ask(archive.lake.posts(1)).to_pylist()}
    assert again == rows


# corrections


def test_a_correction_is_in_force_at_once_and_undone_again(archive: Archive) -> None:
    (post,) = store(archive, row("negative"))
    (made,) = archive.corrections.correct(1, [post], "tone", "positive", "Ada")
    assert (made.machine, made.said) == ("negative", "positive")
    assert archive.readings.of(1, [post])[post].corrected == {"tone"}
    assert len(archive.search(1, filters=Filters(tones=("positive",)))) == 1
    assert archive.corrections.undo(1, [made.correction_id], "Bea") == 1
    after = archive.readings.of(1, [post])[post]
    assert (after.tone, after.corrected) == ("negative", frozenset())
    assert archive.corrections.of(1, [post])[0].undone_by == "Bea"


def test_a_second_correction_remembers_the_machine_not_the_first(archive: Archive) -> None:
    (post,) = store(archive, row(intents=["praise"]))
    archive.corrections.correct(1, [post], "intents", "complaint question", "Ada")
    (second,) = archive.corrections.correct(1, [post], "intents", "", "Ada")
    assert second.machine == "praise"
    archive.corrections.undo(1, [second.correction_id], "Ada")
    assert archive.readings.of(1, [post])[post].intents == ("praise",)


def test_a_correction_outlives_another_model(archive: Archive) -> None:
    (post,) = store(archive, row("negative"))
    (made,) = archive.corrections.correct(1, [post], "tone", "positive", "Ada")
    version = archive.readings.version(1, "m2")
    step = archive.readings.next(1)
    assert step is not None
    archive.readings.keep(1, version, step, readings(row("neutral")))
    assert archive.readings.of(1, [post])[post].tone == "positive"
    archive.corrections.undo(1, [made.correction_id], "Ada")
    assert archive.readings.of(1, [post])[post].tone == "neutral"


@pytest.mark.parametrize(("name", "said"), [("tone", "cheerful"), ("mood", "positive"), ("intents", "complaint x")])
def test_a_label_nobody_knows_is_refused(archive: Archive, name: str, said: str) -> None:
    (post,) = store(archive, row())
    with pytest.raises(InputError):
        archive.corrections.correct(1, [post], name, said, "Ada")


def test_layers_are_numbered_and_the_last_ones_kept(archive: Archive) -> None:
    for at in range(8):
        archive.corrections.keep_layer(1, bytes([at]), {"n": at})
    newest = archive.corrections.layer(1)
    assert newest is not None
    assert (newest.version, newest.body, newest.facts) == (8, b"\x07", {"n": 7})
    before = archive.corrections.drop_layer(1, 8)
    assert before is not None
    assert before.version == 7


# registers


def found(mark: str = "a", *ids: int) -> Found:
    return Found("spike", mark, "battery", "signal.spike", 100, 200, 3.0, "spikes", 1, {"n": 3},
                 Evidence(watch_ids=(1,), filters={"tone": "negative"}), ids)  # fmt: skip


def test_a_signal_found_again_is_the_same_and_keeps_what_members_said(archive: Archive) -> None:
    ids = store(archive, row(), row())
    first, new = archive.signals.note(1, found("a", ids[0]))
    archive.signals.change(
        1, first, "Ada", status="settled", outcome="confirmed", happened_ms=150, why="seen in the shop"
    )
    again, newer = archive.signals.note(1, found("a", *ids))
    kept = archive.signals.get(1, first)
    assert (new, newer, again) == (True, False, first)
    assert (kept.status, kept.outcome, kept.happened_ms, kept.post_ids) == ("settled", "confirmed", 150, tuple(ids))
    assert kept.evidence == Evidence(watch_ids=(1,), filters={"tone": "negative"})
    assert [event.why for event in archive.signals.history(1, first)] == ["seen in the shop"]


def test_a_need_goes_its_way_with_reasons_and_is_told_back(archive: Archive) -> None:
    ids = store(archive, row(), row())
    (need_id,) = archive.needs.keep(1, [need(*ids)])
    with pytest.raises(InputError):
        archive.needs.change(1, need_id, "Ada", "declined")
    archive.needs.change(1, need_id, "Ada", "done", "shipped in May")
    assert archive.needs.told(1, need_id, "Ada").told_ms > 0
    assert archive.needs.change(1, need_id, "Ada", "declined", "no longer made").told_ms == 0
    assert [event.status for event in archive.needs.history(1, need_id)] == ["done", "told", "declined"]
    archive.needs.keep(1, [])
    assert archive.needs.all(1) == []
    assert archive.needs.all(1, gone=True)[0].status == "declined"


def test_a_topic_keeps_its_number_and_its_name(archive: Archive) -> None:
    ids = store(archive, row(), row())
    (topic_id,) = archive.topics.keep(1, [TopicFound(("seat",), (ids[0],), 1, 2, centroid=b"c")])
    archive.topics.rename(1, topic_id, "Seats")
    archive.topics.keep(1, [TopicFound(("child", "seat"), tuple(ids), 1, 3, topic_id)])
    (kept,) = archive.topics.all(1)
    assert (kept.topic_id, kept.name, kept.words, kept.n) == (topic_id, "Seats", ("child", "seat"), 2)


def test_a_rumour_file_follows_its_claim(archive: Archive) -> None:
    opened = archive.rumours.open(1, "They sell rides", "gps", "Ada", story_id=4)
    closed = archive.rumours.change(1, opened.rumour_id, "Bea", status="closed", outcome="false", tags=["T0002"])
    assert (closed.claim, closed.tags, closed.story_id) == ("They sell rides", ("T0002",), 4)
    assert [event.status for event in archive.rumours.history(1, opened.rumour_id)] == ["open", "closed false"]
    with pytest.raises(InputError):
        archive.rumours.change(1, opened.rumour_id, "Bea", outcome="perhaps")


def test_folds_come_back_in_one_act_and_stay_noted(archive: Archive) -> None:
    ids = store(archive, row(), row())
    reasons = [Reason("spam", 0.8, "win"), Reason("promotion", 0.2)]
    assert archive.folds.put(1, [(one, 1.0, reasons) for one in ids]) == 2
    assert archive.folds.restore(1, ids[:1], "Ada") == 1
    assert archive.folds.put(1, [(ids[0], 1.0, reasons)]) == 0
    assert (archive.folds.count(1), archive.folds.ids(1)) == ((1, 1), [ids[1]])
    assert archive.folds.of(1, ids)[ids[0]].reasons == tuple(reasons)
    assert archive.folds.fold_again(1, ids[:1]) == 1


def test_a_sample_is_labelled_answer_by_answer(archive: Archive) -> None:
    ids = store(archive, row(), row())
    chosen = [(ids[1], "negative"), (ids[0], "positive")]
    sample = archive.samples.add(1, "tone", Evidence(query="x"), chosen, population=9, flagged=4, seed=3, who="Ada")
    archive.samples.label(1, sample.sample_id, ids[1], "neutral", "Ada")
    kept = archive.samples.get(1, sample.sample_id)
    assert [one.post_id for one in kept.labels] == [ids[1], ids[0]]
    assert [(one.machine, one.said) for one in kept.answered] == [("negative", "neutral")]
    with pytest.raises(NotFoundError):
        archive.samples.label(1, sample.sample_id, 999, "neutral", "Ada")
    with pytest.raises(InputError):
        archive.samples.add(1, "tone", Evidence(), [], population=0, flagged=0, seed=0)


def test_marks_and_beliefs_are_said_and_taken_back(archive: Archive) -> None:
    archive.marks.put(1, "site", "gazette.example", "certified", "Ada", "we know them")
    assert archive.marks.named(1, "site", "certified") == ["gazette.example"]
    archive.marks.put(1, "site", "gazette.example", "", "Ada")
    assert archive.marks.all(1) == []
    archive.beliefs.put(1, "ada", [("a bell", 0), ("a seat", 3)])
    archive.beliefs.put(1, "ada", [("a seat", 3)])
    assert [(one.place, one.wish, one.need_id) for one in archive.beliefs.all(1)] == [(1, "a seat", 3)]


# together with its post, and with its workspace


def test_an_erased_post_takes_with_it_all_that_was_said_of_it(archive: Archive) -> None:
    ids = store(archive, row(), row())
    archive.corrections.correct(1, ids, "tone", "neutral", "Bea")
    archive.folds.put(1, [(one, 1.0, []) for one in ids])
    archive.stories.put(1, {ids[1]: (ids[0], ids[0])})
    archive.needs.keep(1, [need(*ids)])
    archive.samples.add(1, "tone", Evidence(), [(ids[0], "x")], population=1, flagged=1, seed=0)
    archive.marks.put(1, "account", ADA.uri, "doubtful", "Bea")
    archive.erase(1, ADA.uri)
    with archive.ledger.read() as connection:
        left = {
            table.name: connection.execute(table.select()).all()
            for table in metadata.sorted_tables
            if "post_id" in table.c and table.name not in ("dirty",)
        }
        marks = connection.execute(metadata.tables["source_mark"].select()).all()
    assert {name: rows for name, rows in left.items() if rows} == {}
    assert marks == []


def test_nothing_crosses_workspaces(archive: Archive) -> None:
    other = archive.workspaces.add("other").workspace_id
    (post,) = store(archive, row())
    signal_id, _ = archive.signals.note(1, found("a", post))
    (need_id,) = archive.needs.keep(1, [need(post)])
    sample = archive.samples.add(1, "tone", Evidence(), [(post, "x")], population=1, flagged=1, seed=0)
    (made,) = archive.corrections.correct(1, [post], "tone", "neutral", "Ada")
    assert archive.readings.of(other, [post]) == {}
    assert archive.corrections.of(other, [post]) == []
    assert archive.corrections.undo(other, [made.correction_id], "Eve") == 0
    assert archive.folds.put(other, [(post, 1.0, [])]) == 0
    assert archive.stories.put(other, {post: (9, 9)}) == 0
    assert archive.search(other, filters=Filters(register=f"need:{need_id}")) == []
    for asked in (
        lambda: archive.signals.get(other, signal_id),
        lambda: archive.needs.change(other, need_id, "Eve", "done"),
        lambda: archive.samples.get(other, sample.sample_id),
        lambda: archive.corrections.correct(other, [post], "tone", "neutral", "Eve"),
    ):
        with pytest.raises(NotFoundError):
            asked()


def test_a_backup_holds_what_was_understood(settings: Settings, clock: FixedClock, tmp_path: Path) -> None:
    with open_archive(settings, clock) as archive:
        (post,) = store(archive, row())
        archive.corrections.correct(1, [post], "tone", "positive", "Ada")
        archive.signals.note(1, found("a", post))
        copy = archive.back_up(tmp_path / "backups")
        archive.corrections.undo(1, [1], "Ada")
    restore(settings, copy)
    with open_archive(settings, clock) as archive:
        assert archive.readings.of(1, [post])[post].tone == "positive"
        assert archive.signals.all(1)[0].post_ids == (post,)


def test_every_intent_has_its_bit(archive: Archive) -> None:
    (post,) = store(archive, row(intents=list(INTENTS)))
    assert archive.readings.of(1, [post])[post].intents == INTENTS
