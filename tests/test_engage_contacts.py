"""Address books: what is written is read back the same, whatever the format; the rest is told, line by line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palabre.engage.identity_contact import BYTES_MAX, Contact, kind_of, made, read_contacts
from palabre.engage.identity_csv import COLUMNS, row_of
from palabre.engage.identity_jscontact import write_cards
from palabre.engage.identity_vcard import write_vcard
from palabre.errors import InputError

LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40)
WORDS = st.text("abc déÉЖ漢ع,;:\\\"'=", min_size=1, max_size=60).map(str.strip).filter(bool)


@st.composite
def contacts(draw: st.DrawFn) -> Contact:
    """As an address book could hold them, cleaned as ours are."""
    mails = draw(st.lists(st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.example", fullmatch=True), max_size=3))
    return made({"name": draw(LETTERS | WORDS), "organisation": draw(st.just("") | LETTERS), "job": draw(LETTERS),
                 "city": draw(st.just("") | LETTERS), "emails": mails, "phones": ["+33 1 23 45"],
                 "tags": draw(st.lists(st.from_regex(r"[a-z é]{1,8}", fullmatch=True), max_size=3)),
                 "accounts": ["https://m.example/@a"], "lang": draw(st.sampled_from(("", "fr", "en"))),
                 "kind": draw(st.sampled_from(("human", "organisation")))})  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(contacts())
def test_jscontact_comes_back_the_same(one: Contact) -> None:
    [read] = read_contacts("jscontact", write_cards([one]))
    assert read.contact == one


@settings(max_examples=60, deadline=None)
@given(contacts())
def test_vcard_comes_back_with_name_addresses_and_labels(one: Contact) -> None:
    [read] = read_contacts("vcf", write_vcard(one).encode())
    assert not read.fault
    assert (read.contact.name, read.contact.kind) == (one.name, one.kind)
    assert (read.contact.emails, read.contact.phones, read.contact.accounts) == (one.emails, one.phones, one.accounts)
    assert (read.contact.tags, read.contact.lang, read.contact.city) == (one.tags, one.lang, one.city)


def test_lines_of_a_vcard_are_folded_within_75_octets() -> None:
    text = write_vcard(Contact("é" * 200, job="漢" * 100))
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_columns_are_known_in_both_languages() -> None:
    table = "Prénom;Nom de famille;Courriel;Société;Étiquettes\nÉlo;Dupré;E@X.example;Vélos;a|b\n"
    [read] = read_contacts("csv", table.encode())
    assert (read.contact.name, read.contact.emails, read.contact.organisation, read.contact.tags) == (
        "Élo Dupré", ("e@x.example",), "Vélos", ("a", "b"))  # fmt: skip
    assert len(row_of(read.contact)) == len(COLUMNS)


@pytest.mark.parametrize(("data", "kind"), [(b"\nBEGIN:VCARD\n", "vcf"), (b"[{}]", "jscontact"), (b"a,b", "csv")])
def test_the_kind_is_known_by_the_beginning(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


def test_a_file_of_fifty_megabytes_gets_a_sentence_at_once() -> None:
    with pytest.raises(InputError) as found:
        list(read_contacts("vcf", b"BEGIN:VCARD\n" * (50_000_000 // 12)))
    assert found.value.key == "people.file_large"
    assert BYTES_MAX < 50_000_000


def test_pictures_are_left_out_and_do_not_make_a_card_too_long() -> None:
    picture = "PHOTO;ENCODING=b:" + "\r\n ".join(["A" * 70] * 10_000)
    [read] = read_contacts("vcf", f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoé\r\n{picture}\r\nEND:VCARD\r\n".encode())
    assert read.contact.name == "Zoé"


def test_a_line_end_of_unicode_inside_a_value_does_not_cut_the_card() -> None:
    card = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Zoé\u2028Dupré\r\nEMAIL:zoe@m.example\r\nEND:VCARD\r\n"
    [read] = read_contacts("vcf", card.encode())
    assert (read.fault, read.contact.emails) == ("", ("zoe@m.example",))
