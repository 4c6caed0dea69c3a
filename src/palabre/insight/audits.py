"""Audits: a random sample of a figure's posts, labelled by members, says how right the figure is.

sample = draw(archive, workspace_id, "tone", scope.evidence, n=40, seed=…, who="Ada")
archive.samples.label(workspace_id, sample.sample_id, post_id, "negative", "Ada")
audited(archive, workspace_id, sample.sample_id).shares["negative"]        # corrected for the models' errors
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from palabre.archive import Archive
from palabre.archive.reading_rows import Reading
from palabre.archive.sampling import Labelled, Sample, drawn
from palabre.insight.evidence import filters_of
from palabre.insight.noise import NO_POST
from palabre.insight.scope import Scope, table
from palabre.model import AXES, EMOTIONS, INTENTS, TONES, Evidence, Figure
from palabre.understand import figuring, prevalence

AUDIT, ADJUSTED = "methods_insight.audit", "methods_insight.adjusted_count"
WIDEST = 0.99  # of an interval that still says something
FEW_LABELS = 20  # fewer answers say nothing of an error rate
LABELS: Mapping[str, tuple[str, ...]] = {
    "tone": TONES,
    "emotion": ("none", *EMOTIONS),
    "axis": ("none", *AXES),
    "fold": ("noise", "wanted"),
    "relevance": ("yes", "no"),
    **{f"intent:{one}": ("yes", "no") for one in INTENTS},
}


@dataclass(frozen=True, slots=True)
class Audited:
    """precision: of the posts that the machine called so, how many members agreed, by label; recall: of those that
    members called so, how many the machine had; agreement: over all; raw: share of each label as the machine counts;
    shares: the same corrected by the sample, with its interval. few: too few answers to correct anything. The evidence
    of what is measured is the posts that were answered."""

    sample: Sample
    labels: tuple[str, ...]
    precision: Mapping[str, Figure]
    recall: Mapping[str, Figure]
    agreement: Figure
    raw: Mapping[str, Figure]
    shares: Mapping[str, Figure]
    few: bool

    @property
    def open(self) -> bool:
        """Whether there are answers enough, and they still say nothing: the machine errs too much for them."""
        return not self.few and any((one.high or 0) - (one.low or 0) >= WIDEST for one in self.shares.values())


def draw(
    archive: Archive, workspace_id: int, name: str, evidence: Evidence, *, n: int = 40, seed: int = 0, who: str = ""
) -> Sample:
    """Draws and keeps a sample of the posts behind a figure. name: of LABELS. Raises InputError: no post."""
    said = machine(archive, workspace_id, name, evidence)
    chosen = drawn(list(said), n, seed)
    pairs = [(one, said[one]) for one in np.random.default_rng(seed).permutation(chosen).tolist()]
    flagged = Counter(said.values()).get(LABELS[name][0], 0)
    return archive.samples.add(
        workspace_id, name, evidence, pairs, population=len(said), flagged=flagged, seed=seed, who=who
    )


def machine(archive: Archive, workspace_id: int, name: str, evidence: Evidence) -> dict[int, str]:
    """What the machine says of each post behind the evidence; posts that were not read are left out."""
    scope = Scope(filters_of(evidence), evidence.query)
    if name == "fold":
        scope = scope.narrowed(folded="any")
    column = {"fold": "folded", "relevance": "post_id"}.get(name, "intents" if name.startswith("intent:") else name)
    posts = table(archive, workspace_id, scope, ("post_id", "sort_ms", column))
    pairs = zip(posts["post_id"].to_pylist(), posts[column].to_pylist(), strict=True)
    return {post_id: as_label(name, value) for post_id, value in pairs if value is not None}


def as_label(name: str, value: object) -> str:
    """A value of the lake as a label of the audit."""
    if name == "fold":
        return "noise" if value else "wanted"
    if name == "relevance":
        return "yes"
    if name.startswith("intent:"):
        return "yes" if isinstance(value, list) and name.partition(":")[2] in value else "no"
    return str(value) or "none"


def audited(archive: Archive, workspace_id: int, sample_id: int) -> Audited:
    """What the answers so far say. Raises NotFoundError."""
    sample = archive.samples.get(workspace_id, sample_id)
    labels = LABELS[sample.name]
    said = [labels.index(one) for one in machine(archive, workspace_id, sample.name, sample.evidence).values()]
    answers = [one for one in sample.answered if one.said in labels]
    pairs = [(labels.index(one.machine), labels.index(one.said)) for one in answers]
    few = len(pairs) < FEW_LABELS
    shares = (
        {label: measured(label, answers, [one for one in answers if one.said == label]) for label in labels}
        if sample.name == "relevance"  # the machine takes every post to be relevant: the answers say it all
        else adjusted(said, pairs, labels, sample.evidence, few)
    )
    return Audited(
        sample,
        labels,
        {label: agreeing(label, [one for one in answers if one.machine == label]) for label in labels},
        {label: agreeing(label, [one for one in answers if one.said == label]) for label in labels},
        agreeing("agreement", answers),
        {label: figuring.share(label, said.count(at), len(said), "methods_insight.share_of_posts", sample.evidence)
         for at, label in enumerate(labels)},
        shares,
        few,
    )  # fmt: skip


def agreeing(name: str, answers: Sequence[Labelled]) -> Figure:
    """Of some answers, those on which the machine agrees."""
    return measured(name, answers, [one for one in answers if one.said == one.machine])


def measured(name: str, answers: Sequence[Labelled], hits: Sequence[Labelled]) -> Figure:
    """A share of answered posts; its evidence names them."""
    evidence = Evidence(post_ids=tuple(one.post_id for one in answers) or NO_POST)
    return figuring.share(name, len(hits), len(answers), AUDIT, evidence)


def adjusted(
    said: Sequence[int], pairs: Sequence[tuple[int, int]], labels: Sequence[str], evidence: Evidence, few: bool
) -> dict[str, Figure]:
    """Shares corrected for what the sample says of the machine's errors (ACC, bootstrap interval)."""
    if few or not said:
        return {name: figuring.few(name, len(said), ADJUSTED, evidence, unit="share") for name in labels}
    counts, k = np.array(said), len(labels)
    audit_said, truth = np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])

    def estimate(rows: np.ndarray, some: np.ndarray) -> np.ndarray:
        return prevalence.adjusted_count(counts[rows], truth[some], audit_said[some], k)

    found = prevalence.interval(estimate, len(counts), len(pairs), seed=7)
    ends = zip(found.value.tolist(), found.low.tolist(), found.high.tolist(), strict=True)
    return {
        name: Figure(name, value, len(said), low, high, "share", ADJUSTED, 1, evidence)
        for name, (value, low, high) in zip(labels, ends, strict=True)
    }  # fmt: skip


def label_of(name: str, reading: Reading) -> str:
    """What the machine says of one post, for a page that asks a member."""
    if name.startswith("intent:"):
        return "yes" if name.partition(":")[2] in (reading.intents or ()) else "no"
    return str(getattr(reading, name) or "none")
