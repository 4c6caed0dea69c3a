"""What is planted in the sample is found by the real road (shipped models, reckoning, registers), and little else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from palabre import insight
from palabre.archive import Archive, Filters, open_archive
from palabre.archive.signals import Signal
from palabre.clock import FixedClock
from palabre.insight import Scope, nightly
from palabre.insight.parties import names, others_said
from palabre.sample import play, truth
from palabre.sample.load import add_panel, load
from palabre.settings import load as settings
from palabre.understand.ask_titles import titles, words_of

END_MS = 1_790_000_000_000
DAY_MS = 86_400_000
MONTHS = 3  # of the sample


# titles


def test_a_title_is_a_run_that_several_people_wrote() -> None:
    texts = ["When will there be a child seat for the Velox?", "A child seat, please", "I want a child seat now"]
    found = titles([*texts, "my brakes squeal"], ["a", "b", "c", "d"], ["en"] * 4, np.array([0, 0, 0, 1]), {"velox"})
    assert found == {0: {"en": "Child seat"}}


def test_what_one_person_repeats_is_no_title() -> None:
    texts = ["a child seat for my daughter", "my brakes squeal"]
    assert titles([texts[0]] * 5 + texts[1:], ["a"] * 5 + ["b"], ["en"] * 6, np.array([0] * 5 + [1])) == {}


def test_a_name_goes_with_the_article_before_it() -> None:
    words = words_of("La pression sur le Zéphyr en mars", {"zephyr"})
    assert [word.folded for word in words if word.folded] == ["la", "pression", "en", "mars"]


# who is heard


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(settings(tmp_path, {}), FixedClock(END_MS)) as archive:
        yield archive


def test_our_own_words_are_not_what_others_say(empty: Archive) -> None:
    empty.marks.put(1, "account", "https://n.example/@us", "official", "Ada")
    posts = pa.table({
        "uri": ["1", "2", "3", "4"], "account_uri": ["https://n.example/@us", "a", "b", "c"],
        "reshare_of": ["", "1", "9", ""],
    })  # fmt: skip
    assert others_said(empty, 1, posts)["uri"].to_pylist() == ["3", "4"]


def test_names_are_those_of_the_house_and_its_rivals(empty: Archive) -> None:
    add_panel(empty, 1, "en")
    assert {"cyclovent", "zephyr", "mistral", "pedalis"} <= names(empty, 1)
    assert not {"bike", "battery", "cycling"} & names(empty, 1)


# the planted events, end to end


@dataclass(frozen=True)
class Heard:
    """archive: understood; event: of each post; told: the truth; start_ms: of the plot."""

    archive: Archive
    event: dict[int, str]
    told: dict[str, Any]

    def about(self, signal: Signal) -> str:
        """The planted event that most posts of a signal are of, "" for none: a false signal."""
        counts = Counter(self.event.get(one, "") for one in signal.post_ids)
        return counts.most_common(1)[0][0] if counts else ""

    def days(self, event: str, *kinds: str) -> list[float]:
        """When signals of these kinds gave an event away, in days of the plot, the first one first."""
        found = [one for one in self.archive.signals.all(1) if one.kind in kinds and self.about(one) == event]
        return sorted((one.facts.get("seen_ms", one.first_ms) - self.told["start_ms"]) / DAY_MS for one in found)


@pytest.fixture(scope="module", params=[7, 11])
def heard(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    clock = FixedClock(END_MS)
    with open_archive(settings(tmp_path_factory.mktemp("home"), {}), clock) as archive:
        add_panel(archive, 1, "en")
        load(archive, clock, 1, lambda done, total: None, request.param)
        nightly.reckon(archive, 1)
        lines = play(END_MS, request.param)
        event = {line.post.uri: line.event for line in lines}
        posts = insight.scope.table(archive, 1, Scope(Filters(folded="any")), ("uri",)).to_pylist()
        yield Heard(archive, {one["post_id"]: event[one["uri"]] for one in posts}, truth(END_MS, lines))


# event, kinds of signal, not before and not after these days of the plot. The fault breaks out on day 30 (peak 32), the
# push on 52, the promise is broken on 61, the fair is on 66, the campaign starts on 76. The whistling begins on day 40
# with 0.4 posts a day and peaks on 89 with 5: on day 66 it has 1.5. The child
# seat begins on day 10 with one post a day and peaks on 89.
WINDOWS = [
    ("fault", ("spike",), 29, 33), ("rumour", ("coordination",), 52, 53), ("rumour", ("spike",), 51, 54),
    ("weak", ("weak",), 40, 66), ("need", ("weak",), 10, 45), ("promise", ("spike", "weak"), 60, 64),
    ("fair", ("spike", "weak"), 65, 68), ("campaign", ("spike", "weak"), 76, 80),
]  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("event", "kinds", "since", "until"), WINDOWS)
def test_every_planted_event_is_found_with_its_date(
    heard: Heard, event: str, kinds: tuple[str, ...], since: int, until: int
) -> None:
    days = heard.days(event, *kinds)
    assert days
    assert since <= days[0] <= until


@pytest.mark.long
def test_no_more_than_one_false_signal_a_month(heard: Heard) -> None:
    false = [one.title for one in heard.archive.signals.all(1) if not heard.about(one)]
    assert len(false) <= MONTHS, false


@pytest.mark.long
def test_the_push_is_one_group_of_forty(heard: Heard) -> None:
    groups = heard.archive.signals.all(1, kind="coordination")
    assert [36 <= one.facts["accounts"] <= 44 for one in groups] == [True]


@pytest.mark.long
def test_the_child_seat_is_one_need_in_both_languages(heard: Heard) -> None:
    needs = heard.archive.needs.all(1)
    shares = [sum(heard.event[post] == "need" for post in one.post_ids) / len(one.post_ids) for one in needs]
    seats = [one for one, share in zip(needs, shares, strict=True) if share > 0.5]
    assert len(seats) == 1
    assert max(shares) > 0.9
    assert set(seats[0].facts["languages"]) == {"fr", "en"}
    assert seats[0].facts["growth"][0] > 2
    assert seats[0].title in seats[0].facts["titles"].values()
    assert len(needs) <= 40


@pytest.mark.long
def test_a_second_reckoning_keeps_the_needs(heard: Heard) -> None:
    before = {one.need_id: one.title for one in heard.archive.needs.all(1)}
    nightly.run(heard.archive, 1, "needs")
    assert {one.need_id: one.title for one in heard.archive.needs.all(1)} == before


@pytest.mark.long
def test_those_who_help_are_the_advisers(heard: Heard) -> None:
    found = {one.account for one in insight.actors(heard.archive, 1, Scope(Filters())).advisers}
    assert found <= set(heard.told["roles"]["adviser"])
    assert len(found) >= 6
