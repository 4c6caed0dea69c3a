"""What a workspace sets of its noise: it folds, unfolds and names homonyms, on both databases."""

from __future__ import annotations

from dataclasses import replace

from tests.contract.deliveries import delivery, note

from palabre.archive import Archive
from palabre.archive.noise_rules import NoiseRule
from palabre.clock import FixedClock
from palabre.insight import nightly
from palabre.insight.noise import fold_by_hand, policy_of, set_rule
from palabre.model import Account
from palabre.reader import Readers
from palabre.reread import reread_all
from palabre.understand.noise import Policy

TEXTS = (
    "Mistral: 20% off with code VENT20, order now, link in bio, free delivery",  # promotion
    "The concert of Mistral on Friday, the whole album was played",  # another Mistral
    "The Mistral concert on the bike path, a good bike and a good album",  # both are said
    "My Mistral broke down again on the way to work",
)


def heard(archive: Archive, clock: FixedClock, workspace_id: int = 1) -> list[int]:
    watch = archive.watches.add(workspace_id, "mistral", "mistral").watch_id
    posts = [
        note(n, text, account=Account(f"https://example.org/u/{n}", f"u{n}"), published_ms=clock.now_ms() - n * 60_000)
        for n, text in enumerate(TEXTS, 1)
    ]
    archive.write(delivery(posts, mentions=[(row, watch) for row in range(len(posts))], workspace_id=workspace_id))
    found = archive.posts.by_uris(workspace_id, [one.uri for one in posts])
    return [found[one.uri].post_id for one in posts]


def reckoned(archive: Archive, workspace_id: int = 1) -> set[int]:
    nightly.run(archive, workspace_id, "noise")
    return set(archive.folds.ids(workspace_id))


def test_a_threshold_folds_and_unfolds(archive: Archive, clock: FixedClock) -> None:
    ids = heard(archive, clock)
    assert policy_of(archive, 1) == Policy()
    assert reckoned(archive) == {ids[0]}
    set_rule(archive, 1, NoiseRule(3.0, {"promotion": 0.9}, who="Ada"))
    assert reckoned(archive) == set()
    set_rule(archive, 1, NoiseRule(0.6, {"promotion": 0.0}))
    assert reckoned(archive) == set()  # this reason is turned off
    set_rule(archive, 1, None)
    assert archive.noise_rules.get(1) is None
    assert reckoned(archive) == {ids[0]}


def test_words_of_a_homonym_fold_unless_the_right_thing_is_named(archive: Archive, clock: FixedClock) -> None:
    ids = heard(archive, clock)
    set_rule(archive, 1, NoiseRule(0.6, {}, meant=("bike",), other=("concert", "album")))
    assert reckoned(archive) == {ids[0], ids[1]}
    (reason,) = archive.folds.of(1, [ids[1]])[ids[1]].reasons
    assert (reason.name, reason.detail) == ("homonym", "album, concert")


def test_what_a_member_folded_or_restored_stays(archive: Archive, clock: FixedClock) -> None:
    ids = heard(archive, clock)
    reckoned(archive)
    archive.folds.restore(1, [ids[0]], "Ada")
    fold_by_hand(archive, 1, [ids[3]])
    for threshold in (0.1, 3.0):
        set_rule(archive, 1, NoiseRule(threshold, {}))
        found = reckoned(archive)
        assert ids[3] in found
        assert ids[0] not in found


def test_a_new_rule_is_due_though_nothing_new_was_heard(archive: Archive, clock: FixedClock) -> None:
    heard(archive, clock)
    reread_all(archive, Readers(archive), lambda: False, 5)
    nightly.run(archive, 1, "noise")
    clock.sleep(60)
    assert not nightly.is_due(archive, 1, "noise")
    set_rule(archive, 1, NoiseRule(2.0, {}))
    assert nightly.is_due(archive, 1, "noise")


def test_a_rule_is_its_workspaces_own(archive: Archive) -> None:
    other = archive.workspaces.add("other").workspace_id
    set_rule(archive, 1, NoiseRule(2.0, {"spam": 0.5}, ("a",), ("b",), "Ada"))
    set_rule(archive, 1, NoiseRule(1.0, {"spam": 0.25}, who="Bob"))
    kept = archive.noise_rules.get(1)
    assert kept
    assert replace(kept, at_ms=0) == NoiseRule(1.0, {"spam": 0.25}, who="Bob")
    assert archive.noise_rules.get(other) is None
