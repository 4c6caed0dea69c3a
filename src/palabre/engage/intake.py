"""What comes into the inbox: posts said to us, and mentions that need an answer. Pure.

us = Us("mastodon", names_of("@asso@social.example"))
why(post, {"mastodon": us}, answers_ours=False)    # "mention", "reply", "message", "page" or ""
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from email.utils import parseaddr

from palabre.model import Account, Post, PostKind

OWN_PAGES = frozenset({"wordpress"})  # connectors: what is commented there stands on a page of ours
ONE_SERVER = frozenset({"x", "reddit", "youtube", "bluesky", "hackernews"})  # a handle means one account everywhere
ROOMS = frozenset({"matrix"})  # a message there is said to the room, not to us
ROBOTS = ("no-reply", "noreply", "no_reply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster", "bounce",
          "ne-pas-repondre", "nepasrepondre")  # fmt: skip
DEPTH_MAX = 100


@dataclass(frozen=True, slots=True)
class Us:
    """Who we are where a post was heard. names: folded handles and addresses; here: the source that brought it is one
    we speak through; page: what is said there stands on a page of ours."""

    names: frozenset[str]
    here: bool = True
    page: bool = False

    def elsewhere(self, network: str) -> Us:
        """The same on another server of the network, where a short name may be anyone's."""
        kept = self.names if network in ONE_SERVER else frozenset(one for one in self.names if "@" in one or "." in one)
        return Us(kept, here=False)


def names_of(account: str) -> frozenset[str]:
    """What people type to reach an account: "@asso@social.example" is also "asso" on its own server."""
    said = account.partition(" · ")[0].strip()
    address = parseaddr(said)[1] if "<" in said else said
    name = _plain(address)
    short = name.partition("@")[0] if said.startswith("@") else ""
    return frozenset(one for one in (name, short) if one)


def is_ours(account: Account | None, us: Us | None) -> bool:
    """Whether we wrote it."""
    if account is None or us is None:
        return False
    return bool(us.names & {_plain(account.handle), _plain(account.uri)} - {""})


def why(post: Post, us: Us | None, *, answers_ours: bool) -> str:
    """Why a post is said to us: message, page, reply, mention; "" when it is not. us: None where we cannot answer."""
    if us is None or post.kind == PostKind.RESHARE or from_robot(post):
        return ""
    if us.here and is_private(post):
        return "message"
    if us.page and post.kind in (PostKind.COMMENT, PostKind.REPLY):
        return "page"
    if answers_ours:
        return "reply"
    return "mention" if names(post, us) else ""


def from_robot(post: Post) -> bool:
    """An e-mail that nobody wrote and nobody reads the answer of."""
    local = _plain(post.account.handle).partition("@")[0] if post.account else ""
    return post.network == "mail" and (not local or local.startswith(ROBOTS))


def names(post: Post, us: Us) -> bool:
    """Whether a post calls us by our handle."""
    named = {_plain(one) for one in post.mentions}
    if us.names & named:
        return True
    text = post.text.casefold()
    return any(f"@{name}" in text and _ends(text, f"@{name}") for name in us.names if len(name) > 2)


def _ends(text: str, name: str) -> bool:
    """Whether the name stands there whole: @asso is not @association."""
    at = text.find(name)
    while at >= 0:
        after = text[at + len(name) : at + len(name) + 1]
        if not (after.isalnum() or after in ("_", "@", "-")):
            return True
        at = text.find(name, at + 1)
    return False


def _plain(name: str) -> str:
    return name.casefold().removeprefix("mailto:").removeprefix("u/").lstrip("@")


def is_private(post: Post) -> bool:
    """An e-mail or a private message: for us alone."""
    return post.kind == PostKind.MESSAGE and post.network not in ROOMS and not post.tags


def is_said(post: Post) -> bool:
    """Somebody says it; what a site or a paper publishes is read, not answered."""
    return not (post.network == "web" and post.kind == PostKind.ARTICLE)


def thread_of(post: Post, above: Mapping[str, Post], ours: Collection[str], *, page: bool = False) -> str:
    """What a case is about: the whole thread of a stranger; under a page or a post of ours, the one comment that opened
    an exchange. above: posts it answers, by uri; ours: uris of our own; page: it stands on a page of ours."""
    current = post
    for _ in range(DEPTH_MAX):
        parent = above.get(current.parent)
        if not current.parent:
            return current.uri
        if current.parent in ours or (page and current.parent == current.root):
            return current.uri
        if parent is None:
            return current.root or current.uri
        current = parent
    return post.root or post.uri


def wanted(
    scores: Mapping[str, float], said: Collection[str], minded: Collection[str], sure: float
) -> dict[str, float]:
    """The intents for which a mention needs an answer: those we mind, that the readings say, sure enough. said: labels,
    as members corrected them: a label without a score is a member's word."""
    found = {name: scores.get(f"intent_{name}", 1.0) for name in minded if name in said}
    return {name: round(score, 3) for name, score in found.items() if score >= sure}
