"""The pyramid from follower to engaged citizen: how many people stand on each step by what they did in public. Pure.

    made = pyramid(posts, own=frozenset({"https://piaf.example/@cyclovent"}))
    [(step.name, step.figure.value) for step in made.steps]
    step_of(made, "https://piaf.example/@lea")          # "adviser"

Steps 1, each person on the highest that they reached here, over the window of the posts:
follower: a number that platforms give (greatest seen, our accounts added up; the same person may follow several);
reactor: passed posts on and wrote nothing; likes come as a number without names and are shown apart;
commenter: wrote one post or answer at least; adviser: helped others in two conversations at least;
defender: answered criticism of us by somebody else, twice at least, with a denial or a good word;
citizen: made a proposal, helped or defended twice at least, and spoke in four different weeks at least.
Public acts alone; nothing is guessed about who people are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from palabre.model import Evidence, Figure
from palabre.understand.figuring import NOTHING, count, few, listing, narrowed
from palabre.understand.signs import ADVICE, CRITICISM, WARMTH, exchanges, folded, signs
from palabre.understand.tabular import (
    Bools,
    Floats,
    Ints,
    author_array,
    codes,
    lists,
    numbers,
    post_ids,
    strings,
    times,
)

STEPS = ("follower", "reactor", "commenter", "adviser", "defender", "citizen")
METHOD, VERSION = "methods_actors.pyramid", 1
HELPED_LEAST, DEFENDED_LEAST, PROPOSED_LEAST, WEEKS_LEAST = 2, 2, 1, 4
WEEK_MS = 7 * 86_400_000
PROPOSAL_CUES = re.compile(
    r"\b(?:il (?:manque|faudrait)|ce serait (?:bien|super|genial)|pourquoi (?:ne )?pas|une idee|idee pour"
    r"|je propose|je suggere|j aimerais"
    r"|on (?:pourrait|devrait)|vous (?:pourriez|devriez)|pensez a|vivement un|it would be (?:great|nice|good)"
    r"|would love|should (?:add|offer|have)"
    r"|please add|idea for|my suggestion|i suggest|i propose|is really missing|wish (?:you|they|there)"
    r"|there should be|think of)\b"
)
DENIAL_CUES = re.compile(
    r"\b(?:c est faux|pas d accord|au contraire|intox|aucune preuve|a dementi|arretez de relayer"
    r"|jamais eu (?:de|le moindre) (?:souci|probleme)|aucun (?:souci|probleme)"
    r"|rien de mon cote|tres bien|reste meilleur|je prefere|a leur decharge|soyons justes|that s (?:false"
    r"|not true|wrong)|not true|hoax|no evidence|denied it|disagree"
    r"|never had (?:a|any) (?:problem|issue)|no (?:problem|issue)s? here|nothing here|works fine|still better"
    r"|i prefer|to be fair|in their defen[cs]e)\b"
)


@dataclass(frozen=True, slots=True)
class Step:
    """figure: accounts whose highest step this is; at_least: on this step or above, of those with a name."""

    name: str
    figure: Figure
    at_least: Figure


@dataclass(frozen=True, slots=True)
class Pyramid:
    """steps: from the widest; likes: acts without a name; highest: step by account, our own left out."""

    steps: tuple[Step, ...]
    likes: Figure
    highest: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Acts:
    """What each account did, n. helped: conversations; defended, proposed, wrote, passed_on: posts; weeks: active."""

    accounts: list[str]
    author: Ints
    helped: Ints
    defended: Ints
    proposed: Ints
    wrote: Ints
    passed_on: Ints
    weeks: Ints


def pyramid(
    posts: pa.Table, own: frozenset[str] = frozenset(), scope: Evidence = NOTHING, found: Floats | None = None
) -> Pyramid:
    """The pyramid of the people in these posts (those of the watches on us). own: accounts of the organisation."""
    acts = acts_of(posts, signs(posts) if found is None else found)
    reached = steps_of(acts)
    silent = np.array([not key or key in own for key in acts.accounts], dtype=bool)
    reached[silent] = -1
    n, ids = posts.num_rows, post_ids(posts)
    steps = [follower_step(posts, own, scope)]
    for number, name in enumerate(STEPS[1:], start=1):
        rows = np.flatnonzero(reached[acts.author] == number) if len(acts.author) else acts.author
        evidence = listing(narrowed(scope, step=name), ids[rows])
        exact, above = int((reached == number).sum()), int((reached >= number).sum())
        steps.append(Step(name, accounts(name, exact, n, evidence), accounts(f"{name}_or_more", above, n, evidence)))
    liked = likes_of(posts, scope)
    names = {key: STEPS[step] for key, step in zip(acts.accounts, reached.tolist(), strict=True) if step > 0}
    return Pyramid(tuple(steps), liked, names)


def likes_of(posts: pa.Table, scope: Evidence) -> Figure:
    """Likes as platforms count them; too few when none says."""
    likes, method = numbers(posts, "likes"), "methods_actors.likes"
    if np.isnan(likes).all():
        return few("likes", posts.num_rows, method, scope, unit="likes")
    return count("likes", float(np.nansum(likes)), method, scope, unit="likes", n=posts.num_rows)


def accounts(name: str, value: float, n: int, evidence: Evidence) -> Figure:
    """A step's count; too few where nothing was heard at all."""
    if not n and not value:
        return few(name, 0, METHOD, evidence, unit="accounts", version=VERSION)
    return count(name, value, METHOD, evidence, unit="accounts", n=n, version=VERSION)


