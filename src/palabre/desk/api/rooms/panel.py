"""Watches beyond their query: tests, versions, named lists, judgements, queries of other tools."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.listening import watch
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import When, listed, ms
from palabre.desk.api.screens import deed
from palabre.desk.api.shapes import Closed, Id, QueryText
from palabre.desk.design.language import lang_of
from palabre.desk.panel import access, forms, queries


class WatchTestOut(Schema):
    id: int = Field(alias="test_id")
    text: str
    must_match: bool


class WatchVersionOut(Schema):
    version: int
    name: str
    query: str
    who: str
    why: str
    at: When = ms("at")


class WordListOut(Schema):
    name: str
    query: str


class ConvertIn(Closed):
    dialect: Literal["brandwatch", "talkwalker", "meltwater"]
    text: QueryText


class QueryRemarkOut(Schema):
    """words: what could not be carried over, in a sentence; place: which part of the text."""

    severity: str
    code: str
    words: str
    place: str


class ConvertedOut(Schema):
    text: str
    remarks: list[QueryRemarkOut]


@operation("GET", "/watches/{number:watch_id}/tests", listed(WatchTestOut))
def watch_tests(request: HttpRequest, workspace_slug: str, watch_id: Id) -> Any:
    return {"items": access.tests(seat_of(request), watch_id)}


@operation("GET", "/watches/{number:watch_id}/versions", listed(WatchVersionOut))
def watch_versions(request: HttpRequest, workspace_slug: str, watch_id: Id) -> Any:
    return {"items": access.versions(seat_of(request), watch_id)}


@operation("GET", "/word-lists", listed(WordListOut))
def word_lists(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": [{"name": name, "query": query} for name, query in access.lists(seat_of(request)).items()]}


@operation("POST", "/watches/convert", ConvertedOut)
def convert_query(request: HttpRequest, workspace_slug: str, body: ConvertIn) -> Any:
    """A query of another tool in our language."""
    seat_of(request, "agent")
    return queries.converted(body.dialect, body.text, lang_of(request))


WATCH = "/watches/{number:watch_id}"
JUDGE = body("WatchJudge", query=(QueryText, ...), post_id=(Id, ...), wanted=(Literal["yes", "no"], ...))
deed("POST", f"{WATCH}/tests", "panel:add_test", "add_watch_test", body("WatchTestIn", forms.TestForm),
     then=watch_tests, status=201)  # fmt: skip
deed("DELETE", f"{WATCH}/tests/{{number:test_id}}", "panel:remove_test", "remove_watch_test")
deed("POST", f"{WATCH}/restore", "panel:restore", "restore_watch", body("WatchRestore", version=(Id, ...)), then=watch)
deed("POST", "/watches/judge", "panel:judge", "judge_sample", JUDGE)
deed("POST", "/word-lists", "panel:lists", "keep_word_list", body("WordListIn", forms.ListForm), then=word_lists)
deed("POST", "/word-lists/remove", "panel:remove_list", "remove_word_list",
     body("WordListRemove", name=(str, ...)), then=word_lists)  # fmt: skip
