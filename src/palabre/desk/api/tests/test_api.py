"""The API: who gets in, what leaves, what is refused and how it is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from pydantic import BaseModel

from palabre.desk.api import auth
from palabre.desk.api.bucket import Buckets
from palabre.desk.api.reference import entries
from palabre.desk.api.tests.routes import ids
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.mentions.models import SavedView
from palabre.desk.mentions.tests.posts import forget, hear
from palabre.desk.workspaces import tokens
from palabre.desk.workspaces.models import ApiToken, AuditEntry, User, Workspace
from palabre.desk.workspaces.tests.matrix import sit
from palabre.model import Account, Post

BASE = "/api/v1/workspaces/alpha"
ANA = Account("https://social.example/users/ana", "ana", "Ana Lyse")
Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def rested() -> Iterator[None]:
    """Every test begins with full buckets."""
    auth.buckets.cache_clear()
    yield
    if hasattr(auth.buckets, "cache_clear"):
        auth.buckets.cache_clear()


def key(user: User, workspace: Workspace, scopes: str = "read write", expires_ms: int = 0) -> str:
    fresh = tokens.fresh()
    ApiToken.objects.add(
        workspace, user=user, name="t", token_hash=tokens.hashed(fresh), scopes=scopes, made_ms=1, expires_ms=expires_ms
    )
    return fresh


def asker(token: str, lang: str = "en") -> Ask:
    """Calls with that token; the answer as (status, JSON)."""
    browser = Client(headers={"authorization": f"Bearer {token}", "accept-language": lang})

    def ask(path: str, method: str = "get", body: Any = None, **query: Any) -> tuple[int, Any]:
        extra: dict[str, Any] = {"query_params": query}
        if body is not None:
            extra |= {"data": json.dumps(body), "content_type": "application/json"}
        answer = getattr(browser, method)(path if path.startswith("/") else f"{BASE}/{path}", **extra)
        return answer.status_code, answer.json() if answer.content else None

    return ask


@pytest.fixture
def ask(alice: User, alpha: Workspace) -> Iterator[Ask]:
    """Alice's program."""
    yield asker(key(alice, alpha))
    forget(alpha)


def test_no_token_a_wrong_one_and_a_foreign_one_are_the_same(alice: User, workspaces: Any, bob: User) -> None:
    alpha, beta = workspaces
    outsider = sit(beta, "owner")
    gone = sit(alpha, "owner", "gone")
    left = key(gone, alpha)
    gone.membership_set(manager="doors").all().delete()
    tried = ["never-given", key(outsider, beta), key(alice, alpha, "write"), key(alice, alpha, "read", 1), left]
    answers = [asker(token)("posts") for token in tried] + [asker("")("posts")]
    assert {status for status, _ in answers} == {401}
    assert len({json.dumps(body) for _, body in answers}) == 1
    assert answers[0][1]["key"] == "api.unauthorised"


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_every_operation_is_closed_to_tokens_of_another_workspace(entry: Any, workspaces: Any) -> None:
    beta = workspaces[1]
    token = key(sit(beta, "owner"), beta)
    path = entry.path
    for name, value in ids(entry.path, "alpha").items():
        path = path.replace(f"{{{name}}}", str(value))
    status, body = asker(token)(path, entry.method.lower(), {} if entry.fields else None)
    assert (status, body["key"]) == (401, "api.unauthorised")


def test_posts_are_searched_page_by_page_with_their_reasons(ask: Ask, alpha: Workspace) -> None:
    hear(alpha, *(Post(f"https://one.example/p{n}", "web", text=f"la pluie {n}", account=ANA) for n in range(5)))
    status, first = ask("posts", q="pluie", limit=3)
    assert status == 200
    assert len(first["items"]) == 3
    assert first["items"][0]["spans"] == [{"start": 3, "end": 8, "where": "text"}]
    _, second = ask("posts", q="pluie", limit=200, before=first["before"])
    found = [one["id"] for one in [*first["items"], *second["items"]]]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found) >= 5
    assert second["before"] is None


