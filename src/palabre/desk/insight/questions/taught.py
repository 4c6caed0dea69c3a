"""What members corrected, what the workspace's layer learnt from it, and taking it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from palabre.archive.corrections import Correction
from palabre.archive.reading_rows import Reading
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.acts import done, ids_of, listed, to_page, to_stream, who
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.excerpts import excerpts
from palabre.desk.insight.pages import Act, Page, Screen
from palabre.desk.mentions import access, screen
from palabre.desk.mentions.told import CHOICES
from palabre.desk.workspaces.access import Seat, seated
from palabre.insight.teaching import Effect, correct, effects, undo

SHOWN = 200
FEW = 10  # corrected posts; below, nothing is said of what the layer is worth
HEADS = {"tone": ("tone",), "axis": ("axis",), "emotion": ("emotional", "emotion"), "intents": ("intent",)}


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the layer does to corrected posts it had not seen. few: they are too few to say."""

    head: str
    n: int
    before: int
    after: int

    @property
    def few(self) -> bool:
        return self.n < FEW

    @property
    def worth(self) -> str:
        """End of a message key."""
        return "few" if self.few else "better" if self.after > self.before else "worse" if self.after < self.before \
            else "same"  # fmt: skip


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    """Standing corrections, newest first, and what was learnt of each reading."""
    every = asked.word("state") == "all"
    found = archive().corrections.all(seat.workspace.id, limit=SHOWN, undone=every)
    heads, together = excerpts(seat, [one.post_id for one in found]), acts(found)
    layer = archive().corrections.layer(seat.workspace.id)
    return Screen(
        {
            "rows": [(one, heads.get(one.post_id), words(one.name, one.machine, lang), words(one.name, one.said, lang),
                      together.get(one.correction_id, [])) for one in found],
            "every": every,
            "most": SHOWN,
            "layer": layer,
            "learnt": learnt_of(effects(layer)),
        }
    )  # fmt: skip


def acts(found: Sequence[Correction]) -> dict[int, list[int]]:
    """Of the first of several corrections that were one act and still stand: the numbers of all of them."""
    made: dict[tuple[int, str, str, str], list[int]] = defaultdict(list)
    for one in found:
        if not one.undone_ms:
            made[one.at_ms, one.name, one.said, one.who].append(one.correction_id)
    return {ids[0]: ids for ids in made.values() if len(ids) > 1}


def learnt_of(found: Mapping[str, Effect], names: Sequence[str] = ()) -> list[Learnt]:
    """Of every head that was corrected; only of those of some readings, where named: one correction has no effect to
    tell yet."""
    wanted = [head for name in names for head in HEADS[name]] if names else list(found)
    return [told(head, found.get(head, Effect(1, 0, 0))) for head in wanted if head in found or head != "emotion"]


def told(head: str, one: Effect) -> Learnt:
    return Learnt(head, one.n, one.before, one.after)


def words(name: str, said: str, lang: str) -> str:
    """The value of a label in words."""
    if name == "language":
        return said
    kind = "intent" if name == "intents" else name
    return ", ".join(speak(f"mentions.{kind}.{one}", lang) for one in (said.split() or ["none"]))


@require_http_methods(["GET", "HEAD", "POST"])
@seated("agent")
def one_post(request: HttpRequest, seat: Seat, post_id: int) -> HttpResponse:
    """The form of one post; what was changed in it is corrected at once. NotFoundError for another workspace's."""
    row = access.post(seat, post_id)
    made: list[Correction] = []
    if request.method == "POST":
        made = [
            one for name, said in changed(seat, post_id, request.POST) for one in taught(seat, [post_id], name, said)
        ]
        if made:
            done(request, seat, "reading_corrected", str(post_id))
    if request.method == "POST" and not request.headers.get("HX-Request"):
        return redirect(
            reverse("mentions:provenance", kwargs={"workspace_slug": seat.workspace.slug, "post_id": post_id})
        )
    return render(request, f"insight/{part_of(request)}.html", context_of(request, seat, row.post_id, made))


