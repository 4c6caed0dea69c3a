"""What the foot of every page says about words that leave the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from palabre.desk.design.context import sends_posts
from palabre.settings import Settings


@pytest.mark.parametrize(("readings", "per_day", "sends"), [
    ("tone=chat", 10, True),
    ("tone=onnx, emotion=chat", 10, True),
    ("tone=chat", 0, False),
    ("tone=onnx", 10, False),
    ("tone=chatty", 10, False),
    ("", 10, False),
])  # fmt: skip
def test_posts_leave_only_where_a_reading_is_asked_of_a_chat_model(
    tmp_path: Path, readings: str, per_day: int, sends: bool
) -> None:
    given = Settings(home=tmp_path, provider_readings=readings, provider_posts_per_day=per_day)
    assert sends_posts(given) is sends
