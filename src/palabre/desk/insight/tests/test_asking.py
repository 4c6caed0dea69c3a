"""Needs, topics, the perception gap, rumours and accounts: what members do there, and what hostile words do not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from palabre.archive.needs import NeedFound
from palabre.archive.topics import TopicFound
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.insight.memory import MEMORY
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.workspaces.models import AuditEntry, User, Workspace
from palabre.model import Account, Post, WatchKind

AsUser = Callable[[User], Client]
HOSTILE = '"><script>alert(1)</script>{{ 7|add:7 }}'
WORDS = ("Un siège pour enfant, vite !", "Il manque un siège enfant sur le Cyclo", "A child seat for the Cyclo, please")


@pytest.fixture
def asked(alpha: Workspace) -> list[int]:
    """Three posts of three accounts that ask for the same thing, one of them with a hostile name."""
    MEMORY.forget()
    archive().watches.add(alpha.pk, "Cyclo", "siège OR seat", kind=WatchKind.BRAND)
    now = now_ms()
    return hear(
        alpha,
        *(
            Post(
                uri=f"https://piaf.example/{n}", network="mastodon", published_ms=now - n * 3_600_000, text=text,
                url=f"https://piaf.example/{n}", lang="en" if n == 2 else "fr",
                account=Account(f"https://piaf.example/@a{n}", f"a{n}", HOSTILE if n == 1 else f"Léa {n}"),
            )
            for n, text in enumerate(WORDS)
        ),
    )  # fmt: skip


def page(client: Client, path: str, lang: str = "fr") -> str:
    joint = "&" if "?" in path else "?"
    client.cookies["django_language"] = lang
    answer = client.get(f"/w/alpha/understand/{path}{joint}all=1", headers={"accept-language": lang})
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def a_need(alpha: Workspace, ids: list[int], title: str = "siège enfant") -> int:
    now = now_ms()
    found = NeedFound(title, ("siège", "enfant"), tuple(ids), 3, now - 10_000, now, facts={"examples": ids})
    return archive().needs.keep(alpha.pk, [found])[0]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_needs_show_who_asks_in_both_languages(
    lang: str, alpha: Workspace, alice: User, as_user: AsUser, asked: list[int]
) -> None:
    a_need(alpha, asked)
    shown = page(as_user(alice), "needs", lang)
    assert "siège enfant" in shown
    assert WORDS[0] in shown
    assert WORDS[2] in shown
    assert 'data-figure="voices"' in shown
    assert "register=need" in shown


def test_a_need_is_judged_told_and_renamed(alpha: Workspace, bob: User, as_user: AsUser, asked: list[int]) -> None:
    need_id, client = a_need(alpha, asked), as_user(bob)
    at = f"/w/alpha/understand/needs/{need_id}"
    client.post(f"{at}/status", {"status": "declined"})
    assert archive().needs.get(alpha.pk, need_id).status == "heard", "declined takes a reason"
    client.post(f"{at}/status", {"status": "done"})
    assert archive().needs.get(alpha.pk, need_id).status == "heard", "no step from heard to done"
    client.post(f"{at}/status", {"status": "declined", "why": HOSTILE})
    client.post(f"{at}/told")
    client.post(f"{at}/name", {"title": HOSTILE})
    shown = page(client, f"need?need={need_id}")
    assert "<script>alert" not in shown
    assert shown.count("{{ 7|add:7 }}") >= 2
    assert 'href="https://piaf.example/0"' in shown
    kept = archive().needs.get(alpha.pk, need_id)
    assert (kept.status, kept.told_ms > 0, kept.title) == ("declined", True, HOSTILE)
    noted = list(AuditEntry.objects.of(alpha).order_by("pk").values_list("what", flat=True))
    assert noted[-3:] == ["need_judged", "need_told", "need_renamed"]


def test_another_workspaces_need_is_not_found(
    workspaces: tuple[Workspace, Workspace], alice: User, as_user: AsUser
) -> None:
    theirs = archive().needs.keep(workspaces[1].pk, [NeedFound("x", (), (), 3, 1, 2)])[0]
    assert as_user(alice).get(f"/w/alpha/understand/need?need={theirs}&all=1").status_code == 404


def test_topics_keep_their_name_and_say_when_they_are_gone(
    alpha: Workspace, bob: User, as_user: AsUser, asked: list[int]
) -> None:
    topics = archive().topics
    first = topics.keep(alpha.pk, [TopicFound(("siège", "enfant"), tuple(asked), 1, 2)])[0]
    client = as_user(bob)
    client.post(f"/w/alpha/understand/topics/{first}/name", {"name": HOSTILE})
    shown = page(client, "topics")
    assert "<script>alert" not in shown
    assert "siège" in shown
    topics.keep(alpha.pk, [])
    MEMORY.forget()
    assert "plus personne n’en parle" in page(client, "topics").replace("\u202f", " ")


def test_members_rank_and_the_page_compares(alpha: Workspace, bob: User, as_user: AsUser, asked: list[int]) -> None:
    need_id, client = a_need(alpha, asked), as_user(bob)
    assert "Personne n’a encore dit" in page(client, "perception")
    client.post("/w/alpha/understand/perception/mine", {"wish-1": HOSTILE, "need-3": str(need_id), "need-4": "999"})
    assert [(one.place, one.need_id) for one in archive().beliefs.all(alpha.pk)] == [(1, 0), (2, need_id)]
    shown = page(client, "perception")
    assert "<script>alert" not in shown
    assert "siège enfant" in shown
    assert 'data-figure="agreement"' in shown
    form = client.get("/w/alpha/understand/perception/mine").content.decode()
    assert f'<option value="{need_id}" selected>' in form


def test_a_rumour_file_is_opened_completed_and_concluded(
    alpha: Workspace, bob: User, as_user: AsUser, asked: list[int]
) -> None:
    client, at = as_user(bob), "/w/alpha/understand/rumours"
    client.post(f"{at}/open", {"claim": "x", "query": "(siège"})
    client.post(f"{at}/open", {"claim": "x"})
    assert archive().rumours.all(alpha.pk) == [], "a query that cannot be read, and nothing to find"
    client.post(f"{at}/open", {"claim": HOSTILE, "query": "siège OR seat"})
    file = archive().rumours.all(alpha.pk)[0]
    shown = page(client, f"rumour?file={file.rumour_id}")
    assert "<script>alert" not in shown
    assert 'data-figure="volume"' in shown
    assert WORDS[2] in shown, "who said it first"
    one = f"{at}/{file.rumour_id}"
    client.post(one, {"sources": "javascript:alert(1)"})
    client.post(one, {"reply": "nowhere"})
    assert archive().rumours.get(alpha.pk, file.rumour_id).sources == ()
    client.post(one, {"sources": "https://gazette.example/a", "tag": ["T0023", "nonsense"], "reply": str(asked[0])})
    client.post(f"{one}/outcome", {"status": "closed", "outcome": "false", "why": "Le site l’a démenti"})
    kept = archive().rumours.get(alpha.pk, file.rumour_id)
    assert (kept.tags, kept.reply_id, kept.status, kept.outcome) == (("T0023",), asked[0], "closed", "false")
    shown = page(client, f"rumour?file={file.rumour_id}", "en")
    assert "Distort facts" in shown
    assert "https://gazette.example/a" in shown
    assert HOSTILE not in page(client, "rumours")


def test_actors_and_an_account_say_little_of_few_posts(
    alpha: Workspace, alice: User, as_user: AsUser, asked: list[int]
) -> None:
    client = as_user(alice)
    shown = page(client, "actors")
    assert "Pas de communautés nettes" in shown
    person = page(client, "account?who=https://piaf.example/@a1")
    assert "<script>alert" not in person
    assert "aucun rôle n’est dit" in person
    graph = client.get("/w/alpha/understand/actors/graph.gexf")
    assert graph.content.startswith(b"<?xml")
    assert page(client, "account?who=https://nowhere.example/@x")


def test_the_period_of_a_page_keeps_its_own_words(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    shown = page(as_user(alice), "account?who=https://piaf.example/@a1&days=7")
    assert "days=30&amp;all=1&amp;who=https%3A%2F%2Fpiaf.example%2F%40a1" in shown
    assert '<input type="hidden" name="who" value="https://piaf.example/@a1">' in shown
