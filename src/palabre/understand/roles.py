"""The part each account plays in a conversation: advisor, friend, consumer or critic; and how it changes. Pure.

    found = roles(posts, scope=Evidence(watch_ids=(3,)))
    found[0].account, found[0].role, found[0].shares["advisor"].low      # role "" : too few posts to say
    by_conversation(posts)[("https://…/root", "https://…/@lea")].role
    loyal_advisers(posts)                       # those who help week after week

Method 1: the signs of an author's posts (`signs`) are counts c under a Dirichlet prior of one for each role; the
posterior is Dirichlet(1 + c). A role is given when it is the greatest with probability 0.8 at least; P(a > b) is
exact, since a / (a + b) follows a Beta. Fewer than five posts with a sign: no role, and no share. Interval of a
share: 95 % of its Beta. A change between two periods is shown when the two differ with a Bayes factor of 10 (Good
1967; « strong » for Jeffreys 1961). A role is what somebody does in a conversation, never what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import scipy

from palabre.model import Evidence, Figure
from palabre.understand.figuring import FEW_POSTS, NOTHING, count, few, narrowed
from palabre.understand.signs import ADVICE, signs
from palabre.understand.tabular import Floats, Ints, author_array, codes, text_array, times

ROLES = ("advisor", "friend", "consumer", "critic")  # in the order of SIGNS
METHOD, VERSION = "methods_actors.role", 1
SURE_LEAST = 0.8
PRIOR = 1.0  # of each role
CHANGE_FACTOR_LEAST = 10.0
WEEK_MS = 7 * 86_400_000
LOYAL_WEEKS_LEAST, LOYAL_ADVICE_LEAST = 4, 6.0


@dataclass(frozen=True, slots=True)
class Role:
    """role: one of ROLES, "" when it cannot be said; sure: probability that it is the greatest share.

    shares: a figure a role; posts: all those of the account here, signed or not.
    """

    account: str
    role: str
    sure: float
    shares: Mapping[str, Figure]
    posts: int


@dataclass(frozen=True, slots=True)
class Change:
    """From one role to another between two periods. factor: Bayes factor for « they differ »."""

    account: str
    before: Role
    after: Role
    factor: float

    @property
    def changed(self) -> bool:
        return self.factor >= CHANGE_FACTOR_LEAST


@dataclass(frozen=True, slots=True)
class Adviser:
    """Somebody who helps week after week. advice: answers that help; weeks: in which they did; thanked: shown apart."""

    account: str
    role: Role
    advice: Figure
    weeks: Figure


def roles(posts: pa.Table, scope: Evidence = NOTHING, found: Floats | None = None) -> tuple[Role, ...]:
    """The role of each account over all these posts, the busiest first. found: `signs(posts)` where already made."""
    author, names = codes(author_array(posts))
    summed, n = sums(signs(posts) if found is None else found, author, len(names))
    keys = names.to_pylist()
    order = np.argsort(-n, kind="stable")
    made = roles_of([keys[i] for i in order], summed[order], n[order], scope)
    return tuple(one for one in made if one.account)


def by_conversation(
    posts: pa.Table, scope: Evidence = NOTHING, found: Floats | None = None
) -> dict[tuple[str, str], Role]:
    """(root of the conversation, account) → role there, for those with enough posts in it to have one."""
    root, own = text_array(posts, "root").to_pylist(), text_array(posts, "uri").to_pylist()
    keys = [
        f"{opened or uri}\n{author}"
        for opened, uri, author in zip(root, own, author_array(posts).to_pylist(), strict=True)
    ]
    pair, names = codes(pa.array(keys, pa.string()))
    summed, n = sums(signs(posts) if found is None else found, pair, len(names))
    enough = np.flatnonzero(summed.sum(axis=1) >= FEW_POSTS * 0.5)
    pairs = [tuple(names[int(i)].as_py().split("\n", 1)) for i in enough]
    made = roles_of([account for _, account in pairs], summed[enough], n[enough], scope)
    return {(opened, account): one for (opened, account), one in zip(pairs, made, strict=True) if one.role and account}


def sums(found: Floats, group: Ints, groups: int) -> tuple[Floats, Ints]:
    """(sum of signs, groups × SIGNS; posts a group)."""
    summed = np.stack([np.bincount(group, weights=column, minlength=groups) for column in found.T], axis=1)
    return np.asarray(summed, dtype=np.float64), np.bincount(group, minlength=groups).astype(np.int64)


def roles_of(accounts: list[str], summed: Floats, n: Ints, scope: Evidence) -> list[Role]:
    """A role a row of summed signs."""
    posterior = summed + PRIOR
    sure = surest(posterior)
    best = posterior.argmax(axis=1) if len(posterior) else np.zeros(0, dtype=np.int64)
    low, high = bounds(posterior)
    mean = posterior / posterior.sum(axis=1, keepdims=True)
    made = []
    for i, account in enumerate(accounts):
        enough = n[i] >= FEW_POSTS and summed[i].sum() >= FEW_POSTS * 0.5
        evidence = narrowed(scope, account=account)
        shares = {
            role: Figure(
                role,
                float(mean[i, k]),
                int(n[i]),
                float(low[i, k]),
                float(high[i, k]),
                "share",
                METHOD,
                VERSION,
                evidence,
            )
            if enough
            else few(role, int(n[i]), METHOD, evidence, unit="share", version=VERSION)
            for k, role in enumerate(ROLES)
        }
        role = ROLES[int(best[i])] if enough and sure[i] >= SURE_LEAST else ""
        made.append(Role(account, role, float(sure[i]) if enough else 0.0, shares, int(n[i])))
    return made


def surest(posterior: Floats) -> Floats:
    """At least how probable it is that the greatest share is the greatest: 1 − Σ P(another is greater), a row."""
    best = posterior.argmax(axis=1) if len(posterior) else np.zeros(0, dtype=np.int64)
    top = posterior[np.arange(len(posterior)), best]
    beaten = scipy.special.betainc(top[:, None], posterior, 0.5)  # P(top / (top + other) < 1/2)
    beaten[np.arange(len(posterior)), best] = 0.0
    return np.asarray(np.maximum(0.0, 1.0 - beaten.sum(axis=1)))


def bounds(posterior: Floats) -> tuple[Floats, Floats]:
    """2.5 % and 97.5 % of each share: its marginal is Beta(a, total − a)."""
    rest = posterior.sum(axis=1, keepdims=True) - posterior
    return scipy.special.betaincinv(posterior, rest, 0.025), scipy.special.betaincinv(posterior, rest, 0.975)


def changes(
    before: pa.Table, after: pa.Table, scope_before: Evidence = NOTHING, scope_after: Evidence = NOTHING
) -> tuple[Change, ...]:
    """How the accounts heard in both periods changed, the surest first."""
    old = summed_by_account(before)
    new = summed_by_account(after)
    both = sorted(set(old) & set(new) - {""})
    rows = [(roles_of([one], old[one][0][None], np.array([old[one][1]]), scope_before)[0],
             roles_of([one], new[one][0][None], np.array([new[one][1]]), scope_after)[0],
             factor(old[one][0], new[one][0])) for one in both]  # fmt: skip
    found = [Change(one.account, one, two, how) for one, two, how in rows if not few_signs(one) and not few_signs(two)]
    return tuple(sorted(found, key=lambda change: (-change.factor, change.account)))


def few_signs(role: Role) -> bool:
    return role.shares[ROLES[0]].few


def summed_by_account(posts: pa.Table) -> dict[str, tuple[Floats, int]]:
    author, names = codes(author_array(posts))
    summed, n = sums(signs(posts), author, len(names))
    return {key: (summed[i], int(n[i])) for i, key in enumerate(names.to_pylist())}


def factor(one: Floats, two: Floats) -> float:
    """Bayes factor of two compositions against one, Dirichlet(PRIOR) each. Capped at 1e12."""
    log = evidence_of(one) + evidence_of(two) - evidence_of(one + two)
    return float(np.exp(min(log, 27.6)))


def evidence_of(counts: Floats) -> float:
    """Log of the marginal likelihood of counts under the Dirichlet prior, without the multinomial coefficient."""
    k = len(counts)
    return float(
        scipy.special.gammaln(k * PRIOR)
        - scipy.special.gammaln(k * PRIOR + counts.sum())
        + (scipy.special.gammaln(PRIOR + counts) - scipy.special.gammaln(PRIOR)).sum()
    )


def loyal_advisers(
    posts: pa.Table, scope: Evidence = NOTHING, found: Floats | None = None, own: frozenset[str] = frozenset()
) -> tuple[Adviser, ...]:
    """Advisors who helped six times at least, in four different weeks at least; those who help most first.

    own: accounts of the organisation, which answer because it is their work.
    """
    found = signs(posts) if found is None else found
    known = {one.account: one for one in roles(posts, scope, found) if one.role == "advisor" and one.account not in own}
    author, names = codes(author_array(posts))
    index = {key: i for i, key in enumerate(names.to_pylist())}
    helped = np.bincount(author, weights=found[:, ADVICE], minlength=len(names)) if len(author) else np.zeros(0)
    rows = np.flatnonzero(found[:, ADVICE] >= 0.5)
    weeks = np.unique(np.stack([author[rows], times(posts)[rows] // WEEK_MS]), axis=1)
    active = np.bincount(weeks[0], minlength=len(names))
    made = []
    for account, role in known.items():
        i = index[account]
        if helped[i] >= LOYAL_ADVICE_LEAST and active[i] >= LOYAL_WEEKS_LEAST:
            evidence = narrowed(scope, account=account)
            made.append(
                Adviser(
                    account,
                    role,
                    count("advice", round(float(helped[i]), 1), "methods_actors.advice", evidence, n=role.posts),
                    count("weeks", int(active[i]), "methods_actors.weeks", evidence, unit="weeks", n=role.posts),
                )
            )
    return tuple(sorted(made, key=lambda one: (-(one.advice.value or 0), one.account)))
