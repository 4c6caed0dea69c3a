"""Webmention: who may notify, what is read of the source, updates and removals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.collect.contract import Page, Window
from palabre.collect.testing import FakeNet, fake_means
from palabre.collect.testing_formats import cuts
from palabre.collect.webmention.connector import (
    TRIES_MAX,
    Mention,
    MentionRefused,
    WebmentionConnector,
    accept,
    enqueue,
    look,
    read,
)
from palabre.collect.webmention.mapping import map_item
from palabre.errors import BlockedError, FetchError, ItemError
from palabre.model import Event, Gone, Heard, Post, PostKind, RawItem

SOURCE = "https://ami.example/reponse"
TARGET = "https://nous.example/article"
MENTION = Mention(SOURCE, TARGET)
REPLY = """<!doctype html><html><body><nav><a class="u-url" href="/menu">menu</a></nav>
<article class="h-entry"><h1 class="p-name">Réponse</h1>
<a class="u-in-reply-to" href="https://nous.example/article#x">à</a>
<div class="p-author h-card"><a class="p-name u-url" href="/moi">Zoé</a><img class="u-photo" src="z.png" alt=""></div>
<time class="dt-published" datetime="2026-11-20T10:00:00+01:00">hier</time>
<div class="e-content"><p>Déçue, mais <b>fidèle</b>.</p><script>x</script></div>
<a class="p-category">humeur</a></article></body></html>"""


def seen(html: str) -> list[Event]:
    return list(map_item(read(MENTION, html)))


def post(html: str) -> Post:
    (event,) = seen(html)
    assert isinstance(event, Heard)
    return event.post


def test_a_reply_is_read_with_its_author_date_and_words() -> None:
    found = post(REPLY)
    assert (found.uri, found.kind, found.parent) == (SOURCE, PostKind.REPLY, TARGET)
    assert found.text == "Déçue, mais fidèle."
    assert (found.title, found.tags) == ("Réponse", ("humeur",))
    assert found.published_ms == 1_795_165_200_000
    assert found.account is not None
    assert (found.account.name, found.account.url) == ("Zoé", "https://ami.example/moi")


@pytest.mark.parametrize(
    ("relation", "kind"),
    [("u-repost-of", PostKind.RESHARE), ("u-bookmark-of", PostKind.ARTICLE), ("", PostKind.ARTICLE)],
)
def test_what_it_does_to_our_page_decides_its_kind(relation: str, kind: PostKind) -> None:
    assert post(REPLY.replace("u-in-reply-to", relation)).kind is kind


@pytest.mark.parametrize("relation", ["u-like-of", "u-repost-of", "u-bookmark-of"])
def test_a_gesture_without_words_is_not_a_post(relation: str) -> None:
    html = f'<div class="h-entry"><a class="{relation}" href="{TARGET}"></a></div>'
    assert seen(html) == []


def test_a_plain_page_without_microformats_is_read_by_its_own_summary() -> None:
    html = (
        f'<html><head><title>Revue</title><meta name="description" content="Une revue."></head><a href="{TARGET}">x</a>'
    )
    found = post(html)
    assert (found.title, found.text) == ("Revue", "Une revue.")
    assert found.account is not None
    assert found.account.name == "ami.example"


def test_the_authors_of_what_is_quoted_are_not_the_author() -> None:
    html = f"""<div class="h-entry"><div class="u-in-reply-to h-cite"><a class="u-url" href="{TARGET}">t</a>
    <p class="e-content">cité</p><span class="p-author">Autre</span></div><p class="e-content">dit</p></div>"""
    found = post(html)
    assert (found.text, found.parent) == ("dit", TARGET)
    assert found.account is not None
    assert found.account.name != "Autre"


def test_a_page_without_a_charset_keeps_its_accents() -> None:
    net = FakeNet().answer(SOURCE, body=REPLY.encode(), headers={"content-type": "text/html"})
    (item,) = look(MENTION, fake_means(net))
    assert "Déçue" in next(event.post.text for event in map_item(item) if isinstance(event, Heard))
    latin = FakeNet().answer(
        SOURCE, body=REPLY.encode("latin-1"), headers={"content-type": "text/html; charset=iso-8859-1"}
    )
    (item,) = look(MENTION, fake_means(latin))
    assert "Déçue" in next(event.post.text for event in map_item(item) if isinstance(event, Heard))


@pytest.mark.parametrize("status", [404, 410])
def test_a_source_that_is_gone_takes_its_mention_back(status: int) -> None:
    (item,) = look(MENTION, fake_means(FakeNet().answer(SOURCE, status=status)))
    assert list(map_item(item)) == [Gone(SOURCE)]


@pytest.mark.parametrize(
    "html", ["", "<p>rien</p>", f"<p>{TARGET}</p>", f'<a href="{TARGET}-autre">x</a>', f"<!-- <a href='{TARGET}'> -->"]
)
def test_a_source_that_does_not_link_to_us_is_taken_back(html: str) -> None:
    assert seen(html) == [Gone(SOURCE)]


def test_a_refusal_and_a_reservation_of_rights_are_errors_of_the_network() -> None:
    with pytest.raises(FetchError):
        look(MENTION, fake_means(FakeNet().answer(SOURCE, status=403)))
    with pytest.raises(BlockedError):
        look(MENTION, fake_means(FakeNet().answer(SOURCE, body=REPLY, tdm_reserved=True)))


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({}, "address"),
        ({"source": "javascript:x", "target": TARGET}, "address"),
        ({"source": SOURCE, "target": "ftp://nous.example/"}, "address"),
        ({"source": "https:///x", "target": TARGET}, "address"),
        ({"source": "https://a.example/" + "x" * 3_000, "target": TARGET}, "address"),
        ({"source": TARGET, "target": TARGET + "?utm_source=x"}, "same"),
        ({"source": SOURCE, "target": "https://eux.example/"}, "not_ours"),
        ({"source": SOURCE, "target": "https://nous.example.evil.example/"}, "not_ours"),
        ({"source": SOURCE, "target": "https://nous.example@evil.example/"}, "not_ours"),
    ],
)
def test_a_notification_that_makes_no_sense_is_refused(form: dict[str, str], why: str) -> None:
    with pytest.raises(MentionRefused) as caught:
        accept(form, ["nous.example"])
    assert caught.value.key == f"connector_webmention.errors.{why}"


def test_notifications_wait_once_each_and_are_looked_at_one_by_one() -> None:
    config = WebmentionConnector().validate({"hosts": "https://nous.example/, autre.example"})
    assert config["hosts"] == ["nous.example", "autre.example"]
    mention = accept({"source": SOURCE, "target": TARGET}, ["nous.example"])
    cursor = enqueue(enqueue(enqueue({}, mention), mention), Mention("https://b.example/", TARGET))
    net = FakeNet().answer(SOURCE, body=REPLY).answer("https://b.example/", status=410)
    pages = list(WebmentionConnector().pages(config, cursor, fake_means(net), Window()))
    assert [len(page.items) for page in pages] == [1, 1]
    assert pages[0].cursor == {"queue": [["https://b.example/", TARGET]]}
    assert pages[1].cursor == {"queue": []}


def test_a_page_that_does_not_answer_lets_the_others_pass_and_ends_in_quarantine() -> None:
    other = "https://autre.example/billet"
    net = FakeNet().answer(SOURCE, error=FetchError("net.timeout", host="ami.example")).answer(other, body=REPLY)
    cursor: dict[str, object] = {"queue": [[SOURCE, TARGET], [other, TARGET]]}
    items: list[list[RawItem]] = []
    for _ in range(TRIES_MAX):
        pages = list(until_error(cursor, net))
        items.append([item for page in pages for item in page.items])
        cursor = dict(pages[-1].cursor)
    assert [len(one) for one in items] == [1, 0, 0, 0, 1]
    assert cursor["queue"] == []
    with pytest.raises(ItemError) as caught:
        list(map_item(items[-1][0]))
    assert caught.value.key == "connector_webmention.errors.no_answer"


def until_error(cursor: dict[str, object], net: FakeNet) -> Iterator[Page]:
    """The pages of a run up to the error that ends it."""
    with suppress(FetchError):
        yield from WebmentionConnector().pages({}, cursor, fake_means(net), Window())


def test_a_page_cut_anywhere_or_nested_without_end_is_read_or_taken_back() -> None:
    for part in cuts(REPLY.encode()):
        seen(part.decode("utf-8", "replace"))
    seen(f'<a href="{TARGET}">' + "<div class=h-entry>" * 100_000)


@given(st.text(max_size=200))
def test_any_text_is_read_or_taken_back(html: str) -> None:
    seen(f'<a href="{TARGET}"></a><div class="h-entry">' + html)
