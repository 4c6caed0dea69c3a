"""The only doors to replies."""

from __future__ import annotations

from typing import Any

from palabre.desk.inbox.folding import family
from palabre.desk.inbox.models import Case
from palabre.desk.replies.models import Reply, Word
from palabre.desk.workspaces.access import Seat, one


def reply(seat: Seat, uid: str) -> Reply:
    found: Reply = one(replies(seat), uid=uid)
    return found


def replies(seat: Seat) -> Any:
    """All of the workspace, as a query set."""
    return Reply.objects.of(seat.workspace).select_related("case", "case__person", "channel", "by", "approved_by")


def of_case(seat: Seat, case: Case) -> list[Reply]:
    """Those of a case, and of those that go on in it, that were not discarded, oldest first."""
    return list(replies(seat).filter(case__in=family(case)).exclude(state="discarded"))


def proposed(seat: Seat) -> list[Reply]:
    """Those that wait for an approval, oldest first."""
    return list(replies(seat).filter(state="proposed").order_by("changed_ms"))


def word(seat: Seat, uid: str) -> Word:
    return one(Word.objects.of(seat.workspace), uid=uid)


def words(seat: Seat) -> list[Word]:
    """The house's list of words to avoid."""
    return list(Word.objects.of(seat.workspace))