def part_of(request: HttpRequest) -> str:
    if request.method == "POST":
        return "part_taught"
    return "part_correct" if request.headers.get("HX-Request") else "correct"


def context_of(request: HttpRequest, seat: Seat, post_id: int, made: Sequence[Correction]) -> dict[str, Any]:
    """The post as a card, what may be said of it, and what was learnt from what was just said."""
    reading = archive().readings.of(seat.workspace.id, [post_id]).get(post_id)
    found = effects(archive().corrections.layer(seat.workspace.id)) if made else {}
    return {
        "here": screen.here(seat),
        "card": screen.shown(seat, [access.post(seat, post_id)])[0],
        "reading": reading,
        "choices": CHOICES,
        "made": made,
        "asked": request.method == "POST",
        "learnt": learnt_of(found, [one.name for one in made]) if made else [],
        "drawer": bool(request.headers.get("HX-Request")),
    }


def changed(seat: Seat, post_id: int, given: QueryDict) -> list[tuple[str, str]]:
    """(label, value) of what the form says otherwise than the reading; fields that were not sent ask nothing."""
    reading = archive().readings.of(seat.workspace.id, [post_id]).get(post_id)
    said = [(name, given.get(name, "")) for name in ("tone", "axis", "emotion") if name in given]
    if "intents_shown" in given:
        said.append(("intents", " ".join(one for one in CHOICES["intents"] if one in given.getlist("intents"))))
    return [(name, value) for name, value in said if value != present(reading, name)]


def present(reading: Reading | None, name: str) -> str:
    """What a reading says now, as corrections write it."""
    if reading is None:
        return ""
    return " ".join(reading.intents or ()) if name == "intents" else str(getattr(reading, name) or "")


def taught(seat: Seat, post_ids: Sequence[int], name: str, said: str) -> list[Correction]:
    """Raises InputError, NotFoundError."""
    return correct(archive(), seat.workspace.id, post_ids, name, said, who(seat))[0]


@require_POST
@seated("agent")
def many(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One label for all posts that were ticked in the stream. Back to the stream, with what was learnt."""
    ids, back = ids_of(request, "post"), request.POST.get("back", "")
    name, _, said = request.POST.get("label", "").partition(":")
    if name not in CHOICES or (said and said not in CHOICES[name]):
        raise Http404
    if not ids:
        return to_stream(seat, back)
    lang, made = lang_of(request), taught(seat, ids, name, said)
    sentences = [speak("teach.done", lang, n=len(made), said=words(name, said, lang))]
    sentences += [effect_words(one, lang) for one in
                  learnt_of(effects(archive().corrections.layer(seat.workspace.id)), [name])]  # fmt: skip
    done(request, seat, "reading_corrected", listed(ids), " ".join(sentences))
    return to_stream(seat, back)


def effect_words(one: Learnt, lang: str) -> str:
    reading = speak(f"teach.head.{one.head}", lang)
    return speak(f"teach.effect.{one.worth}", lang, n=one.n, before=one.before, after=one.after, reading=reading)


@require_POST
@seated("agent")
def take_back(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The machine's word again; the layer is learnt anew without what is taken back."""
    ids = ids_of(request, "correction")
    n = undo(archive(), seat.workspace.id, ids, who(seat)) if ids else 0
    if n:
        done(request, seat, "correction_undone", listed(ids), speak("teach.undone", lang_of(request), n=n))
    return to_page(seat, "taught")


PAGE = Page(
    "taught",
    "teach.title",
    build,
    rank=40,
    room="trust",
    periods=False,
    routes=(
        Act("taught/many", many, "correct_many"),
        Act("taught/undo", take_back, "correction_undo"),
        Act("taught/<number:post_id>", one_post, "correct"),
    ),
)
