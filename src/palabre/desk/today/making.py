"""The list of a day: gathered from every kind, chosen to fit, kept as it was made, shown in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db import transaction

from palabre.desk.clock import now_ms
from palabre.desk.today.access import habit
from palabre.desk.today.day import DAY_MS, Day, Entry, Facts, Page, Section, Shown, Wanted, kinds
from palabre.desk.today.models import Brief, Tick
from palabre.desk.together import TOGETHER
from palabre.desk.workspaces.access import Seat
from palabre.engage.brief import SECTIONS, VERSION, Item, brief, measured, seconds_of, words_in
from palabre.errors import PalabreError
from palabre.logs import logger

MEASURED_DAYS = 60
KEPT_DAYS = 90
FAILED = "failed"
# Where what did not fit is found.
ROOMS = {"promises": "promises:index", "answer": "inbox:queue", "contact": "outreach:index",
         "changed": "insight:signals", "review": "insight:signals", "heard": "mentions:stream",
         "thank": "insight:actors", "calendar": "calendar:index"}  # fmt: skip


def kept(seat: Seat, day: Day) -> Brief | None:
    """Today's list, if it was made."""
    return Brief.objects.of(seat.workspace).filter(user=seat.user, day=day.date.isoformat()).first()


def made(day: Day, patience: float | None = None) -> Brief:
    """Today's list, made if it was not. patience: seconds for another request that makes it already. Raises
    StillReckonedError."""
    known = kept(day.seat, day)
    key = ("today", day.seat.workspace.id, day.seat.user.pk, day.date, day.lang)
    return known or TOGETHER.of(key, lambda: make(day), patience)


def composed(day: Day, minutes: int = 0) -> Brief:
    """A list as it would be now, not kept. minutes: 0 for those of the habit."""
    found, beyond, failed, facts = gathered(day)
    wanted = minutes or habit(day.seat).minutes
    chosen = brief(found, wanted, day.lang, doing_of(day.seat))
    entries = [
        {"key": one.item.key, "section": one.item.section, "seconds": one.seconds, "facts": facts.get(one.item.key, {})}
        for one in chosen.chosen
    ]
    return Brief(
        workspace=day.seat.workspace, user=day.seat.user, day=day.date.isoformat(), since_ms=day.since_ms,
        made_ms=now_ms(), minutes=wanted, version=VERSION, entries=entries,
        left=left_of(chosen.left, beyond, failed), uncovered=list(chosen.uncovered),
    )  # fmt: skip


def make(day: Day, minutes: int = 0) -> Brief:
    """Makes today's list and keeps it, again if need be. minutes: for this day alone, 0: those of the habit. Gathering
    takes its time: no transaction waits for it."""
    fresh = composed(day, minutes)
    with transaction.atomic():
        known = kept(day.seat, day)
        if known is None:
            forget(day.seat, day.now_ms)
        else:
            fresh.pk = known.pk
        fresh.save()
    return fresh


def gathered(day: Day) -> tuple[list[Item], dict[str, int], list[str], dict[str, Facts]]:
    """(items with all their words, how many more by section, kinds that could not be asked, facts by key)."""
    facts: dict[str, Facts] = {}
    found: list[Item] = []
    beyond: dict[str, int] = {}
    failed: list[str] = []
    for kind in kinds().values():
        if not day.seat.may(kind.needs):
            continue
        try:
            brought = kind.gather(day)
            shown = kind.show(day, {id_of(one.key): brought.facts.get(one.key, {}) for one in brought.items})
        except Exception as error:  # one part that cannot be asked must not cost the day: the page says which
            key = error.key if isinstance(error, PalabreError) else type(error).__name__
            logger("today").warning(kind.name, error=key)
            failed.append(kind.name)
            continue
        found += [worded(one, shown[id_of(one.key)]) for one in brought.items if id_of(one.key) in shown]
        facts |= brought.facts
        if brought.beyond:
            section = brought.items[0].section
            beyond[section] = beyond.get(section, 0) + brought.beyond
    return found, beyond, failed, facts


def worded(item: Item, shown: Shown) -> Item:
    return replace(item, words=item.words + words_in(f"{shown.title} {shown.why}"))


