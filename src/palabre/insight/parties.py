"""Who is compared with whom: us (the watches of our own house together) and each competitor's watch."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from palabre.archive import Archive, Watch
from palabre.model import WatchKind
from palabre.text.tokens import tokenize
from palabre.understand.concepts import concept
from palabre.understand.own_words import SILENT

OURS = (WatchKind.ORGANISATION, WatchKind.BRAND, WatchKind.PRODUCT, WatchKind.EXECUTIVE, WatchKind.SLOGAN,
        WatchKind.CAMPAIGN, WatchKind.PROPERTY)  # fmt: skip


def parties(archive: Archive, workspace_id: int) -> Mapping[str, tuple[int, ...]]:
    """Name → watches. We come first, under the name of our first organisation or brand."""
    watches = archive.watches.all(workspace_id)
    own = [one for one in watches if one.kind in OURS]
    found: dict[str, tuple[int, ...]] = {}
    if own:
        found[our_name(own)] = tuple(one.watch_id for one in own)
    for one in watches:
        if one.kind == WatchKind.COMPETITOR:
            found[one.name] = (*found.get(one.name, ()), one.watch_id)
    return found


def our_name(own: list[Watch]) -> str:
    return min(own, key=lambda one: OURS.index(one.kind)).name


def our_watches(archive: Archive, workspace_id: int) -> tuple[int, ...]:
    """Watches of our own house; all of them where none is."""
    watches = archive.watches.all(workspace_id)
    return tuple(one.watch_id for one in watches if one.kind in OURS) or tuple(one.watch_id for one in watches)


def asked_of_us(archive: Archive, workspace_id: int) -> tuple[int, ...]:
    """Watches of our own house and of our themes: not of rivals and partners, whose customers ask them."""
    themes = tuple(one.watch_id for one in archive.watches.all(workspace_id) if one.kind == WatchKind.THEME)
    return tuple(dict.fromkeys((*our_watches(archive, workspace_id), *themes)))


def names(archive: Archive, workspace_id: int) -> frozenset[str]:
    """Folded words of the names of our house and of its rivals; a word of the language (bike) is not one."""
    own = [one.name for one in archive.watches.all(workspace_id) if one.kind in (*OURS, WatchKind.COMPETITOR)]
    found = {form for name in own for token in tokenize(name) for form in token.folded[:1]}
    return frozenset(one for one in found if not concept(one) and one not in SILENT)


def others_said(archive: Archive, workspace_id: int, posts: pa.Table) -> pa.Table:
    """The posts without those of our own accounts and those that pass them on: what we say is no signal nor need.
    Columns: uri, account_uri, reshare_of."""
    own = pa.array(sorted(our_accounts(archive, workspace_id)), pa.string())
    ours = pc.is_in(posts["account_uri"], own)
    said = pc.is_in(posts["reshare_of"], posts["uri"].filter(ours).combine_chunks())
    return posts.filter(pc.invert(pc.or_(ours, said)))


def our_accounts(archive: Archive, workspace_id: int) -> frozenset[str]:
    """Accounts that the workspace marked as its own."""
    return frozenset(archive.marks.named(workspace_id, "account", "official"))
