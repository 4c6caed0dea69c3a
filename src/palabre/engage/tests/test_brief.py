"""What fits into the minutes of a day, and what is said of the rest."""

from __future__ import annotations

import random

import pytest

from palabre.engage.brief import DOING, SECTIONS, Item, brief, measured, seconds_of


def some(section: str, n: int, **values: object) -> list[Item]:
    return [Item(f"{section}:{i}", section, rank=-i, **values) for i in range(n)]  # type: ignore[arg-type]


def keys(made: object) -> list[str]:
    return [one.item.key for one in made.chosen]  # type: ignore[attr-defined]


def test_an_empty_day_has_an_empty_list() -> None:
    made = brief([], 20)
    assert (made.chosen, dict(made.left), made.seconds) == ((), {}, 0)


def test_what_cannot_wait_comes_before_the_rest_of_its_section() -> None:
    late = Item("late", "promises", rank=-50, must=True)
    assert keys(brief([*some("promises", 3), late], 60))[0] == "late"


def test_no_section_eats_all_the_others() -> None:
    made = brief([*some("answer", 100), *some("thank", 3), *some("review", 3)], 10)
    assert {one.item.section for one in made.chosen} == {"answer", "thank", "review"}
    assert made.left["answer"].n > 80


def test_every_watch_kind_is_there_when_its_shortest_items_fit() -> None:
    kinds = ("brand", "competitor", "theme", "partner")
    items = [Item(f"{kind}:{i}", "heard", words=30 * (i + 1), watch_kind=kind) for kind in kinds for i in range(30)]
    made = brief([*items, *some("answer", 50, words=200, must=True)], 5)
    assert {one.item.watch_kind for one in made.chosen} >= set(kinds)
    assert made.uncovered == ()


def test_a_kind_without_room_is_named() -> None:
    items = [Item("a", "heard", 100, watch_kind="brand"), Item("b", "heard", 3_000, watch_kind="theme")]
    assert brief(items, 5).uncovered == ("theme",)


@pytest.mark.parametrize("seed", range(60))
def test_any_list_fits_loses_nothing_and_keeps_its_order(seed: int) -> None:
    draw = random.Random(seed)
    items = [
        Item(f"i{i}", draw.choice(SECTIONS), draw.randrange(400), draw.random(), draw.random() < 0.1,
             draw.choice(("", "", "brand", "theme", "competitor")))
        for i in range(draw.randrange(120))
    ]  # fmt: skip
    minutes, lang = draw.choice((5, 15, 60, 120)), draw.choice(("fr", "en"))
    made = brief(items, minutes, lang)
    assert made.seconds <= 60 * minutes
    order = [SECTIONS.index(one.item.section) for one in made.chosen]
    assert order == sorted(order)
    out = [key for left in made.left.values() for key in left.keys]
    assert sorted([*keys(made), *out]) == sorted(one.key for one in items)
    longer = [made.seconds + seconds_of(one, lang) for one in items if one.key in out]
    assert all(seconds > 60 * minutes - 1e-6 for seconds in longer)  # nothing was left out that still had room


@pytest.mark.parametrize(("lang", "words", "seconds"), [("en", 238, 60), ("fr", 195, 60), ("de", 238, 60)])
def test_reading_takes_as_long_as_was_measured(lang: str, words: int, seconds: int) -> None:
    assert seconds_of(Item("x", "answer", words), lang) == seconds + DOING["answer"]


def test_ticks_are_believed_once_there_are_enough_and_pauses_count_for_nobody() -> None:
    ticks = [("answer", i * 80_000) for i in range(12)] + [("thank", 40_000_000), ("thank", 40_030_000)]
    assert measured(ticks) == {"answer": 80.0}
    assert measured(ticks[:5]) == {}
