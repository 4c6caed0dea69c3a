"""The message of a reply, as its sender takes it, made of the post it answers."""

from __future__ import annotations

from collections.abc import Sequence

from palabre import plugins
from palabre.archive import PostRow
from palabre.collect.sending import Outgoing
from palabre.desk.engine import archive
from palabre.desk.inbox.folding import family
from palabre.desk.inbox.models import Case, CasePost
from palabre.desk.outbox import access as outbox
from palabre.desk.outbox.models import Channel
from palabre.desk.people import access as people
from palabre.desk.replies.models import Reply
from palabre.desk.workspaces.access import Seat
from palabre.errors import NotFoundError, PalabreError

SUBJECT_CHARS = 200
POSTS_OFFERED = 30


def posts(case: Case) -> list[PostRow]:
    """What may be answered in a case and in those that go on in it: posts that are not ours, the last first."""
    rows = CasePost.objects.of(case.workspace).filter(case__in=family(case), ours=False)
    ids = [row.post_id for row in rows.order_by("-at_ms", "-pk")[:POSTS_OFFERED]]
    known = {row.post_id: row for row in archive().posts.many(case.workspace_id, ids)} if ids else {}
    return [known[one] for one in ids if one in known]


def asking(case: Case, rows: Sequence[PostRow]) -> PostRow | None:
    """The one to answer unless another is asked for: the last by the person of the case, not by who joined in."""
    theirs = {(one.network, one.uri) for one in people.handles(case.person)} if case.person else set()
    said = (row for row in rows if row.post.account and (row.post.network, row.post.account.uri) in theirs)
    return next(said, rows[0] if rows else None)


def answered(reply: Reply) -> PostRow | None:
    """The post it answers; None where it is kept no longer."""
    if reply.post_id is None:
        return None
    try:
        return archive().post(reply.workspace_id, reply.post_id)
    except NotFoundError:
        return None


def channels_for(seat: Seat, row: PostRow) -> list[Channel]:
    """Those through which a post can be answered: that of its source first, then others on the same network."""
    fitting = [one for one in outbox.channels(seat) if one.source_id == row.source_id or _speaks(one, row.post.network)]
    return sorted(fitting, key=lambda one: (one.source_id != row.source_id, one.state != "active", one.name))


def _speaks(channel: Channel, network: str) -> bool:
    try:
        return network in plugins.connector(channel.connector).describe().networks
    except PalabreError:
        return False


def outgoing(reply: Reply) -> Outgoing:
    """What is sent; of a post that is kept no longer, only its uri is known."""
    row = answered(reply)
    if row is None:
        return Outgoing(reply.text, "", answers=reply.uri, root=reply.uri, lang=reply.lang, private=reply.private)
    said = row.post
    return Outgoing(
        reply.text, "", answers=said.uri, url=said.url, root=said.root or said.uri, subject=subject(said.title),
        to=said.account.handle or said.account.uri if said.account else "", lang=reply.lang, private=reply.private,
    )  # fmt: skip


def subject(title: str) -> str:
    """Of an answer to an e-mail or an article."""
    words = " ".join(title.split())[:SUBJECT_CHARS]
    return words if not words or words.lower().startswith("re:") else f"Re: {words}"


def texts(rows: Sequence[PostRow]) -> str:
    return "\n".join(row.post.text for row in rows)
