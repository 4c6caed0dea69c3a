"""The only doors to what the stream shows: posts of the seat's workspace, and views that the seat may see."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q
from django.http import Http404

from palabre.archive import Filters, PostRow
from palabre.archive.types import Source, Watch
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.mentions.models import SavedView
from palabre.desk.mentions.selection import Selection
from palabre.desk.panel import access as panel
from palabre.desk.workspaces.access import Seat, one
from palabre.search import Asked, ask


def asked(seat: Seat, selection: Selection) -> Asked:
    """A selection put to the posts of the seat's workspace. Raises QueryError, located."""
    return ask(archive(), seat.workspace.id, selection.query, selection.filters_at(now_ms()))


def resolved(view: SavedView) -> tuple[str, Filters]:
    """What a saved view asks now: (query text, filters), for feeds, exports and the API."""
    selection = view.selection
    return selection.query, selection.filters_at(now_ms())


def saved_view(seat: Seat, uid: str) -> SavedView:
    """One's own view, or a shared one; Http404 for every other."""
    return one(SavedView.objects.of(seat.workspace).filter(_visible(seat)), uid=uid)


def saved_views(seat: Seat) -> list[SavedView]:
    """Shared ones and one's own, by name."""
    found = SavedView.objects.of(seat.workspace).filter(_visible(seat)).select_related("user")
    return sorted(found, key=lambda view: view.name.casefold())


def own_view(seat: Seat, uid: str) -> SavedView:
    """A view that the seat may change: one's own, or as a manager a shared one. Http404 for every other."""
    view = saved_view(seat, uid)
    if not may_change(seat, view):
        raise Http404
    return view


def may_change(seat: Seat, view: SavedView) -> bool:
    return view.user_id == seat.user.pk or (view.shared and seat.may("manager"))


def _visible(seat: Seat) -> Q:
    return Q(shared=True) | Q(user=seat.user)


def post(seat: Seat, post_id: int) -> PostRow:
    """NotFoundError for none and for another workspace's."""
    return archive().post(seat.workspace.id, post_id)


_WATCHES: dict[tuple[int, int], tuple[int, dict[int, Watch]]] = {}  # (archive, workspace) -> (stamp, watches)


def watches(seat: Seat) -> dict[int, Watch]:
    """By id. Read again only when the panel has changed: a page asks several times."""
    key, stamp = (id(archive()), seat.workspace.id), archive().watches.stamp()
    known = _WATCHES.get(key)
    if known is None or known[0] != stamp:
        known = _WATCHES[key] = stamp, {watch.watch_id: watch for watch in panel.watches(seat)}
    return known[1]


def sources(seat: Seat) -> Mapping[int, Source]:
    return {source.source_id: source for source in archive().sources.all(seat.workspace.id)}
