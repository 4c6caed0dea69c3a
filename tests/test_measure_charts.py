"""Charts: one value is a drawing with links, a table and a file; nothing in a label can become markup or a formula."""

from __future__ import annotations

import re

import pytest

from palabre.measure.charts import Chart, Point, Series, csv, inline, png, svg, table
from palabre.measure.charts.naming import DOT, around, boxes, is_free, named, places
from palabre.measure.charts.palette import CODE
from palabre.measure.charts.shapes import runs

DAY = 86_400_000
START = 20_000 * DAY


def series(name: str, *, ours: bool = False, tone: str = "") -> Series:
    points = tuple(
        Point(START + day * DAY, 10 + day, low=8 + day, high=13 + day, n=10 + day, href=f"/w/x/stream?since={day}")
        for day in range(5)
    )
    return Series(name, points, ours, tone)


def labelled(name: str) -> Series:
    return Series(name, tuple(Point(label, at + 1, href="/w/x/stream") for at, label in enumerate(("a", "b", "c"))))


CHARTS = {
    "lines": Chart("lines", (series("Nous", ours=True), series("Rival")), marks=((START + DAY, "pic"),)),
    "stacked": Chart("stacked", (series("non", tone="negative"), series("oui", tone="positive"))),
    "ranked": Chart("ranked", (labelled("Nous"), labelled("Rival"))),
    "parts": Chart("parts", (labelled("Nous"), labelled("Rival"))),
    "scatter": Chart("scatter", (Series("x", (Point(1.0, 2.0, label="@a", href="/p/1"),)),), unit="number"),
    "heat": Chart("heat", (Series("", (Point("8", "lun.", size=3.0, href="/p/1"),)),)),
}


@pytest.mark.parametrize("kind", CHARTS)
def test_a_chart_on_a_page_takes_its_colours_and_links_to_its_posts(kind: str) -> None:
    drawn = inline(CHARTS[kind], "fr", "narrow")
    assert drawn.startswith("<svg ")
    assert "var(--chart-" in drawn
    assert not CODE.search(drawn)
    assert 'href="/' in drawn
    assert "style=" not in drawn  # the policy of the desk refuses inline styles


@pytest.mark.parametrize("kind", CHARTS)
def test_a_chart_in_a_file_has_real_colours_and_no_links(kind: str) -> None:
    drawn = svg(CHARTS[kind], "en", theme="dark")
    assert "var(" not in drawn
    assert "<a " not in drawn
    assert not CODE.search(drawn)


def test_a_picture_is_a_png() -> None:
    assert png(CHARTS["lines"], "fr").startswith(b"\x89PNG")


def test_french_months_and_decimals() -> None:
    assert re.search(r"(oct|nov|déc|janv|févr|mars|avr|mai|juin|juil|août|sept)", inline(CHARTS["lines"], "fr"))


def test_a_label_cannot_become_markup_or_a_foreign_link() -> None:
    nasty = Series("</svg><script>alert(1)</script>", (Point("<b>x</b>", 1.0, href="https://evil.example/"),))
    drawn = inline(Chart("ranked", (nasty,)), "en")
    assert "<script" not in drawn
    assert "<b>" not in drawn
    assert "evil.example" not in drawn


def test_a_javascript_address_is_no_link() -> None:
    nasty = Series("x", (Point("a", 1.0, href="javascript:alert(1)"), Point("b", 1.0, href="//evil.example/")))
    drawn = inline(Chart("ranked", (nasty,)), "en")
    assert "javascript" not in drawn
    assert "evil" not in drawn


def test_the_table_of_a_time_chart_is_newest_first() -> None:
    rows = table(CHARTS["lines"])
    assert rows[0].at > rows[-1].at
    assert (rows[-1].value, rows[-1].low, rows[-1].high, rows[-1].n) == (10, 8, 13, 10)


def test_the_file_for_spreadsheets_is_readable_and_inert() -> None:
    made = csv(Chart("ranked", (Series("=HYPERLINK()", (Point("+1", 2.0),)),)), "fr").decode("utf-8-sig")
    assert made.splitlines()[0].startswith("Quand ou quoi,")
    assert made.splitlines()[1].startswith("'+1,'=HYPERLINK(),2.0")


def test_an_empty_chart_draws_without_a_fault() -> None:
    for kind in CHARTS:
        empty = Chart(CHARTS[kind].kind, (Series("x", ()),))
        assert empty.empty
        assert inline(empty, "fr").startswith("<svg ")


def test_a_name_at_the_right_edge_is_written_before_its_point() -> None:
    points = tuple(Point(float(at), 1.0, label=f"name{at}") for at in (10, 99))
    drawn = svg(Chart("scatter", (Series("", points),), x_title="x"), "en")
    anchors = {name: anchor for anchor, name in re.findall(r'text-anchor="(\w+)"[^>]*>(name\d+)<', drawn)}
    assert anchors == {"name10": "start", "name99": "end"}


@pytest.mark.parametrize("width", [330, 860])
def test_names_of_a_scatter_cover_no_other_and_stay_inside(width: int) -> None:
    crowd = tuple(
        Point(float(x), float(y), label=f"@somebody_{x}_{y}") for x in (5, 45, 60, 100) for y in (3, 14, 15, 40)
    )
    shown = [one for series in named(Chart("scatter", (Series("", crowd),)), width).series for one in series.points]
    kept = [(one, dot) for one, dot in zip(shown, places(shown, width), strict=True) if one.side]
    assert 3 <= len(kept) < len(crowd)
    found = [dict(boxes(one, around(*dot, DOT), width))[one.side] for one, dot in kept]
    for at, box in enumerate(found):
        assert box[0] >= 0
        assert box[2] <= width
        assert is_free(box, found[:at])


def test_a_line_is_not_drawn_over_steps_that_are_not_there() -> None:
    day = 86_400_000
    whole, holed = (Series("x", tuple(Point(at * day, 1.0) for at in days)) for days in ((0, 1, 2), (0, 1, 5, 6, 9)))
    assert runs(whole) == [0, 0, 0]
    assert runs(holed) == [0, 0, 1, 1, 2]
    assert {type(one) for one in runs(holed)} == {int}  # false is another group than 0
    assert runs(Series("a target", (Point(0, 1.0), Point(90 * day, 1.0)))) == [0, 0]
    assert runs(Series("", ())) == []
