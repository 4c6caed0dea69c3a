"""Hundreds of pairs that are perhaps one person: the likeliest first, a page at a time, and how many there are."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from palabre.desk.people import suggesting
from palabre.desk.people.models import Suggestion
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage.identity import Suggestion as Found
from palabre.engage.identity import Trace

AsUser = Callable[[User], Client]
N = 65


def pair(n: int) -> Found:
    one, other = (Trace(f"{net} {n}", net, f"https://{net}.example/{n}", f"u{n}", f"Name {n}") for net in ("a", "b"))
    return Found(one, other, float(n), 1.0, ())


def test_pairs_come_a_page_at_a_time_the_likeliest_first(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    assert suggesting.keep(alpha, [pair(n) for n in range(N)]) == N
    browser, address, seen = as_user(bob), "", []
    for page in range(4):
        said = browser.get(f"/w/alpha/people/same{address}").content.decode()
        assert f'<span class="nums">{N}</span>' in said
        seen += re.findall(r"<b><bdi>Name (\d+)</bdi></b> <span class=\"quiet\">[^<]*</span> –", said)
        older = re.search(r'href="(\?state=open&amp;after=[^"]+)"', said)
        if older is None:
            assert page == 2
            break
        address = older.group(1).replace("&amp;", "&")
    assert seen == [str(n) for n in reversed(range(N))]


def test_what_did_not_change_keeps_its_address_and_what_is_alike_no_more_goes(alpha: Workspace) -> None:
    suggesting.keep(alpha, [pair(1), pair(2)])
    known = dict(Suggestion.objects.of(alpha).values_list("left_uri", "uid"))
    Suggestion.objects.of(alpha).filter(left_uri__endswith="/2").update(state="refused")
    assert suggesting.keep(alpha, [pair(1), pair(2), pair(3)]) == 2
    kept = dict(Suggestion.objects.of(alpha).values_list("left_uri", "uid"))
    assert all(kept[uri] == uid for uri, uid in known.items())
    assert suggesting.keep(alpha, []) == 0
    assert Suggestion.objects.of(alpha).get().state == "refused"
