"""Blocks of what was done: cases, delays, promises, objectives, proof, experiments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from palabre.clock import to_datetime
from palabre.desk.inbox.models import Case, CasePost
from palabre.desk.objectives import access as goals
from palabre.desk.objectives.chains import post_ids_of
from palabre.desk.objectives.figures import figures as reckoned
from palabre.desk.objectives.measured import measured
from palabre.desk.objectives.routes import maybe
from palabre.desk.objectives.showing import money, plain
from palabre.desk.promises.models import Promise
from palabre.desk.reports.blocks.heard import number, rows_of, table
from palabre.desk.reports.making import Making
from palabre.measure.catalogue import BY_NAME
from palabre.measure.ranges import total
from palabre.measure.report import Card, Cell, Figures, Part, Words

Options = Mapping[str, Any]
SLA = ("first_reply", "first_reply_p90", "resolution")


def cases(making: Making, options: Options) -> list[Part]:
    """Cases opened in the period: how many stand where, and the last ones by name."""
    opened = Case.objects.of(making.seat.workspace).filter(
        merged_into=None, opened_ms__gte=making.span[0], opened_ms__lt=making.span[1]
    )
    counts = [(state, opened.filter(state=state).count()) for state in ("open", "waiting", "snoozed", "resolved")]
    cards = [Card(making.say(f"reports.case.{name}"), making.say("reports.number", n=n)) for name, n in counts]
    shown = list(opened.order_by("-opened_ms")[: rows_of(options)])
    first = first_posts(making, [one.pk for one in shown])
    rows = tuple(
        (
            named(making, one, first.get(one.pk, 0)),
            Cell(making.say(f"reports.case.{one.state}")),
            Cell(making.day(one.opened_ms)),
        )
        for one in shown
    )
    head = [making.say(f"reports.head.{name}") for name in ("case", "state", "since")]
    return [Figures(tuple(cards), making.say("reports.block.cases")), table(making, "", head, rows, opened.count())]


def first_posts(making: Making, cases_: Sequence[int]) -> dict[int, int]:
    """case number -> the first post in it."""
    rows = CasePost.objects.of(making.seat.workspace).filter(case__in=cases_, ours=False).order_by("-at_ms")
    return dict(rows.values_list("case_id", "post_id"))


def named(making: Making, one: Case, post_id: int) -> Cell:
    """A case is called by the first words of its first post: they are filled in later, so that what is erased is gone
    from kept copies too. A private one has no name here."""
    if one.private:
        return Cell(making.say("reports.private"))
    return Cell("" if post_id else one.title, maybe(making.seat, "inbox:case", uid=one.uid), post_id)


def sla(making: Making, options: Options) -> list[Part]:
    """How long people waited."""
    spans = [making.span, *([making.versus] if making.versus else [])]
    cards = []
    for name in SLA:
        found = reckoned(making.seat.workspace, name, (), spans)
        cards.append(
            making.card(making.say(f"objectives.measure.{name}"), found[0], found[1] if making.versus else None)
        )
    return [Figures(tuple(cards), making.say("reports.block.sla"))]


def promises(making: Making, options: Options) -> list[Part]:
    """Promises due in the period, with the rate of those kept."""
    spans = [making.span, *([making.versus] if making.versus else [])]
    rate = reckoned(making.seat.workspace, "kept_rate", (), spans)
    then = rate[1] if making.versus else None
    card = making.card(making.say("objectives.measure.kept_rate"), rate[0], then)
    due = Promise.objects.of(making.seat.workspace).filter(due_ms__gte=making.span[0], due_ms__lt=making.span[1])
    rows = tuple(
        (Cell(one.words), Cell(making.day(one.due_ms)), Cell(making.say(f"proof.chain.promise.{one.state}")))
        for one in due.order_by("due_ms")[: rows_of(options)]
    )
    head = [making.say(f"reports.head.{name}") for name in ("promise", "due", "state")]
    return [Figures((card,), making.say("reports.block.promises")), table(making, "", head, rows, due.count())]


def objectives(making: Making, options: Options) -> list[Part]:
    """Objectives that run, each with its measures beside baseline and target, as they are when the report is made."""
    parts: list[Part] = []
    for one in goals.objectives(making.seat.workspace).filter(state="running"):
        cards = [of_measure(making, found) for found in (measured(making.seat, each) for each in goals.measures(one))]
        none = Words(making.say("objectives.no_measure"), True)
        parts += [Figures(tuple(cards), one.words)] if cards else [Words(one.words), none]
    return parts or [table(making, "objectives", [], (), 0)]


def of_measure(making: Making, found: Any) -> Card:
    """Now, with the start and the target in its last line."""
    name = found.measure.name
    made = making.card(making.say(f"objectives.measure.{name}"), found.now, found.base)
    if found.measure.target is None:
        return made
    target = plain(found.measure.target, BY_NAME[name].unit, making.lang)
    aim = making.say("reports.aim", target=making.say(f"objectives.aim.{found.measure.better}", target=target))
    change = " · ".join(part for part in (made.change, aim) if part)
    return Card(made.label, made.shown, made.between, made.n, made.how, change, made.href)


def proof(making: Making, options: Options) -> list[Part]:
    """What came of it in the period, in ranges, with the sums and what they do not say."""
    first, last = (to_datetime(ms).date() for ms in (making.span[0], making.span[1] - 1))
    found = list(goals.outcomes(making.seat.workspace).filter(on__gte=first, on__lte=last))
    sums = total(one.amount for one in found if one.amount)
    cards = tuple(Card(making.say("proof.sum"), money(one, making.lang)) for one in sums.values())
    rows = tuple(
        (
            Cell(one.words, maybe(making.seat, "objectives:outcome", uid=one.uid)),
            Cell(making.say(f"proof.kind.{one.kind}")),
            Cell(money(one.amount, making.lang) if one.amount else "—"),
            number(making, len(post_ids_of(one))),
        )
        for one in found[: rows_of(options)]
    )
    head = [making.say(f"reports.head.{name}") for name in ("outcome_word", "kind", "amount", "posts")]
    made: list[Part] = [Figures(cards, making.say("reports.block.proof"))] if cards else []
    closing = [Words(making.say("proof.contribution"), True)] if cards else []
    return [*made, table(making, "" if cards else "proof", head, rows, len(found), (2, 3)), *closing]


def experiments(making: Making, options: Options) -> list[Part]:
    """Those concluded in the period: wins, losses, and what cannot be told."""
    found = list(
        goals.experiments(making.seat.workspace)
        .exclude(verdict="running")
        .filter(concluded_ms__gte=making.span[0], concluded_ms__lt=making.span[1])
    )
    rows = tuple(
        (Cell(one.hypothesis, maybe(making.seat, "objectives:experiment", uid=one.uid)),
         Cell(making.say(f"experiment.verdict.{one.verdict}")), Cell(one.learned))
        for one in found[: rows_of(options)]
    )  # fmt: skip
    head = [making.say(f"reports.head.{name}") for name in ("hypothesis", "outcome", "learned")]
    return [table(making, "experiments", head, rows, len(found))]
