"""A trial that could not look at everything says how far it looked."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from palabre.desk.rules.models import Rule, RuleTrial
from palabre.desk.rules.tests.routes import some_rule
from palabre.desk.workspaces.models import User, Workspace

AsUser = Callable[[User], Client]


def test_a_trial_that_stopped_at_the_newest_says_how_many_they_were(
    alpha: Workspace, alice: User, as_user: AsUser
) -> None:
    uid, browser = some_rule(alpha)["uid"], as_user(alice)
    rule = Rule.objects.of(alpha).get(uid=uid)
    made = RuleTrial.objects.add(
        alpha, of=rule, version=rule.version, days=30, looked=20_000, touched=3, whole=False, at_ms=1
    )
    said = browser.get(f"/w/alpha/rules/{uid}").content.decode()
    assert re.search("the newest 20.?000 only: there are more", said)
    RuleTrial.objects.of(alpha).filter(pk=made.pk).update(whole=True)
    assert "there are more" not in browser.get(f"/w/alpha/rules/{uid}").content.decode()
