"""Quotations: a post that holds a passage of an older one, or the title of an article. Pure.

    for one in quotations(posts, stories(posts)): one.quoting, one.quoted, one.words

Method: what two posts share is found by their runs of five words (as local fingerprints do, Schleimer et al. 2003);
eight words in common make a quotation, or the whole of a title of five words or more. Runs that more than fifty
contents hold are phrases of everybody and are left out. Copies and rewordings are the same story, not quotations; only
the oldest post of each story is looked at, so that a passage costs the same however often it is repeated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from palabre.understand.shingles import Flags, Hashes, Ints, Said, mixed, ranges, said
from palabre.understand.stories import Stories
from palabre.understand.tabular import strings

RUN = 5
WORDS_MIN = 8
EVERYBODYS = 50
STEP = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True, slots=True)
class Quotation:
    """quoting, quoted: rows, the newer and the older; words: how many in common; share: of the quoted post's words;
    title: it is the title that is quoted."""

    quoting: int
    quoted: int
    words: int
    share: float
    title: bool


def quotations(posts: pa.Table, told: Stories) -> list[Quotation]:
    """Every (newer, older) pair, in order of the newer."""
    rank = np.empty(len(told.order), np.int64)
    rank[told.order] = np.arange(len(rank))
    heads = np.unique(told.first)
    heads = heads[np.argsort(rank[heads])]
    texts, titles = strings(posts, "text"), strings(posts, "title")
    titled = heads[[bool(titles[row]) for row in heads.tolist()]] if len(heads) else heads
    rows = np.concatenate([heads, titled])
    spoken = said([*(texts[row] for row in heads.tolist()), *(titles[row] for row in titled.tolist())])
    is_title = np.arange(len(rows)) >= len(heads)
    grams, owners = runs(spoken)
    left, right, shared = common_runs(grams, owners)
    found = [
        made
        for one, other, number in zip(left.tolist(), right.tolist(), shared.tolist(), strict=True)
        for made in quotation_of(rows, rank, is_title, spoken.counts, one, other, number)
    ]
    return sorted(found, key=lambda one: (rank[one.quoting], rank[one.quoted]))


def quotation_of(
    rows: Ints, rank: Ints, is_title: Flags, counts: Ints, one: int, other: int, number: int
) -> list[Quotation]:
    """What two texts with ``number`` runs in common are to each other: one quotation, or none."""
    older, newer = (one, other) if rank[rows[one]] < rank[rows[other]] else (other, one)
    words = number + RUN - 1
    enough = min(WORDS_MIN, int(counts[older])) if is_title[older] else WORDS_MIN
    if rows[older] == rows[newer] or is_title[newer] or words < enough:
        return []
    share = min(1.0, words / int(counts[older]))
    return [Quotation(int(rows[newer]), int(rows[older]), words, share, bool(is_title[older]))]


def runs(spoken: Said) -> tuple[Hashes, Ints]:
    """(hash, text) of each run of five words, each once a text."""
    counts = np.maximum(spoken.counts - RUN + 1, 0)
    at = ranges(spoken.starts[:-1], counts)
    found = np.zeros(len(at), np.uint64)
    for place in range(RUN):
        found = mixed(found * STEP + spoken.words[at + place])
    owners = np.repeat(np.arange(len(spoken)), counts)
    order = np.lexsort((owners, found))
    found, owners = found[order], owners[order]
    once = np.ones(len(found), np.bool_)
    once[1:] = (found[1:] != found[:-1]) | (owners[1:] != owners[:-1])
    return found[once], owners[once]


def common_runs(grams: Hashes, owners: Ints) -> tuple[Ints, Ints, Ints]:
    """Pairs of texts and how many runs they have in common; a run of everybody's links nobody."""
    begins = np.flatnonzero(np.concatenate([[True], grams[1:] != grams[:-1]])) if len(grams) else np.empty(0, np.int64)
    sizes = np.diff(np.append(begins, len(grams)))
    begins, sizes = begins[(sizes > 1) & (sizes <= EVERYBODYS)], sizes[(sizes > 1) & (sizes <= EVERYBODYS)]
    members = ranges(begins, sizes)
    left_over = np.repeat(sizes, sizes) - ranges(np.zeros(len(sizes), np.int64), sizes) - 1
    left = np.repeat(owners[members], left_over)
    right = owners[ranges(members + 1, left_over)]
    texts = int(owners.max(initial=0)) + 1
    pairs, shared = np.unique(left * texts + right, return_counts=True)
    return pairs // texts, pairs % texts, shared
