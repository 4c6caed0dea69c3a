"""What servers say, cards that are the same, waits: the pure part."""

from __future__ import annotations

import pytest

from palabre.engage.carddav import later_ms, read_places, same_card
from palabre.errors import FetchError

NEXTCLOUD = b"""<?xml version="1.0"?>
<d:multistatus xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:card="urn:ietf:params:xml:ns:carddav">
<d:response><d:href>/remote.php/dav/addressbooks/users/zoe/contacts/</d:href><d:propstat><d:prop>
<d:resourcetype><d:collection/><card:addressbook/></d:resourcetype><d:displayname>Contacts</d:displayname>
<d:current-user-privilege-set><d:privilege><d:write/></d:privilege><d:privilege><d:read/></d:privilege>
</d:current-user-privilege-set><card:supported-address-data>
<card:address-data-type content-type="text/vcard" version="3.0"/>
<card:address-data-type content-type="text/vcard" version="4.0"/></card:supported-address-data></d:prop>
<d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><card:addressbook-home-set/></d:prop>
<d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response></d:multistatus>"""


def test_what_servers_say_of_an_address_book_is_understood() -> None:
    url = "https://cloud.example/remote.php/dav/addressbooks/users/zoe/contacts/"
    [place] = read_places(NEXTCLOUD, url)
    assert (place.url, place.book, place.writable, place.version) == (url, True, True, "4.0")
    silent = NEXTCLOUD.replace(b"d:current-user-privilege-set", b"d:other")
    assert read_places(silent, url)[0].writable is None


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html></html>", b"not xml", b"\xff\xfe",
        b'<!DOCTYPE a [<!ENTITY b "c">]><d:x xmlns:d="DAV:">&b;</d:x>',
    ],
)  # fmt: skip
def test_anything_else_is_no_server_of_address_books(body: bytes) -> None:
    with pytest.raises(FetchError) as raised:
        read_places(body, "https://a.example/")
    assert raised.value.key == "addressbook.not_dav"


def test_a_server_that_points_elsewhere_does_not_get_the_password_carried_there() -> None:
    with pytest.raises(FetchError) as raised:
        read_places(NEXTCLOUD.replace(b"/remote.php", b"https://evil.example/remote.php"), "https://cloud.example/")
    assert raised.value.key == "addressbook.elsewhere"


def test_the_same_card_in_another_form_is_the_same() -> None:
    ours = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoé\r\nN:Zoé;;;;\r\nUID:a\r\nEMAIL:z@a.example\r\nEND:VCARD\r\n"
    theirs = "BEGIN:VCARD\nVERSION:3.0\nUID:a\nREV:2026\nEMAIL;TYPE=work:z@a.example\nN:Zoé;;;;\nFN:Zoé\nEND:VCARD\n"
    assert same_card(ours, theirs)
    assert not same_card(ours, theirs.replace("z@", "y@"))
    assert not same_card(ours, "")


def test_the_waits_grow_to_a_day() -> None:
    waits = [(later_ms(n, 0) // 60_000) for n in (1, 2, 3, 8, 9, 50)]
    assert waits == [5, 10, 20, 640, 1280, 1440]
    assert later_ms(1, 0, 3_600) == 3_600_000
