"""Topics that keep their identity, needs across languages, and the gap between belief and demand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from palabre.errors import InputError
from palabre.understand.needs import NEXT, Status, moved, needs
from palabre.understand.perception_gap import perception_gap
from palabre.understand.topics import Change, topics
from palabre.understand.vectors import by_size, embedded, grouped, k_means

DAY_MS = 86_400_000
THEMES = {
    "battery": ["la batterie tombe en panne sous la pluie", "battery failure in the rain again",
                "panne de batterie, pluie", "the battery dies in rain", "batterie en panne dès la pluie"],
    "delivery": ["livraison en retard de deux semaines", "delivery late by three weeks",
                 "retard de livraison, semaines", "my delivery is weeks late",
                 "encore des semaines de retard, livraison"],
    "seat": ["il manque un siège enfant", "a child seat is missing", "quand un siège pour enfants ?",
             "please make a child seat", "un siège enfant, idée"],
}  # fmt: skip


def told(themes: list[str], copies: int = 6, first_id: int = 0) -> tuple[pa.Table, list[str]]:
    """Posts of these themes, each sentence by several people, in words of their own."""
    rows = [
        (theme, f"{sentence} {['', 'vraiment', 'really', 'hier', 'today', 'encore'][n % 6]}")
        for theme in themes
        for n in range(copies)
        for sentence in THEMES[theme]
    ]
    ids = list(range(first_id, first_id + len(rows)))
    table = pa.table(
        {
            "post_id": ids,
            "text": [text for _, text in rows],
            "account_uri": [f"u{one}" for one in ids],
            "published_ms": [DAY_MS * (1 + one % 40) for one in ids],
            "intents": [["complaint"] if theme != "seat" else ["suggestion"] for theme, _ in rows],
            "lang": ["en" if " the " in text or "a " in text[:2] else "fr" for _, text in rows],
        }
    )
    return table, [theme for theme, _ in rows]


def test_french_and_english_about_the_same_thing_are_one_group() -> None:
    posts, themes = told(list(THEMES))
    groups = grouped(embedded(posts), resolution=0.5)
    for theme in THEMES:
        mine = groups[[one == theme for one in themes]]
        assert np.bincount(mine).max() >= 0.8 * len(mine)
    assert len({int(np.bincount(groups[[one == theme for one in themes]]).argmax()) for theme in THEMES}) == 3


def test_the_same_posts_give_the_same_groups() -> None:
    posts, _ = told(list(THEMES))
    points = embedded(posts)
    assert grouped(points).tolist() == grouped(points).tolist()
    assert k_means(points, 3).tolist() == k_means(points, 3).tolist()


def test_groups_are_numbered_from_the_largest() -> None:
    assert by_size(np.array([5, 9, 9, 2, 9, 2])).tolist() == [2, 0, 0, 1, 0, 1]


def test_a_topic_keeps_its_identity_and_its_beginning() -> None:
    before = topics(told(["battery", "delivery"])[0])
    after = topics(told(["delivery", "seat"], first_id=10_000)[0], before)
    named = {one.topic_id: one for one in before}
    kept = next(one for one in after if one.change in (Change.KEPT, Change.SPLIT, Change.MERGED) and one.from_ids)
    assert any("livraison" in word or "delivery" in word for word, _ in kept.words)
    assert kept.first_ms <= named[kept.topic_id].first_ms
    assert {one.change for one in after} >= {Change.BORN, Change.DEAD}
    born = [one.topic_id for one in after if one.change is Change.BORN]
    assert not set(born) & set(named)


def test_the_same_again_keeps_every_topic() -> None:
    first = topics(told(list(THEMES))[0])
    again = topics(told(list(THEMES))[0], first)
    assert [(one.topic_id, one.name) for one in again] == [(one.topic_id, one.name) for one in first]
    assert Change.BORN not in {one.change for one in again}


def test_copies_of_a_story_count_once() -> None:
    posts, _ = told(["battery"])
    assert topics(posts.append_column("story", pa.array(["s"] * posts.num_rows))) == []


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_nothing_or_next_to_nothing_has_no_topic_and_no_need(rows: int) -> None:
    posts = told(["seat"])[0].slice(0, rows)
    assert (topics(posts), needs(posts)) == ([], [])


def test_a_need_is_heard_in_both_languages() -> None:
    found = needs(told(list(THEMES))[0])
    seat = max((one for one in found if one.intents.get("suggestion")), key=lambda one: one.voices)
    text = " ".join(seat.words)
    assert ("siège" in text or "enfant" in text) or ("seat" in text or "child" in text)
    assert seat.voices >= 10
    assert len(seat.example_ids) == 5
    assert seat.growth.n >= 10


def test_praise_is_no_need_and_one_group_is_one_voice() -> None:
    posts, _ = told(["seat"])
    praise = posts.set_column(4, "intents", pa.array([["praise"]] * posts.num_rows))
    assert needs(praise) == []
    assert needs(posts.append_column("group", pa.array(["g"] * posts.num_rows))) == []


def test_a_need_goes_from_step_to_step() -> None:
    assert moved(moved(moved(Status.HEARD, Status.CONSIDERED), Status.IN_WORK), Status.DONE) is Status.DONE
    assert moved(Status.HEARD, Status.DECLINED, "too dear") is Status.DECLINED
    assert set(NEXT) == set(Status)


@pytest.mark.parametrize(
    ("status", "to", "reason", "key"),
    [(Status.HEARD, Status.DONE, "", "needs.no_step"), (Status.HEARD, Status.DECLINED, " ", "needs.no_reason"),
     (Status.DONE, Status.HEARD, "", "needs.no_step")],
)  # fmt: skip
def test_a_step_that_is_none_is_refused(status: Status, to: Status, reason: str, key: str) -> None:
    with pytest.raises(InputError) as error:
        moved(status, to, reason)
    assert error.value.key == key


ASKED = {"seat": 80, "rain": 60, "app": 40, "price": 20, "colour": 5}


@pytest.mark.parametrize(("believed", "tau"), [(list(ASKED), 1.0), (list(reversed(ASKED)), -1.0)])
def test_agreement_of_belief_and_demand(believed: list[str], tau: float) -> None:
    gap = perception_gap(believed, ASKED)
    assert gap.agreement.value == pytest.approx(tau)
    assert (gap.blind, gap.idle) == ((), ())


def test_the_widest_gap_comes_first() -> None:
    gap = perception_gap(["colour", "price", "rain", "app", "seat", "bell"], {**ASKED, "lock": 33})
    assert (gap.rows[0].displacement, {row.key for row in gap.rows[:2]}) == (-5, {"colour", "seat"})
    assert (gap.blind, gap.idle) == (("lock",), ("bell",))


@pytest.mark.parametrize(("believed", "asked"), [([], {}), (["a"], {"a": 3}), ([], ASKED), (list(ASKED), {})])
def test_too_few_needs_give_no_agreement(believed: list[str], asked: dict[str, int]) -> None:
    assert perception_gap(believed, asked).agreement.few
