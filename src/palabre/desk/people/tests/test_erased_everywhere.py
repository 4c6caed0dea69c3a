"""Somebody who is written of in every table of the desk is erased: no table names them any more.

The rows are made from the models themselves, so that a table that is added tomorrow is filled and searched too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import zstandard
from django.apps import apps
from django.db import connection, models

from palabre.desk.inbox.models import Case, CaseEvent, CaseNote, CasePost
from palabre.desk.people import erasing, sweeping
from palabre.desk.people.models import Fact, Handle, Note, Person
from palabre.desk.promises.models import Promise, PromiseEvent
from palabre.desk.replies.models import Reply
from palabre.desk.reports.models import Alert, Copy, Firing
from palabre.desk.workspaces.models import AuditEntry, Owned, User, Workspace

HANDLE, URI, NAME = "zoé.lefevre@m.example", "https://m.example/users/zoelefevre", "Zoé Lefèvre-Martin"
MAIL, WORDS, PROMISED = "zoe@chez-elle.example", "mon vélo grince depuis mardi", "nous vous rappelons vendredi, Zoé"
NAMED = f"voir {HANDLE} ({MAIL}, {NAME}), {URI}/statuses/7"
SHAPES: dict[str, Any] = {
    "ambassadors.invite.answer": "yes",
    "ambassadors.consent.answer": "yes",
    "outreach.contact.reasons": [["need", 1, HANDLE, 5, "asked"]],
    "outreach.round.left_out": [["0", HANDLE, []]],
    "objectives.outcome.post_ids": [5],
    "reports.firing.evidence": {"query": HANDLE, "watch_ids": [], "post_ids": [5]},
    "hooks.event.data": {"case": "x", "url": f"{URI}/8", "posts": [5]},
}
POST = 700


def made(model: type[models.Model], workspace: Workspace, n: int = 0) -> models.Model:
    """A row of a table with what names them in every column that can hold it, and what it needs around it."""
    values: dict[str, Any] = {}
    for one in model._meta.concrete_fields:
        if one.name == "workspace":
            values["workspace"] = workspace
        elif isinstance(one, models.ForeignKey):
            if not one.null:
                values[one.name] = around(one.related_model, workspace, n)
        elif not one.primary_key:
            values |= filled(model, one, n)
    row = model(**values)
    row.save(force_insert=True)
    return row


def filled(model: type[models.Model], one: models.Field[Any, Any], n: int) -> dict[str, Any]:
    shape = SHAPES.get(f"{model._meta.label_lower}.{one.name}")
    if shape is not None:
        return {one.name: shape}
    if one.name in sweeping.texts_of(model):
        if isinstance(one, models.JSONField):
            return {one.name: [HANDLE] if one.default is list else {"said": NAMED, "in": [HANDLE]}}
        room = one.max_length or 1_000
        return {one.name: NAMED if room >= len(NAMED) else MAIL} if room >= len(MAIL) and not one.choices else {}
    if one.has_default() or one.null:
        return {}
    if isinstance(one, models.DateField):
        return {one.name: "2026-03-01"}
    return {one.name: b"" if isinstance(one, models.BinaryField) else f"{n}" if "Char" in type(one).__name__ else n + 1}


def around(model: Any, workspace: Workspace, n: int) -> models.Model:
    if model is User:
        return User.objects.create_user(f"m{User.objects.count()}@house.example", "a fine long sentence")
    if model is Person:
        return Person.objects.add(workspace, name="Somebody Else", made_ms=1, changed_ms=1)
    found = model._base_manager.filter(workspace=workspace).first()
    return found if found is not None else made(model, workspace, n)


def rows() -> Iterator[tuple[str, str]]:
    """(table, row as text) of the whole database, JSON with its letters and packed reports open."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # names of our own tables
            for row in cursor.fetchall():
                yield table, " ".join(map(as_text, row))


def as_text(value: object) -> str:
    if isinstance(value, bytes):
        try:
            return zstandard.ZstdDecompressor().decompress(value, max_output_size=1_000_000).decode()
        except zstandard.ZstdError:
            return value.decode("utf-8", "replace")
    text = str(value)
    try:
        return f"{text} {json.loads(text)}"
    except ValueError:
        return text


def told_by(*needles: str) -> list[tuple[str, str]]:
    return [(table, needle) for table, text in rows() for needle in needles if needle.lower() in text.lower()]


