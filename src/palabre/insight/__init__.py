"""The questions a team asks of what was heard, each a function: archive, workspace, scope → figures with evidence.

    from palabre import insight
    scope = insight.Scope(Filters(watch_ids=(3,), since_ms=…, until_ms=…))
    found = insight.overview(archive, workspace_id, scope)
    found.net_tone.value, found.net_tone.low, found.net_tone.n
    insight.count(archive, workspace_id, found.net_tone.evidence) == found.net_tone.n     # always

One file a question. What takes long (stories, noise, topics, needs, signals) is reckoned by `nightly` and kept in the
archive; the functions here read it from there. Nothing is folded out of sight: `noise` says what a figure leaves out.
"""

from palabre.insight.actors import Actors, actors, circles
from palabre.insight.asked_for import needs, topics
from palabre.insight.audits import Audited, audited, draw
from palabre.insight.board import board
from palabre.insight.coordination import Group, coordination
from palabre.insight.credibility import credibility
from palabre.insight.evidence import count, filters_of, listed
from palabre.insight.noise import Ledger, noise
from palabre.insight.overview import Overview, Part, WatchFigures, overview
from palabre.insight.perception import Perceived, perceived
from palabre.insight.rumours import Opened, opened, rumours
from palabre.insight.scope import Scope
from palabre.insight.spikes import Explained, spikes
from palabre.insight.stories import Told, stories
from palabre.insight.teaching import correct, undo

__all__ = [
    "Actors",
    "Audited",
    "Explained",
    "Group",
    "Ledger",
    "Opened",
    "Overview",
    "Part",
    "Perceived",
    "Scope",
    "Told",
    "WatchFigures",
    "actors",
    "audited",
    "board",
    "circles",
    "coordination",
    "correct",
    "count",
    "credibility",
    "draw",
    "filters_of",
    "listed",
    "needs",
    "noise",
    "opened",
    "overview",
    "perceived",
    "rumours",
    "spikes",
    "stories",
    "topics",
    "undo",
]
