"""Files of others that would cost a day of reckoning are refused before they are spread."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from palabre.desk.calendar import coming
from palabre.errors import InputError

NOW = 1_795_305_600_000  # 22 November 2026
EVENT = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:weekly@x
DTSTART;TZID=Europe/Paris:20261201T180000
{rules}
SUMMARY:Permanence
END:VEVENT
END:VCALENDAR
"""


def read(*rules: str) -> list[object]:
    body = EVENT.format(rules="\n".join(f"RRULE:{rule}" for rule in rules)).encode()
    return list(coming.read(body, ZoneInfo("Europe/Paris"), NOW))


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=10", "FREQ=DAILY;BYHOUR=8,9;BYMINUTE=0,10,20;BYSECOND=0,9,18,27,36"],
)
def test_an_event_of_every_few_minutes_is_not_spread(rule: str) -> None:
    with pytest.raises(InputError, match="repeat too often"):
        read(rule)


@pytest.mark.parametrize(
    ("rule", "n"),
    [
        ("FREQ=MINUTELY;INTERVAL=5;COUNT=12", 12),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9;BYMINUTE=30;COUNT=5", 6),  # and when it begins, at another hour
        ("FREQ=YEARLY", 2),
    ],
)
def test_what_people_plan_is_spread(rule: str, n: int) -> None:
    assert len(read(rule)) == n
