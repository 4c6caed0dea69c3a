"""The second opinion in the running product: a step of the upkeep, about the least sure of the newest mentions.

    asking = Asking(archive, net, clock)
    asking.turn(stopped)                  # at most ASK_POSTS questions a workspace and reading, ASK_SECONDS of them

Nothing is asked on the road that a post travels, nor before all that waits was read. A question is noted in the archive
before it is put (`archive.opinions`); what a provider that fails was not able to answer is taken back, and it rests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from palabre.archive import Archive
from palabre.archive.opinions import Answer
from palabre.archive.reading_rows import UNITS, UNREAD
from palabre.clock import Clock
from palabre.errors import ConfigError
from palabre.logs import logger
from palabre.net import Net
from palabre.providers.chat import FAILURES_MAX
from palabre.providers.contract import NONE, Provider, Said
from palabre.providers.failing import Failures, asked_ms
from palabre.providers.second import SCORED, Budget, made_as, margins, wanted

LOOK_POSTS = 10_000  # the newest mentions of a workspace: what a team still reads
LOOK_SECONDS = 60.0  # before another look, where there was nothing to ask
ASK_POSTS = 20
ASK_SECONDS = 5.0  # of one reading and workspace: the rest of the upkeep waits meanwhile
# Measured for tone on 6,000 tweets to airlines, which our models did not learn: below this margin (half of them) 63 %
# are read right, above it 79 %. A question above it is rarely worth its price.
MARGIN_MAX = 0.4
Stopped = Callable[[], bool]


@dataclass(slots=True)
class Heard:
    """What came of some questions. left: posts that nothing was learnt about; error: what the provider failed with."""

    answers: dict[int, Answer] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    error: Exception | None = None


class Asking:
    """For all workspaces of one archive."""

    def __init__(self, archive: Archive, net: Net, clock: Clock) -> None:
        self.archive, self.net, self.clock = archive, net, clock
        self.budget, self.failures = Budget.of(archive.settings, clock), Failures.of(archive.settings, clock)
        self.kinds = kinds_of(archive)
        self.providers: dict[str, Provider] = {}
        self.nothing_at: dict[tuple[int, str], float] = {}  # (workspace, reading) → when there was nothing to ask

    def turn(self, stopped: Stopped = lambda: False) -> None:
        """Some questions in every workspace."""
        for workspace in self.archive.workspaces.all() if self.kinds and self.budget.left() else ():
            for reading in self.kinds:
                if not stopped() and self.is_due(workspace.workspace_id, reading):
                    self.ask_some(workspace.workspace_id, reading, stopped)

    def is_due(self, workspace_id: int, reading: str) -> bool:
        nothing_at = self.nothing_at.get((workspace_id, reading))
        if nothing_at is not None and self.clock.monotonic() - nothing_at < LOOK_SECONDS:
            return False
        return not self.failures.rests(reading) and not self.archive.readings.waits(workspace_id)

    def ask_some(self, workspace_id: int, reading: str, stopped: Stopped) -> None:
        ids = unsure(self.archive.opinions.unasked(workspace_id, reading, LOOK_POSTS), reading)
        if not ids:
            self.nothing_at[workspace_id, reading] = self.clock.monotonic()
            return
        try:
            provider = self.provider(reading)
        except ConfigError as error:
            self.failed(reading, error)
            return
        few = sorted(ids[: min(ASK_POSTS, self.budget.left())])
        asked = self.archive.opinions.claim(workspace_id, reading, few, provider.version)
        heard = self.ask(provider, reading, asked, stopped)
        self.archive.opinions.keep(workspace_id, reading, heard.answers)
        self.archive.opinions.release(workspace_id, reading, heard.left)
        if heard.error is not None:
            self.failed(reading, heard.error)
        elif len(heard.left) < len(asked):
            self.failures.answered(reading)

    def ask(self, provider: Provider, reading: str, asked: Sequence[tuple[int, str]], stopped: Stopped) -> Heard:
        """One by one, oldest first. A post without an answer before another that has one is the post's own trouble, and
        is not asked about again; those at the end are the provider's."""
        heard, silent, end = Heard(), list[int](), self.clock.monotonic() + ASK_SECONDS
        heard.left = [post_id for post_id, _ in asked]
        for post_id, text in asked:
            heard.left.pop(0)
            self.budget.spend(1)
            try:
                said = provider.ask(reading, [text])[0]
            except Exception as error:  # an ONNX library's errors have no common base, and the upkeep goes on
                silent.append(post_id)
                heard.error = error
            else:
                silent, heard.error = [], None
                if said is not None:
                    heard.answers[post_id] = answer_of(reading, said)
            if len(silent) >= FAILURES_MAX or asked_ms(heard.error) or self.clock.monotonic() >= end or stopped():
                break
        heard.left += silent
        return heard

    def provider(self, reading: str) -> Provider:
        """Made when it is first asked. Raises ConfigError."""
        if reading not in self.providers:
            self.providers[reading] = made_as(self.kinds[reading], self.archive.settings, self.net)
        return self.providers[reading]

    def failed(self, reading: str, error: Exception) -> None:
        """Told once, however often it fails on end."""
        last = self.failures.note(reading, error)
        if last.in_row == 1:
            logger("providers").warning("second_opinion", reading=reading, error=last.key)


def kinds_of(archive: Archive) -> dict[str, str]:
    """{reading: kind of provider}; none, said once in the log, where the setting cannot be used."""
    try:
        return wanted(archive.settings)
    except ConfigError as error:
        logger("providers").warning("second_opinion", error=error.key)
        return {}


def unsure(found: Sequence[tuple[int, bytes]], reading: str) -> list[int]:
    """post_ids below the margin, the least sure first."""
    raw = np.frombuffer(b"".join(scores for _, scores in found), np.uint8).reshape(len(found), len(SCORED[reading]))
    margin = margins(np.where(raw == UNREAD, np.nan, raw / UNITS), reading)
    return [found[row][0] for row in np.argsort(margin, kind="stable").tolist() if margin[row] < MARGIN_MAX]


def answer_of(reading: str, said: Said) -> Answer:
    """As the archive keeps it: no label is "", and has no score of its own."""
    return Answer("" if said.label == NONE else said.label, said.scores[: len(SCORED[reading])])
