"""The advice on a reply, with what the house knows: who asked, in which language, what we said before, our words."""

from __future__ import annotations

from dataclasses import dataclass

from palabre.archive import PostRow
from palabre.desk.clock import now_ms
from palabre.desk.outbox import access as outbox
from palabre.desk.promises import access as promises
from palabre.desk.promises.access import Proposal
from palabre.desk.replies import access
from palabre.desk.replies.models import Reply
from palabre.desk.today import access as today
from palabre.desk.workspaces.access import Seat
from palabre.engage.advice import Asked, Draft, Earlier, HouseWord, Remark, advise, nearest

EARLIER_READ = 400  # of our last replies
GUESS_CHARS_MIN = 20
LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Advice:
    """remarks: gravest first; promises: found in the text; earlier: the nearest of our earlier replies."""

    remarks: tuple[Remark, ...] = ()
    promises: tuple[Proposal, ...] = ()
    earlier: tuple[Earlier, ...] = ()


def language(text: str, otherwise: str) -> str:
    """fr or en, guessed; of a text too short to tell, the language it was asked in."""
    asked = otherwise if otherwise in LANGUAGES else ""
    if asked and len(text.strip()) < GUESS_CHARS_MIN:
        return asked
    return promises.spoken_in(text) if text.strip() else asked


def spoken(row: PostRow) -> str:
    """The language of a post. Many write French under the name of English, whatever their application was set to: of
    these two, the words decide."""
    declared = row.post.lang
    return language(row.post.text, declared) if declared in LANGUAGES else declared


def advice(seat: Seat, reply: Reply, row: PostRow | None, say_in: str) -> Advice:
    """What there is to say of a reply; nothing of an empty one."""
    if not reply.text.strip():
        return Advice()
    person = reply.case.person
    asked_in = (person.lang if person else "") or (spoken(row) if row else "")
    draft = Draft(reply.text, reply.lang or language(reply.text, asked_in))
    earlier = before(seat, reply)
    asked = Asked(
        text=row.post.text if row else "",
        lang=asked_in,
        addressed=person.addressed if person else "",
        public=not (reply.private or reply.case.private),
        words=[HouseWord(one.word, one.say, one.lang) for one in access.words(seat)],
        earlier=earlier,
    )
    return Advice(tuple(advise(draft, asked)), tuple(found(seat, reply, say_in)), tuple(nearest(draft, earlier)))


def found(seat: Seat, reply: Reply, say_in: str) -> list[Proposal]:
    """The promises it would make if it left when it is due."""
    when = max(reply.due_ms, now_ms())
    return promises.proposed(
        reply.text, reply.lang, when, today.zone_of(seat), today.country_of(seat) or None, say_in=say_in
    )


def before(seat: Seat, reply: Reply) -> list[Earlier]:
    """What we said before and is still there, the newest first."""
    sent = outbox.sendings(seat).filter(kind="reply", state="sent").exclude(about=reply.uid).order_by("-sent_ms")
    return [Earlier(one.about, str(one.message.get("text", "")), one.sent_ms) for one in sent[:EARLIER_READ]]
