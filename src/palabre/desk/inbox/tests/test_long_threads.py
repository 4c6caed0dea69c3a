"""Threads of thousands of comments: nothing doubled, nothing lost, and nobody else kept waiting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox import access, intake
from palabre.desk.inbox.models import Case, CaseEvent, CaseIntake, CasePost
from palabre.desk.mentions.tests.posts import forget, hear
from palabre.desk.outbox.models import Channel
from palabre.desk.workspaces.models import Workspace
from palabre.model import Account, Post

N = 5_000
ROOT = "https://m.example/root"
ZOE = Account("https://m.example/u/zoe", "zoe@m.example", "Zoé")


@pytest.fixture(autouse=True)
def clean(alpha: Workspace) -> Iterator[None]:
    forget(alpha)
    yield
    forget(alpha)


def comment(n: int, at: int) -> Post:
    who = Account(f"https://m.example/u/{n % 700}", f"u{n % 700}@m.example", f"U {n % 700}")
    return Post(f"https://m.example/c{n}", "mastodon", text=f"comment {n}", account=who, published_ms=at + n,
                parent=ROOT, root=ROOT)  # fmt: skip


@pytest.fixture
def source_id(alpha: Workspace) -> int:
    made = archive().sources.add(alpha.id, "mastodon", "Our server", {}, keep="all", rhythm_seconds=600)
    Channel.objects.add(
        alpha, source_id=made.source_id, connector="mastodon", name="Our server", account="@asso@social.example",
        made_ms=1,
    )  # fmt: skip
    return made.source_id


def test_comments_heard_before_the_post_they_answer_come_in_with_it_in_a_few_statements(
    alpha: Workspace, source_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, real, statements = now_ms() - 3_600_000, access.joined_at_once, []

    def counted(*given: Any) -> int:
        with CaptureQueriesContext(connection) as seen:
            n = real(*given)
        statements.append(len(seen))
        return n

    monkeypatch.setattr(access, "joined_at_once", counted)
    hear(alpha, *[comment(n, at) for n in range(N)], source_id=source_id)
    root = Post(ROOT, "mastodon", text="@asso panne", account=ZOE, published_ms=at - 1, mentions=("asso",))
    hear(alpha, root, source_id=source_id)
    assert intake.fill(alpha) == 1
    case = Case.objects.of(alpha).get()
    assert (CasePost.objects.of(alpha).filter(case=case).count(), case.waiting_since_ms) == (N + 1, root.published_ms)
    assert CaseEvent.objects.of(alpha).filter(case=case, kind="customer").count() == N
    assert len(statements) == 1
    assert statements[0] < 150  # the others who write wait for a moment, not for five thousand saves
    CaseIntake.objects.of(alpha).update(after_direct=-1, channels="")
    assert intake.fill(alpha) == 0
    assert CaseEvent.objects.of(alpha).count() == CasePost.objects.of(alpha).count() == N + 1
