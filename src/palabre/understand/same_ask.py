"""Groups of posts that ask for the same thing in other words or in the other language, made one. Pure.

    merged(terms, groups)             # (posts,): the same groups, fewer

Fine groups of posts follow wording and language: four ways of asking for a child seat are four groups. Each is
described by what its posts mean: the concepts of the French-English lexicon (`concepts`), and of words without one
their stem, so that cognates meet. A term counts by the share of the group's posts that have it, times how few groups
have it (class TF-IDF, Grootendorst 2022). The groups are then joined two by two, the most alike first, by the average
likeness of their parts (UPGMA, Sokal and Michener 1958), as long as it reaches ALIKE; docs/figures/signals.md says how
that was chosen.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import scipy

from palabre.understand.concepts import concept
from palabre.understand.tabular import Bools, Ints
from palabre.understand.terms import Terms, gather
from palabre.understand.vectors import by_size

ALIKE = 0.09  # cosine of two groups from which they ask the same
IN_GROUP = 0.2  # of its posts, those that a term needs to be of the group when its rarity is reckoned
POSTS_MIN = 2  # a group of fewer is not described: it stays alone
GROUPS_MAX = 3_000  # described at once; the largest are taken


def merged(terms: Terms, groups: Ints, names: Collection[str] = (), alike: float = ALIKE) -> Ints:
    """The group of each post once those that ask the same are one, numbered from the largest. names: folded words that
    say who is spoken of, not what is asked."""
    n_groups = min(int(groups.max(initial=-1)) + 1, GROUPS_MAX)
    sizes = np.bincount(groups, minlength=1)[:n_groups]
    told = np.flatnonzero(sizes >= POSTS_MIN)
    if len(told) < 2:
        return groups
    points = profiles(terms.kept(meaning(terms, names)), groups, sizes)[told]
    tree = scipy.cluster.hierarchy.linkage(
        np.clip(1 - (points @ points.T).toarray(), 0, None)[np.triu_indices(len(told), 1)], "average"
    )
    one = np.arange(int(groups.max()) + 1)
    one[told] = one.size + scipy.cluster.hierarchy.fcluster(tree, 1 - alike, "distance")
    return by_size(one[groups])


def meaning(terms: Terms, names: Collection[str]) -> Bools:
    """The terms that say what is meant: concepts, hashtags, stems and short words without a concept, names apart."""
    hidden = {name[:5] for name in names} | set(names)
    return np.array(
        [
            kind in ("concept", "tag") or (kind in ("stem", "word") and not hidden & {name, name[:5]} and bare(written))
            for kind, name, written in zip(terms.kinds, terms.names, terms.shown, strict=True)
        ],
        bool,
    )


def bare(word: str) -> bool:
    """A word that the lexicon does not know, and that says more than a number."""
    return not word.isdigit() and not concept(word)


def profiles(terms: Terms, groups: Ints, sizes: Ints) -> scipy.sparse.csr_array:
    """Unit rows, shape (groups, terms); sparse, for there are thousands of each."""
    inside = groups < len(sizes)
    table = gather(groups[inside], len(sizes)) @ terms.table[np.flatnonzero(inside)]
    share = scipy.sparse.diags_array(1 / np.maximum(sizes, 1)) @ table
    have = np.asarray((share >= IN_GROUP).sum(axis=0))
    weighed = share @ scipy.sparse.diags_array(np.log1p(len(sizes) / np.maximum(have, 1)))
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)))
    return scipy.sparse.csr_array(scipy.sparse.diags_array(1 / np.maximum(length, 1e-12)) @ weighed)
