"""Dates as each language writes them."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from palabre.desk.design.words import dated


@pytest.mark.parametrize(
    ("lang", "day", "form", "said"),
    [
        ("fr", date(2026, 12, 1), "DATE_FORMAT", "1er décembre 2026"),
        ("fr", date(2026, 12, 21), "DATE_FORMAT", "21 décembre 2026"),
        ("fr", date(2026, 8, 1), "l j F", "samedi 1er août"),
        ("en", date(2026, 12, 1), "DATE_FORMAT", "1 December 2026"),
        ("en", date(2026, 4, 3), "SHORT_DATE_FORMAT", "3 Apr 2026"),
    ],
)
def test_a_date_is_never_ambiguous_and_the_first_of_a_month_is_1er_in_french(
    lang: str, day: date, form: str, said: str
) -> None:
    with translation.override(lang):
        assert dated(day, form) == said
