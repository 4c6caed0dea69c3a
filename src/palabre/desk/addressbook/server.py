"""One address book on its server: looked at, written, read, deleted. It touches no table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from django.conf import settings

from palabre.desk import clock
from palabre.engage import carddav
from palabre.engage.carddav import Place
from palabre.errors import FetchError, PalabreError
from palabre.net.response import status_error

if TYPE_CHECKING:
    from palabre.net import Net, Response

CARD_BYTES_MAX = 1_000_000
XML = {"Content-Type": "application/xml; charset=utf-8"}
VCARD = {"Content-Type": "text/vcard; charset=utf-8"}
WELL_KNOWN = "/.well-known/carddav"  # RFC 6764


class StaleError(PalabreError):
    """The card there is not the one we know (412): nothing was written."""


@dataclass(frozen=True, slots=True)
class Found:
    """A card as it is there."""

    text: str
    etag: str


@cache
def net() -> Net:
    """The network client of this installation, without a pause between two cards: the server is the house's own."""
    from palabre.net import Net

    return Net(replace(settings.PALABRE, host_interval_seconds=0.0), clock.CLOCK)


def plain(url: str) -> bool:
    """Whether a password would travel there unprotected; a server that the owner named is their own."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not net().guard.is_named(parts.hostname or "", parts.port or 80)


@dataclass(frozen=True, slots=True)
class Server:
    """url: of the address book, with a slash, or anything of the server that leads there (`book`)."""

    url: str
    user: str
    password: str = field(repr=False)

    def book(self) -> Place:
        """The address book that the address leads to. FetchError: none there, several, not ours to write in, or
        whatever the network says."""
        place = self.place(self.url)
        found = [place] if place.book else self.books(place)
        if not found:
            raise FetchError("addressbook.no_book", host=host(self.url))
        if len(found) > 1:
            raise FetchError("addressbook.several", books=", ".join(f"{one.name} {one.url}" for one in found))
        if found[0].writable is False:
            raise FetchError("addressbook.read_only", name=found[0].name or found[0].url)
        return replace(found[0], url=carddav.folder(found[0].url))

    def place(self, url: str) -> Place:
        """What is at an address; the well-known one where a server's front page knows nothing."""
        try:
            return self.places(url, 0)[0]
        except (FetchError, IndexError):
            if urlsplit(url).path not in ("", "/"):
                raise
        found = self.places(urljoin(url, WELL_KNOWN), 0)
        return found[0] if found else Place(url)

    def books(self, place: Place) -> list[Place]:
        """Those of the user's home, which the principal names (RFC 6352 §7.1.1)."""
        homes = place.homes
        if not homes and place.principal:
            homes = tuple(home for one in self.places(place.principal, 0) for home in one.homes)
        return [one for home in dict.fromkeys(homes) for one in self.places(home, 1) if one.book]

    def places(self, url: str, depth: int) -> list[Place]:
        answer = self.call("PROPFIND", url, carddav.propfind(), {**XML, "Depth": str(depth)})
        if answer.status != 207:
            raise status_error(answer.status, url) if not answer.ok else FetchError("addressbook.not_dav")
        return carddav.read_places(answer.body, answer.url)

    def etags(self) -> dict[str, str]:
        """Of every card, by its file name."""
        answer = self.call("PROPFIND", self.url, carddav.propfind(carddav.ETAG), {**XML, "Depth": "1"})
        return carddav.read_etags(answer.check().body)

    def put(self, file: str, text: str, etag: str) -> str:
        """Writes a card where it is still the version we know ("": none is there yet); its new ETag. StaleError,
        FetchError."""
        known = {"If-Match": etag} if etag else {"If-None-Match": "*"}
        self.judged(answer := self.call("PUT", self.at(file), text.encode(), {**VCARD, **known}))
        made = str(answer.headers.get("etag", ""))
        found = None if made else self.get(file)
        if not made and (found is None or not found.etag):
            raise FetchError("addressbook.no_etag", host=host(self.url))
        return made or (found.etag if found else "")

    def get(self, file: str) -> Found | None:
        """A card; None where there is none."""
        answer = self.call("GET", self.at(file), b"", {"Accept": "text/vcard"})
        if answer.status in (404, 410):
            return None
        return Found(self.judged(answer).text(), str(answer.headers.get("etag", "")))

    def delete(self, file: str, etag: str) -> None:
        """Deletes a card, whatever it is now where no ETag is given; one that is gone already is well."""
        answer = self.call("DELETE", self.at(file), b"", {"If-Match": etag} if etag else {})
        if answer.status not in (404, 410):
            self.judged(answer)

    def at(self, file: str) -> str:
        return carddav.folder(self.url) + file

    def judged(self, answer: Response) -> Response:
        if answer.status == 412:
            raise StaleError("addressbook.stale")
        if not answer.ok:
            raise status_error(answer.status, answer.url)
        return answer

    def call(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> Response:
        known = {**headers, **carddav.signed_in(self.user, self.password)}
        return net().request(method, url, headers=known, content=body, cap_bytes=cap(method))


def cap(method: str) -> int | None:
    return None if method == "PROPFIND" else CARD_BYTES_MAX


def host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
