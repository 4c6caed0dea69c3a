"""What members do with the address book: set it up, try it, pause it, give it up, decide what others changed there."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from palabre.desk.addressbook import sealing, syncing
from palabre.desk.addressbook.models import LEFT, OPEN, WAITING, Book, Card
from palabre.desk.addressbook.server import Server
from palabre.desk.beats import nudge
from palabre.desk.clock import now_ms
from palabre.desk.people.models import PersonList
from palabre.desk.workspaces.access import Seat
from palabre.engage.carddav import Place
from palabre.errors import PalabreError

BEAT = "addressbook.push"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a manager set. password: "" keeps the one it has."""

    url: str
    user: str
    password: str = field(repr=False)
    purposes: tuple[str, ...]
    listed: PersonList | None


def tried(wish: Wish, book: Book | None) -> Place:
    """The address book that these settings lead to. Raises FetchError and its kin."""
    known = sealing.opened(book.password, book.uid) if book and not wish.password else wish.password
    return Server(wish.url, wish.user, known).book()


def set_up(seat: Seat, wish: Wish, book: Book | None) -> Book:
    """Tries it, then keeps it. Raises FetchError and its kin: nothing was kept."""
    place = tried(wish, book)
    kept = book or Book(workspace=seat.workspace, by=seat.user, made_ms=now_ms())
    with transaction.atomic():
        if kept.pk and place.url != kept.url:
            Card.objects.of(seat.workspace).filter(book=kept).delete()  # those of another place are not ours to find
        kept.url, kept.name, kept.version, kept.user = place.url, place.name[:200], place.version, wish.user
        kept.password = sealing.sealed(wish.password, kept.uid) if wish.password else kept.password
        kept.purposes, kept.listed = list(wish.purposes), wish.listed
        kept.state = "active" if kept.state == "broken" else kept.state
        kept.error_key, kept.error_params, kept.failures, kept.rest_until_ms = "", {}, 0, 0
        kept.save()
    nudge(BEAT)
    return kept


def check(book: Book) -> Place | None:
    """Asks the server now; a broken book works again, or says why not."""
    try:
        place = syncing.server_of(book).book()
    except PalabreError as error:
        syncing.settled(book, error)
        return None
    known = {"version": place.version, "name": place.name[:200], "failures": 0, "rest_until_ms": 0, "error_key": ""}
    state = "active" if book.state == "broken" else book.state
    Book.objects.of(book.workspace).filter(pk=book.pk).update(**known, error_params={}, state=state)
    nudge(BEAT)
    return place


def now(book: Book) -> None:
    """A round at once, with what waited for another try."""
    due_now(book)
    nudge(BEAT)


def due_now(book: Book) -> Book:
    """Nothing waits any longer, and what others did is looked for."""
    Card.objects.of(book.workspace).filter(book=book).update(due_ms=0)
    Book.objects.of(book.workspace).filter(pk=book.pk).update(rest_until_ms=0, looked_ms=0)
    book.looked_ms = 0
    return book


def pause(book: Book, paused: bool) -> None:
    wanted = Book.objects.of(book.workspace).filter(pk=book.pk).exclude(state="leaving")
    wanted.update(state="paused" if paused else "active", failures=0, rest_until_ms=0)
    nudge(BEAT)


def give_up(book: Book, with_cards: bool) -> None:
    """with_cards: those we put there go too, then the book; else they stay there, and nobody looks after them."""
    if with_cards:
        Book.objects.of(book.workspace).filter(pk=book.pk).update(state="leaving", rest_until_ms=0)
        Card.objects.of(book.workspace).filter(book=book).update(due_ms=0)
        nudge(BEAT)
    else:
        book.delete()


def decide(card: Card, ours: bool) -> bool:
    """ours: our version, or none where it was to go, whatever is there now; else it is left as it is there. False:
    there is nothing to decide any more. One that was left may still be taken back."""
    if card.state not in (*OPEN, *((LEFT,) if ours else ())):
        return False
    if ours:
        known = {"state": WAITING, "etag": card.theirs_etag, "digest": "", "theirs_etag": "", "due_ms": 0}
    else:
        known = {"state": LEFT}
    syncing.keep(card, theirs="", **known)
    nudge(BEAT)
    return True
