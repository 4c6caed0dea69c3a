"""CardDAV (RFC 6352, on WebDAV, RFC 4918): what is asked of a server, what its answers say, when to try again. Pure."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from palabre.engage.identity_contact import Contact, read_contacts
from palabre.errors import FetchError, PalabreError

Node = Any  # of lxml
DAV, CARD = "DAV:", "urn:ietf:params:xml:ns:carddav"
ABOUT = (
    (DAV, "resourcetype"), (DAV, "displayname"), (DAV, "current-user-privilege-set"), (DAV, "current-user-principal"),
    (CARD, "addressbook-home-set"), (CARD, "supported-address-data"),
)  # fmt: skip
ETAG = ((DAV, "getetag"),)
WRITING = frozenset({"all", "write", "write-content", "bind"})
MINUTE_MS, DAY_MS = 60_000, 86_400_000
AGAIN_MS, AGAIN_MAX_MS = 5 * MINUTE_MS, DAY_MS
NAMES_MAX = 300


@dataclass(frozen=True, slots=True)
class Place:
    """A resource as a server tells of it. url: whole; book: it is an address book; writable: None where the server
    does not say; versions: of vCard that it takes; principal, homes: addresses, where it names them."""

    url: str
    name: str = ""
    book: bool = False
    writable: bool | None = None
    versions: tuple[str, ...] = ()
    principal: str = ""
    homes: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """The newest vCard it takes; one that does not say takes 3.0 (RFC 6352 §6.2.2)."""
        return "4.0" if "4.0" in self.versions else "3.0"


def propfind(names: Sequence[tuple[str, str]] = ABOUT) -> bytes:
    """The body of a PROPFIND."""
    asked = "".join(f"<{'d' if space == DAV else 'c'}:{name}/>" for space, name in names)
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return f'{head}<d:propfind xmlns:d="{DAV}" xmlns:c="{CARD}"><d:prop>{asked}</d:prop></d:propfind>'.encode()


def signed_in(user: str, password: str) -> dict[str, str]:
    """The field of HTTP that says who we are (RFC 7617, in UTF-8)."""
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")} if user else {}


def folder(url: str) -> str:
    """The address of a collection ends with a slash."""
    return url if url.endswith("/") else url + "/"


def read_places(body: bytes, url: str) -> list[Place]:
    """What a multi-status answer tells. url: of the call. FetchError ``addressbook.not_dav``: it is none."""
    return [place_of(one, url) for one in responses(body)][:NAMES_MAX]


def read_etags(body: bytes) -> dict[str, str]:
    """File name → ETag of what lies in a collection."""
    found = ((first(one, f"{{{DAV}}}href"), first(one, f".//{{{DAV}}}getetag")) for one in responses(body))
    return {unquote(href.rpartition("/")[2]): etag for href, etag in found if etag and href.rpartition("/")[2]}


def responses(body: bytes) -> list[Node]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FetchError("addressbook.not_dav") from error
    if root is None or root.tag != f"{{{DAV}}}multistatus":
        raise FetchError("addressbook.not_dav")
    return list(root.iterchildren(f"{{{DAV}}}response"))


def place_of(response: Node, url: str) -> Place:
    privileges = set(inner(response, DAV, "current-user-privilege-set", "privilege"))
    said = has(response, DAV, "current-user-privilege-set")
    principals = hrefs(response, DAV, "current-user-principal")
    return Place(
        url=within(first(response, f"{{{DAV}}}href"), url), name=first(response, f".//{{{DAV}}}displayname"),
        book=any(True for _ in every(response, f".//{{{DAV}}}resourcetype/{{{CARD}}}addressbook")),
        writable=bool(privileges & WRITING) if said else None, versions=versions_of(response),
        principal=within(principals[0], url) if principals else "",
        homes=tuple(within(one, url) for one in hrefs(response, CARD, "addressbook-home-set")),
    )  # fmt: skip


def every(node: Node, path: str) -> Iterator[Node]:
    yield from node.iterfind(path)


def first(node: Node, path: str) -> str:
    """The text of the first such element; "" for none."""
    return next((str(one.text or "").strip() for one in every(node, path)), "")


def has(node: Node, space: str, name: str) -> bool:
    """Whether the server gave this property; one it refuses lies in a part with another status."""
    return any(
        first(part, f"{{{DAV}}}status").split(" ")[1:2] in (["200"], [])
        and any(True for _ in every(part, f"{{{DAV}}}prop/{{{space}}}{name}"))
        for part in every(node, f"{{{DAV}}}propstat")
    )


def inner(node: Node, space: str, name: str, each: str) -> Iterator[str]:
    """Names of what lies in each such element of a property."""
    for one in every(node, f".//{{{space}}}{name}/{{{DAV}}}{each}/*"):
        yield str(one.tag).rpartition("}")[2]


def hrefs(node: Node, space: str, name: str) -> list[str]:
    found = (str(one.text or "").strip() for one in every(node, f".//{{{space}}}{name}/{{{DAV}}}href"))
    return [one for one in found if one]


def versions_of(node: Node) -> tuple[str, ...]:
    types = every(node, f".//{{{CARD}}}supported-address-data/{{{CARD}}}address-data-type")
    return tuple(str(one.get("version") or "") for one in types)


def within(href: str, url: str) -> str:
    """A whole address of the same server. FetchError ``addressbook.elsewhere``: it leads to another one, where our
    password has no business."""
    whole = urljoin(url, href)
    if urlsplit(whole)[:2] != urlsplit(url)[:2]:
        raise FetchError("addressbook.elsewhere", host=urlsplit(whole).netloc)
    return whole


def same_card(ours: str, theirs: str) -> bool:
    """Whether two vCards say the same of what Palabre writes: servers put cards in another form."""
    mine, other = told(ours), told(theirs)
    return mine is not None and mine == other


def told(card: str) -> Contact | None:
    """What a card says; None when it is not one well-formed card."""
    try:
        found = list(read_contacts("vcf", card.encode("utf-8", "replace")))
    except PalabreError:
        return None
    return found[0].contact if len(found) == 1 and not found[0].fault else None


def later_ms(failures: int, now_ms: int, asked_seconds: float | None = None) -> int:
    """When to try again after so many failures in a row: five minutes, then twice as long each time, at most a day; or
    later where the server asks for it."""
    wait = min(AGAIN_MS << min(max(failures, 1) - 1, 10), AGAIN_MAX_MS)
    return now_ms + max(wait, min(int((asked_seconds or 0) * 1000), DAY_MS))
