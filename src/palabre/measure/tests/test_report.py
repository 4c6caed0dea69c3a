"""Reports: the same document as HTML, PDF and data; nothing in a text is a command, and erased words are gone."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from palabre.measure.charts import Chart, Point, Series
from palabre.measure.report import (
    TLP,
    Card,
    Cell,
    Document,
    Drawing,
    Figures,
    Heading,
    Part,
    Quote,
    Quotes,
    Table,
    Text,
    Words,
    as_json,
    html,
    kept,
    opened,
    pdf,
    post_ids,
)
from palabre.measure.report.pdf import glyphless, without

NASTY = '<script>alert(1)</script> #eval("1") $x$ *gras* \\ @import "x"'
CHART = Chart(
    "lines", (Series("A <b>", (Point(0, 1.0, href="/w/x"), Point(86_400_000, 2.0))), Series("B", (Point(0, 3.0),)))
)
PARTS: tuple[Part, ...] = (
    Figures((Card(NASTY, "12 %", "entre 3 et 4", "5 messages", "", "avant : 3", "/w/x/stream?a=1&b=2"),), "Chiffres"),
    Heading(f"Titre {NASTY}"),
    Words(f"Une ligne.\n{NASTY}"),
    Drawing(CHART, "Volume", "note", "Deux lignes"),
    Drawing(Chart("lines", ()), "Vide"),
    Table(
        "Besoins",
        ("Besoin", "n"),
        ((Cell(NASTY, "/w/x"), Cell("3")), (Cell("", post_id=7), Cell("4"))),
        (1,),
        "",
        "et 2",
    ),
    Table("Rien", ("a",), (), none="Rien dans cette période."),
    Quotes("Cités", (Quote(7), Quote(8)), "rien"),
)
DOCUMENT = Document(
    "L’été « du siège »", "fr", "TLP:AMBER+STRICT", "mars", "février", "fait", "Maison", PARTS, ("Ton : …",)
)
TEXTS = {7: Text("Ana", f"Mots du message {NASTY}", "mastodon", "1er mars", "javascript:alert(1)")}


def test_the_page_asks_nothing_of_anybody() -> None:
    page = html(DOCUMENT, TEXTS, "https://desk.example")
    assert "default-src &#x27;none&#x27;" in page
    assert not re.search(r'(src|href)="(?!https://desk\.example/)', page.replace('href="#', ""))
    assert "<script" not in page
    assert "javascript:" not in page
    assert page.count("TLP:AMBER+STRICT") >= 3


def test_what_was_erased_is_shown_as_gone() -> None:
    page = html(DOCUMENT, {}, "")
    assert "Mots du message" not in page
    assert "effacé" in page
    assert "<a " not in page


def test_a_kept_document_comes_back_as_it_was_without_any_words_of_posts() -> None:
    body = kept(DOCUMENT)
    assert opened(body) == DOCUMENT
    assert post_ids(DOCUMENT) == [7, 8]
    assert "Mots du message" not in str(as_json(DOCUMENT))


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("tlp", TLP)
def test_the_pdf_is_tagged_and_labelled(lang: str, tlp: str) -> None:
    made = pdf(Document("R", lang, tlp, "p", parts=PARTS), TEXTS, "https://desk.example")
    assert made.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made
    assert b"pdfuaid" in made


@pytest.mark.parametrize("sign", ["\U00016800", "\x01", "\u200d", "e\u0301\U00016801", '\U00016802"\\'])
def test_a_sign_that_no_font_has_keeps_no_report_from_being_printed(sign: str) -> None:
    chart = Chart("lines", (Series(f"A{sign}", (Point(0, 1.0),)), Series("B", (Point(0, 2.0),))))
    parts = (Words(f"Bien {sign} dit"), Drawing(chart, "Volume"),
             Table("T", ("a",), ((Cell(f"x {sign}", "/w/x"),),)), Quotes("Cités", (Quote(7),)))  # fmt: skip
    texts = {7: Text(f"Ana {sign}", f"Mots {sign}", "mastodon", "1er mars", f"https://a.example/{sign}")}
    assert pdf(Document("R", "fr", "TLP:CLEAR", "p", parts=parts), texts, "https://desk.example").startswith(b"%PDF-")


def test_only_what_no_font_shows_is_replaced() -> None:
    named = r'the text `"\u{200d}"` could not be displayed … the text `"ไ"` could not be displayed with'
    named += r' the text `"e\u{301}"` could not be displayed'
    missing = glyphless(named)
    assert missing == ["e\u0301", "ไ", "\u200d"]
    given = {"lines": ["été ไ\u200d", "e\u0301!"], "url": "https://a.example/ไ", "level": 2}
    assert without(given, missing) == {**given, "lines": ["été □", "□!"]}


def test_titles_of_parts_leave_no_level_out() -> None:
    levels = [int(one) for one in re.findall(r"<h(\d)", html(DOCUMENT, TEXTS))]
    assert all(after - before <= 1 for before, after in pairwise(levels))