@pytest.fixture
def zoe(alpha: Workspace) -> Person:
    """With an account, an address, a case, a promise, a note, what alerts and reports and the journal repeated."""
    found = Person.objects.add(alpha, name=NAME, search=NAME, made_ms=1, changed_ms=1)
    Handle.objects.add(alpha, person=found, network="mastodon", uri=URI, handle=HANDLE, name=NAME, linked_ms=1)
    Handle.objects.add(alpha, person=found, network="mail", uri=f"mailto:{MAIL}", handle=MAIL, linked_ms=1)
    Fact.objects.add(alpha, person=found, name="email", value=MAIL, source="said", purpose="answer", basis="consent",
                     since_ms=1)  # fmt: skip
    Note.objects.add(alpha, person=found, text=f"elle dit : {WORDS}", at_ms=1)
    case = Case.objects.add(alpha, title=WORDS, person=found, thread=f"{URI}/1", opened_ms=1, changed_ms=1)
    CasePost.objects.add(alpha, case=case, post_id=POST, uri=f"{URI}/1", at_ms=1)
    CaseEvent.objects.add(alpha, case=case, kind="opened", at_ms=1, data={"post_id": POST, "url": f"{URI}/1"})
    CaseNote.objects.add(alpha, case=case, text=f"{WORDS} !", made_ms=1)
    Reply.objects.add(alpha, case=case, text=f"Bonjour {NAME}, {WORDS}…", read_text=WORDS, made_ms=1, changed_ms=1)
    promise = Promise.objects.add(alpha, words=PROMISED, case=case, made_ms=1)
    PromiseEvent.objects.add(alpha, promise=promise, kind="made", at_ms=1, note=PROMISED)
    alert = Alert.objects.add(alpha, name="Late", kind="promise", live_ms=1, made_ms=1)
    said = {"workspace": alpha, "alert": alert, "title": "t", "at_ms": 1, "seen_ms": 1, "state": "told"}
    Firing(key="promise:1", params={"words": PROMISED}, **said).save()
    Firing(key="sla:1", params={"title": WORDS}, why=[["word", "grince", 3]], evidence={"post_ids": [POST, 5]},
           **said).save()  # fmt: skip
    parts = [{"kind": "table", "rows": [[{"words": PROMISED}, {"words": f"de {HANDLE}"}]]}]
    Copy.objects.add(alpha, title="March", since_ms=0, until_ms=1, tlp="TLP:AMBER", lang="fr", made_ms=1,
                     body=zstandard.compress(orjson.dumps({"parts": parts})))  # fmt: skip
    AuditEntry.objects.add(alpha, at_ms=1, what="reply_sent_off", about=WORDS)
    AuditEntry.objects.add(alpha, at_ms=1, what="promise_made", about=PROMISED[:80])
    AuditEntry.objects.add(alpha, at_ms=1, what="recognised", about=NAME)
    return found


def test_nobody_is_left_in_any_table(alpha: Workspace, zoe: Person) -> None:
    planted = []
    for n, model in enumerate(one for one in apps.get_models() if issubclass(one, Owned)):
        if model not in sweeping.BOOKS and sweeping.texts_of(model):
            if not model._base_manager.filter(workspace=alpha).exists() or model._meta.label_lower in sweeping.SAYING:
                made(model, alpha, n)
            planted.append(model._meta.db_table)
    holding = {table for table, _ in told_by(HANDLE, MAIL, URI)}
    assert len(planted) > 40
    assert len(holding & set(planted)) > 30  # the others have no room for a name
    erasing.forget(alpha, [zoe.pk], [POST], [("mastodon", URI), ("mail", f"mailto:{MAIL}")])
    assert told_by(HANDLE, MAIL, URI, NAME, WORDS, PROMISED, "grince") == []


def test_who_has_a_name_that_only_begins_alike_stays(alpha: Workspace, zoe: Person) -> None:
    other = Person.objects.add(alpha, name="Zoé Lefèvre", made_ms=1, changed_ms=1)
    case = Case.objects.add(alpha, title="Bonjour", person=other, opened_ms=1, changed_ms=1)
    note = CaseNote.objects.add(alpha, case=case, text=f"{URI}2 zoé.lefevre@m.example-shop et Zoé", made_ms=1)
    Case.objects.of(alpha).filter(person=zoe).update(title="Bonjour")
    erasing.forget(alpha, [zoe.pk], [POST], [("mastodon", URI)])
    case.refresh_from_db()
    note.refresh_from_db()
    assert (case.title, case.person, note.text) == ("Bonjour", other, f"{URI}2 zoé.lefevre@m.example-shop et Zoé")


def test_cut_off_before_the_end_it_is_done_by_a_second_call(
    alpha: Workspace, zoe: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    CaseNote.objects.add(alpha, case=made(Case, alpha), text=NAMED, made_ms=1)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(erasing, "forget_rows", dies)
        with pytest.raises(KeyboardInterrupt):
            erasing.forget(alpha, [zoe.pk], [POST], [])
    assert erasing.authors(zoe) == [("mastodon", URI), ("mail", f"mailto:{MAIL}")]
    erasing.forget(alpha, [zoe.pk], [POST], [])
    assert told_by(HANDLE, MAIL, URI, NAME, WORDS, PROMISED) == []
