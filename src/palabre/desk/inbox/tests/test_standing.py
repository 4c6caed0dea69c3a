"""The order of the inbox weighs how a person is listened to beside how many follow them, and says on what it rests."""

from __future__ import annotations

import pytest

from palabre.desk.inbox import access, upkeep, words
from palabre.desk.inbox.folding import Ranking
from palabre.desk.inbox.models import Case
from palabre.desk.people import figures
from palabre.desk.people.models import Person
from palabre.desk.today.day import day_of
from palabre.desk.today.kinds.case import KIND
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage.queue import Facts, ranked
from palabre.model import Evidence, Figure
from palabre.understand.scales import Input, Scale, Standing


def scale(value: float | None, *inputs: Input) -> Scale:
    return Scale(Figure("legitimacy", value, 40, value, value, "points", "m", 1, Evidence()), None, inputs, {})


def placed(value: float | None) -> Standing:
    agreeing, weeks = Input("agreeing", 7, 0.41, 0, 1, 0.3), Input("weeks", 3, 0.2, 0, 1, 0.15)
    helpful, mark = Input("helpful", 4, 0.6, 0, 1, 0.25), Input("mark", 0, 0, 0, 0, 0.1)
    return Standing("https://m.example/u/zoe", 40, scale(50.0), scale(value, agreeing, weeks, helpful, mark))


def waiting(alpha: Workspace, person: Person) -> Case:
    return access.by_hand(alpha, "A question", User.objects.create_user("x@x.example"), person=person)


def test_what_a_legitimacy_rests_on_is_kept_with_it_and_nothing_where_too_little_was_heard() -> None:
    person = Person()
    figures.told(person, placed(None))
    assert (person.legitimacy, person.grounds) == (None, [])
    figures.told(person, placed(41.0))
    assert (person.legitimacy, person.grounds) == (41.0, [["helpful", 4], ["agreeing", 7]])
    figures.told(person, placed(12.0))  # another account of theirs: the one that is listened to counts
    assert person.legitimacy == 41.0


@pytest.mark.parametrize(("standing", "points"), [(None, 0), (24.9, 0), (25.0, 8), (50.0, 15)])
def test_legitimacy_counts_in_two_steps_and_never_where_it_is_not_known(standing: float | None, points: int) -> None:
    assert ranked(Facts(standing=standing), 0).points == points


def test_a_case_has_its_person_s_legitimacy_with_the_reason_and_follows_it(alpha: Workspace) -> None:
    person = Person.objects.add(
        alpha, name="Zoé", legitimacy=55.0, grounds=[["helpful", 4], ["agreeing", 1]], made_ms=1, changed_ms=1
    )
    case = waiting(alpha, person)
    assert case.standing == 55.0
    said = words.line(Ranking(alpha).place(case), "fr")
    assert "écouté sur ce sujet\xa0: 4 réponses qui ont aidé, 1 voix lui donne raison (55 sur 100)" in said
    before = Case.objects.of(alpha).get().points
    Person.objects.of(alpha).update(legitimacy=None, grounds=[])
    assert upkeep.standings_changed(alpha) == 1
    again = Case.objects.of(alpha).get()
    assert (again.standing, again.points) == (None, before - 15)
    assert upkeep.standings_changed(alpha) == 0


def test_today_says_what_the_inbox_says(alpha: Workspace, bob: User) -> None:
    person = Person.objects.add(alpha, name="Zoé", legitimacy=55.0, grounds=[["helpful", 4]], made_ms=1, changed_ms=1)
    case = waiting(alpha, person)
    access.happened(case, "urgent", user=bob)
    day = day_of(Seat(alpha, bob, "agent"), "en")
    shown = KIND.show(day, {case.uid: {}})[case.uid]
    case.refresh_from_db()
    assert shown.why == words.line(Ranking(alpha).place(case), "en")
    assert (shown.tone, shown.why[:6].lower()) == ("bad", "urgent")
