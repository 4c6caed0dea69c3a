"""The weekly look at what was folded: a few folded posts drawn at random, and how many of them were wanted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from palabre.archive import Archive
from palabre.archive.sampling import Sample
from palabre.insight.noise import NO_POST
from palabre.model import Evidence, Figure
from palabre.understand.noise import AUDIT_SIZE, WEEK_MS, audited

NAME = "fold"
FOLDED = Evidence(filters={"folded": "yes", "scope": "all"})


def is_weekly(sample: Sample) -> bool:
    """Whether a sample was drawn from what is folded alone."""
    return sample.name == NAME and sample.evidence.filters.get("folded") == "yes"


def draw_week(archive: Archive, workspace_id: int, now_ms: int, who: str = "") -> Sample:
    """This week's sample, drawn when it is asked for first; the same posts whoever asks. Raises InputError: nothing
    is folded."""
    week = now_ms // WEEK_MS
    known = [one for one in archive.samples.all(workspace_id, NAME) if is_weekly(one) and one.seed == week]
    if known:
        return known[0]
    folded = sorted(archive.folds.ids(workspace_id))
    chosen = np.random.default_rng(week).permutation(np.array(folded, np.int64))[:AUDIT_SIZE].tolist()
    pairs = [(post_id, "noise") for post_id in chosen]
    return archive.samples.add(
        workspace_id, NAME, FOLDED, pairs, population=len(folded), flagged=len(folded), seed=week, who=who
    )


def mistaken(sample: Sample) -> Mapping[str, Figure]:
    """share: folded by mistake, of the answered; posts: how many of all that was folded then. Too few below ten."""
    answers = [one for one in sample.answered if one.said in ("noise", "wanted")]
    evidence = Evidence(post_ids=tuple(one.post_id for one in answers) or NO_POST)
    return audited(sum(one.said == "wanted" for one in answers), len(answers), sample.population, evidence)