def test_authors_are_under_pseudonyms_unless_a_manager_says_why(ask: Ask, alpha: Workspace, bob: User) -> None:
    post_id = hear(alpha, Post("https://one.example/@ana/named", "web", text="la neige de @bob", account=ANA))[0]
    _, masked = ask(f"posts/{post_id}")
    assert "ana" not in json.dumps(masked)
    assert "bob" not in json.dumps(masked)
    _, named = ask(f"posts/{post_id}", reason="answer to a complaint")
    assert (named["author"], named["author_name"]) == ("ana", "Ana Lyse")
    assert AuditEntry.objects.of(alpha).filter(what="api_named", about="answer to a complaint").count() == 1
    assert ask(f"posts/{post_id}", reason="short")[1]["key"] == "exports.reason_needed"
    assert asker(key(bob, alpha))(f"posts/{post_id}", reason="answer to a complaint")[0] == 404


def test_spans_are_of_the_text_as_it_is_shown(ask: Ask, alpha: Workspace) -> None:
    hear(alpha, Post("https://one.example/spans", "web", text="@quelqu.un dit verglas", account=ANA))
    one = ask("posts", q="verglas")[1]["items"][0]
    span = one["spans"][0]
    assert one["text"][span["start"] : span["end"]] == "verglas"


def test_a_query_that_cannot_be_read_says_where_in_the_language_asked_for(
    ask: Ask, alice: User, alpha: Workspace
) -> None:
    status, body = ask("posts", q="pluie AND (")
    assert status == 400
    assert {"key", "message", "start", "end", "suggestion"} == set(body)
    french = asker(key(alice, alpha), "fr")("posts", q="pluie AND (")[1]
    assert french["key"] == body["key"]
    assert french["message"] != body["message"]


def test_watches_live_their_life(ask: Ask, alpha: Workspace) -> None:
    status, made = ask("watches", "post", {"name": "Pluie", "query": "pluie", "kind": "theme"})
    assert (status, made["kind"], made["version"]) == (201, "theme", 1)
    path = f"watches/{made['id']}"
    assert ask(path, "patch", {"query": "pluie OR neige", "why": "winter"})[1]["version"] == 2
    assert ask(path, "patch", {"state": "paused"})[1]["state"] == "paused"
    assert ask(path)[1]["query"] == "pluie OR neige"
    assert [one["id"] for one in ask("watches")[1]["items"]] == [made["id"]]
    assert ask(path, "patch", {"query": "("})[0] == 400
    assert ask(path, "patch", {"owner": 1})[0] == 422
    assert ask(path, "delete") == (204, None)
    assert ask(path)[0] == 404


def test_a_reader_s_token_changes_nothing(alpha: Workspace) -> None:
    reader = asker(key(sit(alpha, "reader"), alpha))
    assert reader("watches", "post", {"name": "X", "query": "pluie"})[0] == 404
    assert reader("quarantine")[0] == 404
    assert archive().watches.all(alpha.id) == []
    only_read = asker(key(sit(alpha, "agent", "r2"), alpha, "read"))
    assert only_read("watches", "post", {"name": "X", "query": "pluie"})[0] == 401


def test_a_query_is_remarked_on_and_tried(ask: Ask, alpha: Workspace) -> None:
    now = now_ms()
    hear(alpha, Post("https://one.example/try", "web", text="du givre", published_ms=now - 1000))
    status, found = ask("watches/lint", "post", {"query": "givre or gel"})
    assert status == 200
    assert found["items"]
    assert {"code", "severity", "message", "start", "end", "suggestion"} == set(found["items"][0])
    assert found["cost"] in {"light", "fair", "heavy"}
    _, tried = ask("watches/preview", "post", {"query": "givre"})
    assert tried["n"] == 1
    assert tried["sample"][0]["text"] == "du givre"
    _, volume = ask("volume", q="givre")
    assert (volume["total"], volume["step"]) == (1, "day")