def follower_step(posts: pa.Table, own: frozenset[str], scope: Evidence) -> Step:
    """Followers of our accounts, as platforms count them; too few when none of our accounts was heard."""
    author, followers = strings_of(author_array(posts)), numbers(posts, "followers")
    seen: dict[str, float] = {}
    rows = [row for row, key in enumerate(author) if key in own and not np.isnan(followers[row])]
    for row in rows:
        seen[author[row]] = max(seen.get(author[row], 0.0), float(followers[row]))
    evidence = narrowed(scope, step="follower")
    if not seen:
        unknown = few("follower", 0, METHOD, evidence, unit="accounts", version=VERSION)
        return Step("follower", unknown, unknown)
    figure = accounts("follower", sum(seen.values()), len(rows), evidence)
    return Step("follower", figure, figure)


def strings_of(values: pa.Array) -> list[str]:
    return values.to_pylist()  # type: ignore[no-any-return]


def acts_of(posts: pa.Table, found: Floats) -> Acts:
    """What each account did in public."""
    author, names = codes(author_array(posts))
    n = len(names)
    texts = [folded(text) for text in strings(posts, "text")]
    reshared = np.array([bool(uri) for uri in strings(posts, "reshare_of")], dtype=bool)
    root = codes(
        pa.array([a or b for a, b in zip(strings(posts, "root"), strings(posts, "uri"), strict=True)], pa.string())
    )[0]
    helps = found[:, ADVICE] >= 0.5

    def tallied(rows: Bools) -> Ints:
        return np.bincount(author[rows], minlength=n).astype(np.int64)

    return Acts(
        accounts=names.to_pylist(),
        author=author,
        helped=pairs(author[helps], root[helps], n),
        defended=tallied(defending(posts, texts, found)),
        proposed=tallied(proposing(posts, texts) & ~reshared),
        wrote=tallied(~reshared),
        passed_on=tallied(reshared),
        weeks=pairs(author, times(posts) // WEEK_MS, n),
    )


def pairs(what: Ints, which: Ints, n: int) -> Ints:
    """How many different ``which`` each ``what`` has, n."""
    if not len(what):
        return np.zeros(n, dtype=np.int64)
    return np.bincount(np.unique(np.stack([what, which]), axis=1)[0], minlength=n).astype(np.int64)


def defending(posts: pa.Table, texts: list[str], found: Floats) -> Bools:
    """Answers to somebody else's criticism that deny it or say something good, and do not criticise."""
    _, parent, other = exchanges(posts, texts)
    criticised = np.zeros(len(texts), bool)
    criticised[other] = found[parent[other], CRITICISM] >= 0.5
    denied = np.array([bool(DENIAL_CUES.search(text)) for text in texts], dtype=bool)
    return criticised & (found[:, CRITICISM] < 0.3) & (denied | (found[:, WARMTH] >= 0.5))


def proposing(posts: pa.Table, texts: list[str]) -> Bools:
    """Posts that propose something: by their reading, or by their words where they were not read."""
    read = [
        ("suggestion" in intents) or bool(PROPOSAL_CUES.search(text))
        for intents, text in zip(lists(posts, "intents"), texts, strict=True)
    ]
    return np.array(read, dtype=bool)


def steps_of(acts: Acts) -> Ints:
    """The highest step of each account, as its number in STEPS."""
    helped, defended = acts.helped >= HELPED_LEAST, acts.defended >= DEFENDED_LEAST
    citizen = (acts.proposed >= PROPOSED_LEAST) & (helped | defended) & (acts.weeks >= WEEKS_LEAST)
    step = np.where(acts.passed_on > 0, 1, 0)
    for reached, number in ((acts.wrote > 0, 2), (helped, 3), (defended, 4), (citizen, 5)):
        step = np.where(reached, number, step)
    return np.asarray(step, dtype=np.int64)


def step_of(made: Pyramid, account: str) -> str:
    """The step of an account; "" when it is unknown or our own."""
    return made.highest.get(account, "")
