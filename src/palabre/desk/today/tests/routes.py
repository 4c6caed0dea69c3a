"""Access rows of the day."""

from __future__ import annotations

from typing import Any

from django.core import signing

from palabre.desk.today.letters import SALT
from palabre.desk.today.models import Habit
from palabre.desk.workspaces.models import User, Workspace
from palabre.desk.workspaces.tests.matrix import PUBLIC, Row


def somebodys(workspace: Workspace) -> dict[str, Any]:
    user = User.objects.create_user(None, None)
    return {"token": signing.dumps(Habit.objects.add(workspace, user=user, mail_on=True).pk, salt=SALT)}


HABIT = {"minutes": "15", "zone": "Europe/Paris", "country": "fr", "mail_hour": "7", "mail_days": ["0", "4"]}
ROWS = (
    Row("today:index"),
    Row("today:part", htmx=True),
    Row("today:tick", "POST", ok=404, data={"key": "promise:none", "done": "1"}),
    Row("today:again", "POST", ok=302, data={"minutes": "10"}),
    Row("today:habit"),
    Row("today:habit", "POST", ok=302, data=HABIT),
    Row("today:letter"),
    Row("today:stop", needs=PUBLIC, ids=somebodys, absent={"token": "x"}),
    Row("today:stop", "POST", PUBLIC, ids=somebodys, absent={"token": "x"}),
)
