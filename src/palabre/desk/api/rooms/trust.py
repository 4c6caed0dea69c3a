"""Noise, audits of a random sample, corrections of readings, marks on sources."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from palabre.archive.marks import KINDS, MARKS
from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import When, listed, ms
from palabre.desk.api.screens import Values, deed
from palabre.desk.api.shapes import Closed, Id, Limit, Word
from palabre.desk.engine import archive
from palabre.desk.insight.asked import PERIODS
from palabre.desk.insight.questions.audits import SIZES, UNSURE
from palabre.desk.mentions.told import CHOICES
from palabre.insight.audits import LABELS

Posts = Annotated[list[Id], Field(min_length=1, max_length=500)]
SAID = tuple(dict.fromkeys([*(one for group in LABELS.values() for one in group), UNSURE]))


class ReasonOut(Schema):
    name: str
    weight: float
    detail: str


class FoldOut(Schema):
    """A post that was folded away, and why."""

    post: int = Field(alias="post_id")
    weight: float
    reasons: list[ReasonOut]
    at: When = ms("at")
    restored: When = ms("restored")


class AuditOut(Schema):
    """What is asked of a random sample. population: of how many posts it was drawn; left: to be answered yet."""

    id: int = Field(alias="sample_id")
    name: str
    population: int
    who: str
    at: When = ms("at")
    posts: list[int]
    answered: int
    left: list[int]

    @staticmethod
    def resolve_posts(obj: Any) -> list[int]:
        return [one.post_id for one in obj.labels]

    @staticmethod
    def resolve_answered(obj: Any) -> int:
        return len(obj.answered)

    @staticmethod
    def resolve_left(obj: Any) -> list[int]:
        return [one.post_id for one in obj.labels if not one.said]


class CorrectionOut(Schema):
    """machine: what it had read; said: what it is."""

    id: int = Field(alias="correction_id")
    post: int = Field(alias="post_id")
    name: str
    machine: str
    said: str
    who: str
    at: When = ms("at")


class MarkOut(Schema):
    kind: str
    name: str
    mark: str
    who: str
    why: str


class CorrectIn(Closed):
    """Of one post; what is not said stays. intents: all that it has."""

    tone: Literal[("", *CHOICES["tone"])] | None = None  # type: ignore[valid-type]
    axis: Literal[("", *CHOICES["axis"])] | None = None  # type: ignore[valid-type]
    emotion: Literal[("", *CHOICES["emotion"])] | None = None  # type: ignore[valid-type]
    intents: list[Literal[tuple(CHOICES["intents"])]] | None = None  # type: ignore[valid-type]


@operation("GET", "/folds", listed(FoldOut))
def folds(request: HttpRequest, workspace_slug: str, before: Id | None = None, limit: Limit = 50) -> Any:
    """Folded posts, newest first; before: the post of the last one of the page before."""
    return {"items": archive().folds.all(seat_of(request).workspace.id, before=before or 0, limit=limit)}


@operation("GET", "/audits", listed(AuditOut))
def audits(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": archive().samples.all(seat_of(request).workspace.id)}


@operation("GET", "/audits/{number:sample_id}", AuditOut)
def audit(request: HttpRequest, workspace_slug: str, sample_id: Id) -> Any:
    return archive().samples.get(seat_of(request).workspace.id, sample_id)


@operation("GET", "/corrections", listed(CorrectionOut))
def corrections(request: HttpRequest, workspace_slug: str, limit: Limit = 50) -> Any:
    return {"items": archive().corrections.all(seat_of(request).workspace.id, limit=limit)}


@operation("GET", "/source-marks", listed(MarkOut))
def source_marks(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": archive().marks.all(seat_of(request).workspace.id)}


def intents(values: Values, said: Values) -> None:
    """Saying the intents is saying all of them."""
    values.update(said)
    if "intents" in said:
        values["intents_shown"] = "1"
    values.update({name: "" for name in ("tone", "axis", "emotion") if said.get(name) == ""})


def labelled(values: Values, said: Values) -> None:
    values.update(post=said["posts"], label=f"{said['name']}:{said.get('said', '')}")


AUDIT = "/audits/{number:sample_id}"
deed("POST", "/folds", "insight:noise_fold", "fold_posts", body("FoldIn", post=(Posts, ...)), then=folds)
deed("POST", "/folds/restore", "insight:noise_restore", "restore_posts", body("FoldRestore", post=(Posts, ...)),
     then=folds)  # fmt: skip
deed("POST", "/folds/rule", "insight:noise_rule", "set_noise_rule",
     body("NoiseRuleIn", threshold=(float | None, None), spam=(float | None, None), promotion=(float | None, None),
          duplicate=(float | None, None), off_topic=(float | None, None), homonym=(float | None, None),
          meant=(Word, ""), other=(Word, ""), usual=(Literal[True] | None, None)))  # fmt: skip
deed("POST", "/folds/weekly", "insight:noise_weekly", "weekly_look", then=audit, status=201)
deed("POST", "/audits", "insight:audit_draw", "draw_audit",
     body("AuditIn", name=(Literal[tuple(LABELS)], ...), n=(Literal[SIZES], 30), days=(Literal[PERIODS], 30),
          watch=(Id | None, None)), then=audit, status=201)  # fmt: skip
deed("POST", f"{AUDIT}/answers", "insight:audit_answer", "answer_audit",
     body("AuditAnswer", post=(Id, ...), label=(Literal[SAID], ...)), then=audit)  # fmt: skip
deed("DELETE", AUDIT, "insight:audit_remove", "remove_audit")
deed("POST", "/posts/{number:post_id}/reading", "insight:correct", "correct_reading", CorrectIn, then=corrections,
     fill=intents)  # fmt: skip
deed("POST", "/corrections", "insight:correct_many", "correct_many",
     body("CorrectMany", posts=(Posts, ...), name=(Literal[tuple(CHOICES)], ...), said=(Word, "")), then=corrections,
     fill=labelled)  # fmt: skip
deed("POST", "/corrections/undo", "insight:correction_undo", "undo_corrections",
     body("CorrectionUndo", correction=(Posts, ...)), then=corrections)  # fmt: skip
deed("POST", "/source-marks", "insight:source_mark", "mark_source",
     body("MarkIn", kind=(Literal[KINDS], ...), name=(Annotated[str, Field(min_length=1, max_length=500)], ...),
          mark=(Literal[("", *MARKS)], ...), why=(Annotated[str, Field(max_length=500)], "")),
     then=source_marks)  # fmt: skip
