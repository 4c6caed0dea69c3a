"""The register of signals: what stood out since the last list, explained, and what is due for a look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from palabre.archive.signals import Signal
from palabre.desk.engine import archive
from palabre.desk.insight.questions.signals import hypothesis
from palabre.desk.today.day import Day, Gathered, Shown, Wanted
from palabre.engage.brief import Item

LOUD = ("spike", "coordination", "rumour")
LIVE = ("open", "watched")


class Signals:
    name = "signal"
    needs = "reader"

    def gather(self, day: Day) -> Gathered:
        return Gathered(tuple(items(day, archive().signals.all(day.seat.workspace.id))))

    def show(self, day: Day, ids: Wanted) -> Mapping[str, Shown]:
        wanted = set(ids)
        known = archive().signals.all(day.seat.workspace.id) if wanted else []
        return {str(one.signal_id): shown(one, day) for one in known if str(one.signal_id) in wanted}


def items(day: Day, found: Sequence[Signal]) -> Iterator[Item]:
    """New loud ones are told; new quiet ones and those whose day has come are to be judged."""
    for one in found:
        if one.status not in LIVE:
            continue
        fresh = one.detected_ms >= day.since_ms
        due = bool(one.review_ms) and one.review_ms <= day.now_ms
        if fresh and one.kind in LOUD:
            yield Item(f"signal:{one.signal_id}", "changed", rank=10.0 + one.score)
        elif fresh or due:
            yield Item(f"signal:{one.signal_id}", "review", rank=one.score + 1000 * due)


def shown(one: Signal, day: Day) -> Shown:
    """Its hypothesis is the explanation; its title the words that stood out."""
    due = bool(one.review_ms) and one.review_ms <= day.now_ms
    why = hypothesis(one, day.lang) if one.hypothesis else ""
    if due:
        why = f"{day.say('why.signal.due')} · {why}" if why else day.say("why.signal.due")
    title = day.say(f"line.signal.{one.kind if one.kind in LOUD else 'weak'}", title=one.title)
    address = day.at("insight:signals", {"all": 1, "what": one.kind}) + f"#signal-{one.signal_id}"
    return Shown(title, why, address, "warn" if one.kind in LOUD else "", done=one.status not in LIVE)


KIND = Signals()