def test_sources_tell_their_health_and_neither_settings_nor_secrets(ask: Ask, alpha: Workspace) -> None:
    kept = archive().sources.add(
        alpha.id, "x", "X", {"list": "user", "value": "hidden-value"}, secrets={"token": "hidden-token"}
    )
    status, found = ask("sources")
    assert status == 200
    one = next(one for one in found["items"] if one["id"] == kept.source_id)
    assert one["state"] in {"ok", "late"}
    assert ask(f"sources/{kept.source_id}")[1]["name"] == "X"
    assert "hidden" not in json.dumps(found)
    archive().sources.remove(kept.source_id, alpha.id)


def test_saved_views_are_read(ask: Ask, alice: User, alpha: Workspace) -> None:
    hear(alpha, Post("https://one.example/view", "web", text="la grêle"))
    view = SavedView.objects.add(
        alpha, name="Grêle", asks="q=gr%C3%AAle&scope=all", shared=False, user=alice, made_ms=1, changed_ms=1
    )
    assert [one["name"] for one in ask("views")[1]["items"]] == ["Grêle"]
    assert ask(f"views/{view.uid}")[1]["id"] == view.uid
    assert ask(f"views/{view.uid}/posts")[1]["items"][0]["text"] == "la grêle"
    stranger = asker(key(sit(alpha, "owner", "other"), alpha))
    assert stranger(f"views/{view.uid}")[0] == 404


@pytest.mark.parametrize(
    "query",
    [{"limit": 0}, {"limit": 201}, {"before": 0}, {"before": 2**63}, {"watch": "x"}, {"network": "x" * 201}],
)
def test_values_out_of_bounds_are_refused(ask: Ask, query: dict[str, Any]) -> None:
    status, body = ask("posts", **query)
    assert (status, body["key"]) == (422, "api.invalid")


def test_a_date_that_is_none_is_refused(ask: Ask) -> None:
    assert ask("posts", since="yesterweek")[1]["key"] == "search.bad_date"


def test_a_body_that_is_no_json_is_refused(alice: User, alpha: Workspace) -> None:
    browser = Client(headers={"authorization": f"Bearer {key(alice, alpha)}"})
    answer = browser.post(f"{BASE}/watches", data=b"{", content_type="application/json")
    assert answer.status_code == 400
    assert set(answer.json()) == {"key", "message"}


def test_too_many_calls_are_told_when_to_come_back(
    alice: User, alpha: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Buckets(2, 60)
    monkeypatch.setattr(auth, "buckets", lambda: few)
    token = key(alice, alpha)
    browser = Client(headers={"authorization": f"Bearer {token}"})
    answers = [browser.get(f"{BASE}/watches") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2]["Retry-After"] == "1"
    assert answers[2].json()["key"] == "api.throttled"
    assert asker(key(alice, alpha))("watches")[0] == 200  # another key has its own bucket


def test_nothing_is_kept_on_the_way(alice: User, alpha: Workspace) -> None:
    answer = Client(headers={"authorization": f"Bearer {key(alice, alpha)}"}).get(f"{BASE}/posts")
    assert answer["Cache-Control"] == "private, no-store"


def test_a_bucket_fills_again_with_time() -> None:
    kept = Buckets(3, 60)
    assert [kept.take("a", 0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert kept.take("a", 0) == 1.0
    assert kept.take("a", 999) == pytest.approx(0.001)
    assert kept.take("a", 1000) == 0.0
    assert [kept.take("a", 10**9) for _ in range(4)][-1] > 0  # never more than its size
    assert kept.take("a", 5) > 0  # a clock that goes back gives nothing away


def test_the_description_is_openapi_3_1_and_the_reference_names_every_operation(client: Client, db: None) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    page = client.get("/api/v1/docs").content.decode()
    for entry in entries():
        assert entry.path in page
        assert f"api.op.{entry.name}" not in page


def shapes(of: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    """Every shape that the API has."""
    for shape in of.__subclasses__():
        yield from shapes(shape)
        if shape.__module__.startswith("palabre.desk.api"):
            yield shape


def test_no_two_shapes_of_the_description_share_a_name(client: Client, db: None) -> None:
    client.get("/api/v1/openapi.json")
    fields: dict[str, set[str]] = {}
    for shape in shapes():
        fields.setdefault(shape.__name__, set()).add(str(shape.model_fields))
    assert {name: said for name, said in fields.items() if len(said) > 1} == {}