def left_of(left: Mapping[str, object], beyond: Mapping[str, int], failed: Sequence[str]) -> dict[str, object]:
    """By section, with what was beyond counting one by one; kinds that could not be asked under FAILED."""
    told: dict[str, object] = {}
    for name in SECTIONS:
        one = left.get(name)
        n, seconds = (getattr(one, "n", 0), getattr(one, "seconds", 0.0)) if one else (0, 0.0)
        more = beyond.get(name, 0)
        seconds += more * (seconds / n if n else seconds_of(Item("", name), "en"))
        if n + more:
            told[name] = {"n": n + more, "seconds": seconds}
    return told | ({FAILED: list(failed)} if failed else {})


def doing_of(seat: Seat) -> dict[str, float]:
    """Seconds by section as this person's own ticks tell them."""
    since = now_ms() - MEASURED_DAYS * DAY_MS
    rows = Tick.objects.of(seat.workspace).filter(user=seat.user, at_ms__gte=since)
    return measured(rows.values_list("section", "at_ms"))


def forget(seat: Seat, at_ms: int) -> None:
    """Old lists and ticks serve nobody."""
    limit = at_ms - KEPT_DAYS * DAY_MS
    Brief.objects.of(seat.workspace).filter(user=seat.user, made_ms__lt=limit).delete()
    Tick.objects.of(seat.workspace).filter(user=seat.user, at_ms__lt=limit).delete()


def page(day: Day, found: Brief) -> Page:
    """A list in words, with what is done of it."""
    ticked = set(ticks(day.seat, found.day).values_list("key", flat=True))
    shown = shown_all(day, {entry["key"]: entry.get("facts", {}) for entry in found.entries})
    entries = [
        Entry(one["key"], one["section"], one["seconds"], shown[one["key"]], one["key"] in ticked)
        for one in found.entries
        if one["key"] in shown
    ]
    sections = [Section(name, tuple(one for one in entries if one.section == name)) for name in SECTIONS]
    return Page(
        day.date, found.minutes, found.made_ms, found.since_ms, tuple(one for one in sections if one.entries),
        tuple(left_lines(day, found.left)), tuple(found.uncovered), tuple(found.left.get(FAILED, ())),
        doing_of(day.seat),
    )  # fmt: skip


def shown_all(day: Day, wanted: Wanted) -> dict[str, Shown]:
    """Entries in words, by key; those whose thing is gone are left out."""
    by_kind: dict[str, dict[str, Facts]] = {}
    for key, facts in wanted.items():
        by_kind.setdefault(key.partition(":")[0], {})[id_of(key)] = facts
    found: dict[str, Shown] = {}
    for name, ids in by_kind.items():
        kind = kinds().get(name)
        if kind is not None and day.seat.may(kind.needs):
            found |= {f"{name}:{one}": shown for one, shown in kind.show(day, ids).items()}
    return found


def left_lines(day: Day, left: Mapping[str, dict[str, float]]) -> Iterable[tuple[str, int, int, str]]:
    from django.urls import NoReverseMatch

    for name in SECTIONS:
        if name not in left:
            continue
        try:
            address = day.at(ROOMS[name])
        except NoReverseMatch:
            address = ""
        yield name, int(left[name]["n"]), max(1, round(left[name]["seconds"] / 60)), address


def id_of(key: str) -> str:
    return key.partition(":")[2]


def ticks(seat: Seat, day: str):  # type: ignore[no-untyped-def]  # a query set
    return Tick.objects.of(seat.workspace).filter(user=seat.user, day=day)


def tick(seat: Seat, found: Brief, key: str, done: bool) -> bool:
    """Notes that an entry is done, or takes it back; False: there is no such entry."""
    section = next((entry["section"] for entry in found.entries if entry["key"] == key), None)
    if section is None:
        return False
    if done:
        values = {"section": section, "at_ms": now_ms()}
        Tick.objects.of(seat.workspace).get_or_create(
            workspace=seat.workspace, user=seat.user, day=found.day, key=key, defaults=values
        )
    else:
        ticks(seat, found.day).filter(key=key).delete()
    return True
