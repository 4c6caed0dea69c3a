"""Cards in step with persons: what is missing is made, what changed is written, what may not be there goes.

Everything is safe to be cut off: a card's row is there before the card is, an ETag guards every write, and a card that
is found as we would write it is taken for written. What somebody changed or took away there is shown, never
overwritten; only who withdrew their yes or is forgotten goes whatever was done to the card. A card that fails waits,
longer each time, and stops no other; a server that fails rests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from palabre.desk.addressbook import choosing, sealing
from palabre.desk.addressbook.models import CONFLICT, FAILED, LEFT, OPEN, REMOVED, THERE, WAITING, Book, Card, Push
from palabre.desk.addressbook.server import Found, Server, StaleError
from palabre.desk.clock import now_ms
from palabre.desk.people.models import Person
from palabre.engage.carddav import DAY_MS, later_ms, same_card
from palabre.engage.identity_contact import Contact
from palabre.engage.identity_vcard import write_vcard
from palabre.errors import PalabreError

FAILURES_MAX = 3  # of the server at one card after the other: it is left alone
KEPT_MS = 90 * DAY_MS
THEIRS_CHARS = 100_000
HUMAN = ("net.status_401", "net.status_403", "net.status_404", "addressbook.")  # only a manager can mend it
ENDING = (
    "net.unknown_host", "net.unreachable", "net.tls", "net.breaker", "net.throttled", "net.blocked_address",
    "net.blocked_port", "net.status_401",
)  # fmt: skip
CARD_FAULT = (400, 403, 404, 405, 409, 411, 413, 414, 415, 422, 423)  # of HTTP: about this card


@dataclass
class Tally:
    """What a round did. done: by act (of ``models.ACTS``); error: why it ended early, None when it did not."""

    done: dict[str, int] = field(default_factory=dict)
    error: PalabreError | None = None

    def add(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1


@dataclass(frozen=True)
class Step:
    """One thing to do at the server. what: of ``models.ACTS``, as far as it can be told before."""

    card: Card
    what: str
    do: Callable[[Server], str]


def run() -> None:
    """The beat: every book whose server is not resting."""
    for book in Book.everywhere.filter(rest_until_ms__lte=now_ms()).select_related("workspace", "listed"):
        round_of(book)
    Push.old.filter(at_ms__lt=now_ms() - KEPT_MS).delete()


def round_of(book: Book) -> Tally:
    """One round. A book that is paused or broken only lets go of what may not be there any more."""
    tally = Tally()
    steps = list(steps_of(book))
    try:
        server = server_of(book)
        steps += noticing(book, server, {step.card.pk for step in steps}) if book.state == "active" else []
        if steps:
            server.book()
            walk(book, server, steps, tally)
    except PalabreError as error:
        tally.error = error
    if steps or tally.error or book.state == "active":
        settled(book, tally.error)
    if book.state == "leaving" and not Card.objects.of(book.workspace).filter(book=book).exists():
        book.delete()
    return tally


def foreseen(book: Book) -> Tally:
    """What a round would do, without asking the server."""
    tally = Tally()
    for step in steps_of(book):
        tally.add(step.what)
    return tally


def server_of(book: Book) -> Server:
    return Server(book.url, book.user, sealing.opened(book.password, book.uid))


def walk(book: Book, server: Server, steps: list[Step], tally: Tally) -> None:
    """Every step; one that fails is written down. Raises what keeps us from going on."""
    in_a_row = 0
    for step in steps:
        try:
            what = step.do(server)
        except PalabreError as error:
            in_a_row = in_a_row + 1 if of_server(error) else 0
            failed(step.card, error)
            tally.add(noted(book, step.card, "failed", error))
            if error.key in ENDING or in_a_row >= FAILURES_MAX:
                raise
        else:
            in_a_row = 0
            if what:
                tally.add(noted(book, step.card, what))


def of_server(error: PalabreError) -> bool:
    return error.params.get("status") not in CARD_FAULT


def noted(book: Book, card: Card, what: str, error: PalabreError | None = None) -> str:
    """Writes the journal."""
    said = {"error_key": error.key, "error_params": plain(error)} if error else {}
    Push.objects.add(book.workspace, book=book, at_ms=now_ms(), what=what, stem=card.stem, **said)
    return what


def plain(error: PalabreError) -> dict[str, object]:
    return {name: value for name, value in error.params.items() if isinstance(value, str | int | float)}


def settled(book: Book, error: PalabreError | None) -> None:
    """How the server was."""
    known: dict[str, Any] = {"error_key": "", "error_params": {}, "failures": 0, "rest_until_ms": 0, "ok_ms": now_ms()}
    if error is None:
        known["state"] = "active" if book.state == "broken" else book.state
    else:
        failures = book.failures + 1
        rest = later_ms(failures, now_ms(), error.retry_after)
        known = {"error_key": error.key, "error_params": plain(error), "failures": failures, "rest_until_ms": rest}
        if book.state == "active" and error.key.startswith(HUMAN):
            known["state"] = "broken"
    Book.objects.of(book.workspace).filter(pk=book.pk).update(**known)
    for name, value in known.items():
        setattr(book, name, value)


def keep(card: Card, **values: object) -> bool:
    """Writes the row, unless its person was forgotten meanwhile: then it only waits to be deleted there."""
    for name, value in values.items():
        setattr(card, name, value)
    mine = Card.objects.of(card.workspace).filter(pk=card.pk, person=card.person_id)
    return bool(mine.update(**values))


def failed(card: Card, error: PalabreError) -> None:
    tries = card.tries + 1
    state = FAILED if card.state in (WAITING, THERE, FAILED) else card.state
    keep(card, tries=tries, state=state, error_key=error.key, error_params=plain(error),
         due_ms=later_ms(tries, now_ms(), error.retry_after))  # fmt: skip


# What is to be done


def steps_of(book: Book) -> Iterator[Step]:
    """Deletions first: who is forgotten does not wait for anybody."""
    known = list(Card.objects.of(book.workspace).filter(book=book).select_related("person"))
    chosen = {} if book.state == "leaving" else {person.pk: (person, one) for person, one in choosing.wanted(book)}
    leaving = [card for card in known if card.person_id not in chosen]
    entitled = choosing.entitled(book, [card.person for card in leaving if card.person])
    yield from (step for card in leaving if (step := removal(book, card, entitled)))
    if book.state == "active":
        cards = {card.person_id: card for card in known}
        for person, contact in chosen.values():
            yield from writing(book, cards.get(person.pk), person, contact)


def removal(book: Book, card: Card, entitled: set[int]) -> Step | None:
    """Whatever was done to the card there, where its person may not be in it; else as the one we know."""
    person = card.person
    must = person is None or book.state == "leaving"
    must = must or (person is not None and person.merged_into_id is None and person.pk not in entitled)
    if not must and (card.state in (*OPEN, LEFT) or book.state != "active"):
        return None
    return Step(card, "deleted", partial(removed, card, must)) if card.due_ms <= now_ms() else None


def removed(card: Card, must: bool, server: Server) -> str:
    try:
        server.delete(card.file, "" if must else card.etag)
    except StaleError:
        return stale(card, server, "")
    card.delete()
    return "deleted"


def writing(book: Book, card: Card | None, person: Person, contact: Contact) -> Iterator[Step]:
    """Nothing where the card says it already, or somebody has to decide first."""
    known = card or Card(workspace=book.workspace, book=book, person=person, stem=free_stem(book, person))
    text = text_of(book, known, contact)
    done = known.state == THERE and known.digest == digest(text)
    if not done and known.state not in (*OPEN, LEFT) and known.due_ms <= now_ms():
        yield Step(known, "updated" if known.etag else "created", partial(written, known, text))


def free_stem(book: Book, person: Person) -> str:
    """The person's own, unless a card that came with somebody else bears it."""
    taken = Card.objects.of(book.workspace).filter(book=book, stem=person.uid).exists()
    return Card().uid if taken else person.uid


