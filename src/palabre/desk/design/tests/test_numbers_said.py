"""Numbers in sentences: counts are read with separators, names are copied without."""

from __future__ import annotations

from django.utils.translation import override

from palabre.desk.design.words import speak


def test_a_count_has_separators_and_a_port_has_none() -> None:
    with override("en"):
        assert "1,234" in speak("panel.filling.posts", "en", n=1234)
    with override("fr"):
        assert "127.0.0.1:8690" in speak("net.blocked_port", "fr", host="127.0.0.1", port=8690)
