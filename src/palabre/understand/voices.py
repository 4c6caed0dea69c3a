"""Voices: a story as told by one independent group. 500 copies by 40 accounts in two minutes are one voice.

Definition (version 1), within one story, from its oldest post on:

- an account has one voice, however often it repeats the story;
- accounts of one coordinated group (see `coordination`) have one voice;
- a voice is open for 120 seconds after a post: what accounts that have no voice yet post within, belongs to it. It
  opens with the first post that no open voice covers, so that a story that spreads all day is not one endless voice;
- who comes later, alone, is another voice. Posts without a time are told apart by their account only.

Like any window, this one errs where a story is shared many times a minute by people who do not know each other: voices
are then a lower bound. Sources: the window is that of coordinated sharing (Giglietto et al. 2020; Righetti & Balluff
2025), widened to the two minutes in which hand-made campaigns fall.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from palabre.understand.shingles import Ints
from palabre.understand.stories import Stories
from palabre.understand.tabular import author_array, codes, times

VERSION = 1
WINDOW_SECONDS = 120


def voices(posts: pa.Table, told: Stories, groups: Ints | None = None, window_seconds: int = WINDOW_SECONDS) -> Ints:
    """For each row the row of the first post of its voice. groups: a number a row, 0 for no coordinated group."""
    found = np.arange(posts.num_rows, dtype=np.int64)
    shared = told.order[told.sizes[told.order] > 1]
    shared = shared[np.argsort(told.first[shared], kind="stable")]
    speakers = speakers_of(posts, groups)[shared].tolist()
    story, when = told.first[shared].tolist(), times(posts)[shared].tolist()
    found[shared] = voices_in_order(shared.tolist(), story, when, speakers, window_seconds * 1000)
    return found


def speakers_of(posts: pa.Table, groups: Ints | None) -> Ints:
    """One number a row for who speaks: its group, else its account; 0 where nobody is named."""
    number, names = codes(author_array(posts))
    blank = names.index("").as_py()
    found = np.where(number == blank, 0, number + 1)
    return found if groups is None else np.where(groups > 0, -groups, found)


def voices_in_order(
    rows: list[int], story: list[int], when: list[int], speakers: list[int], window_ms: int
) -> list[int]:
    """Rows story by story, each from the oldest; one pass."""
    found: list[int] = []
    known: dict[int, int] = {}
    present, opened, until = -1, -1, 0
    for row, one, at, who in zip(rows, story, when, speakers, strict=True):
        if one != present:
            present, known, until = one, {}, 0
        own = known.get(who) if who else None
        if at and at <= until:
            voice = opened if own is None else own
        else:
            voice = row if own is None else own
            opened, until = voice, at + window_ms if at else 0
        known.setdefault(who, voice)
        found.append(voice)
    return found