def text_of(book: Book, card: Card, contact: Contact) -> str:
    return write_vcard(replace(contact, uid=card.stem), book.version)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def written(card: Card, text: str, server: Server) -> str:
    fresh = not card.etag
    if not begun(card):
        return ""
    try:
        etag = server.put(card.file, text, card.etag)
    except StaleError:
        return stale(card, server, text)
    if not in_step(card, text, etag):
        server.delete(card.file, "")  # they were forgotten while it was written
        return ""
    return "created" if fresh else "updated"


def begun(card: Card) -> bool:
    """The row is there before the card is. False: another round was faster, or the person is no more."""
    if card.pk:
        return True
    try:
        with transaction.atomic():
            card.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def in_step(card: Card, text: str, etag: str) -> bool:
    return keep(card, state=THERE, etag=etag, digest=digest(text), put_ms=now_ms(), tries=0, due_ms=0, error_key="",
                error_params={}, theirs="", theirs_etag="")  # fmt: skip


def stale(card: Card, server: Server, ours: str) -> str:
    """Reads the card again: it is as we would write it (an answer was lost), or somebody changed it or took it away.
    ours: "" where it was to be deleted."""
    found = server.get(card.file)
    if found is not None and ours and same_card(ours, found.text):
        in_step(card, ours, found.etag)
        return "updated"
    if found is None and not ours:
        card.delete()
        return "deleted"
    return changed_there(card, found)


def changed_there(card: Card, found: Found | None) -> str:
    theirs, etag = (found.text[:THEIRS_CHARS], found.etag) if found else ("", "")
    keep(card, state=CONFLICT if found else REMOVED, theirs=theirs, theirs_etag=etag, tries=0, due_ms=0, error_key="",
         error_params={})  # fmt: skip
    return "conflict"


# What others did there


def noticing(book: Book, server: Server, busy: set[int]) -> list[Step]:
    """Once a day: cards that are there in another version than the one we know; what is written now finds it out by
    itself."""
    mine = Card.objects.of(book.workspace).filter(book=book, state=THERE).exclude(pk__in=busy)
    if book.looked_ms > now_ms() - DAY_MS or not mine.exists():
        return []
    there = server.etags()
    Book.objects.of(book.workspace).filter(pk=book.pk).update(looked_ms=now_ms())
    rows = mine.select_related("person", "book__workspace")
    return [Step(card, "conflict", partial(noticed, card)) for card in rows if there.get(card.file) != card.etag]


def noticed(card: Card, server: Server) -> str:
    """Another form of the same card is nobody's change."""
    found = server.get(card.file)
    if found is not None and same_card(ours_of(card), found.text):
        keep(card, etag=found.etag)
        return ""
    return changed_there(card, found)


def ours_of(card: Card) -> str:
    """The card as we would write it; "" where it would go."""
    found = choosing.wanted(card.book, card.person) if card.person else ()
    contact = next((contact for _, contact in found), None)
    return text_of(card.book, card, contact) if contact else ""
